"""Cases with a known answer, mixed into the review: they measure people and machine, with no legal effect.

A case whose answer is certain (adjudicated, or paid and closed) is shown again under a reference of its own.
It is no case: no clock, no outbox, no event log, no row that the law's queries could find. Before the two
officers it goes the same way: the same table decides what an answer may be, the same leases hold it, and
the page is made from the source's own events up to the extraction. The date of the act stays that of the
evidence: pictures are never changed, so only acts of the last weeks are shown again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from workflow import clock, draws, log, quality
from workflow.case import Actor, CaseError, CaseState, Context, decide, to_json
from workflow.commands import Answer, Command, ElapseDeadline
from workflow.law import deadlines
from workflow.models import Case, CaseEvent, KnownCase, KnownTruth
from workflow.reviewing import answer_of
from workflow.vocabulary import EventType, Role

RECENT: Final = timedelta(days=60)  # older acts would stand out in the queue
POOL: Final = 1000  # the latest of them
_CLOCK: Final = Actor("clock", frozenset({Role.CLOCK}))
_ANSWERS: Final = frozenset({EventType.REVIEW_SUBMITTED, EventType.REVIEW_CORRECTED})
_TAKEN: Final = _ANSWERS | {EventType.REVIEW_HANDED_BACK}


def learn(case: Case, answer: Answer, at: datetime) -> None:
    """Remember that the answer of a case is certain; a later certainty replaces an earlier one."""
    KnownTruth.objects.bulk_create(
        [KnownTruth(case=case, answer=to_json(answer), since=at)],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["answer", "since"],
    )


def forget(case: Case) -> None:
    """The answer is in doubt again."""
    KnownTruth.objects.filter(case=case).delete()


def mix(case: Case, at: datetime) -> KnownCase | None:
    """Where chance takes this newly extracted case, let one with a known answer join the queue with it."""
    if draws.draw("known", case.package_id) is None:
        return None
    pool = list(
        KnownTruth.objects.filter(case__recorded_at__gte=at - RECENT, since__gte=at - RECENT)
        .exclude(case__shown_again__answers__lt=2)
        .order_by("-since", "case")
        .select_related("case")[:POOL]
    )
    if not pool:
        return None
    truth = pool[int(draws.number("source", case.package_id) * len(pool))]
    from workflow import service  # which gives references, and calls us

    return KnownCase.objects.create(
        reference=service.new_reference(at),
        source=truth.case,
        truth=truth.answer,
        recorded_at=truth.case.recorded_at,
        opened_at=at,
    )


def rows_of(known: KnownCase) -> list[CaseEvent]:
    """The events that its page shows: the source's up to the extraction, then what happened here.

    The times between the source's events stay, and a clock elapses as the sweep would let it: a page on which
    neither happened would tell.
    """
    rows = []
    for row in known.source.events.order_by("seq"):
        rows.append(row)
        if row.type == EventType.EVIDENCE_EXTRACTED:
            break
    later = known.opened_at - rows[-1].at
    for row in rows:
        row.at += later
    happened = [*_elapsed(known, log.replay(rows)), *_given(known)]
    for row in sorted(happened, key=lambda row: row.at):
        row.seq = len(rows) + 1
        rows.append(row)
    return rows


def _elapsed(known: KnownCase, state: CaseState) -> Iterator[CaseEvent]:
    wait = timedelta(seconds=60 * draws.number("sweep", known.reference))
    for run in state.clocks:
        at = max(run.due_at, known.opened_at) + wait
        if at <= clock.now():
            context = Context(_CLOCK, at, deadlines.due, lambda _series: "")
            event = decide(state, ElapseDeadline(run.clock), context)[0]
            yield CaseEvent(type=event.type, actor=_CLOCK.id, at=at, data=to_json(event.data))


def _given(known: KnownCase) -> Iterator[CaseEvent]:
    for given in known.given.order_by("pk"):
        said = {"answer": given.answer} if given.type in _ANSWERS else given.answer
        data = {"officer": given.officer, **said}
        yield CaseEvent(type=given.type, actor=given.officer, at=given.at, data=data)


def case_of(known: KnownCase) -> tuple[Case, CaseState]:
    """It as a case in review, for the page alone; the row is never saved."""
    state = log.replay(rows_of(known))
    source = known.source
    case = Case(
        reference=known.reference, package=source.package, recorded_at=source.recorded_at, site=source.site
    )
    log.project(case, state)
    return case, state


def give(
    known: KnownCase, command: Command, actor: Actor, seen_version: int | None
) -> tuple[Case, CaseState]:
    """Take an answer as a case would; the caller holds the row's lock.

    Raises:
        CaseError: a case would refuse this, or it is no answer.
        service.StaleVersionError: an answer came between.
    """
    from workflow import service  # which calls us

    case, state = case_of(known)
    if seen_version is not None and seen_version != state.version:
        raise service.StaleVersionError(case, state)
    at = clock.now()
    context = Context(actor, at, deadlines.due, lambda _series: "")
    event = next(iter(decide(state, command, context)), None)
    if event is not None and event.type not in _TAKEN:
        raise CaseError("known", "a case with a known answer takes nothing but answers")
    if event is not None:
        said = event.data["answer"] if event.type in _ANSWERS else {"reason": event.data["reason"]}
        known.given.create(type=event.type, officer=actor.id, answer=to_json(said), at=at)
    case, state = case_of(known)
    if len(state.reviews) != known.answers:
        known.answers = len(state.reviews)
        known.save(update_fields=["answers"])
        if known.answers == 2:
            quality.note_known(known, state, answer_of(known.truth), at)
    return case, state
