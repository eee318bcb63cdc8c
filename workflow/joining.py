"""Several acts of one violator in one handling: who may be handled together, and who leaves.

A case stays one act. A handling is the list of its cases, which each of them knows; the record and the
decision are made for all of them at once (`workflow.handling`). Standard library only.

Source: NĐ 168/2024 Art 5.2, 50.1.b (fined for each act, points of one); the record lists every act.
"""

from collections.abc import Sequence

from workflow import commands as c
from workflow.casestate import CaseState, Event, to_json
from workflow.context import Context
from workflow.guards import clocks_stopped, require, require_reason
from workflow.vocabulary import Clock, EventType

_TO_PAY = (Clock.COMPLY, Clock.NONCOMPLY, Clock.INSTALMENT)


def join(case: CaseState, command: c.JoinActs, context: Context) -> list[Event]:
    """The same violator, at the same place, none decided, in no other handling."""
    cases = command.cases
    require(len(cases) > 1 and len(set(cases)) == len(cases), "incomplete", "another case is due")
    require(case.violator, "no_violator", "the violator is not identified")
    require(set(case.handling) != set(cases), "recorded", "these cases are handled together already")
    require(set(case.handling) <= set(cases), "joined", "a case is in another handling already")
    for reference, other in context.others.items():
        here = (other.state, other.phase) == (case.state, case.phase)
        require(here, "other_step", f"{reference} is at another step")
        same = other.violator_kind == case.violator_kind and context.same_person(
            case.violator, other.violator
        )
        require(same, "other_violator", f"{reference} has another violator")
    return [Event(EventType.ACTS_JOINED, to_json(command))]


def part(case: CaseState, command: c.PartAct, _context: Context) -> list[Event]:
    require_reason(command.reason)
    require(case.handling, "not_joined", "the case is handled by itself")
    return [Event(EventType.ACTS_PARTED, {"cases": [], **to_json(command)})]


def left_by(reference: str, rest: Sequence[str]) -> Event:
    """What the others of a handling learn when a case leaves it; a handling of one is none."""
    return Event(EventType.ACTS_PARTED, {"cases": list(rest) if len(rest) > 1 else [], "parted": reference})


def fulfilled(case: CaseState) -> list[Event]:
    """Nothing of the decision is owed any more."""
    return [Event(EventType.PAYMENT_COMPLETED), *clocks_stopped(case, *_TO_PAY)]
