"""The states of the cases that this process worked on last: only what happened since is read and folded.

A state that is remembered counts for the link of the chain at which it ended: the case's row, or the first of
the later events, must name that link. Else all events are read.
"""

from typing import Final

from workflow import log
from workflow.case import CaseState
from workflow.models import Case

_KEPT: Final = 200  # cases; a state has some ten kilobytes

_ended: dict[int, tuple[str, CaseState]] = {}  # by case: the hash of the last event, and the state it left


def state_of(case: Case) -> CaseState:
    """The state that the events of a case say."""
    head, state = _ended.get(case.pk, (log.GENESIS, CaseState()))
    if head != case.head:
        rows = log.events_of(case, state.version)
        if state.version and (not rows or rows[0].prev_hash != head):
            state, rows = CaseState(), log.events_of(case)
        state = log.replay(rows, state)
        head = rows[-1].hash if rows else head
    remember(case.pk, head, state)
    return state


def remember(case_id: int, head: str, state: CaseState) -> None:
    """Keep a state that is committed, with the hash of its last event; the longest unused one goes."""
    _ended.pop(case_id, None)
    _ended[case_id] = head, state
    if len(_ended) > _KEPT:
        del _ended[next(iter(_ended))]
