"""How values are written on the pages: đồng, plates, times, labels."""

from datetime import datetime

from django import template
from django.utils.formats import localize

from portal import labels, words
from portal.dossier import name_of
from portal.writing import dong, instant, plate, when
from workflow.commands import Hit
from workflow.quality import Share
from workflow.vocabulary import HoldGround

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


@register.filter
def hold_ground(key: str) -> labels.Label:
    return labels.of(labels.HOLD_GROUNDS, key)


@register.filter
def share(counted: Share) -> str:
    """`3/40 · 7.5 % (2.6–19.9)`: how many of how many, the share and its interval; a dash where none."""
    if not counted.of:
        return "–"
    shares = (counted.hits / counted.of, *counted.interval)
    middle, low, high = (localize(round(100 * value, 1)) for value in shares)
    return f"{counted.hits}/{counted.of} · {middle} % ({low}–{high})"


_HIT_WORDS = {**labels.VEHICLE_CLASSES, **labels.VEHICLE_KINDS, **labels.COLOURS}


@register.filter
def hit_detail(hit: Hit) -> str:
    """What the shield compared, in the words of the page."""
    if hit.ground is HoldGround.IMPOSSIBLE_TRAVEL:
        site, _comma, at = hit.detail.rpartition(", ")
        return f"{site}, {when(datetime.fromisoformat(at))}"
    return " / ".join(str(labels.of(_HIT_WORDS, word)) for word in hit.detail.split(" / "))
