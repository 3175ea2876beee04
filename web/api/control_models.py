"""Values of the control room's operations. Instants are ISO 8601; `_ms` are milliseconds since the epoch, air time."""

from typing import Annotated, Any, cast

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lppl.break_in import GENERIC, BreakIn, Headline, Label, Line
from lppl.desk.control import Deed, Prepared
from lppl.desk.control_room import Alarm, ChannelNow, SeenItem
from lppl.orders import Act, Kept, State
from lppl.programme import Slug
from lppl.quanta import Quanta, milliseconds, starting
from lppl.rundown import Kind
from lppl.settings import ChannelId, wrong
from web.api.media_models import Asset

TYPED = "teks-baru"
"""What a text of the moment is called."""
ItemId = Annotated[str, StringConstraints(max_length=200)]


class Given(BaseModel):
    """What comes in; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid")


class OfChannel(Given):
    """Which channel."""

    channel: ChannelId


class OfHistory(OfChannel):
    """Of how many hours, and how many orders at most."""

    hours: Annotated[int, Field(ge=1, le=192)] = 24
    count: Annotated[int, Field(ge=1, le=500)] = 50


class OfBreakIn(Given):
    """Which prepared break-in."""

    name: Slug


class OfAlarm(Given):
    """Which alarm on record."""

    number: Annotated[int, Field(ge=1, le=2**31 - 1)]


# ---- orders ----


class SkipIn(Given):
    """`item`: what was seen on the air; the order is refused when another item runs by now."""

    item: ItemId = ""


class PutIn(Given):
    """Which material."""

    asset: Asset


class PlayIn(PutIn, SkipIn):
    """Which material, in place of what."""


class FillIn(Given):
    """Until when, within a day."""

    until: AwareDatetime


def _voice(value: str) -> str:
    if not value.isprintable():
        raise wrong("tulis jalur berkas di folder materi", "write the path of a file in the media folder")
    return value


class TextIn(Given):
    """A break-in: what is read and heard. Either `voice`, a recording in the media folder, or a synthetic voice."""

    headline: Headline
    label: Label = "SELA DARURAT"
    lines: Annotated[list[Line], Field(max_length=8)] = []
    source: Line = ""
    voice: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_voice)] = ""
    spoken: bool = True
    tone: bool = True
    repeats: Annotated[int, Field(ge=0, le=100)] = 0

    def named(self, name: str) -> BreakIn:
        """Return it under a name."""
        return BreakIn(id=name, **self.model_dump(exclude={"name"}))


class NewBreakInIn(TextIn):
    """A break-in to prepare; without a name it gets one made of its headline."""

    name: Slug | None = None


class BreakInNowIn(Given):
    """Which break-in airs: a prepared one by its name, or a text of the moment; `minutes`: at the longest."""

    prepared: Slug | None = None
    text: TextIn | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "BreakInNowIn":
        if (self.prepared is None) == (self.text is None):
            raise wrong("pilih yang disiapkan atau tulis teks baru", "choose a prepared one or write a new text")
        return self

    @property
    def what(self) -> str | BreakIn:
        """The prepared one's name, or the text."""
        return self.prepared if self.prepared is not None else cast(TextIn, self.text).named(TYPED)


# ---- what is told ----


class SeenOut(BaseModel):
    """An item of the running order; `id` is what orders name as `item`."""

    id: str
    title: str
    artist: str
    programme: str
    kind: Kind
    start_ms: int
    end_ms: int

    @classmethod
    def of(cls, item: SeenItem) -> "SeenOut":
        """Return it as told."""
        return cls(
            id=item.id, title=item.title, artist=item.artist, programme=item.programme, kind=item.kind,
            start_ms=item.start_ms, end_ms=item.end_ms,
        )  # fmt: skip


class HardOut(BaseModel):
    """What begins at its second next, whatever runs then."""

    at_ms: int
    title: str
    programme: str


class OrderOut(BaseModel):
    """An order and what became of it. `title`: the material's, or the break-in's headline; `until`: of a filling."""

    id: str
    act: Act
    by: str
    made: AwareDatetime
    state: State
    title: str
    at: AwareDatetime | None
    until: AwareDatetime | None
    ended: AwareDatetime | None
    detail: str
    english: str

    @classmethod
    def of(cls, kept: Kept) -> "OrderOut":
        """Return it as told."""
        order = kept.order
        return cls(
            id=order.id, act=order.act, by=order.by, made=order.made, state=kept.state,
            title=order.break_in.headline if order.break_in is not None else order.title,
            at=_instant(kept.at), until=_instant(order.until), ended=_instant(kept.ended),
            detail=kept.indonesian, english=kept.english,
        )  # fmt: skip


class DeedOut(OrderOut):
    """An order, and what it began by the journal."""

    began: str | None

    @classmethod
    def told(cls, deed: Deed) -> "DeedOut":
        """Return it as told."""
        return cls(**OrderOut.of(deed.kept).model_dump(), began=deed.began.title if deed.began else None)


class ChannelNowOut(BaseModel):
    """What a channel does. `item` null: off the air; `fallback`: what stands in for planned material."""

    channel: str
    item: SeenOut | None
    coming: list[SeenOut]
    fallback: str | None
    held: OrderOut | None
    breaking_in: OrderOut | None
    hard: HardOut | None

    @classmethod
    def of(cls, now: ChannelNow) -> "ChannelNowOut":
        """Return it as told."""
        hard = now.hard
        return cls(
            channel=now.channel, item=SeenOut.of(now.item) if now.item is not None else None,
            coming=[SeenOut.of(i) for i in now.coming], fallback=now.fallback,
            held=OrderOut.of(now.held) if now.held else None,
            breaking_in=OrderOut.of(now.breaking_in) if now.breaking_in else None,
            hard=HardOut(at_ms=milliseconds(hard.start), title=hard.material.title, programme=hard.programme)
            if hard else None,
        )  # fmt: skip


class AlarmOut(BaseModel):
    """An alarm; `number` is null until it is on record. `channel` is empty when it concerns the whole station."""

    number: int | None
    channel: str
    kind: str
    detail: str
    began: AwareDatetime
    ended: AwareDatetime | None
    active: bool
    acknowledged: AwareDatetime | None
    acknowledged_by: str

    @classmethod
    def of(cls, alarm: Alarm) -> "AlarmOut":
        """Return it as told."""
        r = alarm.record
        return cls(
            number=r.id if r else None, channel=alarm.channel, kind=alarm.kind, detail=alarm.detail,
            began=alarm.began, ended=r.ended if r and not alarm.active else None, active=alarm.active,
            acknowledged=r.acknowledged if r else None, acknowledged_by=r.acknowledged_by if r else "",
        )  # fmt: skip


class RoomOut(BaseModel):
    """All channels and alarms at `now_ms`, by which pages set their clocks."""

    now_ms: int
    channels: list[ChannelNowOut]
    alarms: list[AlarmOut]


class LevelOut(BaseModel):
    """How loud the 320 ms are that air at `at` (ms): left and right in dB below full scale; null where unknown."""

    at: int
    rms: list[float] | None
    peak: list[float] | None


class LevelsOut(BaseModel):
    """The levels of each channel, from now on."""

    now_ms: int
    channels: dict[str, list[LevelOut]]


class KeptBreakInOut(TextIn):
    """A break-in as it is kept."""

    name: str

    @classmethod
    def of(cls, kept: BreakIn) -> "KeptBreakInOut":
        """Return it as told."""
        return cls.model_construct(**_written(kept))


class PreparedOut(KeptBreakInOut):
    """A prepared break-in; `ready` tells of each channel whether it can air at once. `fixed`: it cannot be changed."""

    ready: dict[str, bool]
    fixed: bool

    @classmethod
    def told(cls, prepared: Prepared) -> "PreparedOut":
        """Return it as told."""
        it = prepared.break_in
        return cls.model_construct(**_written(it), ready=prepared.ready, fixed=it.id == GENERIC.id)


def _written(kept: BreakIn) -> dict[str, Any]:
    return kept.model_dump(exclude={"id", "voice_asset"}) | {"name": kept.id, "lines": list(kept.lines)}


def _instant(at: int) -> AwareDatetime | None:
    return starting(Quanta(at)) if at else None
