"""Which machine work a case waits for: read from its state, so that work asked for twice is done once."""

from workflow.case import CaseState
from workflow.effects import TELLING
from workflow.vocabulary import TERMINAL, Phase, State, Task

# What a released hold had kept waiting. Extraction, closing and the end are never held.
HELD_WORK = frozenset({Task.DETERMINE_OWNER, Task.FILE_CASE, Task.RENDER_NOTICE, Task.DELIVER_NOTICE})
# Work that follows from its event, whatever has become of the case since.
BY_EVENT = TELLING


def due(state: CaseState) -> Task | None:
    """The one piece of work that the case needs from a machine now, or None where it waits for a person."""
    if state.state in TERMINAL:
        return None if state.end_reported else Task.REPORT_END
    if state.state is State.COLLECTED:
        return Task.EXTRACT
    if state.phase is Phase.DECIDED:
        decision = state.decision
        paid = decision is not None and decision.served_at is not None and state.paid >= decision.amount
        return Task.CLOSE_CASE if paid else None
    return None if state.hold else _paper(state)


def _paper(state: CaseState) -> Task | None:
    if state.state is State.REVIEWED:
        return Task.FILE_CASE if state.owner else Task.DETERMINE_OWNER
    if state.state is not State.FILED or state.notice is None:
        return None
    return Task.DELIVER_NOTICE if state.notice.sha256 else Task.RENDER_NOTICE
