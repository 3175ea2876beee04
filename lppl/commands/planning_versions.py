"""``lppl grid``: checking, publishing, comparing and withdrawing versions; the rules of a channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lppl.commands.planning_desk import AsJson, By, Channel, as_json, at_the_desk, author, number_of, words
from lppl.commands.planning_grid import Draft, Version, chosen
from lppl.commands.screen import out, say

if TYPE_CHECKING:
    from lppl.config import ChannelSettings
    from lppl.desk.planning import PlanningDesk
    from scheduler.findings import Finding
    from scheduler.grid import ChannelRules

TROUBLE = 1
MOST_LATE = 10


def register(grid: typer.Typer) -> None:
    """Add these commands to ``lppl grid``."""
    for name, command in (
        ("check", check), ("publish", publish), ("versions", versions), ("compare", compare),
        ("withdraw", withdraw), ("discard", discard), ("rules", rules),
    ):  # fmt: skip
        grid.command(name)(command)


def check(
    channel: Channel,
    draft: Draft = False,
    version: Version = None,
    days: Annotated[int, typer.Option("--days", min=1, max=62, help="Hari ke depan / days ahead")] = 7,
    json: AsJson = False,
) -> None:
    """Periksa tujuh hari ke depan; kode keluar 1 bila ada temuan berat. / Check the coming week.

    Tanpa pilihan, rancangan diperiksa bila ada. / Without options the draft, if there is one.
    """
    from datetime import timedelta

    async def work(desk: "PlanningDesk", now: datetime) -> "tuple[Sequence[Finding], bool]":
        from lppl.commands import planning_tables as tables

        waiting = await desk.store.draft(channel) is not None
        wanted, what = await chosen(desk, channel, version, draft=draft or (waiting and version is None))
        found = await desk.check(channel, wanted, now, timedelta(days=days))
        late = await desk.late(channel, found, now)
        if json:
            as_json({
                "channel": channel, "version": what, "severe": len(found.severe),
                "findings": [tables.finding_json(f) for f in found.findings],
                "late": [{"title": x.title, "ready": x.ready, "needed": x.needed} for x in late],
            })  # fmt: skip
        else:
            say(f"{desk.channel(channel).name}: {what}")
            _show(desk, found.findings, late)
        return found.findings, bool(found.severe)

    _, severe = at_the_desk(work)
    raise typer.Exit(TROUBLE if severe else 0)


def _show(desk: "PlanningDesk", findings: "Sequence[Finding]", late: Any) -> None:
    from lppl.commands import planning_tables as tables

    if findings:
        out().print(tables.findings_table(findings, desk.zone))
    out().print(tables.counted(findings))
    lines = tables.late_lines(late, desk.zone)
    if lines:
        out().print("Akan terlambat siap / will be late:")
    for line in lines[:MOST_LATE]:
        out().print(f"  {line}")
    if len(lines) > MOST_LATE:
        out().print(f"  ... dan {len(lines) - MOST_LATE} lainnya / and more")


def publish(
    channel: Channel,
    reason: Annotated[str, typer.Option("--reason", help="Alasan bila ada temuan berat / why, over severe ones")] = "",
    by: By = "",
) -> None:
    """Terbitkan rancangan; berlaku segera. / Publish the draft; it is in force at once."""

    async def work(desk: "PlanningDesk", now: datetime) -> int:
        from lppl.desk.errors import ReasonNeeded

        try:
            done = await desk.publish(channel, author(by), now, reason)
        except ReasonNeeded as refused:
            _show(desk, refused.findings, ())
            say("lppl: belum terbit. Perbaiki temuan berat itu, atau terbitkan dengan --reason / not published")
            return TROUBLE
        _show(desk, done.findings, done.late)
        say(f"Versi {done.version.number} terbit dan berlaku / version {done.version.number} is in force")
        return 0

    raise typer.Exit(at_the_desk(work))


def versions(channel: Channel, json: AsJson = False) -> None:
    """Semua versi, yang terbaru dulu. / All versions, the newest first."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands import planning_tables as tables

        desk.channel(channel)
        found, force = await desk.store.versions(channel), await desk.store.in_force(channel)
        number = force.number if force else None
        if json:
            as_json([
                {"number": v.number, "state": v.state.value, "in_force": v.number == number, "author": v.author,
                 "created": v.created, "published": v.published, "note": v.note, "reason": v.reason,
                 "findings": list(v.findings), "base": v.base}
                for v in found
            ])  # fmt: skip
        else:
            out().print(tables.versions_table(found, number, desk.zone))

    at_the_desk(work)


def compare(
    channel: Channel,
    old: Annotated[int | None, typer.Argument(min=1, help="Versi; tanpa ini yang berlaku / in force")] = None,
    new: Annotated[int | None, typer.Argument(min=1, help="Versi; tanpa ini rancangan / the draft")] = None,
    json: AsJson = False,
) -> None:
    """Bandingkan dua versi. / Compare two versions."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands.planning_tables import rows_table

        desk.channel(channel)
        changes = await desk.compare(channel, old, new)
        if json:
            as_json([c.model_dump() for c in changes])
        elif changes:
            headings = {"entry": "Entri", "before": "Sebelum", "after": "Sesudah"}
            out().print(rows_table([c.model_dump() for c in changes], headings))
        else:
            out().print("Tidak ada beda. / No difference.")

    at_the_desk(work)


def withdraw(
    channel: Channel,
    number: Annotated[int, typer.Argument(min=1, help="Versi yang dicabut / version to take back")],
    reason: Annotated[str, typer.Option("--reason", help="Alasan / why")],
    by: By = "",
) -> None:
    """Cabut versi yang terbit; yang sebelumnya berlaku lagi. / Take a published version back."""
    with words("--reason"):
        if not reason.strip():
            raise ValueError("tulis alasannya / write why")
    said = f"{reason.strip()} ({author(by)})"

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        desk.channel(channel)
        force = await desk.withdraw(channel, number, said)
        then = f"versi {force.number} berlaku" if force else "berkas jadwal berlaku lagi"
        say(f"Versi {number} dicabut; {then} / withdrawn")

    at_the_desk(work)


def discard(channel: Channel) -> None:
    """Buang rancangan. / Throw the draft away."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.desk.errors import NothingToPublish

        desk.channel(channel)
        if not await desk.store.discard_draft(channel):
            raise NothingToPublish(channel)
        say("Rancangan dibuang / the draft is gone")

    at_the_desk(work)


def rules(
    channel: Channel,
    fixed: Annotated[
        bool, typer.Option("--fixed-default", help="Azan, imsak, lagu, ident bawaan / usual events")
    ] = False,
    no_fixed: Annotated[bool, typer.Option("--no-fixed", help="Tanpa acara tetap / none")] = False,
    fade: Annotated[list[str] | None, typer.Option("--fade", help="hiburan=3: detik silih pudar / crossfade")] = None,
    logo: Annotated[str, typer.Option("--logo", help="PNG di folder materi; - tanpa / none")] = "",
    labels: Annotated[bool | None, typer.Option("--labels/--no-labels", help="Label usia / age label")] = None,
    breaks: Annotated[str, typer.Option("--breaks", help="Menit jeda iklan: 15,45 / minutes of breaks")] = "",
    hours: Annotated[str, typer.Option("--break-hours", help="06.00-22.00")] = "00.00-24.00",
    longest: Annotated[int, typer.Option("--break-longest", help="Detik per jeda / seconds")] = 120,
    days: Annotated[str, typer.Option("--break-days", help="senin-jumat")] = "setiap hari",
    no_breaks: Annotated[bool, typer.Option("--no-breaks", help="Hapus semua jeda / remove all")] = False,
    separation: Annotated[int | None, typer.Option("--separation", help="Menit antara pesaing / competitors")] = None,
    json: AsJson = False,
) -> None:
    """Lihat atau ubah aturan kanal: acara tetap, silih pudar, logo, jeda iklan. Langsung berlaku. / Channel rules.

    Tanpa pilihan hanya menampilkan. Satu per satu acara tetap: lewat `lppl grid export` dan `import`.
    """
    changes: dict[str, Any] = {"fade": fade or [], "logo": logo, "labels": labels, "separation": separation}
    changes |= {"fixed": fixed, "no_fixed": no_fixed, "no_breaks": no_breaks}
    changes |= {"breaks": (breaks, hours, longest, days) if breaks else None}

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.desk import grid as desk_grid
        from lppl.plan_store import Kind

        kept = await desk_grid.rules(desk, channel)
        changed = _changed(kept, desk.channel(channel), changes)
        if changed != kept:
            await desk.save(Kind.CHANNEL, channel, changed, now)
            say("Aturan kanal disimpan, langsung berlaku / kept, in force at once")
        if json:
            as_json(changed.model_dump(mode="json"))
        else:
            _show_rules(changed)

    at_the_desk(work)


def _changed(kept: "ChannelRules", channel: "ChannelSettings", said: dict[str, Any]) -> "ChannelRules":
    from lppl.programme import Category
    from scheduler.fixed import FixedEvents, default_fixed
    from scheduler.grid import ChannelRules

    update: dict[str, Any] = {}
    if said["fixed"] or said["no_fixed"]:
        update["fixed"] = default_fixed(channel.kind) if said["fixed"] else FixedEvents()
    if said["fade"]:
        fades = dict(kept.fades_s)
        for pair in said["fade"]:
            name, _, seconds = pair.partition("=")
            with words("--fade"):
                if name not in {c.value for c in Category} or not seconds:
                    listed = ", ".join(c.value for c in Category)
                    raise ValueError(f'tulis seperti hiburan=3; kategori: {listed}, bukan "{pair}" / write hiburan=3')
            fades[name] = number_of(seconds, "--fade")
        update["fades_s"] = {name: seconds for name, seconds in fades.items() if seconds}
    if said["logo"]:
        update["logo"] = None if said["logo"] == "-" else said["logo"]
    if said["labels"] is not None:
        update["labels"] = said["labels"]
    if said["separation"] is not None:
        update["separation_minutes"] = said["separation"]
    if said["no_breaks"]:
        update["breaks"] = ()
    if said["breaks"]:
        update["breaks"] = (*update.get("breaks", kept.breaks), _break(*said["breaks"]))
    with words("rules"):
        return ChannelRules.model_validate({**{n: getattr(kept, n) for n in ChannelRules.model_fields}, **update})


def _break(minutes: str, hours: str, longest: int, days: str) -> Any:
    from scheduler.grid import BreakRule
    from scheduler.words import clock
    from scheduler.words import days as weekdays

    with words("--breaks"):
        start, _, until = hours.partition("-")
        try:
            listed = tuple(sorted({int(m) for m in minutes.split(",")}))
        except ValueError:
            raise ValueError(f'menit ditulis seperti 15,45, bukan "{minutes}" / write minutes like 15,45') from None
        return BreakRule(minutes=listed, start=clock(start), until=clock(until), longest_s=longest, days=weekdays(days))


def _show_rules(rules: "ChannelRules") -> None:
    from lppl.commands.planning_tables import rows_table
    from scheduler.fixed import Anthem, ClockEvent, Ident, PrayerEvent, TimeSignal
    from scheduler.words import WEEKDAYS, written

    def when(event: Any) -> str:
        match event:
            case PrayerEvent(prayer=prayer, offset_s=offset):
                return prayer.value + (f" {offset:+} detik" if offset else "")
            case Anthem(opens=opens, closes=closes):
                return f"{written(opens)}, {written(closes)}"
            case TimeSignal() | Ident():
                hours = "setiap jam" if len(event.hours) == 24 else "jam " + ", ".join(map(str, event.hours))
                minutes = [m for m in getattr(event, "minutes", ()) if m]
                return hours + (f" menit {', '.join(map(str, minutes))}" if minutes else "")
            case ClockEvent(times=times):
                every = 24 if len(times) > 6 else 0
                return f"{len(times)} kali sehari" if every else ", ".join(map(written, times))
        return ""

    rows: list[dict[str, object]] = [
        {
            "id": e.id, "when": when(e), "what": ", ".join(e.items) or f"folder:{e.folder}",
            "hard": "tepat" if e.hard else "menunggu", "season": e.season.value,
        }
        for e in rules.fixed.events
    ]  # fmt: skip
    headings = {"id": "Acara tetap", "when": "Kapan", "what": "Materi", "hard": "Mulai", "season": "Musim"}
    out().print(rows_table(rows, headings) if rows else "Acara tetap: tidak ada / none")
    fades = ", ".join(f"{name} {seconds:g} detik".replace(".", ",") for name, seconds in rules.fades_s.items())
    out().print(f"Silih pudar: {fades or 'tidak ada'}")
    out().print(f"Logo: {rules.logo or 'tidak ada'}; label usia: {'ya' if rules.labels else 'tidak'}")
    for rule in rules.breaks:
        days = "setiap hari" if len(rule.days) == 7 else ", ".join(WEEKDAYS[d] for d in rule.days)
        minutes = ", ".join(map(str, rule.minutes))
        span = f"{written(rule.start)}-{written(rule.until)}"
        out().print(f"Jeda iklan: menit {minutes}, {span}, {days}, paling lama {rule.longest_s} detik")
    if not rules.breaks:
        out().print("Jeda iklan: tidak ada / none")
    out().print(f"Jarak antara pesaing: {rules.separation_minutes} menit")
