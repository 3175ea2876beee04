"""Sela Darurat: the notice that interrupts everything, as staff write it down; what is drawn, said and heard of it.

Pure values. A prepared break-in is a document; one that is typed in the moment is the same value without a place among
the documents. What of it airs on a channel is a :class:`lppl.derived.Notice`.
"""

import contextlib
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from lppl.derived import Notice
from lppl.programme import Document, Slug, Word

PROGRAMME = "Sela Darurat"
"""What the log and the portal call it."""
_KEPT = frozenset("\u200c\u200d")
"""Joiners: Arabic and Indic letters need them."""
_EMOJI_FROM = 0x1F000


def readable(text: str) -> str:
    """Return what of `text` can be drawn and read aloud: no control, direction or private characters, no emoji.

    Marks of direction could turn a warning into another sentence; what has no letter form would be drawn as a box.
    """

    def shown(c: str) -> str:
        kind = unicodedata.category(c)
        if c.isspace():
            return " "
        if c in _KEPT:
            return c
        bad = kind[0] == "C" or "\ufe00" <= c <= "\ufe0f" or (kind in ("So", "Sk") and ord(c) >= _EMOJI_FROM)
        return "" if bad else c

    return " ".join("".join(map(shown, unicodedata.normalize("NFC", text))).split())


def _legible(text: str) -> str:
    found = readable(text)
    if not found:
        raise ValueError("tulis sesuatu yang dapat dibaca / write something that can be read")
    return found


Headline = Annotated[str, StringConstraints(max_length=120), AfterValidator(_legible)]
Label = Annotated[str, StringConstraints(max_length=24), AfterValidator(_legible)]
Line = Annotated[str, StringConstraints(max_length=240), AfterValidator(readable)]


class BreakIn(Document):
    """A break-in: a headline, lines of text, and what is heard: a recording, or the text read by a synthetic voice."""

    id: Slug
    headline: Headline
    label: Label = "SELA DARURAT"
    """Stands above the headline: ``STOP PRESS``."""
    lines: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    source: Line = ""
    """Who says so: ``BMKG``, ``BPBD Kota Pekalongan``."""
    voice: Word = ""
    """A recording, by its path in the media folder; empty: none."""
    voice_asset: Word = ""
    """The hash of the recording's bytes: another recording at the same path is another break-in."""
    spoken: bool = True
    """Without a recording a synthetic voice reads the text, where the machine has one."""
    tone: bool = True
    """An attention tone comes before the voice."""
    repeats: Annotated[int, Field(ge=0, le=100)] = 0
    """How often it airs, picture and sound; 0: until an operator ends it."""


def notice_of(break_in: BreakIn, station: str) -> Notice:
    """Return what is rendered of a break-in for a channel that people know as `station`."""
    return Notice(
        label=break_in.label,
        headline=break_in.headline,
        lines=tuple(line for line in break_in.lines if line),
        source=break_in.source,
        station=readable(station),
        voice=break_in.voice_asset,
        path=break_in.voice,
        spoken=break_in.spoken and not break_in.voice,
        tone=break_in.tone,
    )


def prepared(documents: Iterable[Mapping[str, Any]]) -> tuple[BreakIn, ...]:
    """Return the break-ins that documents hold; what cannot be read is left out: another must not be lost for it."""
    found = []
    for document in documents:
        with contextlib.suppress(ValidationError):
            found.append(BreakIn.model_validate(document))
    return tuple(found)


GENERIC = BreakIn(
    id="sela-darurat",
    headline="Informasi penting segera disampaikan",
    lines=("Tetap bersama kami.", "Keadaan darurat: hubungi 112."),
    repeats=0,
)
"""Airs at once while a text that was just typed is rendered; always there."""
DEFAULTS = (
    BreakIn(
        id="banjir",
        headline="Waspada banjir",
        label="STOP PRESS",
        lines=(
            "Air naik di sejumlah wilayah. Jauhi sungai dan saluran air.",
            "Matikan listrik, amankan dokumen, siapkan tas siaga.",
            "Ikuti arahan petugas BPBD. Keadaan darurat: hubungi 112.",
        ),
        source="BPBD",
    ),
    BreakIn(
        id="gempa",
        headline="Gempa bumi",
        label="STOP PRESS",
        lines=(
            "Lindungi kepala, jauhi kaca dan benda yang mudah jatuh.",
            "Keluar dengan tenang bila getaran berhenti. Jangan memakai lift.",
            "Tunggu keterangan resmi BMKG. Keadaan darurat: hubungi 112.",
        ),
        source="BMKG",
    ),
    BreakIn(
        id="gangguan-teknis",
        headline="Gangguan teknis",
        label="MOHON MAAF",
        lines=("Siaran terganggu dan sedang kami perbaiki.", "Terima kasih atas kesabaran Anda."),
        tone=False,
    ),
)
"""What a new station finds prepared."""
