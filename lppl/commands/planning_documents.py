"""``lppl programme|playlist|rotation|order``: what grids are made of. Whatever is not named keeps its value."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lppl.commands.planning_desk import AsJson, as_json, at_the_desk, read_date, words
from lppl.commands.screen import out, say

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lppl.desk.planning import PlanningDesk
    from lppl.plan_store import Kind

WORDS: Mapping[str, tuple[str, str]] = {
    "programme": ("mata acara", "programme"),
    "playlist": ("daftar putar", "playlist"),
    "rotation": ("rotasi", "rotation"),
    "order": ("pesanan", "order"),
}
Id = Annotated[str, typer.Argument(help="Nama pendek: huruf kecil, angka, tanda hubung / a short name", metavar="ID")]
Title = Annotated[str | None, typer.Option("--title", help="Judul / title")]


def _typer(help_: str) -> typer.Typer:
    return typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None)


programme = _typer("Mata acara. / Programmes.")
playlist = _typer("Daftar putar. / Playlists.")
rotation = _typer("Rotasi dan aturannya. / Rotations.")
order = _typer("Pesanan iklan dan ILM. / Spot orders.")
ALL = {"programme": programme, "playlist": playlist, "rotation": rotation, "order": order}


def _kind(name: str) -> "tuple[Kind, type[BaseModel]]":
    from lppl.plan_store import Kind
    from lppl.programme import Programme
    from scheduler.grid import Playlist, RotationRules
    from scheduler.spots import SpotOrder

    models: dict[str, type[BaseModel]] = {
        "programme": Programme, "playlist": Playlist, "rotation": RotationRules, "order": SpotOrder,
    }  # fmt: skip
    return Kind(name), models[name]


def _keep(
    name: str,
    document: str,
    said: Mapping[str, Any],
    usual: Callable[[], Mapping[str, Any]] = dict,
    cleared: Sequence[str] = (),
) -> None:
    """Add or change a document; None in `said` leaves a field as it was, those `cleared` are as usual again.

    `usual` is what a new one begins with.
    """

    async def work(desk: "PlanningDesk", now: datetime) -> bool:
        kind, model = _kind(name)
        kept = (await desk.store.documents(kind)).get(document)
        given = {field: value for field, value in said.items() if value is not None}
        with words(name):
            before = {field: value for field, value in (kept or usual()).items() if field not in cleared}
            made = model.model_validate({**before, **given, "id": document})
        for channel in given.get("channels", ()):
            desk.channel(channel)
        await desk.save(kind, document, made, now)
        return kept is not None

    there = at_the_desk(work)
    word, english = WORDS[name]
    say(f"{word.capitalize()} {document} {'diubah' if there else 'dibuat'} / {english} kept")


def _remove(name: str, document: str) -> None:
    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.desk import grid as desk_grid

        await desk_grid.remove(desk, _kind(name)[0], WORDS[name], document)

    at_the_desk(work)
    say(f"{WORDS[name][0].capitalize()} {document} dihapus / removed")


def _list(name: str, headings: Mapping[str, str], row: Callable[[Any], Mapping[str, object]], *, json: bool) -> None:
    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands.planning_tables import rows_table

        kind, model = _kind(name)
        documents = await desk.store.documents(kind)
        if json:
            as_json(list(documents.values()))
            return
        rows = []
        for document, kept in documents.items():
            try:
                rows.append(row(model.model_validate(kept)))
            except ValueError:
                rows.append({"id": document, "title": "tidak dapat dibaca / unreadable"})
        out().print(rows_table(rows, headings))
        say(f"{len(rows)} {WORDS[name][0]}")

    at_the_desk(work)


# ---- programmes -----------------------------------------------------------------------------------


@programme.command("set")
def set_programme(
    id_: Id,
    title: Title = None,
    category: Annotated[str | None, typer.Option(help="berita, pendidikan, kebudayaan, hiburan, iklan")] = None,
    age: Annotated[str | None, typer.Option(help="Klasifikasi usia: P, A, R, D, SU / age class")] = None,
    description: Annotated[str | None, typer.Option(help="Keterangan / description")] = None,
    language: Annotated[str | None, typer.Option(help="Bahasa: id, jv, en / language")] = None,
    local: Annotated[bool | None, typer.Option("--local/--no-local", help="Muatan lokal / local content")] = None,
    own: Annotated[bool | None, typer.Option("--own/--no-own", help="Produksi sendiri / own production")] = None,
    presenter: Annotated[str | None, typer.Option(help="Penyiar / presenter")] = None,
    colour: Annotated[str | None, typer.Option(help="Warna, #206bc4 / colour")] = None,
    picture: Annotated[str | None, typer.Option(help="Gambar di folder materi / picture")] = None,
    audience: Annotated[str | None, typer.Option(help="Khalayak / target audience")] = None,
    length: Annotated[int | None, typer.Option(min=1, max=1440, help="Lama biasa, menit / usual minutes")] = None,
    censored: Annotated[str | None, typer.Option(help="Nomor lulus sensor / censorship pass")] = None,
) -> None:
    """Buat atau ubah mata acara. / Add or change a programme."""
    said = {
        "title": title, "category": category, "age": age, "description": description, "language": language,
        "local": local, "own": own, "presenter": presenter, "colour": colour, "picture": picture,
        "audience": audience, "default_length_s": length * 60 if length else None, "censored": censored,
    }  # fmt: skip
    _keep("programme", id_, said)


@programme.command("list")
def list_programmes(json: AsJson = False) -> None:
    """Daftar mata acara. / The programmes."""
    headings = {"id": "ID", "title": "Judul", "category": "Kategori", "age": "Usia", "language": "Bahasa"}
    headings |= {"local": "Lokal", "presenter": "Penyiar", "length": "Menit"}

    def row(p: Any) -> Mapping[str, object]:
        return {
            "id": p.id, "title": p.title, "category": p.category.label, "age": p.age.value, "language": p.language,
            "local": "ya" if p.local else "tidak", "presenter": p.presenter, "length": p.default_length_s // 60,
        }  # fmt: skip

    _list("programme", headings, row, json=json)


@programme.command("remove")
def remove_programme(id_: Id) -> None:
    """Hapus mata acara. / Remove a programme."""
    _remove("programme", id_)


# ---- playlists and rotations ----------------------------------------------------------------------


@playlist.command("set")
def set_playlist(
    id_: Id,
    title: Title = None,
    item: Annotated[list[str] | None, typer.Option(help="Jalur, folder:..., playlist:...; berulang / repeated")] = None,
) -> None:
    """Buat atau ubah daftar putar; --item mengganti seluruh isinya. / Add or change a playlist."""
    _keep("playlist", id_, {"title": title, "items": item or None}, lambda: {"title": id_})


@playlist.command("list")
def list_playlists(json: AsJson = False) -> None:
    """Daftar semua daftar putar. / The playlists."""
    headings = {"id": "ID", "title": "Judul", "items": "Isi"}
    _list("playlist", headings, lambda p: {"id": p.id, "title": p.title, "items": "\n".join(p.items)}, json=json)


@playlist.command("remove")
def remove_playlist(id_: Id) -> None:
    """Hapus daftar putar. / Remove a playlist."""
    _remove("playlist", id_)


@rotation.command("set")
def set_rotation(
    id_: Id,
    title: Title = None,
    folder: Annotated[list[str] | None, typer.Option(help="Folder materi; berulang / repeated")] = None,
    artist: Annotated[int | None, typer.Option(help="Menit antara artis yang sama / artist separation")] = None,
    song: Annotated[int | None, typer.Option(help="Menit antara judul yang sama / title separation")] = None,
    album: Annotated[int | None, typer.Option(help="Menit antara album yang sama / album separation")] = None,
    again: Annotated[int | None, typer.Option(help="Jam sebelum materi diputar lagi / hours")] = None,
    clock: Annotated[str | None, typer.Option(help="Kelompok dalam satu jam: gold,baru,gold / category clock")] = None,
) -> None:
    """Buat atau ubah rotasi; --folder mengganti seluruhnya. / Add or change a rotation."""
    groups = [g.strip() for g in clock.split(",") if g.strip()] if clock is not None else None
    said = {
        "title": title, "folders": folder or None, "artist_minutes": artist, "title_minutes": song,
        "album_minutes": album, "again_hours": again, "clock": groups,
    }  # fmt: skip
    _keep("rotation", id_, said, lambda: {"title": id_})


@rotation.command("list")
def list_rotations(json: AsJson = False) -> None:
    """Daftar rotasi. / The rotations."""
    headings = {"id": "ID", "title": "Judul", "folders": "Folder", "artist": "Artis", "song": "Judul", "album": "Album"}

    def row(r: Any) -> Mapping[str, object]:
        return {
            "id": r.id, "title": r.title, "folders": ", ".join(r.folders), "artist": f"{r.artist_minutes} menit",
            "song": f"{r.title_minutes} menit", "album": f"{r.album_minutes} menit", "again": f"{r.again_hours} jam",
            "clock": ", ".join(r.clock),
        }  # fmt: skip

    _list("rotation", headings | {"again": "Lagi", "clock": "Jam putar"}, row, json=json)


@rotation.command("remove")
def remove_rotation(id_: Id) -> None:
    """Hapus rotasi. / Remove a rotation."""
    _remove("rotation", id_)


# ---- orders ---------------------------------------------------------------------------------------


@order.command("set")
def set_order(
    id_: Id,
    advertiser: Annotated[str | None, typer.Option(help="Pemesan / advertiser")] = None,
    asset: Annotated[list[str] | None, typer.Option(help="Berkas spot; berulang / repeated")] = None,
    first: Annotated[str | None, typer.Option("--from", help="Hari pertama / first day")] = None,
    last: Annotated[str | None, typer.Option("--until", help="Hari terakhir / last day")] = None,
    times: Annotated[int | None, typer.Option(help="Kali sehari / times a day")] = None,
    kind: Annotated[str | None, typer.Option(help="niaga atau ilm / commercial or public service")] = None,
    product: Annotated[str | None, typer.Option(help="biasa, rokok, dewasa / product")] = None,
    group: Annotated[str | None, typer.Option(help="Kelompok produk yang bersaing / competitors")] = None,
    days: Annotated[str | None, typer.Option(help="Hari: senin-jumat / days")] = None,
    hours: Annotated[list[str] | None, typer.Option(help="06.00-09.00; berulang / day-parts")] = None,
    total: Annotated[int | None, typer.Option(help="Paling banyak seluruhnya; 0 tanpa batas / in all")] = None,
    priority: Annotated[int | None, typer.Option(help="1 didahulukan, 9 belakangan / 1 first")] = None,
    gap: Annotated[int | None, typer.Option(help="Menit antara dua tayangannya / minutes between")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Hanya kanal ini; berulang / only these")] = None,
) -> None:
    """Buat atau ubah pesanan iklan atau ILM. / Add or change a spot order."""
    from scheduler.words import clock
    from scheduler.words import days as weekdays

    with words("--hours"):
        parts = [tuple(clock(end) for end in text.split("-", 1)) for text in hours] if hours else None
        if parts and any(len(part) != 2 for part in parts):
            raise ValueError('tulis jam seperti "06.00-09.00" / write hours like "06.00-09.00"')
    with words("--from --until --days"):
        flight = [read_date(text).isoformat() if text else None for text in (first, last)]
        listed = list(weekdays([d.strip() for d in days.split(",")])) if days else None
    said = {
        "advertiser": advertiser, "assets": asset or None, "first": flight[0], "last": flight[1],
        "times_a_day": times, "kind": kind, "product": product, "product_group": group, "days": listed,
        "hours": parts, "priority": priority, "min_gap_minutes": gap, "channels": channel or None,
    }  # fmt: skip
    _keep("order", id_, said | {"total": total or None}, cleared=("total",) if total == 0 else ())


@order.command("list")
def list_orders(json: AsJson = False) -> None:
    """Daftar pesanan. / The orders."""
    from scheduler.words import written

    headings = {"id": "ID", "advertiser": "Pemesan", "kind": "Jenis", "flight": "Masa", "times": "Sehari"}
    headings |= {"hours": "Jam", "group": "Kelompok", "assets": "Materi", "channels": "Kanal"}

    def row(o: Any) -> Mapping[str, object]:
        return {
            "id": o.id, "advertiser": o.advertiser, "kind": o.kind.value, "flight": f"{o.first} s.d. {o.last}",
            "times": o.times_a_day, "hours": ", ".join(f"{written(a)}-{written(b)}" for a, b in o.hours) or "semua",
            "group": o.product_group, "assets": ", ".join(o.assets), "channels": ", ".join(o.channels) or "semua",
        }  # fmt: skip

    _list("order", headings, row, json=json)


@order.command("remove")
def remove_order(id_: Id) -> None:
    """Hapus pesanan; yang sudah tayang tetap tercatat. / Remove an order."""
    _remove("order", id_)
