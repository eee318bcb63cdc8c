"""What the steps of a case share: guards that refuse, and events that several of them end with.

Standard library only.
"""

from datetime import datetime

from workflow import commands as c
from workflow.casestate import CaseState, Decision, Event
from workflow.context import CaseError, Context
from workflow.vocabulary import Clock, EventType
from workflow.words import Register


def require(condition: object, code: str, message: str) -> None:
    if not condition:
        raise CaseError(code, message)


def clock_started(  # noqa: PLR0913  # what a clock runs from, and its two bounds
    clock: Clock,
    start: datetime,
    context: Context,
    variant: str = "",
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Event:
    due = context.due(clock, start, context.at, variant)
    end = max(due.at, not_before or due.at)
    times = {"starts_at": start.isoformat(), "due_at": min(end, not_after or end).isoformat()}
    return Event(EventType.CLOCK_STARTED, {"clock": clock, **times, "proof": dict(due.proof)})


def clock_until(clock: Clock, start: datetime, due_at: datetime, rule: str) -> Event:
    """A clock whose end is no sum: it is written on a paper, or it runs on as it did."""
    times = {"starts_at": min(start, due_at).isoformat(), "due_at": due_at.isoformat()}
    return Event(EventType.CLOCK_STARTED, {"clock": clock, **times, "proof": {"rule": rule}})


def clocks_stopped(case: CaseState, *clocks: Clock) -> list[Event]:
    return [Event(EventType.CLOCK_STOPPED, {"clock": k}) for k in clocks if case.running(k)]


def all_clocks_stopped(case: CaseState) -> list[Event]:
    return clocks_stopped(case, *(run.clock for run in case.clocks))


def notice_voided(case: CaseState, context: Context, reason: str) -> list[Event]:
    """The number stays in the register; a notice that was sent is taken back by a numbered letter."""
    notice = case.notice
    if notice is None or notice.voided:
        return []
    letter = context.number(Register.NOTICE) if notice.sent_at else ""
    data = {"number": notice.number, "letter_number": letter, "at": context.at.isoformat(), "reason": reason}
    return [Event(EventType.NOTICE_VOIDED, data)]


def warnings_withdrawn(case: CaseState) -> list[Event]:
    """No body outside may go on stopping somebody for a case that is over (NĐ 168 Art 47.11.c)."""
    targets = [standing.target for standing in case.warnings]
    return [Event(EventType.WARNINGS_WITHDRAWN, {"targets": targets})] if targets else []


def finished(case: CaseState, context: Context) -> list[Event]:
    """What every end has in common: warnings withdrawn, clocks stopped, the time of keeping begins."""
    return [
        *warnings_withdrawn(case),
        *all_clocks_stopped(case),
        clock_started(Clock.RETAIN, context.at, context),
    ]


def ended(case: CaseState, event: Event, context: Context) -> list[Event]:
    """An end without a fine: the notice is void and the publication withdrawn as well."""
    events = [event, *notice_voided(case, context, str(event.data.get("ground", Clock.BAR)))]
    if case.published:
        events.append(Event(EventType.PUBLICATION_WITHDRAWN))
    return events + finished(case, context)


def require_bar_open(case: CaseState, context: Context) -> None:
    """While somebody evades no bar runs (NĐ 168 Art 4.2)."""
    run = case.running(Clock.BAR)
    open_ = case.evading or (run and context.at <= run.due_at)
    require(open_, "time_barred", "the time bar of the sanction is over")


def numbered(kind: EventType, number: str, context: Context) -> list[Event]:
    """A number enters the register once, with the case of the handling that took it."""
    return [] if context.carried_by else [Event(kind, {"number": number})]


def require_not_held(case: CaseState) -> None:
    require(not case.hold, "held", f"the case is held: {case.hold}")


def require_own_authority(authority: c.Authority | None, context: Context) -> None:
    signs = authority is not None and authority.officer == context.actor.id
    require(signs, "forbidden", "a signer signs for nobody else")


def require_reason(text: str) -> None:
    require(text.strip(), "incomplete", "this needs its reason")


def require_signed_by(decision: Decision, at: datetime) -> None:
    """Nothing reached anybody before it was signed: a slip of the year would make interest."""
    minute = decision.signed_at.replace(second=0, microsecond=0)  # people write no seconds
    require(at >= minute, "signed_later", "the decision was not signed then")


def decision_served(case: CaseState, context: Context, how: str, at: datetime, **told: object) -> list[Event]:
    """The decision is served: the time to comply runs, unless it is a warning, which asks for nothing."""
    served = Event(EventType.DECISION_SERVED, {"how": how, "served_at": at.isoformat(), **told})
    stopped = clocks_stopped(case, Clock.SENDDEC, Clock.DEEMED, Clock.POSTING)
    if case.decision is None or case.decision.warning:
        return [served, *stopped]
    return [served, *stopped, clock_started(Clock.COMPLY, at, context)]
