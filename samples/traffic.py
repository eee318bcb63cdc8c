"""What is known of a clip's traffic: the signal plan, the vehicles, where they were, what they did.

The truth is read from simulated positions; nothing here knows the rules of the detection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samples.registration import Registration

LIT = ("green", "amber", "red")


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
