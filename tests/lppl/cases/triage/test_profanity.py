"""Rude words are found as whole words, also disguised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.cases.triage.profanity import RUDE, rude
from lppl.intake.values import TEXT_LENGTH


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dasar asu kowe", ["asu"]),
        ("ASU!!!", ["asu"]),
        ("a*u kabeh", ["asu"]),
        ("a5u", ["asu"]),
        ("a s u", ["asu"]),
        ("a.s.u tenan", ["asu"]),
        ("asuuuu", ["asu"]),
        ("asu2", ["asu"]),
        ("asune", ["asu"]),
        ("4nj1ng lu", ["anjing"]),
        ("anj!ng", ["anjing"]),
        ("anji*g", ["anjing"]),
        ("a n j i n g pejabatnya", ["anjing"]),
        ("anjiiiing", ["anjing"]),
        ("an-jing kau", ["anjing"]),
        ("petugasnya goblok dan tolol", ["goblok", "tolol"]),
        ("g0bl0k", ["goblok"]),
        ("gobloknya minta ampun", ["goblok"]),
        ("jancok/bangsat", ["jancok", "bangsat"]),
        ("b4ngs4t", ["bangsat"]),
        ("ndasmu!", ["ndasmu"]),
        ("what the fuck", ["fuck"]),
        ("f*ck this sh1t", ["fuck", "shit"]),
        ("k0nt0l", ["kontol"]),
        ("tai lah pemerintah", ["tai"]),
        ("asuransi kasus anjungan", []),
        ("pasukan masuk asupan", []),
        ("anjing liar masuk kampung", []),
        ("dua ekor anjing menggonggong", []),
        ("digigit anjing tetangga", []),
        ("bau tahi ayam dari kandang", []),
        ("sayur asem di warung", []),
        ("pantai kotor", []),
        ("lantai 3, rantai putus, santai", []),
        ("450 5*4 2*3", []),
        ("RT a b c d", []),
        ("A. S. Utomo", []),
        ("***", []),
        ("* a *", []),
        ("", []),
    ],
)
def test_rude_words(text: str, words: list[str]) -> None:
    assert [r.word for r in rude(text)] == words


def test_where_it_stands() -> None:
    text = "Woi, a*u! dan (b4ngs4t)."
    assert [text[r.start : r.end] for r in rude(text)] == ["a*u", "b4ngs4t"]


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1), st.sampled_from(sorted(RUDE - {"tai"})))
def test_inside_another_word_it_is_none(before: str, word: str) -> None:
    longer = f"q{before}x{word}qx"
    assert rude(longer) == ()


@given(st.text() | st.text(alphabet="asunjig4*!. -@$1"))
def test_any_text_gives_spans_within_it_and_apart(text: str) -> None:
    end = 0
    for found in rude(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


@pytest.mark.parametrize("hostile", ["a ", "*", "a*", "asu ", "a", "a."])
def test_only_the_first_characters_of_a_very_long_text_are_read(hostile: str) -> None:
    assert all(r.end <= TEXT_LENGTH for r in rude(hostile * (1_000_000 // len(hostile))))
