"""The review as pure functions: two blind answers, corrections, a third person, rejections judged again.

What each command decides, and what each event of it says of the case. Standard library only.
"""

from collections.abc import Callable, Mapping
from typing import Any

from workflow import commands as c
from workflow.casestate import CaseState, Event, Review, replace, to_json
from workflow.context import Context
from workflow.guards import clock_started, clocks_stopped, ended, require, require_reason
from workflow.sampling import sampled
from workflow.vocabulary import Clock, EventType, RejectionGround, RejudgeBasis, State, Verdict


def judged_by(case: CaseState) -> frozenset[str]:
    """Everybody who has judged this evidence; none of them judges it once more."""
    return frozenset({*(review.officer for review in case.reviews), *case.judges})


def _check_answer(answer: c.Answer) -> None:
    if answer.verdict is Verdict.VIOLATION:
        complete = answer.plate and answer.vehicle_class and answer.act
        require(complete, "incomplete", "plate, vehicle class and act are due")
    else:
        require(answer.ground, "incomplete", "a rejection needs its ground")


def submit_review(case: CaseState, command: c.SubmitReview, context: Context) -> list[Event]:
    _check_answer(command.answer)
    officer = context.actor.id
    require(not case.disagreed, "disagreed", "two answers differ: an adjudicator decides")
    require(officer not in judged_by(case), "reviewed", "you have judged this case already")
    submitted = Event(EventType.REVIEW_SUBMITTED, {"officer": officer, "answer": to_json(command.answer)})
    if not case.reviews:
        return [submitted]
    first, answer = case.reviews[0].answer, command.answer
    if first != answer or _machine_contradicts(case, answer):
        return [submitted, Event(EventType.REVIEW_DISAGREED)]
    return [submitted, *_concluded(case, answer, "", context)]


def correct_review(case: CaseState, command: c.CorrectReview, context: Context) -> list[Event]:
    _check_answer(command.answer)
    officer = context.actor.id
    mine = len(case.reviews) == 1 and case.reviews[0].officer == officer
    require(mine, "not_correctable", "only your own answer, and only until the second one")
    if case.reviews[0].answer == command.answer:
        return []
    return [Event(EventType.REVIEW_CORRECTED, {"officer": officer, "answer": to_json(command.answer)})]


def hand_back(case: CaseState, command: c.HandBack, context: Context) -> list[Event]:
    """Nothing of the case changes; who holds it `workflow.review` alone knows, and asks for the lease."""
    require_reason(command.reason)
    require(context.actor.id not in judged_by(case), "reviewed", "you have judged this case already")
    return [Event(EventType.REVIEW_HANDED_BACK, {"officer": context.actor.id, **to_json(command)})]


def _machine_contradicts(case: CaseState, answer: c.Answer) -> bool:
    """Both officers against a reading that the machine accepted: somebody must look a third time."""
    readings = [r for r in (case.opened and case.opened.reading, case.reread) if r and r.accepted]
    return answer.verdict is Verdict.VIOLATION and any(r.text != answer.plate for r in readings)


def adjudicate(case: CaseState, command: c.Adjudicate, context: Context) -> list[Event]:
    _check_answer(command.answer)
    require(case.disagreed, "not_disagreed", "the two answers do not differ")
    require(context.actor.id not in judged_by(case), "second_person", "a third person must adjudicate")
    require(command.reason.strip(), "incomplete", "an adjudication needs its reason")
    decided = Event(EventType.REVIEW_ADJUDICATED, {"officer": context.actor.id, **to_json(command)})
    return [decided, *_concluded(case, command.answer, command.reason, context)]


def _concluded(case: CaseState, answer: c.Answer, reason: str, context: Context) -> list[Event]:
    if answer.ground is None:
        return [Event(EventType.REVIEW_AGREED, to_json(answer))]
    rejected = Event(EventType.EVIDENCE_REJECTED, {"ground": answer.ground, "detail": reason})
    return [*ended(case, rejected, context), *sampled(context)]


def rejudge(case: CaseState, command: c.Rejudge, context: Context) -> list[Event]:
    """Uphold a rejection of the sample, or reopen one while the time bar of the sanction is open.

    A reopened case is reviewed by two persons who had nothing to do with it: nobody accuses alone.
    """
    require(command.reason.strip(), "incomplete", "judging again needs its reason")
    require(context.actor.id not in judged_by(case), "second_person", "another person must judge again")
    judged = Event(EventType.REJECTION_UPHELD, {"officer": context.actor.id, **to_json(command)})
    if command.basis is RejudgeBasis.SAMPLE:
        require(case.sampled, "not_sampled", "this rejection is not of the sample")
    else:
        require(command.reopen, "incomplete", "a new fact is a reason to reopen")
    if not command.reopen:
        return [judged]
    require(not case.purged, "purged", "the evidence is destroyed already")
    require(case.opened and case.reread, "not_extracted", "this evidence was never extracted")
    recorded_at = case.opened.recorded_at if case.opened else context.at
    bar = context.due(Clock.BAR, recorded_at, context.at)
    require(context.at <= bar.at, "time_barred", "the time bar of the sanction is over")
    return [
        replace(judged, type=EventType.REJECTION_REOPENED),
        *clocks_stopped(case, Clock.RETAIN),
        clock_started(Clock.BAR, recorded_at, context),
        clock_started(Clock.NOTIFY, recorded_at, context),
    ]


# -- what the events say ---------------------------------------------------------------------


def answer_of(data: Mapping[str, Any]) -> c.Answer:
    """An answer from its JSON."""
    ground = RejectionGround(data["ground"]) if data["ground"] else None
    return c.Answer(Verdict(data["verdict"]), data["plate"], data["vehicle_class"], data["act"], ground)


def _submitted(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return replace(case, reviews=(*case.reviews, Review(data["officer"], answer_of(data["answer"]))))


def _corrected(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    others = tuple(review for review in case.reviews if review.officer != data["officer"])
    return replace(case, reviews=(*others, Review(data["officer"], answer_of(data["answer"]))))


def _agreed(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    answer = answer_of(data)
    return replace(
        case,
        state=State.REVIEWED,
        disagreed=False,
        plate=answer.plate,
        vehicle_class=answer.vehicle_class,
        act=answer.act,
    )


def _judge(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    return replace(case, judges=(*case.judges, data["officer"]))


def _reopened(case: CaseState, data: Mapping[str, Any]) -> CaseState:
    """Back to the review as if nobody had answered; a hold stays until two persons release it."""
    return replace(
        case,
        state=State.EXTRACTED,
        outcome="",
        sampled=False,
        judges=(*case.judges, *(review.officer for review in case.reviews), data["officer"]),
        reviews=(),
        disagreed=False,
        plate="",
        vehicle_class="",
        act="",
        owner=None,
        law=None,
        notice=None,
        end_reported=False,
    )


APPLY: dict[EventType, Callable[[CaseState, Mapping[str, Any]], CaseState]] = {
    EventType.REVIEW_SUBMITTED: _submitted,
    EventType.REVIEW_CORRECTED: _corrected,
    EventType.REVIEW_HANDED_BACK: lambda case, _d: case,
    EventType.REVIEW_AGREED: _agreed,
    EventType.REVIEW_DISAGREED: lambda case, _d: replace(case, disagreed=True),
    EventType.REVIEW_ADJUDICATED: lambda case, d: replace(_judge(case, d), disagreed=False),
    EventType.REJECTION_SAMPLED: lambda case, d: replace(_judge(case, d), sampled=True),
    EventType.REJECTION_UPHELD: lambda case, d: replace(_judge(case, d), sampled=False),
    EventType.REJECTION_REOPENED: _reopened,
}
