"""Two words about one thing are found, others are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.cases.triage.duplicates import (
    KEYS,
    MOST,
    THRESHOLD,
    Look,
    frequencies,
    haversine,
    keys,
    likely,
    look,
)

NOW = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)
HOLE = "Jalan berlubang besar di depan pasar Grogolan, banyak motor jatuh"
SAME = "tlg jln dpn pasar grogolan berlubang, motor pada jatuh"
LAMP = "Lampu jalan padam di depan pasar Grogolan sejak kemarin"
CITY = [
    look(100 + i, text, NOW - timedelta(days=i % 20))
    for i, text in enumerate(
        [
            "sampah menumpuk di TPS Medono",
            "air PDAM keruh di Tirto",
            "antrean puskesmas lama",
            "KTP belum jadi",
            "selokan mampet di gang 5",
            "lampu taman mati",
            "parkir liar di alun-alun",
            "pohon tumbang",
            "bansos tidak tepat",
            "jalan rusak di Klego",
        ]
        * 5
    )
]


def _look(number: int, text: str = SAME, days: float = 1, **more: object) -> Look:
    return replace(look(number, text, NOW - timedelta(days=days)), **more)  # type: ignore[arg-type]


def test_the_same_thing_in_other_words_is_found_with_reasons() -> None:
    case = _look(1, HOLE, 0, category="Jalan", kelurahan="klego")
    other = _look(2, SAME, 1, category="Jalan", kelurahan="klego")
    (found,) = likely(case, [*CITY, other, case], NOW)
    assert found.number == 2
    assert found.score >= THRESHOLD
    assert [r.indonesian for r in found.reasons][1:] == [
        "Kelurahan sama: Klego",
        "Masuk 1 hari lalu",
        "Kategori sama: Jalan",
    ]
    assert "grogol" in found.reasons[0].indonesian
    assert [r.english for r in found.reasons][1:3] == ["Same kelurahan: Klego", "Came 1 day ago"]


@pytest.mark.parametrize(
    "other",
    [
        _look(2, LAMP),
        _look(2, "terima kasih"),
        _look(2, ""),
        _look(2, SAME, 1, latitude=-6.90, longitude=109.66),
    ],
)
def test_another_thing_is_not(other: Look) -> None:
    case = _look(1, HOLE, 0, latitude=-6.88, longitude=109.69)
    assert likely(case, [*CITY, other], NOW) == ()


def test_nearer_newer_and_alike_in_kind_score_higher() -> None:
    case = _look(1, HOLE, 0, category="Jalan", kelurahan="klego", latitude=-6.88, longitude=109.68)

    def score(other: Look) -> float:
        return next((d.score for d in likely(case, [*CITY, other], NOW)), 0.0)

    near = _look(2, latitude=-6.8801, longitude=109.68)
    assert score(near) > score(replace(near, latitude=-6.885)) > score(replace(near, latitude=-6.91)) == 0
    assert score(near) > score(replace(near, at=NOW - timedelta(days=60)))
    assert score(replace(near, category="Jalan")) > score(replace(near, category="Sampah"))
    here = _look(2, kelurahan="klego")
    assert score(here) > score(replace(here, kelurahan="medono"))


def test_a_rare_word_in_common_weighs_more_than_an_everyday_one() -> None:
    case = look(1, "gorong-gorong Landungsari ambrol", NOW)
    rare = look(2, "gorong-gorong Landungsari pecah", NOW)
    common = look(3, "jalan ambrol rusak", NOW)
    known = frequencies([*CITY, *[look(i, "jalan ambrol rusak lagi", NOW) for i in range(500, 540)]])
    assert [d.number for d in likely(case, [rare, common], NOW, known)] == [2]


def test_at_most_five_the_likeliest_first() -> None:
    others = [_look(i, SAME, i) for i in range(2, 12)]
    found = likely(_look(1, HOLE, 0), [*CITY, *others], NOW)
    assert [d.number for d in found] == list(range(2, 2 + MOST))
    assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)


def test_distances() -> None:
    alun = Look(1, frozenset(), NOW, latitude=-6.8883, longitude=109.6753)
    degree = replace(alun, latitude=-7.8883)
    assert haversine(alun, degree) == pytest.approx(111_195, rel=0.001)
    assert haversine(alun, alun) == 0
    assert haversine(alun, replace(alun, latitude=None)) == 0


def test_keys_are_rare_and_shared_by_words_on_the_same_thing() -> None:
    assert len(keys(HOLE)) <= KEYS
    assert set(keys(HOLE)) & set(keys(SAME))
    assert "jalan" not in keys(
        "jalan rusak di Landungsari, gorong-gorong ambrol, talud retak, plengsengan longsor pasir"
    )
    known = frequencies([*CITY, look(9, "plengsengan", NOW)])
    assert keys("sampah plengsengan", known)[0] == "plengseng"
    assert keys("") == keys("yang di dan 123") == ()


@given(st.lists(st.text(alphabet="jalanrusk berlobg", max_size=40), min_size=1, max_size=5), st.text())
def test_any_texts_can_be_compared(texts: list[str], text: str) -> None:
    others = [look(i, each, NOW) for i, each in enumerate(texts, 1)]
    case = look(0, text, NOW)
    for found in likely(case, others, NOW):
        assert THRESHOLD <= found.score <= 1
    for duplicate in likely(others[0], others, NOW):
        assert duplicate.number != others[0].number
    assert len(set(keys(text))) == len(keys(text)) <= KEYS


def test_the_same_words_a_moment_ago_are_a_whole_score() -> None:
    (found,) = likely(look(1, HOLE, NOW), [look(2, HOLE, NOW)], NOW)
    assert found.score == 1
