from __future__ import annotations

import numpy as np
import pytest

from samples.make_samples import parse
from samples.panels import Panel, Sheet, over


@pytest.mark.parametrize(
    "arguments",
    [
        ["--size", "1280"],
        ["--size", "321x180"],
        ["--size", "40x20"],
        ["--start", "2026-10-25T07:00:00"],
        ["--seconds", "0"],
        ["--fps", "-1"],
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--seed", "1", "--out", "x", *arguments])
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_a_panel_without_its_margins_covers_the_same_place() -> None:
    sheet = Sheet((1.0, 1.0), 100.0)
    sheet.rectangle((0.25, 0.5), (0.75, 1.0), (10.0, 20.0, 30.0))
    corners = [[0.0, 0.0, 2.0], [2.0, 0.0, 2.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    panel = Panel(sheet.finished(), np.array(corners)).in_light(2.0)
    assert panel.corners == pytest.approx(
        np.array([[0.5, 0, 2], [1.5, 0, 2], [1.5, 0, 1], [0.5, 0, 1]]), abs=0.04
    )
    assert panel.picture[25, 25].tolist() == [20, 40, 60, 255]


def test_half_transparent_paint_mixes_with_what_is_below() -> None:
    below = np.full((2, 2, 3), 100, np.uint8)
    above = np.zeros((2, 2, 4), np.uint8)
    above[..., 0], above[..., 3] = 60, 128  # premultiplied blue, half covering
    over(below, above)
    assert np.abs(below[0, 0].astype(int) - [110, 50, 50]).max() <= 1
