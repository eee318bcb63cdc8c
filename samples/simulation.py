"""Traffic for one clip, drawn again until it holds what a clip must show."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from samples.arrivals import drivers
from samples.driving import run
from samples.traffic import Journey, is_violation

if TYPE_CHECKING:
    from samples.driving import Driver
    from samples.traffic import Demand


class TrafficError(Exception):
    """No traffic with the asked-for acts was found for this seed."""


def simulate(demand: Demand) -> list[Journey]:
    """Traffic in which every whole red holds two violating cars and two violating motorbikes at least.

    Raises:
        TrafficError: no such traffic in 400 tries.
    """
    for attempt in range(400):
        rng = random.Random(f"{demand.seed}/{attempt}")
        people = drivers(rng, demand)
        run(people, demand)
        journeys = [_journey(d) for d in people if d.log]
        if _acceptable(journeys, demand):
            return _renumbered(journeys)
    raise TrafficError(f"seed {demand.seed}: no traffic with the wanted acts in 400 tries; take another seed")


def _renumbered(journeys: list[Journey]) -> list[Journey]:
    ordered = sorted(journeys, key=lambda j: (j.first_frame, j.x))
    return [replace(j, vehicle=replace(j.vehicle, number=i + 1)) for i, j in enumerate(ordered)]


def _journey(driver: Driver) -> Journey:
    front_y, speed = zip(*driver.log, strict=True)
    first = driver.first_frame or 0
    return Journey(driver.vehicle, driver.x, first, front_y, speed, driver.front_at, driver.rear_at)


def _acceptable(journeys: list[Journey], demand: Demand) -> bool:
    table, end = demand.timetable, demand.seconds
    for journey in journeys:
        if journey.front_at is None or not 0 <= journey.front_at <= end:
            continue
        phase, since, left = table.phase(journey.front_at)
        if phase == "amber" and left < 0.35:
            return False  # a detector cannot tell such a crossing from one on red
        if phase == "red":
            stays = journey.rear_at is None or journey.rear_at - journey.front_at >= left
            if 0.7 < since < 1.05 or (not stays and left - (journey.rear_at or 0) + journey.front_at < 0.5):
                return False
    for onset, over in table.reds(end):
        guilty = [j for j in journeys if is_violation(j, table) and onset <= (j.front_at or 0) < over]
        bikes = sum(j.vehicle.kind == "motorbike" for j in guilty)
        if bikes < 2 or sum(j.vehicle.kind == "car" for j in guilty) < 2 or len(guilty) > 6:
            return False
    return True
