from __future__ import annotations

import pytest

from samples.junction import plan
from samples.registration import Registration
from samples.simulation import simulate
from samples.traffic import (
    Body,
    Demand,
    Journey,
    Timetable,
    Vehicle,
    is_borderline,
    is_violation,
    phase_spans,
)

TABLE = Timetable(green=4.0, amber=3.0, red=10.0, start=0.0)  # red from 7 s to 17 s


def _demand(seed: int, seconds: float = 20.0) -> Demand:
    junction = plan(seed, (1280, 720))
    return Demand(seed, seconds, 12.5, junction.timetable, junction.slots)


def _journey(front_at: float | None, rear_at: float | None) -> Journey:
    plate = Registration("59X123456", "moto_old5", 2, "white", (190.0, 140.0))
    vehicle = Vehicle(1, "motorbike", "red", False, Body(1.9, 0.7, 1.6, 0), plate, 0)
    return Journey(vehicle, 0.0, 0, (0.0,), (0.0,), front_at, rear_at)


@pytest.mark.parametrize(
    ("front_at", "rear_at", "violation", "borderline"),
    [
        (None, None, False, False),
        (3.0, 3.4, False, False),  # green
        (6.9, 7.2, False, False),  # front on amber
        (7.4, 7.7, False, True),  # just after red began
        (8.0, 8.3, True, False),
        (16.0, 16.9, True, False),
        (16.0, 17.1, False, False),  # stood over the line until green
        (9.0, None, False, False),  # crept over and stays
    ],
)
def test_what_counts_as_crossing_on_red(
    front_at: float | None, rear_at: float | None, *, violation: bool, borderline: bool
) -> None:
    journey = _journey(front_at, rear_at)
    assert is_violation(journey, TABLE) is violation
    assert is_borderline(journey, TABLE) is borderline


def test_phases_cover_all_frames() -> None:
    demand = Demand(0, 20.0, 12.5, TABLE, ())
    spans = phase_spans(demand)
    assert [(span.phase, span.first) for span in spans] == [
        ("green", 0), ("amber", 50), ("red", 88), ("green", 213),
    ]  # fmt: skip
    assert spans[-1].last == 249


@pytest.mark.parametrize("seed", [3, 8])
def test_a_clip_holds_its_violators_and_nobody_drives_through_another(seed: int) -> None:
    demand = _demand(seed)
    journeys = simulate(demand)
    guilty = [
        j.vehicle.kind
        for j in journeys
        if is_violation(j, demand.timetable) and 0 <= (j.front_at or -1) < demand.seconds
    ]
    assert guilty.count("car") >= 2
    assert guilty.count("motorbike") >= 2
    texts = [j.vehicle.plate.text for j in journeys]
    assert len(set(texts)) == len(texts)
    for frame in range(0, 250, 10):
        there = [
            (j, j.front_y[frame - j.first_frame])
            for j in journeys
            if 0 <= frame - j.first_frame < len(j.front_y)
        ]
        for one, front in there:
            for other, ahead in there:
                beside = abs(one.x - other.x) > (one.vehicle.body.width + other.vehicle.body.width) / 2 - 0.1
                if one is not other and front <= ahead and not beside:
                    assert ahead - other.vehicle.body.length >= front - 0.05, (frame, one, other)


def test_the_same_seed_gives_the_same_traffic() -> None:
    assert simulate(_demand(5, 3.0)) == simulate(_demand(5, 3.0))
    assert simulate(_demand(5, 3.0)) != simulate(_demand(6, 3.0))
