"""The acts of a handling, as the record and the decision list them."""

from dataclasses import dataclass
from typing import Final

from workflow import log
from workflow.case import CaseState
from workflow.identity import same_person
from workflow.law.rows import LawRow
from workflow.models import Case, CaseEvent

MOST_OFFERED: Final = 20


@dataclass(frozen=True, slots=True)
class HandledAct:
    """One act: its case, the row of the law, and what the decision says of it."""

    case: Case
    state: CaseState
    row: LawRow
    amount: int | None  # đồng; None for a warning, and before the decision

    @property
    def persons(self) -> int:
        """In excess, where the row counts them; 1 elsewhere."""
        return self.state.excess


def cases_of(case: Case, state: CaseState, paper: CaseEvent | None = None) -> list[tuple[Case, CaseState]]:
    """The case and those handled with it, in their order; the first carries the numbers of common papers.

    With the event that gave a common `paper` its number, the others stand as that paper found them.
    """
    if not state.handling:
        return [(case, state)]
    rows = {row.reference: row for row in Case.objects.filter(reference__in=state.handling)}
    return [
        (case, state) if reference == case.reference else (rows[reference], _state_of(rows[reference], paper))
        for reference in state.handling
    ]


def _state_of(case: Case, paper: CaseEvent | None) -> CaseState:
    if paper is None:
        return log.load(case)
    return log.replay(log.events_until(case, own_event(case, paper).pk))


def own_event(case: Case, paper: CaseEvent) -> CaseEvent:
    """The event by which another case of the handling got the same paper."""
    return case.events.filter(type=paper.type, data__number=paper.data["number"]).latest("seq")


def standing_under(case: Case, state: CaseState, number: str) -> list[tuple[Case, CaseState]]:
    """Other cases under a decision, or an order that enforces it, that this one carries.

    Also where the act of this one was struck out of it since, and left the handling.
    """
    together = set(state.joined) - {case.reference}
    if not together:
        return []
    rows = Case.objects.filter(reference__in=together).order_by("pk")
    found = [(row, log.load(row)) for row in rows]
    return [(row, known) for row, known in found if _stands_under(known, case.reference, number)]


def _stands_under(state: CaseState, carrier: str, number: str) -> bool:
    decision = state.decision
    if decision is None or decision.revoked:
        return False
    return (decision.number, decision.carried_by) == (number, carrier) or state.coercion_number == number


def acts_of(case: Case, state: CaseState, paper: CaseEvent | None = None) -> tuple[HandledAct, ...]:
    """All acts that the record or the decision of a case speaks of; one where it is handled by itself.

    With `paper` as it speaks of them, see `cases_of`.

    A paper of several acts is that of the case whose `record.carried_by` or `decision.carried_by` is empty;
    the others name that case there. An act that has left the handling since is not in it any more.
    """
    found = []
    for row, known in cases_of(case, state, paper):
        if known.law is not None:
            decision = known.decision
            amount = None if decision is None or decision.warning else decision.amount
            found.append(HandledAct(row, known, known.law, amount))
    return tuple(found)


def joinable(case: Case, state: CaseState) -> list[Case]:
    """Other cases of the vehicle and the violator at the same step, which could be handled with this one."""
    if not state.violator:
        return []
    alike = Case.objects.filter(plate=case.plate, state=state.state, phase=state.phase or "", handling="")
    return [
        row
        for row in alike.exclude(pk=case.pk).order_by("recorded_at", "pk")[:MOST_OFFERED]
        if (other := log.load(row)).violator and same_person(state.violator, other.violator)
    ]
