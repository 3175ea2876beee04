"""``lppl media list``: the library as a table for a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from lppl.media import Facts
from lppl.records import Asset, AssetState, HouseRecord, JobState, LibraryFile

HEADINGS = ("Judul / Title", "Artis / Artist", "Lama / Length", "Jenis / Kind", "Keadaan / State", "Suara / Level")


def shown(text: str) -> str:
    """Return `text` without anything that could steer a terminal: names and tags come from strangers. Pure."""
    return "".join(c if c.isprintable() else "�" for c in text)


def length(duration_s: float) -> str:
    """Return a length as ``1:02:33`` or ``2:33``; under a second with tenths. Pure."""
    if 0 < duration_s < 1:
        return f"{duration_s:.1f} d".replace(".", ",")
    minutes, second = divmod(round(duration_s), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def kind(facts: Facts | None) -> str:
    """Return what a source holds. Pure."""
    if facts is None:
        return "-"
    parts = ("gambar" if facts.video else "", "suara" if facts.audio else "")
    return " + ".join(p for p in parts if p)


def state(asset: Asset) -> str:
    """Return how far an asset is, in a few words. Pure."""
    if asset.state is AssetState.REFUSED:
        return "✗ ditolak / refused"
    if asset.state is AssetState.NEW:
        return "… diperiksa / new"
    if any(j.state is JobState.FAILED for j in asset.jobs):
        return "✗ gagal / failed"
    running = [j for j in asset.jobs if j.state is JobState.RUNNING]
    if running:
        return f"▸ disiapkan / conforming {round(100 * running[0].progress)} %"
    if any(j.state is JobState.QUEUED for j in asset.jobs):
        return "… antre / queued"
    if not asset.paths:
        return "- berkas hilang / file gone"
    return "✓ siap / ready" if asset.sets else "- tidak dijadwalkan / unused"


def level(sets: Sequence[HouseRecord]) -> str:
    """Return loudness and gain of the first house set: ``-23,1 LUFS, +7,1 dB``. Pure."""
    if not sets:
        return "-"
    first = sets[0]
    loud = "senyap / silent" if first.lufs is None else f"{first.lufs:.1f} LUFS"
    limit = ", puncak dibatasi / peaks limited" if first.peak_limited else ""
    return f"{loud}, {first.gain_db:+.1f} dB".replace(".", ",") + limit


def reason(asset: Asset) -> str:
    """Return why an asset cannot air, or what was noted on the way; empty when all is well. Pure."""
    if asset.refusal is not None:
        return f"{asset.refusal.indonesian} / {asset.refusal.english}"
    errors = [j.error for j in asset.jobs if j.error is not None]
    if errors:
        return f"{errors[0].indonesian} / {errors[0].english}"
    notes = dict.fromkeys([*(asset.facts.notes if asset.facts else ()), *(n for s in asset.sets for n in s.notes)])
    return " ".join(notes)


def table_of(assets: Sequence[Asset], refused: Sequence[LibraryFile]) -> Table:
    """Return the table: assets, and the paths that could not even become one. Reasons stand below their row."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if "Length" in heading else "left", overflow="fold")
    for asset in assets:
        title = Text(shown(asset.tags.title))
        why = reason(asset)
        if why:
            title.append(f"\n  {shown(why)}", style="dim")
        seconds = asset.facts.duration_s if asset.facts else 0.0
        cells = (shown(asset.tags.artist), length(seconds), kind(asset.facts), state(asset), level(asset.sets))
        table.add_row(title, *(Text(cell) for cell in cells))
    for file in refused:
        title = Text(shown(file.path))
        if file.refusal is not None:
            title.append(f"\n  {shown(file.refusal.indonesian)} / {shown(file.refusal.english)}", style="dim")
        table.add_row(title, "", "", "-", Text("✗ ditolak / refused"), "-")
    return table
