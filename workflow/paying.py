"""Money: payments, what lateness costs, a fine paid in parts. Standard library only.

With a plan the time to comply is extended to the last part, and each part has its own clock. A missed part is
seen by everybody, costs nothing by itself and does not make the rest due: a signer does, by ending the plan.

Source: LXLVPHC Art 78; Art 79 from memory: what it demands of fine, parts and time was not read.
"""

from datetime import datetime
from typing import Any

from workflow import commands as c
from workflow.casestate import CaseState, Event, Instalment, to_json
from workflow.context import CaseError, Context
from workflow.guards import (
    clock_started,
    clock_until,
    clocks_stopped,
    require,
    require_own_authority,
    require_reason,
)
from workflow.joining import fulfilled
from workflow.law.rows import ViolatorKind
from workflow.vocabulary import TERMINAL, Clock, EventType


def pay(case: CaseState, command: c.RecordPayment, context: Context) -> list[Event]:
    """Real money is never refused: what is not owed becomes a refund."""
    if any(payment.transaction == command.transaction for payment in case.payments):
        return []  # the same transaction told twice
    require(command.amount > 0, "amount", "a payment is a positive sum")
    data = to_json(command)
    due = due_on(case, command.paid_at, context)
    if due:
        data |= late_interest(case, command.paid_at, context)
    events = [Event(EventType.PAYMENT_RECORDED, data)]
    if command.amount > due:
        refund = {"transaction": command.transaction, "amount": command.amount - due}
        events.append(Event(EventType.REFUND_DUE, refund))
    if 0 < due <= command.amount and not case.handling:  # with other acts: once all are paid
        return events + fulfilled(case)
    return events + _met(case, case.kept_money + min(command.amount, due), command.paid_at)


def due_on(case: CaseState, paid_at: datetime, context: Context) -> int:
    """Đồng that are owed on a day, with the interest up to it."""
    if case.decision is None or case.state in TERMINAL:
        return 0
    return case.owed + int(late_interest(case, paid_at, context).get("interest", 0))


def late_interest(case: CaseState, paid_at: datetime, context: Context) -> dict[str, Any]:
    """What lateness has cost since the last payment: on the unpaid fine, never on interest."""
    run = case.running(Clock.COMPLY)
    if run is None or case.decision is None or paid_at <= run.due_at:
        return {}
    since = max(run.due_at, case.accrued_to or run.due_at)
    unpaid = case.decision.amount - case.kept_money
    if unpaid <= 0 or paid_at <= since:
        return {}
    counted = context.asks.interest(unpaid, since, paid_at)
    return {
        "interest": counted.value or 0,
        "accrued_to": paid_at.isoformat(),
        "interest_proof": dict(counted.proof),
    }


# -- instalments ----------------------------------------------------------------------------


def set_plan(case: CaseState, command: c.SetInstalments, context: Context) -> list[Event]:
    """A plan for all that is owed today, in place of another one, or the end of a plan that was not kept."""
    require_own_authority(command.authority, context)
    require_reason(command.reason)
    decision = case.decision
    comply = case.running(Clock.COMPLY)
    if decision is None or decision.served_at is None or comply is None:
        raise CaseError("unserved", "no time to pay is running")
    late = late_interest(case, context.at, context)
    due = case.owed + int(late.get("interest", 0))
    data = to_json(command) | {"interest": late.get("interest", 0), "accrued_to": late.get("accrued_to", "")}
    if not command.parts:
        run = case.running(Clock.INSTALMENT)
        require(run and run.elapsed and not comply.elapsed, "not_due", "no instalment was missed")
        # From when the rest costs interest is open law: from this decision on, in favour of the fined.
        rest = clock_started(Clock.COMPLY, decision.served_at, context, not_before=context.at)
        return [Event(EventType.INSTALMENTS_SET, data), *clocks_stopped(case, Clock.INSTALMENT), rest]
    require(not case.coercion_number, "recorded", "coercion is ordered already")
    _whole(case, command, due, context)
    data["relied_on"] = list(_lawful(case, command, context))
    last = command.parts[-1].due_at
    return [
        Event(EventType.INSTALMENTS_SET, data),
        *clocks_stopped(case, Clock.NONCOMPLY),
        clock_started(Clock.COMPLY, decision.served_at, context, not_before=last),
        _clock_of(command.parts[0], context.at),
    ]


def _whole(case: CaseState, command: c.SetInstalments, due: int, context: Context) -> None:
    """The parts in their order, all to come, none after the bar of enforcement, together what is owed."""
    days = [part.due_at for part in command.parts]
    several = len(days) > 1 or case.handling  # of another act's plan one part may be enough
    bar = case.running(Clock.ENFBAR)
    ordered = days == sorted(set(days)) and days[0] > context.at and bar and days[-1] <= bar.due_at
    whole = sum(part.amount for part in command.parts) == due and min(p.amount for p in command.parts) > 0
    require(several and ordered and whole, "instalments", "the parts are not what is owed, in time and order")


def _lawful(case: CaseState, command: c.SetInstalments, context: Context) -> tuple[str, ...]:
    fine = case.decision.amount if case.decision else 0
    kind = case.violator_kind or ViolatorKind.PERSON
    may = context.asks.instalments(fine, kind, len(command.parts), context.at)
    require(may.yes, "no_instalments", f"the unit's rule allows none here: {may.reason}")
    relied = context.asks.unverified(may)
    own = not command.confirmed_by or command.confirmed_by == context.actor.id
    require(own, "forbidden", "nobody confirms for somebody else")
    require(command.confirmed_by or not relied, "unverified", f"to be confirmed: {', '.join(relied)}")
    return relied


def _met(case: CaseState, kept: int, at: datetime) -> list[Event]:
    """What a payment does to the plan: the next part that it does not meet is waited for.

    Args:
        case: before the payment.
        kept: đồng kept with it.
        at: of the payment.
    """
    now = case.next_instalment
    then = next((part for part in case.instalments if part.met_by > kept), None)
    if now == then:
        return []
    return [_clock_of(then, at)] if then else clocks_stopped(case, Clock.INSTALMENT)


def _clock_of(part: c.Instalment | Instalment, start: datetime) -> Event:
    return clock_until(Clock.INSTALMENT, start, part.due_at, "instalment plan")
