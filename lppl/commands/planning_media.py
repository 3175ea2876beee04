"""``lppl media set`` and ``lppl media details``: what staff know of material beyond its file."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lppl.commands.planning_desk import AsJson, as_json, at_the_desk, number_of, read_date, words
from lppl.commands.screen import out, say

if TYPE_CHECKING:
    from lppl.desk.planning import PlanningDesk
    from lppl.programme import Details

Paths = Annotated[list[str], typer.Argument(help="Berkas atau folder di folder materi / files or folders")]
Seconds = Annotated[str | None, typer.Option(help="Detik dari awal, 0,5 / seconds from the start")]
YesNo = bool | None


def register(media: typer.Typer) -> None:
    """Add these commands to ``lppl media``."""
    media.command("set")(set_)
    media.command("details")(details)


def set_(
    paths: Paths,
    category: Annotated[str | None, typer.Option(help="berita, pendidikan, kebudayaan, hiburan, iklan")] = None,
    age: Annotated[str | None, typer.Option(help="Klasifikasi usia: P, A, R, D, SU / age class")] = None,
    language: Annotated[str | None, typer.Option(help="Bahasa: id, jv, en / language")] = None,
    local: Annotated[YesNo, typer.Option("--local/--no-local", help="Muatan lokal / local content")] = None,
    own: Annotated[YesNo, typer.Option("--own/--no-own", help="Produksi sendiri / own production")] = None,
    film: Annotated[YesNo, typer.Option("--film/--no-film", help="Film: perlu lulus sensor / needs a pass")] = None,
    censored: Annotated[str | None, typer.Option(help="Nomor tanda lulus sensor / its number")] = None,
    labelled: Annotated[YesNo, typer.Option("--labelled/--no-labelled", help="Sudah berlabel usia / labelled")] = None,
    speech: Annotated[YesNo, typer.Option("--speech/--no-speech", help="Ucapan: tanpa silih pudar / speech")] = None,
    group: Annotated[str | None, typer.Option(help="Kelompok jam putar: gold, baru / clock group")] = None,
    weight: Annotated[int | None, typer.Option(help="Bobot rotasi 1-100 / weight")] = None,
    hours: Annotated[str | None, typer.Option(help="Hanya jam 05.00-09.00,22.00-02.00 / day-parts")] = None,
    cue_in: Seconds = None,
    intro: Seconds = None,
    outro: Seconds = None,
    cue_out: Seconds = None,
    rights_from: Annotated[str | None, typer.Option(help="Boleh tayang mulai hari ini / first day")] = None,
    rights_until: Annotated[str | None, typer.Option(help="Boleh tayang sampai hari ini / last day")] = None,
    catch_up: Annotated[YesNo, typer.Option("--catch-up/--no-catch-up", help="Boleh ditonton ulang / later")] = None,
    note: Annotated[str | None, typer.Option(help="Catatan / note")] = None,
    clear: Annotated[list[str] | None, typer.Option(help="Kosongkan lagi, misalnya age; berulang / unset")] = None,
) -> None:
    """Catat klasifikasi, kategori, titik cue, hak siar materi. / What is known of material."""
    said: dict[str, Any] = {
        "category": category, "age": age, "language": language, "local": local, "own": own, "film": film,
        "censored": censored, "labelled": labelled, "speech": speech, "group": group, "weight": weight,
        "catch_up": catch_up, "note": note,
    }  # fmt: skip
    for name, text in (("cue_in", cue_in), ("intro", intro), ("outro", outro), ("cue_out", cue_out)):
        said[f"{name}_ms"] = None if text is None else round(1000 * number_of(text, f"--{name.replace('_', '-')}"))
    with words("--rights-from --rights-until --hours"):
        said["first_day"] = read_date(rights_from) if rights_from else None
        said["last_day"] = read_date(rights_until) if rights_until else None
        said["hours"] = _hours(hours) if hours else None
    changes = {name: value for name, value in said.items() if value is not None} | _cleared(clear or [])
    if not changes:
        raise typer.BadParameter("tidak ada yang diubah; lihat --help / nothing to change", param_hint="media set")
    _check(changes)

    async def work(desk: "PlanningDesk", now: datetime) -> int:
        from lppl.desk.media import set_details

        with words("media set"):
            return len(await set_details(desk, paths, changes, now))

    say(f"{at_the_desk(work)} materi dicatat / kept")


def _hours(text: str) -> tuple[tuple[int, int], ...]:
    from scheduler.words import clock

    parts = [part.split("-", 1) for part in text.split(",")]
    if any(len(part) != 2 for part in parts):
        raise ValueError(f'tulis jam seperti "05.00-09.00", bukan "{text}" / write hours like "05.00-09.00"')
    return tuple((clock(a), clock(b)) for a, b in parts)


def _cleared(names: list[str]) -> dict[str, Any]:
    """Return the fields that people want empty again, as they are when nobody has said anything."""
    from lppl.programme import Details

    shorter = {"cue-in": "cue_in_ms", "intro": "intro_ms", "outro": "outro_ms", "cue-out": "cue_out_ms"}
    shorter |= {"rights-from": "first_day", "rights-until": "last_day", "catch-up": "catch_up"}
    fields = Details.model_fields
    found = [shorter.get(name, name) for name in names]
    wrong = [name for name, field in zip(names, found, strict=True) if field not in fields]
    with words("--clear"):
        if wrong:
            listed = ", ".join([*shorter, *(f for f in fields if f not in shorter.values())])
            raise ValueError(f'"{wrong[0]}" tidak dikenal; yang ada: {listed} / unknown')
    return {field: fields[field].default for field in found}


def _check(changes: dict[str, Any]) -> None:
    """Refuse cue points and rights that contradict each other. Raises BadParameter."""
    from itertools import pairwise

    with words("media set"):
        points = [(n, changes[f"{n}_ms"]) for n in ("cue_in", "intro", "outro", "cue_out") if changes.get(f"{n}_ms")]
        for (before, earlier), (after, later) in pairwise(points):
            if earlier >= later:
                raise ValueError(f"{after} harus sesudah {before} / {after} must be after {before}")
        first, last = changes.get("first_day"), changes.get("last_day")
        if first and last and last < first:
            raise ValueError("hak siar berakhir sebelum mulai / the rights end before they begin")


def details(paths: Paths, json: AsJson = False) -> None:
    """Tampilkan catatan petugas tentang materi. / Show what staff know of material."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands.planning_tables import rows_table
        from lppl.desk.media import known

        found = await known(desk, paths)
        if json:
            as_json([{"path": k.path, "asset": k.asset, **k.details.model_dump(mode="json")} for k in found])
            return
        rows = [{"path": k.path, "details": _said(k.details)} for k in found]
        out().print(rows_table(rows, {"path": "Materi", "details": "Catatan"}))

    at_the_desk(work)


def _said(details: "Details") -> str:
    """Say details in one line; what nobody has said is left out."""
    from scheduler.words import written

    said = details.model_dump(mode="json", exclude_defaults=True)
    parts = []
    for name, value in said.items():
        if name == "hours":
            value = " ".join(f"{written(a)}-{written(b)}" for a, b in details.hours)
        elif name.endswith("_ms"):
            name, value = name.removesuffix("_ms"), f"{value / 1000:g} detik".replace(".", ",")
        parts.append(f"{name} {'ya' if value is True else 'tidak' if value is False else value}")
    return ", ".join(parts) or "-"
