"""A threshold's coverage and risk, the choice by rule, and reliability bins."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from detection.training.risk import (
    Judged,
    Risk,
    calibration_error,
    chosen,
    draw,
    judged,
    reliability,
    risk_at,
)


@dataclass(frozen=True)
class Said:
    text: str
    confidence: float
    characters: tuple[float, ...]
    reason: str | None = None


def test_characters_are_judged_one_by_one_where_the_length_is_right() -> None:
    one = judged("clean", Said("30B", 0.7, (0.9, 0.8, 0.7)), "30A")
    assert one == Judged(
        "clean", 0.7, exact=False, fits=True, characters=((0.9, True), (0.8, True), (0.7, False))
    )
    assert judged("clean", Said("30", 0.7, (0.9, 0.8)), "30A").characters == ()


@pytest.mark.parametrize(
    ("reason", "fits"),
    [(None, True), ("low_confidence", True), ("too_small", False), ("not_vietnamese", False)],
)
def test_only_confidence_may_still_decide(reason: str | None, fits: bool) -> None:  # noqa: FBT001
    assert judged("clean", Said("3", 0.7, (0.9,), reason), "3").fits is fits


def test_a_plate_not_found_counts_in_the_plates_alone() -> None:
    found = [judged("clean", None, "30A"), Judged("clean", 0.9, exact=False, fits=True)]
    assert risk_at(0.0, found) == Risk(0.0, 2, 1, 1)
    assert risk_at(0.95, found).to_row()["wilson_high"] == 1.0


def test_the_least_threshold_with_one_wrong_in_two_hundred_is_chosen() -> None:
    risks = [Risk(0.9, 900, 300, 0), Risk(0.8, 900, 400, 2), Risk(0.7, 900, 500, 3), Risk(0.99, 900, 10, 0)]
    assert chosen(risks) == risks[1]
    assert chosen([Risk(0.5, 900, 199, 0)]) is None


def test_bins_hold_the_edges_and_a_true_promise_costs_nothing() -> None:
    bins = reliability([(0.0, False), (1.0, True), (0.95, True), (0.1, False)])
    assert [one.count for one in bins] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert bins[-1].right == 2
    assert calibration_error(bins) == pytest.approx((0.1 + 0.05) / 4)
    assert calibration_error(reliability([])) == 0


@pytest.mark.camera
def test_the_figure_is_the_same_each_time(tmp_path: Path) -> None:
    found = [Judged("clean", k / 300, exact=k % 50 > 0, fits=True) for k in range(300)]
    risks = [risk_at(t / 10, found) for t in range(10)]
    bins = {"text": reliability((one.confidence, one.exact) for one in found)}
    for name in ("one.png", "two.png"):
        draw(tmp_path / name, risks, risks[3], bins)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
