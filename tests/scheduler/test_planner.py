"""The planner: snapshots that swap, plans that never fail, schedule files that may break."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lppl.media import ChannelKind, Material, Shelf
from lppl.ports import Aired, Planner
from lppl.quanta import Quanta
from lppl.rundown import Kind
from scheduler.file_plan import plan_of
from scheduler.findings import Rule, Severity
from scheduler.plan import Fixed
from scheduler.planner import Origin, SchedulePlanner, last_good_path, read_schedule_file
from scheduler.schedule import default_schedule

START = Quanta(5_610_251_250)
GOOD = '[[block]]\nprogramme = "A"\nstart = "00.00"\nend = "24.00"\nfolder = "a"\n'

EVERYTHING = plan_of(default_schedule(ChannelKind.TV), ZoneInfo("Asia/Jakarta"))


@pytest.fixture
def planner() -> SchedulePlanner:
    return SchedulePlanner(ZoneInfo("Asia/Jakarta"))


def test_it_is_a_planner_whose_snapshot_swaps(
    planner: SchedulePlanner, material: Callable[..., Material], shelf: Callable[[dict[str, int]], Shelf]
) -> None:
    port: Planner = planner
    planner.update("tv", slate=material("slate", 40))
    assert {line.kind for line in port.plan("tv", START, Quanta(START + 100), [])} == {Kind.SLATE}
    planner.update("tv", ident=material("ident", 40))
    assert {line.kind for line in port.plan("tv", START, Quanta(START + 100), [])} == {Kind.IDENT}
    planner.update("tv", plan=EVERYTHING, shelf=shelf({"a": 60, "b": 60}))
    assert {line.material.title for line in port.plan("tv", START, Quanta(START + 100), [])} == {"a", "b"}
    planner.update("tv", shelf=shelf({"c": 60}))
    assert {line.material.title for line in port.plan("tv", START, Quanta(START + 100), [])} == {"c"}
    planner.update("tv", shelf=shelf({}))
    assert {line.kind for line in port.plan("tv", START, Quanta(START + 100), [])} == {Kind.IDENT}
    assert [f.rule for f in planner.findings("tv")] == [Rule.EMPTY_FOLDER]


def test_a_channel_needs_a_slate_that_can_air(planner: SchedulePlanner, material: Callable[..., Material]) -> None:
    with pytest.raises(ValueError, match="no slate"):
        planner.update("tv", ident=material("ident"))
    with pytest.raises(ValueError, match="slate of 0"):
        planner.update("tv", slate=material("slate", 0))
    with pytest.raises(KeyError):
        planner.plan("tv", START, Quanta(START + 1), [])
    assert planner.findings("tv") == ()


def test_material_of_no_length_is_passed_over(
    planner: SchedulePlanner, material: Callable[..., Material], shelf: Callable[[dict[str, int]], Shelf]
) -> None:
    planner.update(
        "tv",
        plan=EVERYTHING,
        shelf=shelf({"a": 0, "b": 50}),
        slate=material("s"),
    )
    lines = planner.plan("tv", START, Quanta(START + 200), [])
    assert {line.material.title for line in lines} == {"b"}


@pytest.mark.parametrize("start", [-(10**12), 10**15])
def test_a_plan_at_an_impossible_time_is_slate(
    planner: SchedulePlanner, material: Callable[..., Material], start: int
) -> None:
    planner.update("tv", plan=EVERYTHING, slate=material("slate", 40))
    rundown = planner.plan("tv", Quanta(start), Quanta(start + 100), [])
    assert (rundown.start, len(rundown)) == (start, 3)
    assert {line.kind for line in rundown} == {Kind.SLATE}


def test_a_fault_in_a_fixed_event_costs_the_event_and_not_the_programmes(
    planner: SchedulePlanner, material: Callable[..., Material], shelf: Callable[[dict[str, int]], Shelf]
) -> None:
    def broken(_day: date, _stock: object) -> list[Fixed]:
        raise RuntimeError("a fault")

    planner.update("tv", plan=replace(EVERYTHING, daily=(broken,)), shelf=shelf({"a": 60}), slate=material("s", 40))
    rundown = planner.plan("tv", START, Quanta(START + 300), [])
    assert {line.material.title for line in rundown} == {"a"}
    (told,) = [f for f in planner.findings("tv") if f.rule is Rule.PLAN_FAULT]
    assert (told.severity, told.source) == (Severity.SEVERE, "RuntimeError: a fault")
    planner.update("tv", plan=EVERYTHING)
    planner.plan("tv", START, Quanta(START + 300), [])
    assert not [f for f in planner.findings("tv") if f.rule is Rule.PLAN_FAULT]


def test_a_look_ahead_leaves_the_plan_that_is_kept_to(
    planner: SchedulePlanner, material: Callable[..., Material], shelf: Callable[[dict[str, int]], Shelf]
) -> None:
    planner.update("tv", plan=EVERYTHING, shelf=shelf({f"{n}": 60 + n for n in range(9)}), slate=material("s", 40))
    planned = planner.plan("tv", START, Quanta(START + 2000), [])
    planner.update("tv", shelf=shelf({f"{n}": 60 + n for n in range(12)}))
    near = planner.look("tv", START, Quanta(START + 60), [])
    assert near.lines[0].material == planned.lines[0].material
    again = planner.plan("tv", START, Quanta(START + 2000), [])
    assert again.lines == planned.lines, "what an earlier plan had chosen stays where the rules allow it"


def test_plans_in_threads_while_the_shelf_swaps(
    planner: SchedulePlanner, material: Callable[..., Material], shelf: Callable[[dict[str, int]], Shelf]
) -> None:
    shelves = [shelf({f"{s}/{n}": 50 for n in range(20)}) for s in "ab"]
    planner.update(
        "tv",
        plan=EVERYTHING,
        shelf=shelves[0],
        slate=material("s", 40),
    )
    mixed: list[set[str]] = []

    def plan() -> None:
        for _ in range(30):
            lines = planner.plan("tv", START, Quanta(START + 500), [Aired(material("x").asset, START, Quanta(1))])
            mixed.append({line.material.title[0] for line in lines})

    threads = [threading.Thread(target=plan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(60):
        planner.update("tv", shelf=shelves[n % 2])
    for thread in threads:
        thread.join()
    assert len(mixed) == 60
    assert all(len(names) == 1 for names in mixed)


def test_without_a_file_the_default_airs(tmp_path: Path) -> None:
    read = read_schedule_file(tmp_path / "tv.toml", ChannelKind.TV)
    assert (read.schedule, read.origin, read.error) == (default_schedule(ChannelKind.TV), Origin.DEFAULT, None)


def test_a_broken_file_leaves_the_last_good_one_in_force(tmp_path: Path) -> None:
    path = tmp_path / "tv.toml"
    path.write_text("\ufeff" + GOOD, "utf-8")  # as Windows editors write it
    good = read_schedule_file(path, ChannelKind.TV)
    assert (good.origin, good.error) == (Origin.FILE, None)
    assert good.schedule.block[0].programme == "A"
    for broken in (b"[[block]]\nprogramme = \n", b'[[block]]\nname = "x"\n', b"\xff\xfe"):
        path.write_bytes(broken)
        read = read_schedule_file(path, ChannelKind.TV)
        assert (read.schedule, read.origin) == (good.schedule, Origin.LAST_GOOD)
        assert read.error is not None
        assert read.error.source == "tv.toml"
        assert read.error.mistakes
    path.write_text(GOOD.replace('"A"', '"B"'))
    assert read_schedule_file(path, ChannelKind.TV).schedule.block[0].programme == "B"


def test_a_file_that_was_never_good_gives_the_default_and_the_mistake(tmp_path: Path) -> None:
    path = tmp_path / "tv.toml"
    path.write_text("x")
    read = read_schedule_file(path, ChannelKind.RADIO)
    assert (read.schedule, read.origin) == (default_schedule(ChannelKind.RADIO), Origin.DEFAULT)
    assert read.error is not None
    path.unlink()
    path.mkdir()  # a folder of that name cannot be read as a file
    assert read_schedule_file(path, ChannelKind.RADIO).error is not None


def test_a_copy_that_cannot_be_kept_does_not_keep_the_schedule_from_the_air(tmp_path: Path) -> None:
    path = tmp_path / "tv.toml"
    path.write_text(GOOD)
    last_good_path(path).mkdir()
    assert read_schedule_file(path, ChannelKind.TV).origin is Origin.FILE
