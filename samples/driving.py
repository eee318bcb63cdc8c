"""Motion along the approach: drivers keep their lateral place and follow the one ahead.

Intelligent driver model: Treiber, Hennecke and Helbing, Congested traffic states in empirical observations
and microscopic simulations, Physical Review E 62 (2000).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samples.traffic import Demand, Timetable, Vehicle

SUBSTEPS = 4
SPAWN_Y = -34.0
GONE_Y = 75.0


class Intent(StrEnum):
    """What a driver makes of the signal."""

    OBEY = "obey"
    IGNORE = "ignore"  # drives on whatever the lamp says
    JUMP = "jump"  # stops, then sets off while it is still red
    CREEP = "creep"  # comes to a stand with the front wheel over the line


@dataclass(slots=True)
class Driver:
    vehicle: Vehicle
    x: float
    enters: float
    wish: float
    intent: Intent
    stand: float
    patience: float
    y: float = SPAWN_Y
    v: float = 0.0
    front_at: float | None = None
    rear_at: float | None = None
    log: list[tuple[float, float]] = field(default_factory=list)
    first_frame: int | None = None


def run(drivers: list[Driver], demand: Demand) -> None:
    """Move all drivers through the clip; each keeps its log and the times of its crossing."""
    step = 1 / demand.fps / SUBSTEPS
    count = round(demand.seconds * demand.fps)
    tick = math.floor(min(0.0, drivers[0].enters) / step / SUBSTEPS) * SUBSTEPS
    waiting, active = list(drivers), list[Driver]()
    while tick < count * SUBSTEPS:
        now = tick * step
        while waiting and waiting[0].enters <= now:
            active.append(waiting.pop(0))
        if tick % SUBSTEPS == 0 and tick >= 0:
            for driver in active:
                if driver.first_frame is None:
                    driver.first_frame = tick // SUBSTEPS
                driver.log.append((driver.y, driver.v))
        pulls = [_pull(driver, active, demand.timetable, now) for driver in active]
        for driver, pull in zip(active, pulls, strict=True):
            _move(driver, pull, now, step)
        active = [driver for driver in active if driver.y < GONE_Y]
        tick += 1


def _move(driver: Driver, pull: float, now: float, step: float) -> None:
    before = driver.y
    speed = max(0.0, driver.v + pull * step)
    driver.y += (driver.v + speed) / 2 * step
    driver.v = speed if speed > 0.02 or pull > 0 else 0.0
    length = driver.vehicle.body.length
    if before < 0 <= driver.y:
        driver.front_at = now + step * -before / (driver.y - before)
    if before - length < 0 <= driver.y - length:
        driver.rear_at = now + step * (length - before) / (driver.y - before)


def _pull(driver: Driver, active: list[Driver], table: Timetable, now: float) -> float:
    """Acceleration in m/s² by the intelligent driver model."""
    small = driver.vehicle.kind == "motorbike"
    strength, comfort, headway, margin = (2.2, 2.6, 0.7, 0.8) if small else (1.9, 2.6, 0.9, 1.2)
    ahead = [
        other
        for other in active
        if other.y > driver.y
        and abs(other.x - driver.x) < (other.vehicle.body.width + driver.vehicle.body.width) / 2 - 0.05
    ]
    free = 1 - (driver.v / driver.wish) ** 4
    worst = 0.0
    if ahead:
        leader = min(ahead, key=lambda other: other.y)
        gap = max(0.1, leader.y - leader.vehicle.body.length - driver.y)
        wanted = margin + max(
            0.0, driver.v * headway + driver.v * (driver.v - leader.v) / (2 * math.sqrt(strength * comfort))
        )
        worst = (wanted / gap) ** 2
    if _must_stop(driver, table, now):
        gap = max(0.05, -driver.stand - driver.y + margin)
        wanted = margin + driver.v * 0.6 + driver.v**2 / (2 * math.sqrt(strength * comfort))
        worst = max(worst, (wanted / gap) ** 2)
    return max(-7.0, strength * (free - worst))


def _must_stop(driver: Driver, table: Timetable, now: float) -> bool:
    goal = -driver.stand
    if driver.y > goal + 0.6 or driver.intent is Intent.IGNORE:
        return False
    if driver.intent is Intent.JUMP and now >= driver.patience:
        return False
    phase, _, _ = table.phase(now)
    if phase == "green":
        return False
    braking = driver.v**2 / (2 * max(0.05, goal - driver.y))
    return phase == "red" or braking < 3.0
