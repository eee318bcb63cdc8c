"""What the public may know of a plate: the list of TT 73/2024 Art 24.1.c and nothing else.

No owner, no picture. A case is public from the sending of its notice until it is withdrawn.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from detection.plate_text import normalise
from workflow.law.deadlines import local
from workflow.law.offences import LAW_CLASS, offence_for
from workflow.models import Case
from workflow.vocabulary import Phase, State

VEHICLE_KINDS = ("car", "motorcycle")  # how a citizen asks; the classes of the decree


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """One violation as published."""

    plate: str
    vehicle_kind: str
    recorded_at: datetime
    site: str
    act: str
    provision: str
    status: str  # not_sanctioned | sanctioned | closed
    detected_by: str
    handled_by: str
    address: str
    phone: str


def look_up(plate: str, vehicle_kind: str) -> list[PublicRecord]:
    """The published records of a plate and vehicle kind, newest first; empty where there is none."""
    classes = [name for name, kind in LAW_CLASS.items() if kind == vehicle_kind]
    cases = Case.objects.filter(plate=normalise(plate), vehicle_class__in=classes, published=True)
    return [_record(case) for case in cases.order_by("-recorded_at")]


def _record(case: Case) -> PublicRecord:
    offence = offence_for(case.act, case.vehicle_class, local(case.recorded_at).date())
    return PublicRecord(
        plate=case.plate,
        vehicle_kind=LAW_CLASS[case.vehicle_class],
        recorded_at=local(case.recorded_at),
        site=case.site,
        act=offence.text_vi,
        provision=offence.row.provision,
        status=_status(case),
        detected_by=settings.PHATNGUOI_UNIT,
        handled_by=case.handled_by or settings.PHATNGUOI_UNIT,
        address="" if case.handled_by else settings.PHATNGUOI_UNIT_ADDRESS,
        phone="" if case.handled_by else settings.PHATNGUOI_UNIT_PHONE,
    )


def _status(case: Case) -> str:
    if case.state == State.CLOSED:
        return "closed"
    return "sanctioned" if case.phase == Phase.DECIDED else "not_sanctioned"
