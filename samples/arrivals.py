"""Who comes to the junction, when and in which mind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from samples.driving import SPAWN_Y, Driver, Intent
from samples.registration import issue
from samples.traffic import Body, Vehicle

if TYPE_CHECKING:
    import random

    from samples.traffic import Demand, Slot


@dataclass(frozen=True, slots=True)
class Arrival:
    at: float
    intent: Intent
    patience: float = 0.0


def drivers(rng: random.Random, demand: Demand) -> list[Driver]:
    """All drivers of the clip in the order in which they come; plates are unique."""
    taken: set[str] = set()
    wild = {slot: i for i, slot in enumerate(rng.sample(demand.slots, len(demand.slots)))}
    people = [
        _driver(rng, slot, arrival, taken)
        for slot in demand.slots
        for arrival in _arrivals(rng, demand, slot, wild[slot])
    ]
    return sorted(people, key=lambda driver: driver.enters)


def _arrivals(rng: random.Random, demand: Demand, slot: Slot, role: int) -> list[Arrival]:
    """When (free flow, at the line) and in which mind vehicles of one strip arrive."""
    gap = 2.4 if slot.kind == "car" else 2.2
    arrivals: list[Arrival] = []
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
            arrivals.append(Arrival(at, Intent.IGNORE if risky else Intent.OBEY))
            at += gap + rng.expovariate(1 / 1.6)
            if phase == "green" and demand.timetable.phase(at)[0] == "red":
                at = at - demand.timetable.phase(at)[1] + 0.01
    return arrivals


def _red_acts(rng: random.Random, slot: Slot, role: int, onset: float) -> list[Arrival]:
    runner = Arrival(onset + rng.uniform(1.2, 3.0), Intent.IGNORE)
    jumper = Arrival(onset + rng.uniform(2.0, 3.0), Intent.JUMP, onset + rng.uniform(5.2, 6.2))
    waits = Arrival(onset + rng.uniform(5.0, 8.5), Intent.OBEY)
    if slot.kind == "car":
        second = Arrival(runner.at + rng.uniform(1.8, 2.4), Intent.IGNORE)
        jumper = replace(jumper, at=runner.at + 2.0)
        return [runner, rng.choice([second, jumper]), waits]
    late = Arrival(onset + rng.uniform(0.1, 0.6), Intent.IGNORE)
    creeper = Arrival(onset + rng.uniform(1.5, 4.0), Intent.CREEP)
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
    return rng.choices(("car", "truck", "bus", "motorbike"), (0.52, 0.12, 0.08, 0.28))[0]


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


def _driver(rng: random.Random, slot: Slot, arrival: Arrival, taken: set[str]) -> Driver:
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
    spread = 0.55 if kind != slot.kind and kind == "motorbike" else 0.1
    x = slot.x + rng.uniform(-spread, spread)
    enters = arrival.at + SPAWN_Y / wish
    return Driver(vehicle, x, enters, wish, arrival.intent, stand, arrival.patience, v=wish)
