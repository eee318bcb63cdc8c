"""What follows from events inside the same transaction, besides the outbox: tables that serve the review."""

from collections.abc import Sequence
from datetime import datetime

from workflow import checks, known, quality
from workflow.case import CaseState, Event
from workflow.commands import Answer
from workflow.models import Case, ReviewLease
from workflow.vocabulary import EventType, RejectionGround, State, Verdict

_BY_PEOPLE = frozenset({EventType.REVIEW_SUBMITTED, EventType.REVIEW_ADJUDICATED})

_CONCLUDED = frozenset({EventType.REVIEW_AGREED, EventType.EVIDENCE_REJECTED, EventType.REJECTION_REOPENED})


def follow(case: Case, state: CaseState, events: Sequence[Event], at: datetime) -> None:
    """Bring the tables beside the case up to date; the caller holds the case's lock."""
    types = {event.type for event in events}
    if EventType.EVIDENCE_EXTRACTED in types:
        known.mix(case, at)
    if EventType.REVIEW_AGREED in types:
        checks.note_sighting(case)
    if EventType.REJECTION_REOPENED in types:
        checks.forget_sighting(case)
        known.forget(case)
    if types & _CONCLUDED:
        ReviewLease.objects.filter(reference=case.reference).delete()
    result = _result(state)
    if types & _BY_PEOPLE and result is not None:
        quality.note_review(case, state, result, at)
    if result is not None and types & {EventType.REVIEW_ADJUDICATED, EventType.CASE_CLOSED}:
        known.learn(case, result, at)


def _result(state: CaseState) -> Answer | None:
    """What the review found, or None while it runs or where the case ended otherwise."""
    if state.state is State.REJECTED:
        return Answer(Verdict.REJECT, ground=RejectionGround(state.outcome))
    if state.plate and state.state in {State.REVIEWED, State.CLOSED}:
        return Answer(Verdict.VIOLATION, state.plate, state.vehicle_class, state.act)
    return None
