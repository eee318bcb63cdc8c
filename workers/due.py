"""Which machine work a case waits for: read from its state, so that work asked for twice is done once."""

from workflow.case import CaseState
from workflow.effects import TELLING
from workflow.vocabulary import TERMINAL, EventType, Phase, State, Task
from workflow.words import Conclusion, Source

# What a released hold had kept waiting. Extraction, closing and the end are never held.
HELD_WORK = frozenset({Task.DETERMINE_OWNER, Task.FILE_CASE, Task.RENDER_NOTICE, Task.DELIVER_NOTICE})
# What stands still where a case is held, ends or lives again before it was done, and its own row is over.
LEFT_WORK = frozenset({Task.RESEND_NOTICE, Task.WITHDRAW_NOTICE, Task.REPORT_END})
# After these events a case goes on from wherever it stands.
RESUMING = frozenset(
    {
        EventType.HOLD_RELEASED,
        EventType.NOTICE_WITHDRAWN,
        EventType.OWNER_REDETERMINED,
        EventType.TRANSFER_RETURNED,
        EventType.EVASION_RECORDED,
    }
)
# Work that follows from its event, whatever has become of the case since.
BY_EVENT = TELLING | {
    Task.PURGE,
    Task.SEND_SLIP,
    Task.PRINT_RECORD,
    Task.PRINT_DECISION,
    Task.SEND_DECISION,
}


def due(state: CaseState) -> Task | None:
    """The one piece of work that the case needs from a machine now, or None where it waits for a person."""
    if any(notice.letter_number and not notice.letter for notice in state.withdrawn):
        return Task.WITHDRAW_NOTICE
    if state.state in TERMINAL:
        return None if state.end_reported else Task.REPORT_END
    if state.state is State.COLLECTED:
        return Task.EXTRACT if _proven(state) else None
    if state.phase is Phase.DECIDED:
        if state.points is None:
            return Task.APPLY_POINTS
        return Task.CLOSE_CASE if state.closable else None
    return None if state.hold else _paper(state)


def _proven(state: CaseState) -> bool:
    return state.source is not Source.REPORT or state.verification is Conclusion.PROVEN


def _paper(state: CaseState) -> Task | None:
    notice = state.notice
    if state.state is State.REVIEWED:
        if state.owner is None:
            return Task.DETERMINE_OWNER
        return Task.FILE_CASE if state.owner.in_area else None
    if state.state is State.NOTIFIED:
        return Task.RESEND_NOTICE if notice is not None and notice.resending else None
    if state.state is not State.FILED or notice is None:
        return None
    return Task.DELIVER_NOTICE if notice.sha256 else Task.RENDER_NOTICE
