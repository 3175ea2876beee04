"""Kelurahan are found as people write them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.cases.triage.pekalongan import KELURAHAN
from lppl.cases.triage.places import Kelurahan, found
from lppl.intake.values import TEXT_LENGTH


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("banjir di Medono", ["Medono"]),
        ("medono banjir", ["Medono"]),
        ("TIRTO tergenang", ["Tirto"]),
        ("kel. Klego rt 3", ["Klego"]),
        ("Kelurahan Kauman", ["Kauman"]),
        ("ds poncol", ["Poncol"]),
        ("Pasir Kraton Kramat", ["Pasirkratonkramat"]),
        ("pasirkratonkramat", ["Pasirkratonkramat"]),
        ("Kalibaros dan Kali Baros", ["Kali Baros", "Kali Baros"]),
        ("Sapuro-Kebulen", ["Sapuro Kebulen"]),
        ("sapuro", ["Sapuro Kebulen"]),
        ("di Landungsari", ["Noyontaansari"]),
        ("Panjang Wetan, Kandang Panjang", ["Panjang Wetan", "Kandang Panjang"]),
        ("Krapyak Lor", ["Krapyak"]),
        ("di Krapyak", ["Krapyak"]),
        ("kelurahan krapyak", ["Krapyak"]),
        ("warga Jenggot", ["Jenggot"]),
        ("kel jenggot", ["Jenggot"]),
        ("di Podosugi", ["Podosugih"]),
        ("Podosugihh macet", ["Podosugih"]),
        ("kel. bandengn", ["Bandengan"]),
        ("Noyontaansri gelap", ["Noyontaansari"]),
        ("dari Klego ke Gamer", ["Klego", "Gamer"]),
        ("jenggotnya panjang, jenggot putih", []),
        ("gamer sejati", []),
        ("dia krapyak", []),
        ("bandingan harga, sampingan, bergandengan", []),
        ("medonoan", []),
        ("kelurahan", []),
        ("", []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    places = found(text, KELURAHAN)
    assert [p.kelurahan.name for p in places if p.kelurahan] == names


def test_a_kecamatan_alone_is_told_without_kelurahan() -> None:
    (place,) = found("jalan di Pekalongan Utara rusak", KELURAHAN)
    assert (place.kecamatan, place.kelurahan) == ("Pekalongan Utara", None)
    assert place.reason.indonesian == "“Pekalongan Utara”: kecamatan Pekalongan Utara"


def test_scores_say_how_sure_it_is() -> None:
    scores = [found(text, KELURAHAN)[0].score for text in ("Bandengan", "Bandengn", "Jl. Bandengan")]
    assert scores == [1.0, 0.7, 0.4]
    text = "rumah di kel. Sapuro  Kebulen"
    (place,) = found(text, KELURAHAN)
    assert text[place.start : place.end] == "Sapuro  Kebulen"


def test_between_two_names_as_close_nothing_is_guessed() -> None:
    table = (Kelurahan("Kuripan Lorr", "A"), Kelurahan("Kuripan Lork", "A"))
    assert found("Kuripan Lor", table) == ()
    assert [p.kelurahan for p in found("Kuripan Lork", table)] == [table[1]]


def test_the_example_city_is_whole() -> None:
    assert Counter(k.kecamatan for k in KELURAHAN) == {
        "Pekalongan Barat": 7,
        "Pekalongan Timur": 7,
        "Pekalongan Selatan": 6,
        "Pekalongan Utara": 7,
    }
    names = [name for k in KELURAHAN for name in (k.name, *k.aliases)]
    assert len(names) == len(set(names))
    for kelurahan in KELURAHAN:
        for name in (kelurahan.name, *kelurahan.aliases):
            assert [p.kelurahan for p in found(f"kelurahan {name}", KELURAHAN)] == [kelurahan]


@given(st.text() | st.lists(st.sampled_from(["Medono", "kel.", "Kali", "Baros", "di", "Jenggot", "x"])).map(" ".join))
def test_any_text_gives_spans_within_it_and_apart(text: str) -> None:
    end = 0
    for place in found(text, KELURAHAN):
        assert end <= place.start < place.end <= len(text)
        end = place.end


@pytest.mark.parametrize("hostile", ["Medono ", "Kali ", "a", "x "])
def test_only_the_first_characters_of_a_very_long_text_are_read(hostile: str) -> None:
    assert all(p.end <= TEXT_LENGTH for p in found(hostile * (1_000_000 // len(hostile)), KELURAHAN))
