"""Where the wheels of a vehicle are, and when they cannot be seen."""

import pytest

from detection.geometry import Box
from detection.places import is_hidden


@pytest.mark.parametrize(
    ("label", "others", "hidden"),
    [
        pytest.param("motorbike", [Box(90, 80, 210, 300)], True, id="wholly covered"),
        pytest.param("motorbike", [Box(135, 180, 165, 300)], True, id="a helmet over the wheel"),
        pytest.param("car", [Box(135, 180, 165, 300)], False, id="a helmet between the wheels"),
        pytest.param("car", [Box(90, 180, 150, 300), Box(140, 180, 210, 300)], True, id="two together"),
        pytest.param("car", [Box(90, 210, 210, 300)], False, id="below"),
        pytest.param("car", [Box(90, 0, 210, 150)], False, id="farther away"),
        pytest.param("motorbike", [Box(195, 80, 300, 300)], False, id="beside"),
        pytest.param("motorbike", [Box(0, 80, 147, 300)], False, id="a handlebar"),
    ],
)
def test_wheels_behind_a_nearer_vehicle_are_hidden(
    label: str,
    others: list[Box],
    hidden: bool,  # noqa: FBT001 - a table
) -> None:
    assert is_hidden(label, Box(100, 100, 200, 200), others) is hidden
