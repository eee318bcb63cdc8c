"""Who reviews what: leases on open reviews, and the next case for an officer. Nobody picks.

A place in a review is taken under the lock of its case, the same that an answer takes: claims and answers
of one case are serial on PostgreSQL and on SQLite, so no two officers get the same place. A lease ends by
itself; an answer needs no lease that is still running, only a place that nobody else holds.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from workflow import clock, known, log, service
from workflow.case import Actor, CaseError, CaseState
from workflow.commands import Adjudicate, Command, HandBack, SubmitReview
from workflow.models import Case, CaseEvent, KnownAnswer, KnownCase, ReviewLease
from workflow.reviewing import judged_by
from workflow.vocabulary import JUDGEMENTS, EventType, Role, State

REVIEWERS: Final = 2
MOST_COUNTED: Final = 100  # a page asks at every look; all of a long queue would take seconds to count
_CANDIDATES: Final = 20  # looked at with their lock before others are asked for


def places(state: CaseState) -> int:
    """How many people may still judge the case now."""
    if state.state is not State.EXTRACTED:
        return 0
    return 1 if state.disagreed else REVIEWERS - len(state.reviews)


def may_judge(state: CaseState, actor: Actor) -> bool:
    """Whether the case waits for a person like this one."""
    role = Role.ADJUDICATOR if state.disagreed else Role.REVIEWER
    return places(state) > 0 and role in actor.roles and actor.id not in judged_by(state)


def is_free(reference: str, state: CaseState, actor: Actor) -> bool:
    """Whether a place is left for this officer beside those who hold one."""
    live = ReviewLease.objects.filter(reference=reference, until__gt=clock.now())
    others = live.exclude(officer__in=[actor.id, *judged_by(state)])
    return others.count() < places(state)


def take(reference: str, actor: Actor) -> bool:
    """Hold a place in the review of a case that the officer opened; again prolongs it. False: none is left.

    Raises:
        Case.DoesNotExist: there is no such reference.
    """
    with transaction.atomic():
        state = _locked(reference)[1]
        if not may_judge(state, actor) or not is_free(reference, state, actor):
            return False
        until = clock.now() + timedelta(minutes=settings.PHATNGUOI_REVIEW_MINUTES)
        ReviewLease.objects.update_or_create(reference=reference, officer=actor.id, defaults={"until": until})
        return True


def holds(reference: str, actor: Actor) -> bool:
    """Whether the officer holds a place in this review now."""
    return ReviewLease.objects.filter(reference=reference, officer=actor.id, until__gt=clock.now()).exists()


def _locked(reference: str) -> tuple[Case | KnownCase, CaseState]:
    shown = KnownCase.objects.select_for_update().filter(reference=reference).first()
    if shown is not None:
        return shown, known.case_of(shown)[1]
    case = Case.objects.select_for_update().get(reference=reference)
    return case, log.load(case)


def give(reference: str, command: Command, actor: Actor, seen_version: int | None) -> service.Executed:
    """Give an officer's command to a case, or to one with a known answer; an answer needs a free place.

    Only who holds a place can hand it back; with it, as with an answer, the lease ends. What a colleague did
    meanwhile changes nothing that a blind page shows: an older page's answer counts.

    Raises:
        CaseError, service.StaleVersionError: as `service.execute`; code `leased` where others hold the case,
            `not_leased` where the officer does not hold what he hands back.
        Case.DoesNotExist: there is no such reference.
    """
    with transaction.atomic():
        target, state = _locked(reference)
        judges = isinstance(command, SubmitReview | Adjudicate)
        if judges and may_judge(state, actor) and not is_free(reference, state, actor):
            raise CaseError("leased", "others hold the places of this review")
        hands_back = isinstance(command, HandBack)
        older = seen_version is not None and seen_version < state.version
        seen = None if older and isinstance(command, SubmitReview | HandBack) else seen_version
        if hands_back and not holds(reference, actor):
            raise CaseError("not_leased", "only who holds a review hands it back")
        if isinstance(target, KnownCase):
            before = state.version
            case, state = known.give(target, command, actor, seen)
            done = service.Executed(case, state, state.version - before)
        else:
            done = service.execute(target.pk, command, actor, seen_version=seen)
        if judges or hands_back:
            ReviewLease.objects.filter(reference=reference, officer=actor.id).delete()
        return done


def next_for(actor: Actor) -> str | None:
    """The reference of the case to judge next, held for this officer; None where nothing waits.

    What the officer holds already comes first, so that nobody skips a case; then differing answers, for who
    may decide between them; then the oldest act, whose clocks run shortest. What the officer handed back
    comes when nothing else is left: others get it first, and no case is left lying.
    """
    for reference in in_hand(actor):
        if take(reference, actor):
            return reference
    for again in (False, True):
        tried: set[str] = set()
        while fresh := _candidates(actor, tried, again=again):
            for reference in fresh:
                if take(reference, actor):
                    return reference
            tried.update(fresh)
    return None


def in_hand(actor: Actor) -> list[str]:
    """What the officer holds now, the lease that ends first before the others."""
    mine = ReviewLease.objects.filter(officer=actor.id, until__gt=clock.now()).order_by("until", "pk")
    return list(mine.values_list("reference", flat=True))


def waiting(actor: Actor) -> int:
    """How many cases the officer could be handed, counted no further than `MOST_COUNTED`."""
    found = sum(rows[:MOST_COUNTED].count() for _rank, rows in _waiting(actor))
    return min(found, MOST_COUNTED)


def _candidates(actor: Actor, tried: set[str], *, again: bool) -> list[str]:
    """References not tried yet; `again`: those that the officer handed back, and no others."""
    found = [
        (rank, at, reference)
        for rank, rows in _waiting(actor)
        for at, reference in rows.filter(handed_back=again)
        .exclude(reference__in=tried)
        .order_by("recorded_at", "pk")
        .values_list("recorded_at", "reference")[:_CANDIDATES]
    ]
    return [reference for _rank, _at, reference in sorted(found)]


def _waiting(actor: Actor) -> Iterator[tuple[int, QuerySet[Any]]]:
    """Rows with a free place for the officer, with their rank: to adjudicate, to review.

    `handed_back` of a row says that this officer gave it back.
    """
    mine = Q(type=EventType.REVIEW_HANDED_BACK)
    in_review = Case.objects.filter(~Exists(_judged(actor, OuterRef("pk"))), state=State.EXTRACTED)
    told = CaseEvent.objects.filter(mine, case=OuterRef("pk"), actor=actor.id)
    in_review = in_review.annotate(handed_back=Exists(told))
    if Role.ADJUDICATOR in actor.roles:
        yield 0, _free(in_review.filter(disagreed=True), actor, Value(0), 1)
    if Role.REVIEWER in actor.roles:
        yield 1, _free(in_review.filter(disagreed=False), actor, F("answers"), REVIEWERS)
        again = KnownCase.objects.filter(~Exists(_judged(actor, OuterRef("source"))), answers__lt=REVIEWERS)
        given = KnownAnswer.objects.filter(known=OuterRef("pk"), officer=actor.id)
        again = again.filter(~Exists(given.exclude(mine))).annotate(handed_back=Exists(given.filter(mine)))
        yield 1, _free(again, actor, F("answers"), REVIEWERS)


def _judged(actor: Actor, case: OuterRef) -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(case=case, type__in=sorted(map(str, JUDGEMENTS)), actor=actor.id)


def _free(rows: QuerySet[Any], actor: Actor, answers: F | Value, places: int) -> QuerySet[Any]:
    """Rows with a place that neither an answer nor somebody's lease takes."""
    live = ReviewLease.objects.filter(reference=OuterRef("reference"), until__gt=clock.now())
    others = live.exclude(officer=actor.id).values("reference").annotate(count=Count("pk")).values("count")
    held = Coalesce(Subquery(others, output_field=IntegerField()), 0)
    free: QuerySet[Any] = rows.annotate(taken=held + answers).filter(taken__lt=places)
    return free
