import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake.mail_text import new_part, text_of_html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>Jalan &amp; <b>lampu</b>&nbsp;rusak</p><div>Parah</div>", "Jalan & lampu rusak\n\nParah"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("3 < 5 dan 7 > 6", "3 < 5 dan 7 > 6"),
        ("<title>x</title><style>p{}</style>y<script>if (a < b) x()</script>z", "yz"),
        ("a<!-- b > c -->d", "ad"),
        ("<style>tidak ditutup a", "tidak ditutup a"),
        ("baru<blockquote>lama<br>sekali</blockquote>lagi", "baru\n> lama\n> sekali\nlagi"),
        ("a  \n b", "a b"),
        ("&#65;&#x41;&tidak;&#" + "9" * 5000 + ";", "AA&tidak;&#" + "9" * 5000 + ";"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("teks <a href='x", "teks"),
    ],
)
def test_html_as_text(source: str, shown: str) -> None:
    assert text_of_html(source) == shown


OWN_WORDS = "Lampu mati.\nPada hari Senin saya menulis:\nsurat ke dinas"
FORWARDED = "FYI\n---------- Forwarded message ---------\nDari: A\n> isi"
GMAIL = "Pada tanggal Sen, 23 Nov 2026 pukul 09.05 Radio Kota Batik <radio@contoh.go.id> menulis:"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Sudah.\n\n{GMAIL}\n\n> Apa?\n> Ya", "Sudah."),
        (f"Sudah.\n\n{GMAIL.replace(' <', chr(10) + '<').replace('> ', '>' + chr(10))}\n\n> Apa?", "Sudah."),
        ("Sudah.\n\nOn Mon, 23 Nov 2026 at 09:05, A <a@b.id> wrote:\n> Apa?", "Sudah."),
        ("On Mon, 23 Nov 2026, A <a@b.id> wrote:\n> Di mana?\nJl. Progo\n> Kapan?\nKemarin", "Jl. Progo\nKemarin"),
        ("Ya.\n\n-----Pesan Asli-----\nDari: a\nlama", "Ya."),
        ("Ya.\n\n________________________________\nFrom: A <a@b.id>\nSent: Monday\nTo: C\nSubject: D\n\nlama", "Ya."),
        ("Ya.\n\nDari: A\nDikirim: Senin\nKepada: C\nPerihal: D\n\nlama", "Ya."),
        ("Dari: rumah saya terlihat\nasap hitam", "Dari: rumah saya terlihat\nasap hitam"),
        (OWN_WORDS, OWN_WORDS),
        (FORWARDED, FORWARDED),
        ("Sudah.\nOn Mon, 23 Nov 2026, A <a@b.id> wrote:\n> Apa?", "Sudah."),
        ("Sudah.\nBudi <a@b.id> menulis:\n> Apa?", "Sudah."),
        ("> hanya kutipan", "> hanya kutipan"),
        ("Tolong\n\nDikirim dari iPhone saya", "Tolong"),
        ("Tolong\nSent from Yahoo Mail on Android\n", "Tolong"),
        ("Tolong\n-- \nBudi\nRT 03", "Tolong"),
        ("-- \nBudi", "-- \nBudi"),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)  # fmt: skip
def test_only_what_is_new(text: str, kept: str) -> None:
    assert new_part(text) == kept


@given(st.text())
def test_nothing_raises_and_words_are_never_all_lost(text: str) -> None:
    assert bool(new_part(text)) == bool(text.replace("\u2028", "\n").strip())
    text_of_html(text)


@given(st.text(alphabet="<>!-/ab&;#'\" \nblockquotestyle"))
def test_no_html_raises(source: str) -> None:
    text_of_html(source)


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<style>", "&#1", "<br>", "On a\n", "From: x\n", "<a@b> ", " "])
def test_any_length_is_read_in_linear_time(piece: str) -> None:
    began = time.process_time()
    text_of_html(piece * (4_000_000 // len(piece)))
    new_part(piece * (4_000_000 // len(piece)))
    assert time.process_time() - began < 3
