"""Sealed secrets: only the station's own key opens them, and it is made once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lppl.sealing import FOLDER, KEY, Seal, SealBroken, kept_once


def test_what_is_sealed_is_opened_by_the_same_station(tmp_path: Path) -> None:
    sealed = Seal.of(tmp_path).seal("rahasia: é")
    assert "rahasia" not in sealed
    assert Seal.of(tmp_path).opened(sealed) == "rahasia: é"


def test_another_key_or_a_changed_text_opens_nothing(tmp_path: Path) -> None:
    seal = Seal.of(tmp_path / "a")
    sealed = seal.seal("rahasia")
    for broken, by in ((sealed, Seal.of(tmp_path / "b")), (sealed[:-4] + "AAAA", seal), ("", seal), ("é", seal)):
        with pytest.raises(SealBroken):
            by.opened(broken)


def test_a_damaged_key_is_told_of(tmp_path: Path) -> None:
    Seal.of(tmp_path)
    (tmp_path / FOLDER / KEY).write_bytes(b"x")
    with pytest.raises(SealBroken):
        Seal.of(tmp_path)


def test_keys_are_for_the_service_alone(tmp_path: Path) -> None:
    Seal.of(tmp_path)
    assert (tmp_path / FOLDER / KEY).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o700


def test_whoever_comes_at_once_gets_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: kept_once(tmp_path / "key", str(n).encode()), range(16)))
    assert len(set(kept)) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key"]
