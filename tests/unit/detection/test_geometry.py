"""Boxes in pixels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.geometry import Box

EDGE = st.floats(-500, 500)
BOXES = st.builds(Box, EDGE, EDGE, EDGE, EDGE)


def test_measures() -> None:
    box = Box(10, 20, 40, 30)
    assert (box.width, box.height, box.area, box.centre) == (30, 10, 300, (25, 25))
    assert box.grown(0.1, 0.5) == Box(7, 15, 43, 35)
    assert Box(0.4, 0.6, 9.5, 3.2).as_ints() == (0, 1, 10, 3)
    assert Box(-5, 3, 700, 20).clipped(640, 10) == Box(0, 3, 640, 10)


def test_a_box_with_its_edges_crossed_is_empty() -> None:
    box = Box(5, 5, 1, 9)
    assert box.area == 0
    assert box.iou(Box(0, 0, 10, 10)) == 0


def test_overlap() -> None:
    assert Box(0, 0, 10, 10).iou(Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert Box(0, 0, 10, 10).iou(Box(10, 0, 20, 10)) == 0


@given(BOXES, BOXES)
def test_iou_is_symmetric_and_between_0_and_1(one: Box, other: Box) -> None:
    assert one.iou(other) == other.iou(one)
    assert 0 <= one.iou(other) <= 1 + 1e-9


@given(BOXES)
def test_clipping_stays_inside(box: Box) -> None:
    clipped = box.clipped(100, 50)
    assert 0 <= clipped.x1 <= 100
    assert 0 <= clipped.y2 <= 50


@given(BOXES, st.floats(0.1, 10))
def test_scaling_goes_back(box: Box, factor: float) -> None:
    back = box.scaled(factor).scaled(1 / factor)
    assert (back.x1, back.y1, back.x2, back.y2) == pytest.approx((box.x1, box.y1, box.x2, box.y2))
