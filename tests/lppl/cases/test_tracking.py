"""What is told to whoever has a report's code: every public step in plain words, nothing that a person wrote."""

from hypothesis import given

from lppl.cases.tracking import steps
from lppl.cases.values import Act, CaseClass, Event
from tests.lppl.cases.histories import arrived, histories, story

SILENT = {
    Act.CLASSIFIED, Act.CATEGORISED, Act.PLACED, Act.SHOWN, Act.ASSIGNED, Act.NOTED, Act.EMERGENCY, Act.NOT_EMERGENCY,
    Act.JOINED, Act.SPLIT,
}  # fmt: skip
FREE = {
    Act.ADDED: ("withdrawn",), Act.ASKED: ("missing",), Act.ANSWERED: ("text",), Act.RETURNED: ("reason",),
    Act.TRANSFERRED: ("reason", "ticket"), Act.HEARD: ("text", "ticket"), Act.NOTED: ("text",),
    Act.REJECTED: ("reason",), Act.REOPENED: ("reason",), Act.EXTENDED: ("reason",), Act.OBJECTED: ("reason",),
    Act.HANDED_OVER: ("to",), Act.FORWARDED: ("note",), Act.PLACED: ("kelurahan", "text"),
    Act.CATEGORISED: ("category",),
}  # fmt: skip
"""What people write into acts."""
SECRET = "rahasia-yang-ditulis"


def _marked(event: Event) -> Event:
    """Return an event in which everything that people wrote says the same."""
    written = dict(event.data)
    for key in FREE.get(event.act, ()):
        if isinstance(written.get(key), str):
            written[key] = SECRET
        elif isinstance(written.get(key), list):
            written[key] = [SECRET for _ in written[key]]
    return Event(event.seq, event.at, event.act, event.by, written)


@given(histories())
def test_each_public_act_is_told_once_in_both_languages_and_nothing_that_was_written(history: list[Event]) -> None:
    marked = [_marked(event) for event in history]
    told = steps(marked)
    assert [step.at for step in told] == [event.at for event in marked if event.act not in SILENT]
    assert all(step.indonesian and step.english and "{" not in step.indonesian + step.english for step in told)
    assert not any(SECRET in step.indonesian + step.english for step in told)


def test_agencies_and_receivers_are_named() -> None:
    told = steps(
        story(
            arrived("2026-11-02 08:00", CaseClass.PLAIN),
            ("2026-11-02 09:00", Act.VERIFIED),
            ("2026-11-02 10:00", Act.FORWARDED, {"agencies": [{"id": 1, "name": "DPU"}, {"id": 2, "name": "DLH"}]}),
            ("2026-11-03 10:00", Act.TAKEN, {"agency": 2}),
            ("2026-11-04 10:00", Act.ANSWERED, {"agency": 2, "text": "Sudah diangkut."}),
            ("2026-11-04 11:00", Act.ANSWERED, {"agency": None, "text": "Terima kasih."}),
            ("2026-11-05 10:00", Act.TRANSFERRED, {"receiver": "PLN", "reason": "bukan wewenang"}),
            ("2026-11-06 10:00", Act.HEARD, {"text": "Dijadwalkan."}),
        )
    )
    assert [step.indonesian for step in told][2:] == [
        "Diteruskan kepada DPU, DLH.",
        "DLH mulai menangani.",
        "DLH sudah menjawab. Tanyakan isinya kepada stasiun dengan menyebut kode ini.",
        "Stasiun sudah menjawab. Tanyakan isinya kepada stasiun dengan menyebut kode ini.",
        "Bukan wewenang kota ini: dialihkan kepada PLN.",
        "Ada kabar dari PLN.",
    ]


@given(histories())
def test_of_the_case_that_it_was_joined_to_only_what_came_after_and_concerns_both(history: list[Event]) -> None:
    middle = history[len(history) // 2].at
    told = steps(history, middle)
    own = {Act.ARRIVED, Act.ADDED, Act.MERGED, Act.SPLIT_OFF, Act.OBJECTED}
    assert [s.at for s in told] == [e.at for e in history if e.at >= middle and e.act not in SILENT | own]
