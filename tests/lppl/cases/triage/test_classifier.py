"""The classifier learns a made-up city, says nothing when unsure, and gives back what it learned."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.cases.triage.classifier import (
    LEAST,
    LEAST_EACH,
    Counts,
    CountsDamaged,
    added,
    counted,
    predict,
    removed,
)
from lppl.cases.triage.values import Field

TOPICS = {
    "Jalan": "jalan berlubang;aspal mengelupas;jalan rusak parah;paving ambles;jalan bergelombang;tambalan aspal lepas;"
    "trotoar pecah;jembatan retak",
    "Sampah": "sampah menumpuk;tong sampah penuh;bak sampah bau;sampah tidak diangkut;orang buang sampah sembarangan;"
    "sampah berserakan;truk sampah tidak datang;TPS liar",
    "Penerangan": "lampu jalan padam;lampu penerangan mati;PJU tidak menyala;tiang lampu miring;lampu kedip-kedip;"
    "jalan gelap gulita;bohlam putus;lampu taman rusak",
    "Air": "air PDAM keruh;air tidak mengalir;pipa PDAM bocor;tagihan air melonjak;meteran air rusak;air ledeng mati;"
    "air kecil sekali;air bau kaporit",
    "Kesehatan": "puskesmas antre lama;obat habis;dokter tidak di tempat;BPJS ditolak;perawat judes;demam berdarah;"
    "imunisasi tidak ada;kartu BPJS nonaktif",
    "Kependudukan": "KTP belum jadi;blangko KTP kosong;akta lahir salah nama;kartu keluarga hilang;perekaman ditolak;"
    "antre disdukcapil;surat pindah lama;KIA belum dicetak",
}
PLACES = "Medono;Klego;Poncol;Tirto;Podosugih;depan pasar;dekat masjid;gang 5;RT 03;samping sekolah;perempatan"
OPENINGS = "Assalamualaikum;Mohon bantuan;Halo admin;Lapor;Pak;Min;Selamat pagi;tlg;Saya mau lapor;;;"
ENDINGS = "sudah seminggu;mohon ditindaklanjuti;kapan diperbaiki;terima kasih;warga resah;segera ya;bgt;tolong;;;"
NOISE = "hujan;motor;anak;kemarin;rumah;jalan;lampu;air;sekolah;pagi;sampah;banyak;warung;tetangga;masjid;malam"


def _sentence(chance: random.Random, label: str) -> str:
    """Return a complaint on a topic, with greeting, place, other topics' words and mistyped letters."""
    words = [chance.choice(OPENINGS.split(";")), chance.choice(TOPICS[label].split(";"))]
    if chance.random() < 0.6:
        words.append(chance.choice(TOPICS[label].split(";")))
    words += ["di", chance.choice(PLACES.split(";"))]
    words += [chance.choice(NOISE.split(";")) for _ in range(chance.randrange(3))]
    words.append(chance.choice(ENDINGS.split(";")))
    text = " ".join(word for word in words if word)
    if chance.random() < 0.3:
        at = chance.randrange(len(text))
        text = text[:at] + text[at + 1 :]
    return text.upper() if chance.random() < 0.1 else text


def _city(count: int, seed: int) -> list[tuple[str, str]]:
    chance = random.Random(seed)
    labels = sorted(TOPICS)
    return [(_sentence(chance, label), label) for label in (chance.choice(labels) for _ in range(count))]


def test_a_made_up_city_is_learned() -> None:
    counts = counted(_city(400, 1))
    tests = _city(200, 2)
    answers = [(predict(counts, text, TOPICS), label) for text, label in tests]
    right = sum(1 for answer, label in answers if answer and answer[0].value == label)
    silent = sum(1 for answer, _ in answers if not answer)
    assert right / len(tests) >= 0.9, (right, silent)
    assert len(tests) - right - silent <= 0.03 * len(tests), (right, silent)


def test_the_words_that_weighed_are_the_reasons() -> None:
    counts = counted(_city(400, 1))
    text = "Pak, dokter tidak ada dan obat habis di puskesmas"
    (suggestion,) = predict(counts, text, TOPICS)
    assert (suggestion.field, suggestion.value) == (Field.CATEGORY, "Kesehatan")
    assert {"dokter", "puskesmas"} <= {r.word for r in suggestion.reasons} | {
        w for r in suggestion.reasons for w in r.word.split()
    }
    assert all(text[r.start : r.end].startswith(r.word.split()[0]) for r in suggestion.reasons)
    assert "Kesehatan" in suggestion.reasons[0].indonesian
    assert predict(counts, text, TOPICS, Field.AGENCY)[0].field is Field.AGENCY


def test_below_the_least_number_of_examples_nothing_is_said() -> None:
    half = LEAST // 2
    few = counted([("sampah menumpuk", "Sampah")] * (half - 1) + [("lampu padam", "Lampu")] * half)
    assert predict(few, "sampah menumpuk", ["Sampah", "Lampu"]) == ()
    enough = added(few, "sampah menumpuk", "Sampah")
    assert predict(enough, "sampah menumpuk", ["Sampah", "Lampu"])[0].value == "Sampah"
    lopsided = counted([("sampah", "Sampah")] * LEAST + [("lampu padam", "Lampu")] * (LEAST_EACH - 1))
    assert predict(lopsided, "lampu padam", ["Sampah", "Lampu"]) == ()
    assert predict(Counts(), "sampah", ["Sampah"]) == ()


def test_between_two_alike_and_of_words_never_seen_nothing_is_said() -> None:
    counts = counted([("sampah menumpuk", "Sampah"), ("lampu padam", "Lampu")] * LEAST)
    assert predict(counts, "sampah lampu", ["Sampah", "Lampu"]) == ()
    assert predict(counts, "kucing tetangga", ["Sampah", "Lampu"]) == ()
    assert predict(counts, "", ["Sampah", "Lampu"]) == ()


def test_only_labels_that_may_be_proposed_are() -> None:
    counts = counted(_city(400, 1))
    others = set(TOPICS) - {"Sampah"}
    assert all(s.value != "Sampah" for s in predict(counts, "sampah menumpuk", others))
    assert predict(counts, "sampah menumpuk", ["Sampah"]) == ()


def test_no_personal_data_is_counted() -> None:
    counts = counted([("Pak Slamet Riyadi 081234567890 budi@contoh.id, nama saya Joko. NIK 3375011203900001", "X")])
    assert set(counts.labels["X"].features) <= {"nama", "nik", "nama nik"}


def test_counts_survive_json() -> None:
    counts = counted(_city(50, 3))
    assert Counts.from_json(json.loads(json.dumps(counts.as_json()))) == counts


@pytest.mark.parametrize(
    "kept",
    [
        None,
        [],
        {},
        {"version": 2, "labels": {}},
        {"version": 1, "labels": []},
        {"version": 1, "labels": {"a": 5}},
        {"version": 1, "labels": {"a": {"examples": 1, "features": []}}},
        {"version": 1, "labels": {"a": {"examples": -1, "features": {}}}},
        {"version": 1, "labels": {"a": {"examples": 1, "features": {"b": "c"}}}},
        {"version": 1, "labels": {"a": {"examples": True, "features": {}}}},
    ],
)
def test_damaged_counts_are_told(kept: Any) -> None:
    with pytest.raises(CountsDamaged):
        Counts.from_json(kept)


EXAMPLES = st.tuples(st.text(alphabet="abc dkr", max_size=20), st.sampled_from("XYZ"))


@settings(max_examples=50)
@given(st.lists(EXAMPLES, max_size=8), EXAMPLES)
def test_what_was_added_can_be_taken_back(examples: list[tuple[str, str]], more: tuple[str, str]) -> None:
    counts = counted(examples)
    one_by_one = Counts()
    for text, label in examples:
        one_by_one = added(one_by_one, text, label)
    assert one_by_one == counts
    assert removed(added(counts, *more), *more) == counts
    assert removed(counts, "apa saja", "tiada") == counts


@given(st.text())
def test_any_text_can_be_asked_for(text: str) -> None:
    counts = counted([("sampah menumpuk", "Sampah"), ("lampu padam", "Lampu")] * LEAST)
    for suggestion in predict(counts, text, ["Sampah", "Lampu"]):
        assert 0 < suggestion.score <= 1
        assert all(0 <= r.start < r.end <= len(text) for r in suggestion.reasons)
