"""The course of a call, as a pure state machine: what is said to the caller, when it is recorded, when handed in.

:func:`step` takes the state and what happened, and returns the new state and the orders to carry out, in their order.
Nothing here knows sound, time or files; whoever carries out the orders reports with the next happening.

notice -> menu -> (a key, or none after one repetition) -> "speak after the tone" -> recording -> keeping -> the code
-> goodbye. The emergency key is heard until the recording begins, and is handed in before anything else is done.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from lppl.phone.values import Stage

CLASSES = {"1": "pengaduan", "2": "aspirasi", "3": "permintaan-informasi"}
EMERGENCY_KEY = "9"
END_KEY = "#"


class Prompt(Enum):
    """What can be said to a caller; :mod:`lppl.phone.prompts` holds the words."""

    NOTICE = auto()
    MENU = auto()
    EMERGENCY = auto()
    SPEAK = auto()
    """Ends with the tone."""
    DISTURBED = auto()
    """Recording fails."""
    CODE = auto()
    """Kept; with the code."""
    LATER = auto()
    """Recorded, but not in the records yet."""
    NOT_TAKEN = auto()
    """Neither."""


class At(Enum):
    """Where a call is."""

    NEW = auto()
    NOTICE = auto()
    MENU = auto()
    """The menu is being read."""
    CHOOSING = auto()
    """The menu was read; a key is waited for."""
    EMERGENCY = auto()
    SPEAK = auto()
    RECORDING = auto()
    SORRY = auto()
    """The caller is told that recording fails."""
    KEEPING = auto()
    GOODBYE = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Answered:
    """The exchange has connected the call."""


@dataclass(frozen=True, slots=True)
class Digit:
    """The caller pressed `key`: one of 0-9, ``*``, ``#``, A-D."""

    key: str


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """What was to be played last has been played to its end."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing has been heard of the caller for `seconds` of the recording; `spoke`: something was before."""

    seconds: float
    spoke: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """It is `now`, in seconds of a clock that only goes forward. Comes often: about every 100 ms."""

    now: float


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller or the exchange is gone, or is to be given up."""


@dataclass(frozen=True, slots=True)
class RecordFailed:
    """What is said cannot be written, from now on."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The hand-in of `stage` is durable, under `code`."""

    stage: Stage
    code: str


@dataclass(frozen=True, slots=True)
class KeepFailed:
    """The hand-in of `stage` is not in the records; it will be tried again later."""

    stage: Stage


Happening = Answered | Digit | PromptEnded | Silence | Tick | HungUp | RecordFailed | Kept | KeepFailed


@dataclass(frozen=True, slots=True)
class Play:
    """Say `prompt` from its beginning, instead of what is being said; `code` belongs to :attr:`Prompt.CODE`."""

    prompt: Prompt
    code: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Begin to record."""


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the recording and finish its file."""


@dataclass(frozen=True, slots=True)
class HandIn:
    """Hand in what is known by now, as `stage`."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Order = Play | Record | StopRecording | HandIn | HangUp
Orders = tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long what may take, in seconds."""

    choose_s: float = 6.0
    silence_s: float = 8.0
    """After the caller has spoken."""
    nothing_s: float = 30.0
    """When the caller never spoke: a line that was forgotten open is not recorded to the end."""
    longest_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Talk:
    """The state of a call."""

    caller_known: bool
    limits: Limits = Limits()
    at: At = At.NEW
    pressed: str = ""
    emergency: bool = False
    repeated: bool = False
    broken: bool = False
    """Recording fails, or failed."""
    now: float = 0.0
    until: float = 0.0
    """When what is waited for is given up; means something while choosing and recording."""

    @property
    def ended(self) -> bool:
        """Whether nothing more can come of it."""
        return self.at is At.ENDED


def step(talk: Talk, happening: Happening) -> tuple[Talk, Orders]:
    """Return the state after `happening`, and what to do now. After the end there are no orders, whatever happens."""
    if talk.ended:
        return talk, ()
    match happening:
        case Answered():
            return (replace(talk, at=At.NOTICE), (Play(Prompt.NOTICE),)) if talk.at is At.NEW else (talk, ())
        case Tick(now):
            return _ticked(replace(talk, now=max(talk.now, now)))
        case Digit(key):
            return _pressed(talk, key)
        case PromptEnded():
            return _prompt_ended(talk)
        case Silence(seconds, spoke):
            limit = talk.limits.silence_s if spoke else talk.limits.nothing_s
            return _stop(talk) if talk.at is At.RECORDING and seconds >= limit else (talk, ())
        case RecordFailed():
            return _record_failed(talk)
        case Kept(stage, code):
            if talk.at is not At.KEEPING or stage is not Stage.WHOLE:
                return talk, ()
            return replace(talk, at=At.GOODBYE), (Play(Prompt.CODE, code),)
        case KeepFailed(stage):
            if talk.at is not At.KEEPING or stage is not Stage.WHOLE:
                return talk, ()
            return replace(talk, at=At.GOODBYE), (Play(Prompt.NOT_TAKEN if talk.broken else Prompt.LATER),)
        case HungUp():
            return _hung_up(talk)


def _ticked(talk: Talk) -> tuple[Talk, Orders]:
    if talk.at is At.CHOOSING and talk.now >= talk.until:
        return _no_choice(talk)
    if talk.at is At.RECORDING and talk.now >= talk.until:
        return _stop(talk)
    return talk, ()


def _pressed(talk: Talk, key: str) -> tuple[Talk, Orders]:
    if key == EMERGENCY_KEY and not talk.emergency and talk.at in (At.NOTICE, At.MENU, At.CHOOSING, At.SPEAK):
        # handed in before anything is said: who is in need may hang up at once and dial 112
        return replace(talk, emergency=True, at=At.EMERGENCY), (HandIn(Stage.EMERGENCY), Play(Prompt.EMERGENCY))
    if talk.at is At.NOTICE:
        # chosen before the menu is read; the notice is heard to its end nevertheless, as the law wants it
        return replace(talk, pressed=CLASSES.get(key, talk.pressed)), ()
    if talk.at in (At.MENU, At.CHOOSING):
        return _instruct(replace(talk, pressed=CLASSES[key])) if key in CLASSES else _no_choice(talk)
    if talk.at is At.RECORDING and key == END_KEY:
        return _stop(talk)
    return talk, ()


def _prompt_ended(talk: Talk) -> tuple[Talk, Orders]:
    match talk.at:
        case At.NOTICE if talk.pressed:
            return _instruct(talk)
        case At.NOTICE:
            return replace(talk, at=At.MENU), (Play(Prompt.MENU),)
        case At.MENU:
            return replace(talk, at=At.CHOOSING, until=talk.now + talk.limits.choose_s), ()
        case At.EMERGENCY:
            return _instruct(talk)
        case At.SPEAK:
            return replace(talk, at=At.RECORDING, until=talk.now + talk.limits.longest_s), (Record(),)
        case At.SORRY:
            return replace(talk, at=At.KEEPING), (HandIn(Stage.WHOLE),)
        case At.GOODBYE:
            return replace(talk, at=At.ENDED), (HangUp(),)
        case _:
            return talk, ()


def _no_choice(talk: Talk) -> tuple[Talk, Orders]:
    """No key in time, or one that means nothing: the menu once more, then on without a class."""
    if talk.repeated:
        return _instruct(talk)
    return replace(talk, at=At.MENU, repeated=True), (Play(Prompt.MENU),)


def _instruct(talk: Talk) -> tuple[Talk, Orders]:
    """Ask the caller to speak, or tell that recording fails, if that is known already."""
    if talk.broken:
        return replace(talk, at=At.SORRY), (Play(Prompt.DISTURBED),)
    return replace(talk, at=At.SPEAK), (Play(Prompt.SPEAK),)


def _stop(talk: Talk) -> tuple[Talk, Orders]:
    return replace(talk, at=At.KEEPING), (StopRecording(), HandIn(Stage.WHOLE))


def _record_failed(talk: Talk) -> tuple[Talk, Orders]:
    broken = replace(talk, broken=True)
    if talk.at is At.RECORDING:
        return replace(broken, at=At.SORRY), (StopRecording(), Play(Prompt.DISTURBED))
    if talk.at is At.SPEAK:
        return _instruct(broken)
    return broken, ()


def _hung_up(talk: Talk) -> tuple[Talk, Orders]:
    """Hand in what there is and has not been: the recording, else that somebody called who can be called back."""
    gone = replace(talk, at=At.ENDED)
    if talk.at is At.RECORDING:
        return gone, (StopRecording(), HandIn(Stage.WHOLE))
    if talk.at is At.SORRY:
        return gone, (HandIn(Stage.WHOLE),)
    if talk.at in (At.KEEPING, At.GOODBYE) or talk.emergency or not talk.caller_known:
        return gone, ()
    return gone, (HandIn(Stage.MISSED),)
