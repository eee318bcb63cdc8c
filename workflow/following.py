"""What follows from events inside the same transaction, besides the outbox: tables that serve the review."""

from collections.abc import Sequence

from workflow import checks
from workflow.case import Event
from workflow.models import Case
from workflow.vocabulary import EventType


def follow(case: Case, events: Sequence[Event]) -> None:
    """Bring the tables beside the case up to date; the caller holds the case's lock."""
    for event in events:
        if event.type is EventType.REVIEW_AGREED:
            checks.note_sighting(case)
        elif event.type is EventType.REJECTION_REOPENED:
            checks.forget_sighting(case)
