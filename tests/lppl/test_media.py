"""Material: where it begins and ends to air."""

import pytest

from lppl.media import AssetId, HouseId, Material
from lppl.programme import Details
from lppl.quanta import Quanta


@pytest.mark.parametrize(
    ("cue_in", "cue_out", "radio", "tv"),
    [
        (None, None, (0, 100), (0, 100)),
        (0, 32_000, (0, 100), (0, 100)),
        (319, 31_999, (0, 100), (0, 100)),
        (320, 31_681, (1, 100), (0, 100)),
        (4160, 31_680, (13, 99), (12, 99)),
        (None, 640, (0, 2), (0, 2)),
        (640, None, (2, 100), (0, 100)),
        (5000, 4000, (0, 100), (12, 13)),  # corrected into nonsense; TV is entered at the key frame before
        (90_000, 99_000, (0, 100), (0, 100)),
        (0, 99_000, (0, 100), (0, 100)),
    ],
)
def test_cues_become_whole_quanta(
    cue_in: int | None, cue_out: int | None, radio: tuple[int, int], tv: tuple[int, int]
) -> None:
    details = Details(cue_in_ms=cue_in, cue_out_ms=cue_out)
    for kind, expected in (("radio", radio), ("tv", tv)):
        house = HouseId(f"{1:040x}.{kind}-x")
        material = Material(house, AssetId(f"{1:040x}"), "Lagu", Quanta(100), details=details)
        assert (material.cue_in, material.cue_out) == expected
