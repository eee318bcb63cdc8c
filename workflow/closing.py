"""The close of a decided case, and what must be true for each result. Standard library only."""

from workflow import commands as c
from workflow.casestate import CaseState, Event, to_json
from workflow.context import Context
from workflow.enforcing import decision_of
from workflow.guards import finished, require
from workflow.noticing import is_organisation
from workflow.vocabulary import Clock, EventType, Outcome, Role


def close(case: CaseState, command: c.Close, context: Context) -> list[Event]:
    require(not case.complaint, "complaint_open", "a complaint is open")
    if command.outcome is Outcome.PAID:
        require(not case.owes and not decision_of(case).warning, "unpaid", "the fine is not paid")
        require(decision_of(case).served_at, "unserved", "the decision is not served")
        require(case.points is not None, "points_open", "the points are not settled yet")
    else:
        human = context.actor.roles & {Role.COMMANDER}
        require(human, "forbidden", "only people close with this result")
        fits, code, message = _GROUNDS[command.outcome](case, command)
        require(fits, code, message)
    events = [Event(EventType.CASE_CLOSED, to_json(command))]
    if case.published:
        events.append(Event(EventType.PUBLICATION_UPDATED, {"status": "closed"}))
    return events + finished(case, context)


_Ground = tuple[object, str, str]


def _on_paper(_case: CaseState, command: c.Close) -> _Ground:
    return command.basis.strip(), "incomplete", "this needs its reason"


def _warned(case: CaseState, _command: c.Close) -> _Ground:
    decision = decision_of(case)
    return decision.warning and decision.served_at, "unserved", "no warning is served"


def _coerced(case: CaseState, _command: c.Close) -> _Ground:
    return case.coerced, "not_ordered", "nothing was enforced"


def _dissolved(case: CaseState, command: c.Close) -> _Ground:
    fits = is_organisation(case.violator_kind) and command.basis.strip()
    return fits, "incomplete", "an organisation is dissolved, on paper"


def _barred(case: CaseState, _command: c.Close) -> _Ground:
    run = case.running(Clock.ENFBAR)
    return run and run.elapsed, "enforceable", "the decision can still be enforced"


def _elsewhere(_case: CaseState, _command: c.Close) -> _Ground:
    return False, "outcome", "only the other unit's answer ends a case like this"


_GROUNDS = {
    Outcome.WARNED: _warned,
    Outcome.COERCED: _coerced,
    Outcome.EXEMPTED: _on_paper,
    Outcome.VIOLATOR_DECEASED: _on_paper,
    Outcome.VIOLATOR_DISSOLVED: _dissolved,
    Outcome.ENFORCEMENT_BARRED: _barred,
    Outcome.SANCTIONED_ELSEWHERE: _elsewhere,
}
