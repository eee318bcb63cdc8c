"""Whose vehicle it was on the day of the act; personal facts stay beside the log, referenced by digest."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import rfc8785
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from workflow import checks, log, service, shield
from workflow.case import CaseError, CaseState, allowed
from workflow.commands import Command, DetermineOwner, PlaceHold, RejectEvidence
from workflow.models import Case, CaseEvent, OutboxItem, PersonalFacts
from workflow.statements import fetch
from workflow.vocabulary import EventType, RejectionGround, State
from workflow.words import Source

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
    body_colour: str = ""  # where the registry tells it


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


def determine_owner(item: OutboxItem, answer: RegistryAnswer | None, known: CaseState | None = None) -> None:
    """Take the registry's answer to the case: reject a duplicate, hold what does not fit, else set the owner.

    What two persons cleared does not hold the case again. A plate seen at two places that no vehicle joins
    holds the other case too: either of them may be the clone.

    Args:
        item: leased, with its case as it stood then.
        answer: None where the plate is not registered.
        known: the state that the caller's work began with.

    Raises:
        CaseError, outbox.LeaseLostError: as `service.execute`.
    """
    with transaction.atomic():
        # The plate before the case: two cases of one plate may hold each other.
        _lock_plate(item.case.plate)
        [case] = fetch(Case, "id = %s", [item.case_id], lock=True)
        if case.plate != item.case.plate:
            raise CaseError("illegal", "the review that read the plate no longer stands")
        state = known if known is not None and known.version == case.version else log.load(case)
        by_device = state.source is Source.DEVICE and state.opened is not None
        certificate = state.opened.certificate if by_device and state.opened else None
        facts = checks.facts_of(case, certificate, _registered(answer))
        found = shield.hits(facts)
        first = duplicate_of(case)
        command: Command
        if first is not None:
            command = RejectEvidence(RejectionGround.DUPLICATE, f"same act as {first.reference}")
        elif answer is None or set(found) - set(state.cleared):
            command = PlaceHold(shield.reason_of(found), found)
        else:
            command = DetermineOwner(
                remember(answer.person),
                answer.person.kind,
                answer.registered_class,
                answer.plate_colour,
                answer.as_of,
            )
        service.execute(case.pk, command, service.WORKER, completes=item, known=state)
        if first is None:
            _hold_the_others(facts)


def _registered(answer: RegistryAnswer | None) -> shield.Registered | None:
    if answer is None:
        return None
    return shield.Registered(answer.registered_class, answer.plate_colour, answer.body_colour)


def _hold_the_others(facts: shield.Facts) -> None:
    """Hold the cases of the same plate that cannot be the same vehicle, unless two persons cleared that."""
    hit = shield.travel_hit(facts.here)
    for other in shield.impossible(facts):
        state = log.load(Case.objects.select_for_update().get(pk=other.case_id))
        if hit in state.cleared or PlaceHold not in allowed(state, service.WORKER.roles) or state.hold:
            continue
        service.execute(other.case_id, PlaceHold(shield.reason_of([hit]), (hit,)), service.WORKER)


def _lock_plate(plate: str) -> None:
    """Serialise the look for duplicates of one plate: two cases at once must not both find nothing.

    SQLite transactions are serial already (transaction_mode IMMEDIATE); PostgreSQL takes an advisory lock.
    """
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [plate])
