"""Every row at toy size, for real: service, ffmpeg, nginx. What is measured is not judged, only that it is measured."""

import json
import tempfile
from pathlib import Path

import pytest

from lppl import bench
from lppl.bench.scale import TOY

pytestmark = pytest.mark.integration


@pytest.mark.soak
def test_all_rows_are_measured(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    with tempfile.TemporaryDirectory() as folder:  # not below tmp_path, which PostgreSQL's user may not enter
        Path(folder).chmod(0o711)
        code = bench.run([], out, cache=Path(folder) / "cache", scale=TOY)
    document = json.loads(out.read_text())
    assert {r["row"]: r["failure"] for r in document["results"]} == dict.fromkeys(bench.ROWS)
    assert code == 0
    figures = [f for r in document["results"] for f in r["figures"]]
    assert all(f["ours"] is not None for f in figures)
    with_peer = {r["row"] for r in document["results"] for f in r["figures"] if f["ratio"] is not None}
    assert with_peer == set("abcdegjlm")  # memory is compared with itself
    assert document["versions"]["ffmpeg"]
    memory = next(r for r in document["results"] if r["row"] == "f")
    assert memory["details"]["quanta"] == TOY.days * TOY.day_cells * 12


def test_a_row_that_cannot_be_measured_says_so(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / f"making-radio-{TOY.radio_s}.flac").mkdir()  # ffmpeg cannot write there
    (cache / f"making-tv-{TOY.material_s}.mp4").mkdir()
    out = tmp_path / "bench.json"
    assert bench.run(["c"], out, cache=cache, scale=TOY) == 1
    (result,) = json.loads(out.read_text())["results"]
    assert "ffmpeg" in result["failure"]
    assert result["figures"] == []
