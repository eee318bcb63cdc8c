"""How reviews and readings do, for those who answer for them. Reviewers see none of it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from portal import labels
from portal.dossier import name_of
from portal.fields import FIRST_DAY, LAST_DAY
from portal.officer import for_officers, officer_of
from workflow import clock
from workflow import quality as counts
from workflow.law.deadlines import VIETNAM, local
from workflow.vocabulary import Role

MEASURES: Final = frozenset({Role.AUDITOR, Role.COMMANDER})
_PERIOD: Final = timedelta(days=30)


def _day(label: labels.Label) -> forms.DateField:
    bounds = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), validators=bounds)


class PeriodForm(forms.Form):
    """Days in Vietnam, both included; the last thirty by default."""

    start = _day(lazy("From"))
    end = _day(lazy("Until"))


@dataclass(frozen=True, slots=True)
class Table:
    """One of the page's tables; `people` and `machine` say which columns it has."""

    title: labels.Label
    head: labels.Label
    lines: list[tuple[str, counts.Line]]
    people: bool
    machine: bool


@require_safe
@for_officers
def quality(request: HttpRequest) -> HttpResponse:
    """Counts per officer, camera and model version with their intervals, in no order of merit."""
    _user, actor = officer_of(request)
    if not actor.roles & MEASURES:
        raise PermissionDenied
    today = local(clock.now()).date()
    default = {"start": today - _PERIOD, "end": today}
    form = PeriodForm(request.GET if "start" in request.GET else default, label_suffix="")
    start, end = default["start"], default["end"]
    if form.is_valid():
        start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    context = {"form": form, "tables": _tables(_midnight(start), _midnight(end + timedelta(days=1)))}
    return render(request, "portal/quality.html", context, status=200 if form.is_valid() else 422)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _tables(start: datetime, end: datetime) -> list[Table]:
    officers = [(name_of(line.key), line) for line in counts.by_officer(start, end)]
    devices = [(line.key, line) for line in counts.by_device(start, end)]
    readers = [(line.key[:12] or _("unknown"), line) for line in counts.by_reader(start, end)]
    centre = [(_("Centre's reader"), line) for line in counts.centre_reader(start, end)]
    return [
        Table(_("Officers"), _("Officer"), officers, people=True, machine=False),
        Table(_("Cameras"), _("Camera"), devices, people=True, machine=True),
        Table(
            _("Model versions"),
            _("Weights of the reader, SHA-256"),
            readers + centre,
            people=False,
            machine=True,
        ),
    ]
