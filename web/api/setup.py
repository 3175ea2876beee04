"""Setting a station up through the API: the walk, what pages may set, starting the service anew, health."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from lppl.accounts import Right
from lppl.desk import walk
from lppl.desk.settings import LADDERS, RUN, ladder_of
from lppl.desk.walk import Step
from lppl.doctor import State
from lppl.media import ChannelKind
from lppl.programme import AgeClass, Category
from lppl.settings import ChannelId, ChannelSettings, Text, public_address, unique, zone_of
from scheduler.first_week import Part
from scheduler.recurrence import dates, pattern
from scheduler.words import written
from web.api.operations import Operations
from web.api.people import Strict
from web.staff.visit import Visit

operations = Operations("Stasiun")

Zone = Annotated[str, Field(max_length=64), AfterValidator(lambda name: str(zone_of(name)))]
PublicUrl = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=300),
    AfterValidator(lambda url: url and public_address(url)),
]
FolderPath = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class StationIn(Strict):
    """Who broadcasts, and where."""

    name: Text
    place: Text
    zone: Zone
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class ChannelIn(Strict):
    """A channel. `target_lufs`: its loudness."""

    id: ChannelId
    name: Text
    kind: ChannelKind
    target_lufs: Annotated[float, Field(ge=-36, le=-8, allow_inf_nan=False)] = -16.0


class SettingsIn(Strict):
    """What becomes different; what is left out stays. `ladder`: a name of a preset."""

    station: StationIn | None = None
    channels: (
        Annotated[tuple[ChannelIn, ...], Field(min_length=1, max_length=20), AfterValidator(unique(lambda c: c.id))]
        | None
    ) = None
    dvr_hours: Annotated[float, Field(ge=0.05, le=24, allow_inf_nan=False)] | None = None
    public_url: PublicUrl | None = None
    """Empty: none."""
    min_free_gb: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] | None = None
    ladder: Literal["penuh", "hemat", "ringan"] | None = None
    lean_audio: bool | None = None


class SettingsOut(BaseModel):
    """What holds from the next start on. `locked`: key -> file or variable that sets it; `waiting`: it differs now."""

    station: StationIn
    channels: list[ChannelIn]
    dvr_hours: float
    public_url: str
    min_free_gb: float
    ladder: str
    lean_audio: bool
    demo: bool
    locked: dict[str, str]
    waiting: bool
    run: str


class StepOut(BaseModel):
    """A step of the walk."""

    step: Step
    done: bool


class SetupOut(BaseModel):
    """How far the station has come. `run` differs after each start of the service."""

    steps: list[StepOut]
    complete: bool
    closed: bool
    run: str


class OfStep(Strict):
    """Which step."""

    step: Step


class FolderOut(BaseModel):
    """A folder of the media folder. `demo`: the demo made all of it."""

    model_config = ConfigDict(from_attributes=True)
    path: str
    pictures: int
    sounds: int
    seconds: float
    demo: bool


class MaterialOut(BaseModel):
    """The material that can be aired: `own` files that are not the demo's."""

    folders: list[FolderOut]
    own: int
    demo: int


class OfWeek(Strict):
    """Whose week."""

    channel: ChannelId


class WeekIn(Strict):
    """Which folders fill which part of the day. `relay`: the network whose morning news is relayed, or empty."""

    parts: Annotated[dict[Part, Annotated[list[FolderPath], Field(max_length=200)]], Field(max_length=20)]
    relay: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class HourOut(BaseModel):
    """A programme of the week. `start`, `end` as ``06.00``; `folders`: what fills it."""

    title: str
    days: str
    weekdays: list[int]
    start: str
    end: str
    category: Category
    age: AgeClass
    folders: list[str]


class WeekOut(BaseModel):
    """The typical week with this material, and what a station usually has besides.

    `revision` of the draft that it has become, to publish that; null where nothing was kept.
    """

    channel: str
    revision: int | None
    hours: list[HourOut]
    lacks: list[str]


class CheckOut(BaseModel):
    """One finding about the station's machine; sentences are Indonesian / English."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    state: State
    detail: str
    remedy: str


# ---- settings -------------------------------------------------------------------------------------


async def settings_out(visit: Visit) -> SettingsOut:
    """Return what holds from the next start on."""
    found = await visit.office.set_up.sources()
    s = found.settings
    station = StationIn.model_validate(s.station.model_dump() | {"zone": str(s.station.zone)})
    return SettingsOut(
        station=station,
        channels=[ChannelIn(id=c.id, name=c.name, kind=c.kind, target_lufs=c.target_lufs) for c in s.channels],
        dvr_hours=s.dvr_hours,
        public_url=s.public_url or "",
        min_free_gb=s.min_free_gb,
        ladder=ladder_of(s),
        lean_audio=s.lean_audio,
        demo=s.demo,
        locked=dict(found.locked),
        waiting=s != visit.office.settings,
        run=RUN,
    )


@operations.get("/settings", Right.ADMIN, "Pengaturan / Settings")
async def settings(visit: Visit) -> SettingsOut:
    """Return what pages may set, and what is set elsewhere."""
    return await settings_out(visit)


@operations.patch("/settings", Right.ADMIN, "Ubah pengaturan; berlaku setelah mulai ulang / Change settings")
async def change_settings(visit: Visit, body: SettingsIn) -> SettingsOut:
    """Keep settings; they hold from the next start of the service on."""
    values: dict[str, object] = {}
    if body.station is not None:
        values |= {f"station.{k}": v for k, v in body.station.model_dump().items()}
    if body.channels is not None:
        values["channels"] = await _channels(visit, body.channels)
    if body.ladder is not None:
        values["ladder"] = LADDERS[body.ladder]
    if body.public_url is not None:
        values["public_url"] = body.public_url or None
    values |= {k: v for k in ("dvr_hours", "min_free_gb", "lean_audio") if (v := getattr(body, k)) is not None}
    await visit.office.set_up.keep(values, visit.actor, visit.now)
    return await settings_out(visit)


async def _channels(visit: Visit, wanted: Sequence[ChannelIn]) -> tuple[ChannelSettings, ...]:
    """Return the channels with what pages do not show of those that are there."""
    known = {c.id: c for c in (await visit.office.set_up.sources()).settings.channels}
    return tuple(
        known[c.id].model_copy(update=c.model_dump()) if c.id in known else ChannelSettings(**c.model_dump())
        for c in wanted
    )


@operations.post("/service/restart", Right.ADMIN, "Mulai ulang layanan; siaran berlanjut / Start the service anew")
async def restart(visit: Visit) -> None:
    """Start the service anew with the settings on disk; the air goes on within a second."""
    await visit.office.set_up.restart(visit.actor, visit.now)


@operations.get("/doctor", Right.ADMIN, "Periksa stasiun / Examine the station")
async def doctor(visit: Visit) -> list[CheckOut]:
    """Return every check with its remedy; takes some seconds."""
    return [CheckOut.model_validate(c) for c in await visit.office.set_up.examined()]


# ---- the walk -------------------------------------------------------------------------------------


@operations.get("/setup", Right.ADMIN, "Sejauh mana stasiun disiapkan / How far setting up has come")
async def setup(visit: Visit) -> SetupOut:
    """Return the steps, and which of them are done."""
    found = await walk.progress(visit.office)
    steps = [StepOut(step=step, done=step in found.done) for step in Step]
    return SetupOut(steps=steps, complete=found.complete, closed=found.closed, run=RUN)


@operations.post("/setup/steps/{step}", Right.ADMIN, "Tandai langkah selesai / A step is done")
async def step_done(visit: Visit, params: OfStep) -> SetupOut:
    """Note that a step is done."""
    await walk.mark(visit.office, params.step, visit.now)
    return await setup(visit)


@operations.post("/setup/close", Right.ADMIN, "Selesai menyiapkan / End setting up")
async def close(visit: Visit) -> SetupOut:
    """Show the checklist no longer."""
    await walk.close(visit.office, visit.actor, visit.now)
    return await setup(visit)


@operations.get("/setup/material", Right.ADMIN, "Materi yang sudah ada / The material there is")
async def material(visit: Visit) -> MaterialOut:
    """Return folders with what lies in them."""
    found = await walk.stock(visit.office)
    folders = [FolderOut.model_validate(f) for f in found.folders]
    return MaterialOut(folders=folders, own=found.own, demo=len(found.files) - found.own)


@operations.get("/setup/weeks/{channel}", Right.PLAN, "Usulan folder minggu pertama / Proposed folders")
async def proposal(visit: Visit, params: OfWeek) -> WeekIn:
    """Return which folders would fill which part of a channel's week."""
    channel = visit.office.planning.channel(params.channel)
    others = [c.id for c in visit.office.settings.channels if c is not channel]
    found = walk.proposed(channel, await walk.stock(visit.office), others)
    return WeekIn(parts={part: list(folders) for part, folders in found.items()})


@operations.post(
    "/setup/weeks/{channel}/preview", Right.PLAN, "Lihat minggu pertama / Look at the first week", asks=True
)
async def preview(visit: Visit, params: OfWeek, body: WeekIn) -> WeekOut:
    """Return the typical week with this material; nothing is kept."""
    return week_out(visit, await walk.preview(visit.office, params.channel, body.parts, body.relay, visit.now))


@operations.put("/setup/weeks/{channel}", Right.PLAN, "Jadikan rancangan / Make it the draft")
async def lay_down(visit: Visit, params: OfWeek, body: WeekIn) -> WeekOut:
    """Keep the typical week as the draft of a channel's grid."""
    made, draft = await walk.lay_down(visit.office, params.channel, body.parts, body.relay, visit.actor, visit.now)
    return week_out(visit, made, draft.revision)


@operations.post("/setup/demo/remove", Right.ADMIN, "Buang contoh / Remove the demo")
async def remove_demo(visit: Visit) -> None:
    """Have what the demo made removed at the next start; refused while a channel still needs it."""
    await walk.part_with_demo(visit.office, visit.actor, visit.now)


def week_out(visit: Visit, week: walk.Week, revision: int | None = None) -> WeekOut:
    """Return a week as the API shows it."""
    bundle = week.bundle
    programmes = {**week.programmes, **{p.id: p for p in bundle.programmes}}
    rotations = {r.id: r for r in bundle.rotations}
    hours = []
    today = visit.now.astimezone(visit.office.settings.station.zone).date()
    monday = today - timedelta(days=today.weekday() - 7)
    for e in bundle.grid.entries:
        programme = programmes[e.programme]
        rotation = rotations.get(getattr(e.content, "rotation", None) or "")
        hours.append(
            HourOut(
                title=programme.title,
                days=pattern(e.on),
                weekdays=[day.weekday() for day in dates(e.on, monday, monday + timedelta(days=6), lambda _: False)],
                start=written(e.start),
                end=written(e.start + e.length_s),
                category=programme.category,
                age=programme.age,
                folders=list(rotation.folders) if rotation else [getattr(e.content, "source", "")],
            )
        )
    english = visit.language == "en"
    lacks = [both[english] for both in week.lacks]
    return WeekOut(channel=week.channel.id, revision=revision, hours=hours, lacks=lacks)
