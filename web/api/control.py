"""The control room through the API: what the air does now, orders, prepared break-ins, alarms. Thin: the desk does it.

An order answers when the air role took it, mostly within a quarter of a second; 409 says why it was refused, 503 that
nobody took it: it was taken back then. Send an Idempotency-Key, and `item`, so that what is pressed twice is done once.
"""

from datetime import timedelta

from lppl.accounts import Right
from lppl.desk.control_room import Alarm
from lppl.media import AssetId
from web.api.control_models import (
    TYPED,
    AlarmOut,
    BreakInNowIn,
    ChannelNowOut,
    DeedOut,
    FillIn,
    KeptBreakInOut,
    LevelOut,
    LevelsOut,
    NewBreakInIn,
    OfAlarm,
    OfBreakIn,
    OfChannel,
    OfHistory,
    OrderOut,
    PlayIn,
    PreparedOut,
    PutIn,
    RoomOut,
    SkipIn,
    TextIn,
)
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("Ruang Kendali")

# ---- watching ----


@operations.get("/control", Right.VIEW, "Semua kanal dan alarm sekarang / All channels and alarms now")
async def room(visit: Visit) -> RoomOut:
    """Return what every channel does, and the alarms of a day."""
    desk, now = visit.office.control_room, visit.now
    states, alarms = await desk.states(now), await desk.alarms(now)
    return RoomOut(
        now_ms=int(visit.office.now().timestamp() * 1000), channels=[ChannelNowOut.of(s) for s in states],
        alarms=[AlarmOut.of(a) for a in alarms],
    )  # fmt: skip


@operations.get("/control/levels", Right.VIEW, "Tinggi suara / Sound levels")
async def levels(visit: Visit) -> LevelsOut:
    """Return the levels of every channel, up to two seconds ahead."""
    found = await visit.office.control_room.levels()
    told = {name: [LevelOut.model_validate(v.to_json()) for v in values] for name, values in found.items()}
    return LevelsOut(now_ms=int(visit.office.now().timestamp() * 1000), channels=told)


@operations.get("/channels/{channel}/control", Right.VIEW, "Satu kanal sekarang / One channel now")
async def state(visit: Visit, params: OfChannel) -> ChannelNowOut:
    """Return what a channel does."""
    return ChannelNowOut.of(await visit.office.control_room.state(params.channel, visit.now))


@operations.get("/channels/{channel}/control/history", Right.VIEW, "Siapa melakukan apa / Who did what")
async def history(visit: Visit, params: OfHistory) -> list[DeedOut]:
    """Return the newest orders of a channel and what became of each."""
    since = visit.now - timedelta(hours=params.hours)
    found = await visit.office.control_room.history(params.channel, since)
    return [DeedOut.told(deed) for deed in found[: params.count]]


# ---- orders ----


@operations.post("/channels/{channel}/control/skip", Right.CONTROL, "Lewati / Skip")
async def skip(visit: Visit, params: OfChannel, body: SkipIn) -> OrderOut:
    """End what runs; what is next begins."""
    return OrderOut.of(await visit.office.control_room.skip(params.channel, body.item, visit.actor, visit.now))


@operations.post("/channels/{channel}/control/play", Right.CONTROL, "Tayangkan sekarang / Play now")
async def play(visit: Visit, params: OfChannel, body: PlayIn) -> OrderOut:
    """End what runs and air material."""
    title = await _title(visit, params.channel, body)
    kept = await visit.office.control_room.play(params.channel, body.asset, title, body.item, visit.actor, visit.now)
    return OrderOut.of(kept)


@operations.post("/channels/{channel}/control/insert", Right.CONTROL, "Sisip berikutnya / Insert next")
async def insert(visit: Visit, params: OfChannel, body: PutIn) -> OrderOut:
    """Air material when what runs has ended."""
    title = await _title(visit, params.channel, body)
    return OrderOut.of(
        await visit.office.control_room.insert(params.channel, body.asset, title, visit.actor, visit.now)
    )


@operations.post("/channels/{channel}/control/hold", Right.CONTROL, "Tahan / Hold")
async def hold(visit: Visit, params: OfChannel) -> OrderOut:
    """Air filler once what runs has ended, until somebody goes on."""
    return OrderOut.of(await visit.office.control_room.hold(params.channel, visit.actor, visit.now))


@operations.post("/channels/{channel}/control/resume", Right.CONTROL, "Lanjutkan / Resume")
async def resume(visit: Visit, params: OfChannel) -> OrderOut:
    """Go on with the plan."""
    return OrderOut.of(await visit.office.control_room.resume(params.channel, visit.actor, visit.now))


@operations.post("/channels/{channel}/control/fill", Right.CONTROL, "Isi sampai / Fill until")
async def fill(visit: Visit, params: OfChannel, body: FillIn) -> OrderOut:
    """Air filler from the end of what runs until an instant within a day."""
    return OrderOut.of(await visit.office.control_room.fill(params.channel, body.until, visit.actor, visit.now))


@operations.post("/channels/{channel}/control/break-in", Right.CONTROL, "Sela Darurat / Break in")
async def break_in(visit: Visit, params: OfChannel, body: BreakInNowIn) -> OrderOut:
    """Air a break-in over everything, until it is ended; what is not rendered yet begins with the generic screen."""
    limit = timedelta(minutes=body.minutes) if body.minutes is not None else None
    kept = await visit.office.control_room.break_in(params.channel, body.what, limit, visit.actor, visit.now)
    return OrderOut.of(kept)


@operations.post("/channels/{channel}/control/end-break-in", Right.CONTROL, "Akhiri sela / End the break-in")
async def end_break_in(visit: Visit, params: OfChannel) -> OrderOut:
    """End the break-in; what should be on the air then goes on."""
    return OrderOut.of(await visit.office.control_room.end_break_in(params.channel, visit.actor, visit.now))


async def _title(visit: Visit, channel: str, put: PutIn) -> str:
    """Return the title of material that may air on a channel. Raises UnknownChannel, NotThere."""
    return (await visit.office.editing.material(channel, AssetId(put.asset))).title


# ---- prepared break-ins ----


@operations.get("/break-ins", Right.VIEW, "Sela Darurat yang disiapkan / Prepared break-ins")
async def break_ins(visit: Visit) -> list[PreparedOut]:
    """Return the prepared break-ins, the generic one first, and where each can air at once."""
    return [PreparedOut.told(each) for each in await visit.office.control_room.break_ins()]


@operations.post("/break-ins", Right.CONTROL, "Siapkan Sela Darurat / Prepare a break-in", status=201)
async def add_break_in(visit: Visit, body: NewBreakInIn) -> KeptBreakInOut:
    """Prepare a break-in; it is rendered for every channel at once."""
    made = body.named(body.name or TYPED)
    return KeptBreakInOut.of(
        await visit.office.control_room.add_break_in(made, body.name or "", visit.actor, visit.now)
    )


@operations.put("/break-ins/{name}", Right.CONTROL, "Ubah Sela Darurat / Change a break-in")
async def change_break_in(visit: Visit, params: OfBreakIn, body: TextIn) -> KeptBreakInOut:
    """Change a prepared break-in; what is on the air stays as it is."""
    made = body.named(params.name)
    return KeptBreakInOut.of(await visit.office.control_room.change_break_in(made, visit.actor, visit.now))


@operations.delete("/break-ins/{name}", Right.CONTROL, "Hapus Sela Darurat / Remove a break-in")
async def remove_break_in(visit: Visit, params: OfBreakIn) -> None:
    """Let go of a prepared break-in."""
    await visit.office.control_room.remove_break_in(params.name, visit.actor, visit.now)


# ---- alarms ----


@operations.get("/alarms", Right.VIEW, "Alarm / Alarms")
async def alarms(visit: Visit) -> list[AlarmOut]:
    """Return the alarms that go on, then those that ended within a day."""
    return [AlarmOut.of(a) for a in await visit.office.control_room.alarms(visit.now)]


@operations.post("/alarms/{number}/acknowledge", Right.CONTROL, "Terima alarm / Acknowledge an alarm")
async def acknowledge(visit: Visit, params: OfAlarm) -> AlarmOut:
    """Note that somebody has seen an alarm; the first to do so stays."""
    seen = await visit.office.control_room.acknowledge(params.number, visit.actor, visit.now)
    return AlarmOut.of(Alarm(seen.channel, seen.kind, seen.detail, seen.began, seen.ended is None, seen))
