"""The landing page and the citizens' look-up: what TT 73/2024 Art 24.1.c makes public, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from detection.plate_text import is_known, normalise
from portal import labels, throttle
from portal.writing import no_plate
from workflow import clock, publication
from workflow.publication import PublicRecord


class PlateError(ValueError):
    """The question cannot be answered; the message tells a citizen how to ask."""


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """The published records of one plate, as of a time. An unknown plate looks like a clean one."""

    plate: str
    vehicle_kind: str
    as_of: datetime
    records: tuple[PublicRecord, ...]


def check_plate(text: str, vehicle_kind: str) -> str:
    """The normalised whole plate of a question.

    Raises:
        PlateError: no Vietnamese plate is written like that, or not on this kind of vehicle.
    """
    if vehicle_kind not in publication.VEHICLE_KINDS:
        raise PlateError(_("Choose the kind of vehicle."))
    plate = normalise(text[:40])
    if not plate:
        raise PlateError(_("Enter the whole plate, for example 51F-123.45 or 59-X1 234.56."))
    if not is_known(plate):
        told = _("No Vietnamese plate is written like this. Enter all of it, for example 51F-123.45.")
        raise PlateError(no_plate(told, plate))
    if not is_known(plate, vehicle="motorbike" if vehicle_kind == "motorcycle" else "car"):
        raise PlateError(_("This plate belongs to another kind of vehicle. Check the plate and the kind."))
    return plate


def answer(request: HttpRequest, text: str, vehicle_kind: str) -> LookupAnswer:
    """Answer a citizen's question, for the page and the API alike, and log that it was asked.

    Raises:
        PlateError: see `check_plate`.
        throttle.TooManyError: this client asked too often.
    """
    plate = check_plate(text, vehicle_kind)
    throttle.check_lookup(request)
    records = tuple(publication.look_up(plate, vehicle_kind))
    throttle.note_lookup(request, plate, len(records))
    return LookupAnswer(plate, vehicle_kind, clock.now(), records)


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/landing.html", {"kinds": labels.VEHICLE_KINDS})


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """`/tra-cuu?plate=…&kind=…`: the form, and the answer where a plate is asked for."""
    plate, kind = request.GET.get("plate", ""), request.GET.get("kind", "")
    page: dict[str, Any] = {"kinds": labels.VEHICLE_KINDS, "plate": plate[:40], "kind": kind}
    if "plate" not in request.GET:
        return render(request, "portal/lookup.html", page)
    try:
        page["answer"] = answer(request, plate, kind)
    except PlateError as error:
        return render(request, "portal/lookup.html", {**page, "error": str(error)}, status=422)
    except throttle.TooManyError as error:
        return too_many(request, error)
    return render(request, "portal/lookup.html", page)


def too_many(request: HttpRequest, error: throttle.TooManyError) -> HttpResponse:
    """429, saying when to come again."""
    context = {"minutes": error.seconds // 60}
    response = render(request, "portal/too_many.html", context, status=429)
    response.headers["Retry-After"] = str(error.seconds)
    return response
