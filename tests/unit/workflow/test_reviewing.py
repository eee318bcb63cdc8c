"""Corrections, the third person, the sample of rejections, reopened cases, holds with several hits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.workflow.test_case import NO, OWNER, SEEN, T0, YES, extracted, give, rejected, reviewed
from workflow import commands as c
from workflow.case import Actor, CaseError, CaseState, Context, Event, apply, decide, to_json
from workflow.law import deadlines
from workflow.vocabulary import Clock, HoldGround, RejectionGround, RejudgeBasis, Role, State

OTHER = replace(YES, plate="59X123457")
AGAIN = c.Rejudge(RejudgeBasis.SAMPLE, reopen=True, reason="thấy rõ biển số")
UPHOLD = replace(AGAIN, reopen=False)
NEW = c.Rejudge(RejudgeBasis.NEW_FACT, reopen=True, reason="có thêm ảnh rõ")


def refused(case: CaseState, command: c.Command, role: Role, who: str) -> str:
    with pytest.raises(CaseError) as error:
        give(case, command, role, who)
    return error.value.code


def drawn(_purpose: str) -> Mapping[str, Any]:
    return {"share": 1.0, "draw": 0.5}


def give_drawn(case: CaseState, command: c.Command, role: Role, who: str) -> CaseState:
    context = Context(Actor(who, frozenset({role})), T0, deadlines.due, lambda series: series, drawn)
    for event in decide(case, command, context):
        case = apply(case, Event(event.type, to_json(event.data)))
    return case


def sampled() -> CaseState:
    case = give_drawn(extracted(), c.SubmitReview(NO), Role.REVIEWER, "user:1")
    return give_drawn(case, c.SubmitReview(NO), Role.REVIEWER, "user:2")


def test_a_corrected_answer_is_the_one_that_counts() -> None:
    case = give(extracted(), c.SubmitReview(OTHER), Role.REVIEWER, "user:1")
    case = give(case, c.CorrectReview(YES), Role.REVIEWER, "user:1")
    assert [review.answer for review in case.reviews] == [YES]
    assert give(case, c.SubmitReview(YES), Role.REVIEWER, "user:2").state is State.REVIEWED


def test_a_review_handed_back_leaves_no_answer_and_needs_its_reason() -> None:
    case = give(extracted(), c.HandBack("quen chủ xe"), Role.REVIEWER, "user:1")
    assert replace(case, version=0) == replace(extracted(), version=0)
    assert give(case, c.SubmitReview(YES), Role.REVIEWER, "user:1").reviews
    assert refused(case, c.HandBack(" "), Role.REVIEWER, "user:1") == "incomplete"
    answered = give(case, c.SubmitReview(YES), Role.REVIEWER, "user:1")
    assert refused(answered, c.HandBack("x"), Role.REVIEWER, "user:1") == "reviewed"


def test_a_correction_that_changes_nothing_is_no_event() -> None:
    case = give(extracted(), c.SubmitReview(YES), Role.REVIEWER, "user:1")
    assert give(case, c.CorrectReview(YES), Role.REVIEWER, "user:1") == case


def test_only_an_own_answer_and_only_until_the_second_one() -> None:
    case = extracted()
    assert refused(case, c.CorrectReview(YES), Role.REVIEWER, "user:1") == "not_correctable"
    case = give(case, c.SubmitReview(YES), Role.REVIEWER, "user:1")
    assert refused(case, c.CorrectReview(OTHER), Role.REVIEWER, "user:2") == "not_correctable"
    case = give(case, c.SubmitReview(OTHER), Role.REVIEWER, "user:2")
    assert case.disagreed
    assert refused(case, c.CorrectReview(OTHER), Role.REVIEWER, "user:1") == "not_correctable"


def test_a_correction_is_as_complete_as_an_answer() -> None:
    case = give(extracted(), c.SubmitReview(YES), Role.REVIEWER, "user:1")
    assert refused(case, c.CorrectReview(replace(YES, act="")), Role.REVIEWER, "user:1") == "incomplete"


def test_rejections_on_different_grounds_go_to_a_third_person() -> None:
    case = give(extracted(), c.SubmitReview(NO), Role.REVIEWER, "user:1")
    unreadable = replace(NO, ground=RejectionGround.PLATE_UNREADABLE)
    case = give(case, c.SubmitReview(unreadable), Role.REVIEWER, "user:2")
    assert (case.state, case.disagreed) == (State.EXTRACTED, True)


def test_chance_takes_rejections_of_people_and_never_those_of_machines() -> None:
    assert sampled().sampled
    assert not rejected().sampled
    alone = c.RejectEvidence(RejectionGround.EVIDENCE_INCOMPLETE, "thiếu ảnh")
    assert give_drawn(extracted(), alone, Role.ADJUDICATOR, "user:3").sampled
    duplicate = c.RejectEvidence(RejectionGround.DUPLICATE, "x")
    assert not give_drawn(extracted(), duplicate, Role.WORKER, "worker").sampled
    assert not give_drawn(extracted(), c.SubmitReview(YES), Role.REVIEWER, "user:1").sampled


def test_who_rejected_does_not_judge_the_rejection_again() -> None:
    for officer in ("user:1", "user:2"):
        assert refused(sampled(), UPHOLD, Role.ADJUDICATOR, officer) == "second_person"
    alone = c.RejectEvidence(RejectionGround.EVIDENCE_INCOMPLETE, "thiếu ảnh")
    case = give_drawn(extracted(), alone, Role.ADJUDICATOR, "user:3")
    assert refused(case, UPHOLD, Role.ADJUDICATOR, "user:3") == "second_person"


def test_an_upheld_rejection_leaves_the_sample_and_stays_rejected() -> None:
    case = give(sampled(), UPHOLD, Role.ADJUDICATOR, "user:3")
    assert (case.state, case.sampled, case.outcome) == (State.REJECTED, False, "no_violation")
    assert refused(case, UPHOLD, Role.ADJUDICATOR, "user:4") == "not_sampled"


def test_outside_the_sample_only_a_new_fact_reopens() -> None:
    assert refused(rejected(), AGAIN, Role.ADJUDICATOR, "user:3") == "not_sampled"
    assert refused(rejected(), replace(NEW, reopen=False), Role.ADJUDICATOR, "user:3") == "incomplete"
    assert refused(rejected(), replace(NEW, reason=" "), Role.ADJUDICATOR, "user:3") == "incomplete"
    assert give(rejected(), NEW, Role.ADJUDICATOR, "user:3").state is State.EXTRACTED


def test_a_reopened_case_is_reviewed_by_two_new_persons_with_its_clocks_running() -> None:
    case = give(sampled(), AGAIN, Role.ADJUDICATOR, "user:3")
    assert (case.state, case.reviews, case.outcome, case.end_reported) == (State.EXTRACTED, (), "", False)
    bar = case.running(Clock.BAR)
    assert bar is not None
    assert bar.starts_at == T0 - timedelta(hours=1)
    for officer in ("user:1", "user:2", "user:3"):
        assert refused(case, c.SubmitReview(YES), Role.REVIEWER, officer) == "reviewed"
    case = give(case, c.SubmitReview(YES), Role.REVIEWER, "user:4")
    assert give(case, c.SubmitReview(YES), Role.REVIEWER, "user:5").plate == YES.plate


def test_nothing_is_reopened_after_the_time_bar() -> None:
    late = T0 + timedelta(days=366)
    with pytest.raises(CaseError) as error:
        give(rejected(), NEW, Role.ADJUDICATOR, "user:3", at=late)
    assert error.value.code == "time_barred"


def test_evidence_that_was_never_extracted_is_not_reopened() -> None:
    from tests.unit.workflow.test_case import opened

    case = give(opened(), c.RejectEvidence(RejectionGround.DEVICE_INVALID, "x"), Role.WORKER)
    assert refused(case, NEW, Role.ADJUDICATOR, "user:3") == "not_extracted"


def test_a_hold_shows_all_its_hits_and_a_release_clears_them() -> None:
    hits = (c.Hit(HoldGround.STOLEN, "CA Q1 15/2026"), c.Hit(HoldGround.OTHER_CLASS, "motorbike / car"))
    held = give(reviewed(), c.PlaceHold("shield", hits), Role.WORKER)
    assert held.hits == hits
    release = c.ReleaseHold("đã xác minh")
    case = give(give(held, release, Role.COMMANDER, "user:4"), release, Role.COMMANDER, "user:5")
    assert (case.hold, case.hits, case.cleared) == ("", (), hits)
    assert give(case, OWNER, Role.WORKER).owner == OWNER


def test_the_machine_is_asked_in_every_round() -> None:
    case = give(sampled(), AGAIN, Role.ADJUDICATOR, "user:3")
    assert case.reread == SEEN
    case = give(case, c.SubmitReview(OTHER), Role.REVIEWER, "user:4")
    assert give(case, c.SubmitReview(OTHER), Role.REVIEWER, "user:5").disagreed
