"""Words are the same however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.cases.triage.words import (
    WORD_LENGTH,
    bare,
    near,
    occurrences,
    positions,
    stem,
    stems,
    tokens,
    unmasked,
)
from lppl.intake.values import TEXT_LENGTH


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("JALAN", "jalan"),
        ("jl", "jalan"),
        ("jln", "jalan"),
        ("dalane", "jalan"),
        ("gg", "gang"),
        ("yg", "yang"),
        ("gak", "tidak"),
        ("nggak", "tidak"),
        ("tdk", "tidak"),
        ("tlg", "tolong"),
        ("tolooooong", "tolong"),
        ("dgn", "dengan"),
        ("krn", "karena"),
        ("bgt", "sangat"),
        ("omahe", "rumah"),
        ("anak2", "anak"),
        ("𝐣𝐚𝐥𝐚𝐧", "jalan"),
        ("jálan", "jalan"),
        ("ＪＬ", "jalan"),
        ("ma'af", "maaf"),
        ("lampune", "lampu"),
        ("rt2", "rt2"),
        ("2026", "2026"),
    ],
)
def test_how_a_word_is_folded(written: str, plain: str) -> None:
    (token,) = tokens(written)
    assert token.plain == plain


@pytest.mark.parametrize(
    ("root", "forms"),
    [
        ("lubang", "berlubang lubangnya dilubangi lubang pelubangan"),
        ("baik", "perbaikan diperbaiki memperbaiki perbaiki baiknya kebaikan"),
        ("layan", "pelayanan melayani dilayani layanan pelayanannya"),
        ("buang", "membuang dibuang pembuangan terbuang buanglah"),
        ("potong", "memotong dipotong pemotongan potongan terpotong"),
        ("sapu", "menyapu disapu penyapu"),
        ("kirim", "mengirim dikirim pengiriman kirimkan mengirimkan terkirim"),
        ("ambil", "mengambil diambil pengambilan"),
        ("tutup", "menutup ditutup penutupan tertutup menutupi"),
        ("tumpuk", "menumpuk tumpukan bertumpuk menumpuknya"),
        ("bocor", "kebocoran bocornya bocorkah"),
        ("pungut", "pungutan memungut dipungut pemungutan"),
        ("sumbat", "tersumbat penyumbatan menyumbat"),
        ("kerja", "bekerja pekerja pekerjaan dikerjakan dipekerjakan"),
        ("masalah", "masalahnya permasalahan bermasalah"),
        ("rampok", "dirampok perampokan merampok perampok kerampokan"),
    ],
)
def test_forms_of_a_word_have_one_stem(root: str, forms: str) -> None:
    assert {form: stem(form) for form in [root, *forms.split()]} == dict.fromkeys([root, *forms.split()], root)


@pytest.mark.parametrize(
    "word",
    ["jalan", "bulan", "sekolah", "masalah", "kasus", "asuransi", "di", "ke", "bantuan", "depan", "kelas", "sampah"],
)
def test_words_that_only_look_affixed_stay(word: str) -> None:
    assert stem(word) == word


def test_stems_leave_out_what_says_nothing() -> None:
    assert stems("Mohon jalannya yg berlubang di RT 03 segera diperbaiki!") == (
        "jalan",
        "lubang",
        "rt",
        "baik",
    )


def test_offsets_are_those_of_the_text() -> None:
    text = "Ⅷ Jl. İstiqlal, ﬁx"
    assert [text[t.start : t.end] for t in tokens(text)] == [t.written for t in tokens(text)]
    assert [t.written for t in tokens(text)] == ["Ⅷ", "Jl", "İstiqlal", "ﬁx"]


def test_a_phrase_is_found_over_a_gap_and_in_its_order() -> None:
    words = tokens("jalan di depan pasar itu berlubang, jalan berlubang")
    index = positions(words)
    assert list(occurrences(index, words, ("jalan", "lubang"), 4)) == [(0, 5), (6, 7)]
    assert list(occurrences(index, words, ("jalan", "lubang"), 3)) == [(6, 7)]
    assert list(occurrences(index, words, ("lubang", "pasar"), 9)) == []
    assert list(occurrences(index, words, ("nihil",), 9)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("kebakaran", "kebakaran", True),
        ("kebakaran", "kebakran", True),
        ("kebakran", "kebakaran", True),
        ("kebakaran", "kebakarang", True),
        ("kebakaran", "kebakuran", True),
        ("kebakaran", "kebakaarn", True),
        ("kebakaran", "kebakan", False),
        ("kebakaran", "kebukuran", False),
        ("abcd", "badc", False),
        ("", "a", True),
        ("", "ab", False),
    ],
)
def test_one_letter_apart(one: str, other: str, same: bool) -> None:
    assert near(one, other) is same


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_nearness_has_no_direction(one: str, other: str) -> None:
    assert near(one, other) == near(other, one)


@pytest.mark.parametrize(
    ("word", "plain"), [("gasnya", "gas"), ("nya", "nya"), ("sekolah", "sekolah"), ("bacalah", "baca")]
)
def test_particles(word: str, plain: str) -> None:
    assert bare(word) == (plain if len(plain) >= 4 or plain == word else word)


def test_figures_for_letters() -> None:
    assert unmasked("k3b4k4r4n") == "kebakaran"


@given(st.text())
def test_any_text_gives_tokens_in_their_order(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert text[token.start : token.end] == token.written
        end = token.end


@given(st.text(alphabet="abdegiklmnprstuy", max_size=20))
def test_a_stem_is_never_empty(word: str) -> None:
    assert bool(stem(word)) == bool(word)


def test_long_texts_and_words_are_cut() -> None:
    assert tokens("a " * 1_000_000)[-1].end <= TEXT_LENGTH
    (token,) = tokens("ab" * 1_000_000)
    assert len(token.plain) == WORD_LENGTH
