"""Who drives when: a small simulation of one approach, and the truth that follows from it.

Vehicles keep their lateral place and follow the one ahead (intelligent driver model, Treiber et al. 2000).
The truth is read from the simulated positions; nothing here knows the rules of the detection.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from enum import StrEnum

from samples.registration import Registration, issue

SUBSTEPS = 4
SPAWN_Y = -34.0
GONE_Y = 75.0
LIT = ("green", "amber", "red")


class Intent(StrEnum):
    """What a driver makes of the signal."""

    OBEY = "obey"
    IGNORE = "ignore"  # drives on whatever the lamp says
    JUMP = "jump"  # stops, then sets off while it is still red
    CREEP = "creep"  # comes to a stand with the front wheel over the line


class TrafficError(Exception):
    """No traffic with the asked-for acts was found for this seed."""


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """The lamp `phase` burns from frame `first` up to and including frame `last`."""

    phase: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Body:
    """Outer measures in metres and a style number for the painter."""

    length: float
    width: float
    height: float
    style: int


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle with its plate; `colour` is the name of the paint, `business` a taxi or a carrier."""

    number: int
    kind: str
    colour: str
    business: bool
    body: Body
    plate: Registration
    seed: int


@dataclass(frozen=True, slots=True)
class Journey:
    """Where a vehicle was: `front_y[i]` and `speed[i]` belong to frame `first_frame + i`; `x` is its middle.

    `front_at` and `rear_at` are the seconds (from frame 0) at which front and rear crossed the stop line.
    """

    vehicle: Vehicle
    x: float
    first_frame: int
    front_y: tuple[float, ...]
    speed: tuple[float, ...]
    front_at: float | None
    rear_at: float | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """The signal plan in seconds; the clip begins `start` seconds into a cycle of green, amber, red."""

    green: float
    amber: float
    red: float
    start: float

    def phase(self, seconds: float) -> tuple[str, float, float]:
        """(phase, seconds since its onset, seconds until it ends)."""
        into = (seconds + self.start) % (self.green + self.amber + self.red)
        for name, length in zip(LIT, (self.green, self.amber, self.red), strict=True):
            if into < length:
                return name, into, length - into
            into -= length
        raise AssertionError  # the remainder is below the sum of the parts

    def reds(self, seconds: float) -> list[tuple[float, float]]:
        """(onset, end) of every red that begins at or after 0 and ends before `seconds`."""
        cycle = self.green + self.amber + self.red
        first = self.green + self.amber - self.start
        onsets = [first + i * cycle for i in range(-1, int(seconds // cycle) + 2)]
        return [(onset, onset + self.red) for onset in onsets if onset >= 0 and onset + self.red < seconds]


@dataclass(frozen=True, slots=True)
class Slot:
    """A strip of the carriageway that vehicles of some kind keep to; `x` is its middle."""

    x: float
    kind: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What the clip asks of the simulation."""

    seed: int
    seconds: float
    fps: float
    timetable: Timetable
    slots: tuple[Slot, ...]


@dataclass(slots=True)
class _Driver:
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


@dataclass(frozen=True, slots=True)
class _Arrival:
    at: float
    intent: Intent
    patience: float = 0.0


def phase_spans(demand: Demand) -> list[PhaseSpan]:
    """The lamp of every frame, as spans that cover the clip without a gap."""
    lamps = [demand.timetable.phase(i / demand.fps)[0] for i in range(round(demand.seconds * demand.fps))]
    spans: list[PhaseSpan] = []
    for index, lamp in enumerate(lamps):
        if spans and spans[-1].phase == lamp:
            spans[-1] = replace(spans[-1], last=index)
        else:
            spans.append(PhaseSpan(lamp, index, index))
    return spans


def simulate(demand: Demand) -> list[Journey]:
    """Traffic in which every whole red holds two violating cars and two violating motorbikes at least.

    Raises:
        TrafficError: no such traffic in 400 tries.
    """
    for attempt in range(400):
        rng = random.Random(f"{demand.seed}/{attempt}")
        drivers = _drivers(rng, demand)
        _run(drivers, demand)
        journeys = [_journey(d) for d in drivers if d.log]
        if _acceptable(journeys, demand):
            return _renumbered(journeys)
    raise TrafficError(f"seed {demand.seed}: no traffic with the wanted acts in 400 tries; take another seed")


def _renumbered(journeys: list[Journey]) -> list[Journey]:
    ordered = sorted(journeys, key=lambda j: (j.first_frame, j.x))
    return [replace(j, vehicle=replace(j.vehicle, number=i + 1)) for i, j in enumerate(ordered)]


def _journey(driver: _Driver) -> Journey:
    front_y, speed = zip(*driver.log, strict=True)
    first = driver.first_frame or 0
    return Journey(driver.vehicle, driver.x, first, front_y, speed, driver.front_at, driver.rear_at)


def is_violation(journey: Journey, timetable: Timetable) -> bool:
    """Front over the line a second or more after red began, and the rear over it in the same red."""
    if journey.front_at is None or journey.rear_at is None:
        return False
    phase, since, left = timetable.phase(journey.front_at)
    return phase == "red" and since >= 1.0 and journey.rear_at - journey.front_at < left


def is_borderline(journey: Journey, timetable: Timetable) -> bool:
    """Front over the line within the first 0.7 s of red."""
    if journey.front_at is None:
        return False
    phase, since, _ = timetable.phase(journey.front_at)
    return phase == "red" and since <= 0.7


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


def _drivers(rng: random.Random, demand: Demand) -> list[_Driver]:
    taken: set[str] = set()
    wild = {slot: i for i, slot in enumerate(rng.sample(demand.slots, len(demand.slots)))}
    drivers = []
    for slot in demand.slots:
        for arrival in _arrivals(rng, demand, slot, wild[slot]):
            drivers.append(_driver(rng, slot, arrival, taken))
    return sorted(drivers, key=lambda d: d.enters)


def _arrivals(rng: random.Random, demand: Demand, slot: Slot, role: int) -> list[_Arrival]:
    """When (free flow, at the line) and in which mind vehicles of one strip arrive."""
    gap = 2.4 if slot.kind == "car" else 2.2
    arrivals: list[_Arrival] = []
    at = rng.uniform(-9.0, -6.5)
    while at < demand.seconds + 6:
        phase, since, left = demand.timetable.phase(at)
        if phase == "red":
            acts = _red_acts(rng, slot, role, at - since)
            last = arrivals[-1].at if arrivals else at - 9
            arrivals += [a for a in acts if a.at - last > 1.0]
            at += left + rng.uniform(1.5, 3.0)
        else:
            risky = phase == "amber" and left > 0.5 and rng.random() < 0.5
            arrivals.append(_Arrival(at, Intent.IGNORE if risky else Intent.OBEY))
            at += gap + rng.expovariate(1 / 1.6)
            if phase == "green" and demand.timetable.phase(at)[0] == "red":
                at = at - demand.timetable.phase(at)[1] + 0.01
    return arrivals


def _red_acts(rng: random.Random, slot: Slot, role: int, onset: float) -> list[_Arrival]:
    runner = _Arrival(onset + rng.uniform(1.2, 3.0), Intent.IGNORE)
    jumper = _Arrival(onset + rng.uniform(2.0, 3.0), Intent.JUMP, onset + rng.uniform(5.2, 6.2))
    waits = _Arrival(onset + rng.uniform(5.0, 8.5), Intent.OBEY)
    if slot.kind == "car":
        second = _Arrival(runner.at + rng.uniform(1.8, 2.4), Intent.IGNORE)
        jumper = replace(jumper, at=runner.at + 2.0)
        return [runner, rng.choice([second, jumper]), waits]
    late = _Arrival(onset + rng.uniform(0.1, 0.6), Intent.IGNORE)
    creeper = _Arrival(onset + rng.uniform(1.5, 4.0), Intent.CREEP)
    return [[runner, waits], [jumper], [late, creeper], [creeper]][role % 4]


_COLOURS = {
    "car": ("white", "white", "black", "silver", "silver", "grey", "red", "blue", "brown"),
    "motorbike": ("red", "black", "black", "white", "blue", "grey", "silver", "brown"),
    "bus": ("white", "green", "silver"),
    "truck": ("white", "blue", "grey", "green"),
}


def _kind(rng: random.Random, slot: Slot, intent: Intent) -> str:
    if slot.kind != "car" or intent is not Intent.OBEY:
        return slot.kind
    return rng.choices(("car", "truck", "bus"), (0.72, 0.17, 0.11))[0]


def _body(rng: random.Random, kind: str) -> Body:
    style = rng.randrange(1000)
    if kind == "motorbike":
        return Body(rng.uniform(1.82, 1.98), 0.72, rng.uniform(1.55, 1.68), style)
    if kind == "car":
        tall = style % 3 == 2
        return Body(
            rng.uniform(3.9, 4.7),
            rng.uniform(1.68, 1.82),
            rng.uniform(*((1.62, 1.74) if tall else (1.44, 1.52))),
            style,
        )
    if kind == "truck":
        return Body(rng.uniform(4.8, 5.8), rng.uniform(1.8, 2.0), rng.uniform(2.3, 2.7), style)
    return Body(rng.uniform(5.4, 6.4), rng.uniform(1.95, 2.1), rng.uniform(2.4, 2.7), style)


def _driver(rng: random.Random, slot: Slot, arrival: _Arrival, taken: set[str]) -> _Driver:
    kind = _kind(rng, slot, arrival.intent)
    business = kind in {"bus", "truck"} or (kind == "car" and rng.random() < 0.25)
    plate = issue(rng, kind, taken, business=business)
    colour = rng.choice(_COLOURS[kind])
    if kind == "car" and business and rng.random() < 0.5:
        colour = rng.choice(("green", "yellow", "white"))
    vehicle = Vehicle(0, kind, colour, business, _body(rng, kind), plate, rng.randrange(1 << 30))
    wish = rng.uniform(6.0, 8.0) if kind == "motorbike" else rng.uniform(6.0, 8.5)
    stand = rng.uniform(0.3, 1.0)
    if arrival.intent is Intent.CREEP:
        stand = -rng.uniform(0.3, 0.6)
    x = slot.x + rng.uniform(-0.1, 0.1)
    enters = arrival.at + SPAWN_Y / wish
    return _Driver(vehicle, x, enters, wish, arrival.intent, stand, arrival.patience, v=wish)


def _run(drivers: list[_Driver], demand: Demand) -> None:
    step = 1 / demand.fps / SUBSTEPS
    count = round(demand.seconds * demand.fps)
    tick = math.floor(min(0.0, drivers[0].enters) / step / SUBSTEPS) * SUBSTEPS
    waiting, active = list(drivers), list[_Driver]()
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


def _move(driver: _Driver, pull: float, now: float, step: float) -> None:
    before = driver.y
    speed = max(0.0, driver.v + pull * step)
    driver.y += (driver.v + speed) / 2 * step
    driver.v = speed if speed > 0.02 or pull > 0 else 0.0
    length = driver.vehicle.body.length
    if before < 0 <= driver.y:
        driver.front_at = now + step * -before / (driver.y - before)
    if before - length < 0 <= driver.y - length:
        driver.rear_at = now + step * (length - before) / (driver.y - before)


def _pull(driver: _Driver, active: list[_Driver], table: Timetable, now: float) -> float:
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


def _must_stop(driver: _Driver, table: Timetable, now: float) -> bool:
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
