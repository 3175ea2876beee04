"""Clocks on real dates: what starts, rests and ends each of them, and how they explain themselves."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lppl.cases.clocks import ClockName, ClockState, clocks, next_due, overdue, wait_over
from lppl.cases.life import Act, CaseClass, Event
from lppl.cases.policy import DEFAULT, Policies
from lppl.cases.working_days import Calendar, Leave
from tests.lppl.cases.histories import CALENDAR, DISHUB, DPUPR, WIB, arrived, clocks_of, local, only, story

N, S = ClockName, ClockState
VERIFIED = ("03-09", Act.VERIFIED)
Told = tuple[str, Act] | tuple[str, Act, Mapping[str, Any]]


def forwarded(at: str, *agencies: Mapping[str, Any]) -> Told:
    return at, Act.FORWARDED, {"agencies": agencies or [DPUPR]}


def answered(at: str, agency: int | None = 1) -> Told:
    return at, Act.ANSWERED, {"agency": agency, "text": "sudah"}


def asked(at: str) -> Told:
    return at, Act.ASKED, {"missing": ["di mana"]}


def added(at: str, **more: bool) -> Told:
    return at, Act.ADDED, {"word": 2, **more}


def transferred(at: str) -> Told:
    return at, Act.TRANSFERRED, {"receiver": "PLN", "reason": "bukan wewenang"}


def heard(at: str, final: bool = False) -> Told:
    return at, Act.HEARD, {"text": "dijadwalkan", "final": final}


def day_of(due: datetime) -> date:
    return due.astimezone(WIB).date()


def the(name: ClockName, told: tuple[Told, ...], now: str, agency: int | None = None) -> tuple[str, ClockState, bool]:
    """Return the due day, the state and whether late, of the newest clock of a name."""
    clock = only(clocks_of(story(*told), now), name, agency)
    return f"{day_of(clock.due):%m-%d}", clock.state, clock.late


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        ((arrived("03-06"),), "03-11 23:59", ("03-11", S.RUNNING, False)),
        ((arrived("03-06"),), "03-12 00:00", ("03-11", S.RUNNING, True)),
        ((arrived("03-16"),), "03-25", ("03-26", S.RUNNING, False)),  # Nyepi and Lebaran between
        ((arrived("03-07"),), "03-11", ("03-11", S.RUNNING, False)),  # a Saturday
        ((arrived("03-06"), ("03-11 23:59", Act.VERIFIED)), "05-01", ("03-11", S.MET, False)),
        ((arrived("03-06"), ("03-12 00:00", Act.VERIFIED)), "05-01", ("03-11", S.LATE, True)),
        ((arrived("03-06"), forwarded("03-10")), "05-01", ("03-11", S.MET, False)),
        ((arrived("03-06"), ("03-10", Act.REJECTED, {"reason": "x"})), "05-01", ("03-11", S.MET, False)),
        ((arrived("03-06"), transferred("03-10")), "05-01", ("03-11", S.MET, False)),
        ((arrived("03-06"), ("03-10", Act.DONE)), "05-01", ("03-11", S.MET, False)),
        ((arrived("03-06"), ("03-10", Act.ARCHIVED)), "05-01", ("03-11", S.MET, False)),
        ((arrived("03-06"), ("03-10", Act.MERGED, {"case": 9})), "05-01", ("03-11", S.VOID, False)),
        ((arrived("03-06"), ("03-12", Act.MERGED, {"case": 9})), "05-01", ("03-11", S.VOID, True)),
        ((arrived("03-06"), ("03-10", Act.NOTED, {"text": "x"})), "03-12", ("03-11", S.RUNNING, True)),
        ((arrived("03-06"), ("03-06", Act.EMERGENCY)), "03-12", ("03-11", S.RUNNING, True)),
    ],
)
def test_verification(told: tuple[Told, ...], now: str, expected: tuple[str, ClockState, bool]) -> None:
    assert the(N.VERIFY, told, now) == expected


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        ((asked("03-09"),), "03-09 11:00", ("03-11", S.RESTING, False)),
        ((asked("03-09"),), "03-13", ("03-17", S.RESTING, False)),  # four days awaited by now
        ((asked("03-09"), added("03-13")), "03-16", ("03-17", S.RUNNING, False)),
        ((asked("03-09"), added("03-13", withdrawn=True)), "03-16", ("03-25", S.RESTING, False)),
        ((asked("03-09"), asked("03-11"), added("03-13")), "03-16", ("03-17", S.RUNNING, False)),
        ((asked("03-09 09:00"), added("03-09 15:00")), "03-10", ("03-11", S.RUNNING, False)),
        ((asked("03-09"), added("03-10"), asked("03-11"), added("03-12")), "03-12", ("03-13", S.RUNNING, False)),
        ((asked("03-11 20:00"), added("03-17")), "03-17", ("03-17", S.RUNNING, False)),  # asked on its last day
        ((asked("03-12"), added("03-17")), "03-17", ("03-11", S.RUNNING, True)),  # late already when it was asked
        ((asked("03-12"),), "03-17", ("03-11", S.RESTING, True)),
        ((asked("03-09"), ("03-13", Act.VERIFIED)), "05-01", ("03-17", S.MET, False)),  # the desk found out itself
    ],
)
def test_waiting_for_the_reporter_rests(
    told: tuple[Told, ...], now: str, expected: tuple[str, ClockState, bool]
) -> None:
    assert the(N.VERIFY, (arrived("03-06"), *told), now) == expected


def test_over_a_weekend_nobody_is_late_for_having_waited() -> None:
    told = (arrived("03-10"), asked("03-13"))
    assert the(N.VERIFY, told, "03-14") == ("03-16", S.RESTING, False)
    assert the(N.VERIFY, (*told, added("03-15")), "03-16") == ("03-16", S.RUNNING, False)


def test_a_rest_moves_resolution_too_and_is_listed() -> None:
    found = clocks_of(story(arrived("03-06"), VERIFIED, asked("03-10"), added("03-12")), "03-12")
    verify, resolve = only(found, N.VERIFY), only(found, N.RESOLVE)
    assert verify.rests == ()  # it was over before
    assert resolve.rests == ((local("03-10"), local("03-12")),)
    assert day_of(resolve.due) == date(2026, 4, 7)  # two working days after 2 April, with Good Friday between
    going_on = only(clocks_of(story(arrived("03-06"), asked("03-10")), "03-12"), N.RESOLVE)
    assert going_on.rests == ((local("03-10"), None),)


@pytest.mark.parametrize(
    ("told", "agency", "now", "expected"),
    [
        ((forwarded("03-09"),), 1, "03-17", ("03-16", S.RUNNING, True)),
        ((forwarded("03-09"), answered("03-16")), 1, "05-01", ("03-16", S.MET, False)),
        ((forwarded("03-09"), answered("03-17")), 1, "05-01", ("03-16", S.LATE, True)),
        ((forwarded("03-09"), answered("03-10", None)), 1, "03-17", ("03-16", S.RUNNING, True)),  # the desk's own
        ((forwarded("03-09"), ("03-10", Act.NOTED, {"text": "x"})), 1, "03-17", ("03-16", S.RUNNING, True)),
        ((forwarded("03-09"), ("03-10", Act.TAKEN, {"agency": 1})), 1, "03-17", ("03-16", S.RUNNING, True)),
        ((forwarded("03-09", DPUPR, DISHUB), answered("03-10", 2)), 1, "03-17", ("03-16", S.RUNNING, True)),
        ((forwarded("03-09", DPUPR, DISHUB), answered("03-10", 2)), 2, "03-17", ("03-16", S.MET, False)),
        ((forwarded("03-09"), forwarded("03-12", DISHUB)), 1, "03-12", ("03-16", S.RUNNING, False)),
        ((forwarded("03-09"), forwarded("03-12", DISHUB)), 2, "03-12", ("03-26", S.RUNNING, False)),
        ((forwarded("03-09"), ("03-12", Act.DONE)), 1, "05-01", ("03-16", S.VOID, False)),
        ((forwarded("03-09"), ("03-17", Act.DONE)), 1, "05-01", ("03-16", S.VOID, True)),  # closing hides no delay
        ((forwarded("03-09"), transferred("03-12")), 1, "05-01", ("03-16", S.VOID, False)),
    ],
)
def test_first_answer(told: tuple[Told, ...], agency: int, now: str, expected: tuple[str, ClockState, bool]) -> None:
    assert the(N.FIRST_ANSWER, (arrived("03-06"), *told), now, agency) == expected


def test_giving_back_ends_only_that_agencys_clock_and_it_can_be_given_it_again() -> None:
    back = ("03-11", Act.RETURNED, {"agency": 1, "reason": "ruas provinsi"})
    told = (arrived("03-06"), forwarded("03-09", DPUPR, DISHUB), back, forwarded("03-12", DPUPR))
    found = [c for c in clocks_of(story(*told), "03-13") if c.name is N.FIRST_ANSWER]
    assert [(c.agency, c.state, f"{day_of(c.due):%m-%d}") for c in found] == [
        (1, S.VOID, "03-16"),
        (2, S.RUNNING, "03-16"),
        (1, S.RUNNING, "03-26"),
    ]


@pytest.mark.parametrize(
    ("case_class", "due"),
    [
        (CaseClass.REQUEST, "03-13"),
        (CaseClass.PPID, "03-27"),
        (CaseClass.PLAIN, "04-02"),
        (CaseClass.ASPIRATION, "04-02"),
        (CaseClass.SUPERVISION, "06-17"),
    ],
)
def test_resolution_by_class(case_class: CaseClass, due: str) -> None:
    assert the(N.RESOLVE, (arrived("03-06", case_class),), "03-10") == (due, S.RUNNING, False)
    reclassified = (arrived("03-02"), ("03-10", Act.CLASSIFIED, {"class": case_class.value}))
    clock = only(clocks_of(story(*reclassified), "03-10"), N.RESOLVE)
    assert clock.started == local("03-02")  # another length, the same start
    assert clock.due == CALENDAR.deadline(local("03-02"), DEFAULT.table[0].resolve_days[case_class], WIB)


def test_what_is_resolved_stays_so_whatever_the_class_becomes() -> None:
    done = (arrived("03-06"), ("03-30", Act.DONE))
    late_for_a_request = (*done, ("03-31", Act.CLASSIFIED, {"class": "permintaan-informasi"}))
    assert the(N.RESOLVE, late_for_a_request, "05-01") == ("04-02", S.MET, False)
    assert the(N.RESOLVE, (arrived("03-06"), ("04-06", Act.REJECTED, {"reason": "x"})), "05-01")[1] is S.LATE


def test_opened_again_resolution_starts_anew_and_remembers() -> None:
    told = (arrived("03-06"), ("04-06", Act.DONE), ("04-07", Act.REOPENED, {"reason": "belum tuntas"}))
    found = [c for c in clocks_of(story(*told), "04-08") if c.name is N.RESOLVE]
    assert [(c.state, f"{day_of(c.due):%m-%d}") for c in found] == [(S.LATE, "04-02"), (S.RUNNING, "04-27")]
    assert found[1].why[: len(found[0].why)] == found[0].why
    assert found[1].why[-1].indonesian.startswith("Dibuka kembali Selasa 7 April 2026 → 14 hari kerja")


def test_a_transfer_has_its_own_clock_that_starts_again_with_all_news() -> None:
    told = [arrived("03-06"), transferred("03-09")]
    assert the(N.RESOLVE, tuple(told), "03-10")[1] is S.VOID
    assert the(N.TRANSFER, tuple(told), "03-10") == ("04-06", S.RUNNING, False)
    told.append(heard("04-07"))
    found = [c for c in clocks_of(story(*told), "04-08") if c.name is N.TRANSFER]
    assert [(c.state, f"{day_of(c.due):%m-%d}") for c in found] == [(S.LATE, "04-06"), (S.RUNNING, "04-27")]
    told.append(heard("04-20", final=True))
    found = [c for c in clocks_of(story(*told), "05-20") if c.name is N.TRANSFER]
    assert [c.state for c in found] == [S.LATE, S.MET]
    given_on = [c for c in clocks_of(story(*told[:2], transferred("03-12")), "03-13") if c.name is N.TRANSFER]
    assert [(c.state, f"{day_of(c.due):%m-%d}") for c in given_on] == [(S.VOID, "04-06"), (S.RUNNING, "04-09")]


@pytest.mark.parametrize("back", [("03-16", Act.VERIFIED), forwarded("03-16")])
@pytest.mark.parametrize("on_the_way", [(), (transferred("03-12"),), (heard("03-12"),)])
def test_taken_back_resolution_goes_on_without_the_time_away(back: Told, on_the_way: tuple[Told, ...]) -> None:
    told = (arrived("03-06"), transferred("03-10"), *on_the_way, back)
    found = clocks_of(story(*told), "03-17")
    assert only(found, N.TRANSFER).state is S.VOID
    resolve = only(found, N.RESOLVE)
    assert (resolve.state, resolve.started, day_of(resolve.due)) == (S.RUNNING, local("03-06"), date(2026, 4, 9))
    assert resolve.rests == ((local("03-10"), local("03-16")),)


def test_the_waiting_before_a_transfer_is_not_forgotten() -> None:
    told = (arrived("03-06"), asked("03-10"), added("03-12"), transferred("03-16"), forwarded("03-17"))
    resolve = only(clocks_of(story(*told), "03-17"), N.RESOLVE)
    assert resolve.rests == ((local("03-10"), local("03-12")), (local("03-16"), local("03-17")))
    assert day_of(resolve.due) == date(2026, 4, 8)  # three working days after 2 April


def test_the_last_moment_of_the_day_is_in_time() -> None:
    last = local("2026-03-11 23:59:59.999999")
    for later, state in ((timedelta(), S.MET), (timedelta(microseconds=1), S.LATE)):
        events = [*story(arrived("03-06")), Event(2, last + later, Act.VERIFIED)]
        assert only(clocks_of(events, "03-13"), N.VERIFY).state is state


def test_a_transfer_washes_no_delay_off() -> None:
    told = (arrived("03-06"), VERIFIED, transferred("04-06"), forwarded("04-20"))
    assert the(N.RESOLVE, told, "04-21") == ("04-02", S.RUNNING, True)
    changed = (*told[:3], ("04-07", Act.CLASSIFIED, {"class": "berkadar-pengawasan"}), told[3])
    assert the(N.RESOLVE, changed, "04-21")[1:] == (S.RUNNING, False)  # the class became another one meanwhile


@pytest.mark.parametrize(
    ("told", "now", "state", "may"),
    [
        ((answered("03-10"),), "03-31", S.RUNNING, False),
        ((answered("03-10"),), "04-01", S.RUNNING, True),
        ((answered("03-10"), answered("03-12", None)), "04-01", S.RUNNING, False),  # begun anew
        ((answered("03-10"), added("03-30")), "05-01", S.VOID, False),
        ((answered("03-10"), added("03-30", withdrawn=True)), "05-01", S.RUNNING, True),
        ((answered("03-10"), forwarded("03-30", DISHUB)), "05-01", S.VOID, False),
        ((answered("03-10"), ("03-30", Act.NOTED, {"text": "x"})), "04-01", S.RUNNING, True),
        ((answered("03-10"), ("03-30", Act.DONE)), "05-01", S.VOID, False),
        ((answered("03-10"), ("04-01", Act.DONE)), "05-01", S.MET, False),
        ((answered("03-10"), transferred("03-12")), "05-01", S.VOID, False),
    ],
)
def test_automatic_closing(told: tuple[Told, ...], now: str, state: ClockState, may: bool) -> None:
    found = clocks_of(story(arrived("03-06"), forwarded("03-09"), *told), now)
    clock = only(found, N.AUTO_CLOSE)
    assert clock.state is state
    assert wait_over(found, N.AUTO_CLOSE) is may
    assert not clock.late  # nobody's duty
    assert clock not in overdue(found)


@pytest.mark.parametrize(
    "told",
    [
        (forwarded("03-09"), answered("03-10", None)),  # "we have given it on" is not the answer
        (forwarded("03-09", DPUPR, DISHUB), answered("03-10", 1)),
        (answered("03-10", None),),  # not even verified
        (transferred("03-09"), answered("03-10", None)),
        (VERIFIED, ("03-10", Act.DONE), answered("03-11", None)),
    ],
)
def test_what_somebody_still_works_on_is_not_closed_by_itself(told: tuple[Told, ...]) -> None:
    assert N.AUTO_CLOSE not in {c.name for c in clocks_of(story(arrived("03-06"), *told), "03-20")}


def test_completion_is_the_reporters() -> None:
    found = clocks_of(story(arrived("03-06"), asked("03-09")), "03-31")
    clock = only(found, N.COMPLETE)
    assert (clock.state, day_of(clock.due), clock.passed, clock.late) == (S.RUNNING, date(2026, 3, 30), True, False)
    assert wait_over(found, N.COMPLETE)
    assert next_due(found) is None  # all duties rest
    again = clocks_of(story(arrived("03-06"), asked("03-09"), asked("03-12")), "03-31")
    assert [c.state for c in again if c.name is N.COMPLETE] == [S.VOID, S.RUNNING]
    assert the(N.COMPLETE, (arrived("03-06"), asked("03-09"), added("04-20")), "05-01")[1] is S.MET
    assert the(N.COMPLETE, (arrived("03-06"), asked("03-09"), ("04-20", Act.ARCHIVED)), "05-01")[1] is S.VOID


def test_public_information_is_extended_once_in_time_and_objected_to() -> None:
    request = arrived("03-06", CaseClass.PPID)
    extension = {"reason": "berkas di arsip"}
    assert the(N.RESOLVE, (request, ("03-27", Act.EXTENDED, extension)), "03-30") == ("04-08", S.RUNNING, False)
    assert the(N.RESOLVE, (request, ("03-28", Act.EXTENDED, extension)), "03-30") == ("03-27", S.RUNNING, True)
    other = (request, ("03-27", Act.EXTENDED, extension), ("03-28", Act.CLASSIFIED, {"class": "aspirasi"}))
    assert the(N.RESOLVE, other, "03-30")[0] == "04-02"  # the extension is the law's for PPID alone
    again = (*other[:2], ("03-30", Act.DONE), ("03-31", Act.REOPENED, {"reason": "belum lengkap"}))
    assert the(N.RESOLVE, again, "04-01")[0] == "04-15"  # ten days anew, not seventeen
    told = (request, VERIFIED, ("03-27", Act.DONE), ("03-30", Act.OBJECTED, {"reason": "tidak lengkap"}))
    assert the(N.OBJECTION, told, "04-01") == ("05-13", S.RUNNING, False)
    assert the(N.RESOLVE, told, "04-01") == ("03-27", S.MET, False)
    assert the(N.OBJECTION, (*told, answered("04-02", None)), "04-03")[1] is S.RUNNING  # it has to be decided
    answering = clocks_of(story(*told, answered("04-02", None)), "04-03")
    assert N.AUTO_CLOSE not in {c.name for c in answering}
    assert the(N.OBJECTION, (*told, ("04-02", Act.DONE)), "05-30") == ("05-13", S.MET, False)


def test_a_merged_case_has_no_clock_left() -> None:
    told = (arrived("03-06"), forwarded("03-09"), answered("03-10"), ("03-11", Act.MERGED, {"case": 9}))
    found = clocks_of(story(*told), "05-01")
    assert {c.name: c.state for c in found} == {
        N.VERIFY: S.MET, N.RESOLVE: S.VOID, N.FIRST_ANSWER: S.MET, N.AUTO_CLOSE: S.VOID,
    }  # fmt: skip


def test_the_policy_of_the_day_of_arrival_holds() -> None:
    first = DEFAULT.table[0]
    stricter = first.model_copy(update={"since": date(2026, 3, 9), "verify_days": 1})
    policies = Policies(table=(first, stricter))
    for at, due in (("03-08 23:00", "03-11"), ("03-09 00:30", "03-10")):
        clock = clocks(story(arrived(at)), policies, CALENDAR, WIB, local("03-10"))[0]
        assert f"{day_of(clock.due):%m-%d}" == due


def test_a_clock_explains_itself() -> None:
    clock = only(clocks_of(story(arrived("03-16"), asked("03-17"), added("03-25")), "03-31"), N.VERIFY)
    assert [s.indonesian for s in clock.why] == [
        "Masuk Senin 16 Maret 2026 → 3 hari kerja (PermenPANRB 62/2018, SP4N-LAPOR!); Sabtu–Minggu, "
        "Cuti Bersama Hari Suci Nyepi (18 Maret), Hari Suci Nyepi (19 Maret) dan "
        "Cuti Bersama Hari Raya Idul Fitri (20 Maret, 23 Maret, 24 Maret) tidak dihitung "
        "→ tenggat Kamis 26 Maret 2026.",
        "Menunggu pelapor sejak Selasa 17 Maret 2026: hari kerja selama menunggu tidak dihitung.",
        "Tidak lagi menunggu pelapor sejak Rabu 25 Maret 2026: tenggat bergeser 1 hari kerja "
        "→ tenggat Jumat 27 Maret 2026.",
        "Tenggat Jumat 27 Maret 2026 lewat; Selasa 31 Maret 2026: terlambat 2 hari kerja.",
    ]
    assert [s.english for s in clock.why] == [
        "Arrived on Monday 16 March 2026 → 3 working days (PermenPANRB 62/2018, SP4N-LAPOR!); weekends, "
        "Day of Silence Joint Holiday (18 March), Day of Silence (19 March) and "
        "Eid al-Fitr Joint Holiday (20 March, 23 March, 24 March) not counted → due Thursday 26 March 2026.",
        "Awaiting the reporter since Tuesday 17 March 2026: working days of waiting are not counted.",
        "The reporter is not awaited since Wednesday 25 March 2026: the due day moves by 1 working day "
        "→ due Friday 27 March 2026.",
        "Friday 27 March 2026 has passed; on Tuesday 31 March 2026: late by 2 working days.",
    ]


@pytest.mark.parametrize(
    ("name", "told", "last"),
    [
        (N.VERIFY, (("03-14", Act.VERIFIED),), "Diverifikasi Sabtu 14 Maret 2026: terlambat 2 hari kerja."),
        (N.VERIFY, (VERIFIED,), "Diverifikasi Senin 9 Maret 2026: tepat waktu."),
        (
            N.RESOLVE,
            (("03-10", Act.CLASSIFIED, {"class": "permintaan-informasi"}),),
            "Diklasifikasi Selasa 10 Maret 2026 sebagai “Permintaan informasi” → dari Jumat 6 Maret 2026 5 hari kerja "
            "(PermenPANRB 62/2018, SP4N-LAPOR!); Sabtu–Minggu tidak dihitung → tenggat Jumat 13 Maret 2026.",
        ),
        (
            N.TRANSFER,
            (transferred("03-09"), forwarded("04-07")),
            "Diteruskan Selasa 7 April 2026: hitungan ini tidak berlaku lagi; saat itu sudah terlambat 1 hari kerja.",
        ),
        (
            N.COMPLETE,
            (asked("04-13"),),
            "Pelapor diminta melengkapi Senin 13 April 2026 → 10 hari kerja (ketentuan stasiun); "
            "Sabtu–Minggu tidak dihitung → boleh diarsipkan sesudah Senin 27 April 2026.",
        ),
        (
            N.COMPLETE,
            (asked("03-09"), added("03-10")),
            "Pelapor menambahkan Selasa 10 Maret 2026: masa tunggu berakhir.",
        ),
    ],
)
def test_the_last_thing_that_a_clock_says(name: ClockName, told: tuple[Told, ...], last: str) -> None:
    assert only(clocks_of(story(arrived("03-06"), *told), "03-06"), name).why[-1].indonesian == last


def test_late_by_a_weekend_is_not_late_by_zero_days() -> None:
    told = (arrived("03-10"), ("03-14", Act.VERIFIED))
    assert only(clocks_of(story(*told), "03-16"), N.VERIFY).why[-1].indonesian.endswith("kurang dari satu hari kerja.")


def test_a_mended_calendar_moves_what_is_due() -> None:
    mended = Calendar([Leave(date(2026, 3, 10), "Banjir besar")])
    clock = clocks(story(arrived("03-06")), DEFAULT, mended, WIB, local("03-10"))[0]
    assert day_of(clock.due) == date(2026, 3, 12)
    assert "Banjir besar (10 Maret)" in clock.why[0].indonesian


def test_the_earliest_duty_comes_first_and_the_longest_overdue() -> None:
    told = (arrived("03-06"), forwarded("03-09"))
    found = clocks_of(story(*told), "03-10")
    first = next_due(found)
    assert first is not None
    assert (first.name, first.agency) == (N.FIRST_ANSWER, 1)
    assert overdue(found) == ()
    assert [c.name for c in overdue(clocks_of(story(*told), "04-06"))] == [N.FIRST_ANSWER, N.RESOLVE]
    closed = clocks_of(story(*told, ("03-11", Act.DONE)), "04-06")
    assert next_due(closed) is None
    assert overdue(closed) == ()


def test_a_clock_set_back_turns_nothing_around() -> None:
    events = story(arrived("03-06"), ("03-12", Act.NOTED, {"text": "x"}), ("03-10", Act.VERIFIED))
    clock = only(clocks_of(events, "03-01"), N.VERIFY)
    assert (clock.ended, clock.state) == (local("03-12"), S.LATE)
    assert only(clocks_of(events[:2], "03-01"), N.VERIFY).late


def test_names_fit_their_column_and_are_told_in_both_languages() -> None:
    for name in ClockName:
        assert len(name) <= 16
        assert name.label
        assert name.english


def test_a_rest_of_years_is_counted() -> None:
    told = (arrived("03-06"), asked("03-09"), ("2029-03-09 10:00", Act.ADDED, {"word": 2}))
    clock = only(clocks_of(story(*told), local("2029-03-09 11:00") + timedelta(hours=1)), N.VERIFY)
    away = CALENDAR.working_between(date(2026, 3, 9), date(2029, 3, 9))
    assert day_of(clock.due) == CALENDAR.add(date(2026, 3, 6), 3 + away)
