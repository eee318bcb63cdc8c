"""The event log: append, load, chain, and the projection that follows from it."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import rfc8785

from workflow import register, statements
from workflow.case import CaseState, Event, apply, to_json
from workflow.effects import effects_of
from workflow.models import Case, CaseEvent, OutboxItem
from workflow.vocabulary import Clock, EventType

GENESIS = "0" * 64
_UNOPENED = CaseState()


def digest_of(reference: str, row: CaseEvent) -> str:
    """SHA-256 over the canonical JSON of one link: what it says, who, when, and the link before."""
    link: dict[str, Any] = {
        "case": reference,
        "seq": row.seq,
        "type": row.type,
        "actor": row.actor,
        "at": row.at.astimezone(UTC).isoformat(),
        "data": row.data,
        "prev": row.prev_hash,
    }
    return hashlib.sha256(rfc8785.dumps(link)).hexdigest()


def load(case: Case) -> CaseState:
    """The state that the events of a case say."""
    return replay(events_of(case))


def events_of(case: Case, after: int = 0) -> list[CaseEvent]:
    """The events of a case in their order, from the one that follows the `after`th."""
    return statements.fetch(CaseEvent, "case_id = %s AND seq > %s ORDER BY seq", [case.pk, after])


def events_until(case: Case, event_id: int) -> list[CaseEvent]:
    """The events of a case in their order, the one with this key the last: keys grow as the case does."""
    return statements.fetch(CaseEvent, "case_id = %s AND id <= %s ORDER BY seq", [case.pk, event_id])


def replay(rows: Iterable[CaseEvent], state: CaseState = _UNOPENED) -> CaseState:
    """Fold a case's events in their order, onto the state that the earlier ones left."""
    for row in rows:
        state = apply(state, Event(EventType(row.type), row.data))
    return state


def append(case: Case, state: CaseState, events: Sequence[Event], actor: str, at: datetime) -> CaseState:
    """Write events, outbox rows and the projection; the caller holds the case's lock and the transaction."""
    head, rows = case.head or GENESIS, []
    for event in events:
        row = CaseEvent(
            case=case,
            seq=state.version + 1,
            type=event.type,
            actor=actor,
            at=at,
            data=to_json(event.data),
            prev_hash=head,
        )
        row.hash = head = digest_of(case.reference, row)
        rows.append(row)
        state = apply(state, event)
    statements.insert(rows)
    register.enter(case, rows)
    statements.insert(
        [
            OutboxItem(case=case, event=row, task=task, created_at=at, next_send_at=at)
            for row in rows
            for task in effects_of(EventType(row.type), row.data)
        ]
    )
    case.head = head
    project(case, state)
    statements.update(case, ("head", *PROJECTED))
    return state


PROJECTED = (
    "version", "state", "phase", "act", "plate", "vehicle_class", "answers", "disagreed", "sampled", "hold",
    "published", "overdue", "end_reported", "outcome", "notice_number", "decision_number", "handled_by",
    "handling", "next_due", "purgeable",
)  # fmt: skip


def project(case: Case, state: CaseState) -> None:
    """Set the columns of the row that queries and pages use."""
    case.version = state.version
    case.state = state.state
    case.phase = state.phase or ""
    case.act = state.act or (state.opened.act if state.opened else "")
    case.plate = state.plate
    case.vehicle_class = state.vehicle_class
    case.disagreed = state.disagreed
    case.answers = len(state.reviews)
    case.sampled = state.sampled
    case.hold = state.hold
    case.published = state.published
    case.overdue = state.overdue
    case.end_reported = state.end_reported
    retain = state.running(Clock.RETAIN)
    case.purgeable = retain is not None and retain.elapsed and not state.kept
    case.outcome = state.outcome
    case.notice_number = state.notice.number if state.notice else ""  # void ones stay in the register
    case.decision_number = state.decision.number if state.decision else ""
    case.handling = state.handling[0] if state.handling else ""
    case.handled_by = state.transfer.to if state.transfer else ""
    case.next_due = min((run.due_at for run in state.clocks if not run.elapsed), default=None)
