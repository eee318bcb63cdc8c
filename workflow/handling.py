"""A command given to one of several cases handled together: what it means for each of them.

One record, one decision and one sum of money belong to all acts of a handling; each case keeps its own act,
fine, clocks, points, complaint and end. Pure functions over the cases of a handling, by their references;
`workflow.service` locks them and writes what follows in one transaction, so all of it happens or none.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from workflow import commands as c
from workflow.case import CaseState, Context, Event, apply, decide
from workflow.guards import require
from workflow.joining import fulfilled, left_by
from workflow.paying import due_on
from workflow.vocabulary import Clock, Phase
from workflow.words import Coercing, Paper

Cases = Mapping[str, CaseState]


def act(own: str, command: c.Command, cases: Cases, context: Context) -> dict[str, tuple[Event, ...]]:
    """What follows for each case, in the order in which it is to be written.

    Args:
        own: reference of the case to which the command is given.
        command: what is asked for.
        cases: it and the others of its handling, or those that shall join it, all locked.
        context: of the command; numbers are taken once for all cases.

    Raises:
        CaseError: one of the cases refuses; then nothing follows for any.
    """
    states, told = dict(cases), dict[str, tuple[Event, ...]]()

    def write(reference: str, *events: Event) -> None:
        for event in events:
            states[reference] = apply(states[reference], event)
        told[reference] = told.get(reference, ()) + events

    number, carrier = _once(context.number), ""
    for reference, each in given(own, command, cases, context).items():
        others = {key: state for key, state in states.items() if key != reference}
        asked = replace(context, others=others, number=number, carried_by=carrier)
        write(reference, *decide(states[reference], each, asked))
        carrier = carrier or reference
    for reference in [key for key in cases if cases[key].handling and not states[key].handling]:
        rest = [key for key in cases[reference].handling if key in states and states[key].handling]
        for other in rest:
            write(other, left_by(reference, rest))
    decided = [key for key in states if cases[key].handling and states[key].phase is Phase.DECIDED]
    if not any(states[key].owed for key in decided):
        for key in decided:
            decision = states[key].decision
            if decision is not None and not decision.warning and not states[key].fulfilled:
                write(key, *fulfilled(states[key]))
    return told


def _once(number: Callable[[str], str]) -> Callable[[str], str]:
    """A series gives one number for all cases of a handling."""
    taken: dict[str, str] = {}

    def take(series: str) -> str:
        if series not in taken:
            taken[series] = number(series)
        return taken[series]

    return take


def given(own: str, command: c.Command, cases: Cases, context: Context) -> dict[str, c.Command]:
    """Which case gets which command, the one that carries the numbers first.

    Raises:
        CaseError: the command does not fit the handling.
    """
    case = cases[own]
    if isinstance(command, c.JoinActs):
        require(own in command.cases, "incomplete", "the case itself is due")
        return dict.fromkeys(command.cases, command)
    if isinstance(command, c.SignDecision):
        acts = {reference for reference, _amount in command.others}
        require(acts == set(case.handling) - {own}, "acts", "a fine is due for each act of the handling")
    if not case.handling:
        return {own: command}
    if isinstance(command, c.RecordPayment) and case.decision is not None:
        return _parts(own, command, cases, context)
    if isinstance(command, c.SetInstalments):
        return dict(_plans(own, command, cases, context))
    whole = {ref: command if ref == own else _for(command, case, ref, cases[ref]) for ref in case.handling}
    return {reference: each for reference, each in whole.items() if each is not None}


def _for(command: c.Command, case: CaseState, reference: str, other: CaseState) -> c.Command | None:
    """What a command given to `case` means for another case of its handling; None for nothing."""
    if isinstance(command, c.MakeRecord):
        return replace(command, row=None, confirmed_by="", excess_persons=0, excess_percent=0)
    if isinstance(command, c.SignDecision):
        return replace(command, amount=dict(command.others)[reference], others=())
    return command if _concerns(command, case, other) else None


def _concerns(command: c.Command, case: CaseState, other: CaseState) -> bool:
    match command:
        case c.Escalate():
            return not other.escalated_to
        case c.RecordExplanation() | c.ExtendDecision() | c.RecordDelivery(paper=Paper.RECORD):
            return _one_record(case, other)
        case c.RecordDecisionSent():  # what amends one act's fine is that act's alone
            forced = bool(command.number) and command.number == other.coercion_number
            return _one_decision(case, other) and (forced or not _amends(case, command))
        case (
            c.RecordService()
            | c.RecordDelivery(paper=Paper.DECISION)
            | c.SuspendEnforcement()
            | c.ResumeEnforcement()
        ):
            return _one_decision(case, other) and not _of_one_act(command, case, other)
        case c.Coerce():
            return _one_decision(case, other) and _concerned(command.step, other)
    return False


def _amends(case: CaseState, command: c.RecordDecisionSent) -> bool:
    return case.decision is not None and command.number not in {"", case.decision.number}


def _of_one_act(command: c.Command, case: CaseState, other: CaseState) -> bool:
    """Whether this tells of a letter that went out for one act alone: what amends its fine."""
    if not isinstance(command, c.RecordDelivery):
        return False
    letter = (command.paper, command.receipt)
    known, there = ({(p.paper, p.receipt) for p in each.papers} for each in (case, other))
    return letter in known and letter not in there


def _one_record(case: CaseState, other: CaseState) -> bool:
    one, two = case.record, other.record
    return one is not None and two is not None and (one.number, one.made_at) == (two.number, two.made_at)


def _one_decision(case: CaseState, other: CaseState) -> bool:
    """Whether both stand under one decision that is being carried out."""
    one, two = case.decision, other.decision
    if one is None or two is None or other.phase is not Phase.DECIDED:
        return False
    return (one.number, one.signed_at) == (two.number, two.signed_at)


def _concerned(step: Coercing, other: CaseState) -> bool:
    """Whether a step of enforcement is due for the other act as well: its part may be paid already."""
    return {
        Coercing.NON_COMPLIANCE: bool(other.owed),
        Coercing.ORDER: other.non_compliance,
        Coercing.SENT: other.running(Clock.SENDCOERCE) is not None,
        Coercing.DONE: bool(other.coercion_number) and not other.coerced,
    }[step]


def _parts(own: str, command: c.RecordPayment, cases: Cases, context: Context) -> dict[str, c.Command]:
    """One payment meets the fines of a decision one after the other; what is too much stays with the last."""
    case = cases[own]
    for reference in case.handling:
        if any(payment.transaction == command.transaction for payment in cases[reference].payments):
            return {reference: command}  # told twice
    left, parts = command.amount, dict[str, int]()
    for reference in case.handling:
        if _one_decision(case, cases[reference]):
            part = min(left, due_on(cases[reference], command.paid_at, context))
            parts |= {reference: part} if part > 0 else {}
            left -= max(part, 0)
    last = next(reversed(parts), own)
    parts[last] = parts.get(last, 0) + left
    return {reference: replace(command, amount=part) for reference, part in parts.items()}


def _plans(
    own: str, command: c.SetInstalments, cases: Cases, context: Context
) -> dict[str, c.SetInstalments]:
    """One plan meets the fines of a decision in the order in which payments will.

    Raises:
        CaseError: the parts are not together what is owed.
    """
    together = [ref for ref in cases[own].handling if _one_decision(cases[own], cases[ref])]
    if not command.parts:
        return {ref: command for ref in together if ref == own or cases[ref].next_instalment}
    left = {ref: due_on(cases[ref], context.at, context) for ref in together}
    whole = sum(part.amount for part in command.parts) == sum(left.values())
    require(whole, "instalments", "the parts are not what is owed")
    plans: dict[str, list[c.Instalment]] = {ref: [] for ref in together}
    for part in command.parts:
        rest = part.amount
        for ref in together:
            share = min(rest, left[ref])
            if share > 0:
                plans[ref].append(replace(part, amount=share))
                left[ref], rest = left[ref] - share, rest - share
    return {ref: replace(command, parts=tuple(plan)) for ref, plan in plans.items() if plan}
