"""Whose vehicle it was on the day of the act; personal facts stay beside the log, referenced by digest."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import rfc8785
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from workflow import service
from workflow.commands import Command, DetermineOwner, PlaceHold, RejectEvidence
from workflow.law.offences import LAW_CLASS
from workflow.models import Case, CaseEvent, OutboxItem, PersonalFacts
from workflow.vocabulary import EventType, RejectionGround, State

# Two claims of one act by one plate within this time are one act; configured, not law.
SAME_ACT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Person:
    """Personal facts of an owner or violator."""

    name: str
    address: str
    id_number: str
    kind: str  # person | organisation


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What the vehicle registry said of a plate as of a date."""

    person: Person
    registered_class: str  # car | motorcycle
    plate_colour: str
    as_of: datetime


def remember(person: Person) -> str:
    """Keep personal facts; their salted digest is what the log may hold."""
    salt, facts = secrets.token_hex(16), asdict(person)
    digest = hashlib.sha256(rfc8785.dumps({"salt": salt, "facts": facts})).hexdigest()
    PersonalFacts.objects.create(digest=digest, salt=salt, facts=facts)
    return digest


def recall(digest: str) -> Person | None:
    """The facts behind a digest, or None where they were erased."""
    row = PersonalFacts.objects.get(pk=digest)
    return Person(**row.facts) if row.facts else None


def duplicate_of(case: Case) -> Case | None:
    """Another case of the same plate, act and moment that still stands and goes before this one.

    The older one goes before, unless the younger one was reviewed first and its owner is determined already.
    """
    determined = CaseEvent.objects.filter(case=OuterRef("pk"), type=EventType.OWNER_DETERMINED)
    return (
        Case.objects.filter(
            Q(pk__lt=case.pk) | Exists(determined),
            plate=case.plate,
            act=case.act,
            recorded_at__range=(case.recorded_at - SAME_ACT, case.recorded_at + SAME_ACT),
        )
        .exclude(pk=case.pk)
        .exclude(state=State.REJECTED)
        .order_by("pk")
        .first()
    )


def determine_owner(item: OutboxItem, answer: RegistryAnswer | None) -> None:
    """Take the registry's answer to the case: reject a duplicate, hold what does not fit, else set the owner.

    Raises:
        CaseError, outbox.LeaseLostError: as `service.execute`.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=item.case_id)
        _lock_plate(case.plate)
        first = duplicate_of(case)
        command: Command
        if first is not None:
            command = RejectEvidence(RejectionGround.DUPLICATE, f"same act as {first.reference}")
        elif answer is None:
            command = PlaceHold("registry: plate not found")
        elif answer.registered_class != LAW_CLASS[case.vehicle_class]:
            command = PlaceHold("registry: registered as another kind of vehicle")
        else:
            command = DetermineOwner(
                remember(answer.person),
                answer.person.kind,
                answer.registered_class,
                answer.plate_colour,
                answer.as_of,
            )
        service.execute(case.pk, command, service.WORKER, completes=item)


def _lock_plate(plate: str) -> None:
    """Serialise the look for duplicates of one plate: two cases at once must not both find nothing.

    SQLite transactions are serial already (transaction_mode IMMEDIATE); PostgreSQL takes an advisory lock.
    """
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [plate])
