"""How values are written on the pages: đồng, plates, times, labels."""

from django import template

from portal import labels, words
from portal.dossier import name_of
from portal.writing import dong, instant, plate, when

register = template.Library()


for write in (dong, when, instant, plate):
    register.filter(write.__name__, write)


@register.filter
def state(key: str) -> labels.Label:
    return labels.of(labels.STATES, key)


@register.filter
def phase(key: str) -> labels.Label:
    return labels.of(labels.PHASES, key)


@register.filter
def act(key: str) -> labels.Label:
    return labels.of(labels.ACTS, key)


@register.filter
def vehicle(key: str) -> labels.Label:
    return labels.of(labels.VEHICLE_CLASSES, key)


@register.filter
def vehicle_kind(key: str) -> labels.Label:
    return labels.of(labels.VEHICLE_KINDS, key)


@register.filter
def public_status(key: str) -> labels.Label:
    return labels.of(labels.PUBLIC_STATUS, key)


@register.filter
def clock_source(key: str) -> labels.Label:
    return labels.of(labels.CLOCK_SOURCES, key)


@register.filter
def colour(key: str) -> labels.Label:
    return labels.of(labels.COLOURS, key)


@register.filter
def verdict(key: str) -> labels.Label:
    return labels.of(labels.VERDICTS, key)


@register.filter
def rejection_ground(key: str) -> labels.Label:
    return labels.of(labels.REJECTION_GROUNDS, key)


@register.filter
def delivery(key: str) -> labels.Label:
    return labels.of(words.DELIVERIES, key)


@register.filter
def clock(key: str) -> labels.Label:
    return labels.of(labels.CLOCKS, key)


@register.filter
def outcome(key: str) -> labels.Label:
    """The result of an ended case: how it was closed, or on which ground it ended without a fine."""
    return labels.of(labels.ENDINGS, key)


@register.filter
def officer(actor_id: str) -> str:
    return name_of(actor_id)


@register.filter
def unlocalized(number: float) -> str:
    """A number for SVG: with a point, whatever the language."""
    return f"{number:g}"
