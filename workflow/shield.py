"""The innocent-owner shield: facts that do not fit hold a case before any letter leaves. Pure functions.

Every hit is a question to two persons, not an answer: clones, thefts, emergencies and slips of the review or
of the registry all look alike from here. What is near or far, fast or short below is a choice of this
program and no rule of law; the bound on speed is configuration.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from detection.plate_text import COLOURS, VEHICLES, is_known, kinds_of, mopeds_under
from workflow.commands import Hit
from workflow.law.offences import LAW_CLASS
from workflow.vocabulary import HoldGround

# A site's point is that of its camera: stop lines lie up to this far from it, at both sites.
SLACK_KM: Final = 0.3
# At any bound of speed above 70 km/h the whole country, some 1,650 km long, is crossed in less.
WINDOW: Final = timedelta(hours=24)

_OTHER_AUTHORITY: Final = frozenset({"military", "foreign_car", "foreign_moto"})
# Body colours that cameras, lamps and registries take for one another; any other pair contradicts.
_ALIKE: Final = (
    frozenset({"white", "silver", "grey"}),
    frozenset({"black", "grey", "blue", "brown"}),
    frozenset({"silver", "grey", "blue"}),
    frozenset({"red", "orange", "brown"}),
    frozenset({"yellow", "orange", "brown", "white"}),
    frozenset({"green", "blue", "grey"}),
)


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84, degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """The plate at a place and second; `point` is None where the site was never measured."""

    site: str
    at: datetime
    point: Point | None
    case_id: int = 0


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registry says as of the act; empty where it does not say."""

    law_class: str  # car | motorcycle
    plate_colour: str = ""
    body_colour: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the shield looks at."""

    plate: str
    vehicle_class: str  # as two officers keyed it
    body_colour: str  # as the camera saw it
    registered: Registered | None
    here: Sighting
    elsewhere: tuple[Sighting, ...] = ()
    stolen: tuple[str, ...] = ()  # sources of the entries valid at the act
    exempt: tuple[str, ...] = ()
    certificate: str = ""
    certified: bool = True
    speed_kmh: float = 0.0  # no vehicle is faster


def hits(facts: Facts) -> tuple[Hit, ...]:
    """Everything that does not fit, in the order of the grounds."""
    return tuple(hit for check in CHECKS for hit in check(facts))


def _registry(facts: Facts) -> Iterable[Hit]:
    registered = facts.registered
    if registered is None:
        yield Hit(HoldGround.NOT_REGISTERED, facts.plate)
        return
    if registered.law_class != LAW_CLASS.get(facts.vehicle_class):
        yield Hit(HoldGround.OTHER_CLASS, f"{facts.vehicle_class} / {registered.law_class}")
    if _other_plate_colour(facts, registered.plate_colour):
        yield Hit(HoldGround.OTHER_PLATE_COLOUR, f"{facts.plate} / {registered.plate_colour}")
    if colours_differ(facts.body_colour, registered.body_colour):
        yield Hit(HoldGround.OTHER_BODY_COLOUR, f"{facts.body_colour} / {registered.body_colour}")


def _vehicle(facts: Facts) -> str | None:
    return facts.vehicle_class if facts.vehicle_class in VEHICLES else None


def _other_plate_colour(facts: Facts, colour: str) -> bool:
    """Whether no plate of the registered colour is written like the officers' one; unknown says nothing."""
    vehicle = _vehicle(facts)
    if colour not in COLOURS or not is_known(facts.plate, vehicle=vehicle):
        return False
    if not kinds_of(facts.plate, vehicle=vehicle):  # an old moped, which is of no listed kind
        return not mopeds_under(vehicle=vehicle, colour=colour)
    return not is_known(facts.plate, vehicle=vehicle, colour=colour)


def colours_differ(seen: str, registered: str) -> bool:
    """Whether a camera can hardly have seen one colour where the other is; unknown ones say nothing."""
    named = frozenset().union(*_ALIKE)
    if seen == registered or seen not in named or registered not in named:
        return False
    return not any({seen, registered} <= family for family in _ALIKE)


def _plate(facts: Facts) -> Iterable[Hit]:
    vehicle = _vehicle(facts)
    kinds = kinds_of(facts.plate, vehicle=vehicle)
    if not is_known(facts.plate, vehicle=vehicle):
        yield Hit(HoldGround.PLATE_OF_ANOTHER_CLASS, f"{facts.plate} / {facts.vehicle_class}")
    elif kinds and set(kinds) <= _OTHER_AUTHORITY:
        yield Hit(HoldGround.OTHER_AUTHORITY, kinds[0])


def _travel(facts: Facts) -> Iterable[Hit]:
    return (travel_hit(other) for other in impossible(facts))


def travel_hit(other: Sighting) -> Hit:
    """The hit that a sighting elsewhere makes; the same words at every look, so that it can be cleared."""
    return Hit(HoldGround.IMPOSSIBLE_TRAVEL, f"{other.site}, {other.at.isoformat()}")


def impossible(facts: Facts) -> tuple[Sighting, ...]:
    """The sightings that no vehicle joins with this one at the bound of speed."""
    return tuple(other for other in facts.elsewhere if _too_far(facts.here, other, facts.speed_kmh))


def _too_far(one: Sighting, other: Sighting, speed_kmh: float) -> bool:
    if one.point is None or other.point is None:
        return False
    hours = abs((one.at - other.at).total_seconds()) / 3600
    return kilometres(one.point, other.point) - SLACK_KM > hours * speed_kmh


def kilometres(one: Point, other: Point) -> float:
    """Great-circle distance: no road is shorter, so no hit comes from the shape of a road."""
    a, b = radians(one.latitude), radians(other.latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(half)))


def _lists(facts: Facts) -> Iterable[Hit]:
    yield from (Hit(HoldGround.STOLEN, source) for source in facts.stolen)
    yield from (Hit(HoldGround.EXEMPT, source) for source in facts.exempt)


def _device(facts: Facts) -> Iterable[Hit]:
    if not facts.certified:
        yield Hit(HoldGround.CERTIFICATE, facts.certificate)


CHECKS: Final[tuple[Callable[[Facts], Iterable[Hit]], ...]] = (_registry, _plate, _travel, _lists, _device)


def reason_of(found: Iterable[Hit]) -> str:
    """The reason of a hold in the codes of its hits, each once; pages show the words."""
    return "shield: " + ", ".join(dict.fromkeys(hit.ground for hit in found))
