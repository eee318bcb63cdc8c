"""Leases and the next case: two officers at once, expiry by the clock, nobody picks; what is counted."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from pytest_django import Settings

from tests.integration.workflow.test_service import PLATE, YES, at_the_time, jump, officer
from tests.packages import Seen, write
from workflow import audit, clock, intake, log, quality, review, service, sweep
from workflow import known as known_cases
from workflow.case import Actor, CaseError
from workflow.commands import (
    Adjudicate,
    Answer,
    CorrectReview,
    Extract,
    HandBack,
    MachineReading,
    Rejudge,
    SubmitReview,
)
from workflow.models import Case, CaseEvent, Judgement, KnownCase, ReviewLease
from workflow.vocabulary import RejectionGround, RejudgeBasis, Role, Verdict

__all__ = ["at_the_time"]  # a fixture

ONE, TWO, THREE, FOUR = (officer(number, Role.REVIEWER) for number in (1, 2, 3, 4))
JUDGE = officer(9, Role.ADJUDICATOR)
NO = Answer(Verdict.REJECT, ground=RejectionGround.NO_VIOLATION)
OTHER = Answer(Verdict.VIOLATION, "59X123457", "motorbike", "red_light")
Make = Callable[..., Case]


@pytest.fixture
def extracted(camera: Ed25519PrivateKey, at_the_time: Path, tmp_path: Path) -> Make:
    """Make a case in review; tracks and minutes make acts of their own."""

    def make(track: int = 7, *, minutes: int = 0, accepted: bool = True) -> Case:
        seen = Seen(track=track, at=Seen().at + timedelta(minutes=minutes))
        case = Case.objects.get(reference=intake.ingest(write(tmp_path / "spool", camera, seen)).reference)
        reading = MachineReading(PLATE, accepted=accepted, confidence=0.98)
        return service.execute(case.pk, Extract((), reading), service.WORKER).case

    return make


def give(case: Case | str, actor: Actor, answer: Answer = YES) -> service.Executed:
    reference = case if isinstance(case, str) else case.reference
    return review.give(reference, SubmitReview(answer), actor, None)


def at_once(*work: Callable[[], object]) -> list[object]:
    """Run pieces of work in threads of their own that start together; what each gave or was refused with."""
    start = threading.Barrier(len(work))

    def run(piece: Callable[[], object]) -> object:
        start.wait()
        try:
            return piece()
        except CaseError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_two_places_and_no_third(extracted: Make) -> None:
    case = extracted()
    assert [review.take(case.reference, actor) for actor in (ONE, TWO, THREE)] == [True, True, False]
    assert review.take(case.reference, ONE)
    assert review.next_for(THREE) is None
    with pytest.raises(CaseError) as refused:
        give(case, THREE)
    assert refused.value.code == "leased"
    give(case, ONE)
    assert not review.take(case.reference, THREE)  # one answer, one place, and Two holds it
    assert give(case, TWO).state.state == "reviewed"
    assert not ReviewLease.objects.exists()


def test_a_lease_ends_by_the_clock_and_its_place_is_free_again(extracted: Make, at_the_time: Path) -> None:
    case = extracted()
    assert review.next_for(ONE) == review.next_for(TWO) == case.reference
    assert review.next_for(THREE) is None
    jump(at_the_time, 16 / 1440)
    assert review.next_for(THREE) == review.next_for(FOUR) == case.reference
    with pytest.raises(CaseError) as refused:
        give(case, ONE)
    assert refused.value.code == "leased"
    jump(at_the_time, 16 / 1440)
    give(case, ONE)  # nobody holds the place: an answer that comes late is an answer


BACK = HandBack("hết ca trực")


def hand_back(case: Case | str, actor: Actor) -> object:
    reference = case if isinstance(case, str) else case.reference
    return review.give(reference, BACK, actor, None)


def test_a_review_handed_back_is_free_at_once_and_goes_to_others_first(extracted: Make) -> None:
    old, young = extracted(1), extracted(2, minutes=20)
    assert review.next_for(ONE) == review.next_for(TWO) == old.reference
    assert review.next_for(THREE) == young.reference
    hand_back(old, ONE)
    told = old.events.get(type="ReviewHandedBack")
    assert (told.actor, told.data) == (ONE.id, {"officer": ONE.id, "reason": "hết ca trực"})
    assert not ReviewLease.objects.filter(officer=ONE.id).exists()
    assert review.next_for(FOUR) == old.reference  # the place is free: nobody waits for the lease's end
    assert review.next_for(ONE) == young.reference  # not the same one again
    give(young, ONE)
    give(old, FOUR)
    assert review.next_for(ONE) is None  # Two holds the other place
    hand_back(old, TWO)
    assert review.waiting(ONE) == 1
    assert review.next_for(ONE) == old.reference  # when nothing else is left, so that no case is left lying
    assert [row for row in audit.replay() if row] == []


def test_only_who_holds_a_review_hands_it_back_and_once(extracted: Make, at_the_time: Path) -> None:
    case = extracted()
    for actor, code in ((ONE, "not_leased"), (officer(8, Role.CLERK), "not_leased")):
        with pytest.raises(CaseError) as refused:
            hand_back(case, actor)
        assert refused.value.code == code
    assert review.next_for(ONE) == case.reference
    with pytest.raises(CaseError):
        hand_back(case, TWO)
    done = at_once(lambda: hand_back(case, ONE), lambda: hand_back(case, ONE))
    assert [answer for answer in done if isinstance(answer, str)] == ["not_leased"]
    assert case.events.filter(type="ReviewHandedBack").count() == 1
    assert review.take(case.reference, ONE)
    jump(at_the_time, 16 / 1440)
    with pytest.raises(CaseError):  # the lease has ended by itself
        hand_back(case, ONE)
    assert case.events.filter(type="ReviewHandedBack").count() == 1


def test_an_adjudicator_hands_back_what_nobody_else_could_decide(extracted: Make) -> None:
    case, second = extracted(), officer(10, Role.ADJUDICATOR)
    give(case, ONE)
    give(case, TWO, NO)
    assert review.next_for(JUDGE) == case.reference
    assert review.next_for(second) is None
    hand_back(case, JUDGE)
    assert review.next_for(second) == case.reference


def test_the_oldest_act_first_each_to_two_officers_and_none_twice(extracted: Make) -> None:
    young, old = extracted(1, minutes=20), extracted(2, minutes=5)
    assert [review.next_for(actor) for actor in (ONE, TWO, THREE)] == [
        old.reference,
        old.reference,
        young.reference,
    ]
    assert review.next_for(ONE) == old.reference  # it is not skipped
    assert review.waiting(FOUR) == 1
    give(old, ONE)
    assert review.next_for(ONE) == young.reference
    give(young, ONE)
    assert review.next_for(ONE) is None
    assert review.waiting(ONE) == 0


def test_everybody_at_once_asks_for_the_next_case(extracted: Make) -> None:
    cases = [extracted(number, minutes=number) for number in range(3)]
    officers = [officer(number, Role.REVIEWER) for number in range(20, 28)]
    handed = at_once(*[lambda actor=actor: review.next_for(actor) for actor in officers])
    counted = {case.reference: handed.count(case.reference) for case in cases}
    assert counted == {case.reference: 2 for case in cases}
    assert handed.count(None) == 2


def test_both_answer_at_the_same_moment(extracted: Make) -> None:
    case = extracted()
    at_once(lambda: give(case, ONE), lambda: give(case, TWO))
    state = log.load(Case.objects.get(pk=case.pk))
    assert (state.state, len(state.reviews)) == ("reviewed", 2)
    assert [row for row in audit.replay() if row] == []
    assert Judgement.objects.filter(who__startswith="user:").count() == 2


def test_one_officer_in_two_windows_answers_once(extracted: Make) -> None:
    case = extracted()
    given = at_once(lambda: give(case, ONE), lambda: give(case, ONE))
    assert sorted(str(answer) for answer in given if isinstance(answer, str)) == ["reviewed"]
    assert len(log.load(Case.objects.get(pk=case.pk)).reviews) == 1


def test_a_correction_meets_the_second_answer(extracted: Make) -> None:
    case = extracted()
    give(case, ONE, OTHER)
    correct = CorrectReview(YES)
    at_once(lambda: give(case, TWO), lambda: review.give(case.reference, correct, ONE, None))
    state = log.load(Case.objects.get(pk=case.pk))
    assert (state.state, state.disagreed) in {("reviewed", False), ("extracted", True)}
    first = case.events.get(type="ReviewSubmitted", actor=ONE.id)
    assert first.data["answer"]["plate"] == OTHER.plate


def test_differing_answers_go_to_one_adjudicator_at_a_time(extracted: Make) -> None:
    case = extracted()
    give(case, ONE)
    give(case, TWO, NO)
    second = officer(10, Role.ADJUDICATOR, Role.REVIEWER)
    assert review.next_for(JUDGE) == case.reference
    assert review.next_for(second) is None
    assert review.next_for(THREE) is None
    with pytest.raises(CaseError) as refused:
        review.give(case.reference, Adjudicate(YES, "rõ"), second, None)
    assert refused.value.code == "leased"
    review.give(case.reference, Adjudicate(YES, "rõ"), JUDGE, None)
    assert sorted(Judgement.objects.filter(right=False).values_list("who", flat=True)) == ["user:2"]


def test_a_reopened_rejection_is_handed_to_others_and_counts_against_who_rejected(
    extracted: Make, settings: Settings
) -> None:
    settings.PHATNGUOI_REJUDGE_SHARE = 1.0
    case = extracted()
    give(case, ONE, NO)
    give(case, TWO, NO)
    case.refresh_from_db()
    assert (case.state, case.sampled) == ("rejected", True)
    assert case.events.get(type="RejectionSampled").data["share"] == 1.0
    again = Rejudge(RejudgeBasis.SAMPLE, reopen=True, reason="đèn đã đỏ")
    review.give(case.reference, again, JUDGE, None)
    assert review.next_for(ONE) is None
    assert review.next_for(THREE) == case.reference
    give(case, THREE)
    give(case, FOUR)
    case.refresh_from_db()
    assert (case.state, case.sampled, case.answers) == ("reviewed", False, 2)
    right = dict(Judgement.objects.filter(who__startswith="user:").values_list("who", "right"))
    assert right == {"user:1": False, "user:2": False, "user:3": True, "user:4": True}
    assert [row for row in audit.replay() if row] == []


def test_chance_is_the_share_and_the_same_at_every_look(settings: Settings) -> None:
    from workflow import draws

    settings.PHATNGUOI_REJUDGE_SHARE = 0.1
    subjects = [f"package-{number}" for number in range(4000)]
    taken = [subject for subject in subjects if draws.draw("rejection", subject)]
    assert 300 < len(taken) < 500
    assert taken == [subject for subject in subjects if draws.draw("rejection", subject)]
    settings.SECRET_KEY = "another installation"
    assert taken != [subject for subject in subjects if draws.draw("rejection", subject)]


# -- cases with a known answer ---------------------------------------------------------------


@pytest.fixture
def known(extracted: Make, settings: Settings) -> KnownCase:
    """An adjudicated case shown again, after another case came in."""
    source = extracted(1)
    give(source, ONE)
    give(source, TWO, NO)
    review.give(source.reference, Adjudicate(YES, "rõ"), JUDGE, None)
    settings.PHATNGUOI_KNOWN_SHARE = 1.0
    extracted(2, minutes=30)
    return KnownCase.objects.get()


def test_a_known_case_takes_two_answers_and_nothing_of_the_law_follows(known: KnownCase) -> None:
    cases, version = Case.objects.count(), known.source.version
    assert review.next_for(THREE) == known.reference
    assert review.next_for(FOUR) == known.reference
    give(known.reference, THREE)
    give(known.reference, FOUR, OTHER)
    known.refresh_from_db()
    assert (known.answers, known.given.count()) == (2, 2)
    assert (Case.objects.count(), Case.objects.get(pk=known.source_id).version) == (cases, version)
    rows = Judgement.objects.filter(reference=known.reference)
    assert dict(rows.filter(who__startswith="user:").values_list("who", "right")) == {
        "user:3": True,
        "user:4": False,
    }
    assert dict(rows.exclude(who__startswith="user:").values_list("who", "right")) == {
        "camera": True,
        "centre": True,
    }
    assert [row for row in audit.replay() if row] == []


def test_a_known_case_is_handed_back_like_any_other(known: KnownCase, extracted: Make) -> None:
    """It comes back last as well: one that never came again would tell what it was."""
    fresh = Case.objects.latest("pk")
    assert review.next_for(THREE) == known.reference
    hand_back(known.reference, THREE)
    assert review.next_for(THREE) == fresh.reference
    hand_back(fresh, THREE)
    assert review.next_for(THREE) == known.reference
    give(known.reference, THREE)
    assert review.next_for(THREE) == fresh.reference
    known.refresh_from_db()
    assert (known.answers, known.given.count()) == (1, 2)
    shown = known_cases.rows_of(known)[-2]
    assert (shown.type, shown.data) == ("ReviewHandedBack", {"officer": THREE.id, "reason": "hết ca trực"})


def test_who_judged_the_source_is_not_handed_it_again(known: KnownCase) -> None:
    both = officer(9, Role.ADJUDICATOR, Role.REVIEWER)
    for actor in (ONE, TWO, both):
        assert review.next_for(actor) not in {None, known.reference}
        ReviewLease.objects.all().delete()


def test_a_known_case_refuses_what_a_case_refuses(known: KnownCase) -> None:
    give(known.reference, THREE)
    for actor, command, code in (
        (THREE, SubmitReview(YES), "reviewed"),
        (FOUR, CorrectReview(YES), "not_correctable"),
        (JUDGE, Adjudicate(YES, "rõ"), "not_disagreed"),
        (FOUR, Adjudicate(YES, "rõ"), "forbidden"),
        (JUDGE, Rejudge(RejudgeBasis.NEW_FACT, reopen=True, reason="x"), "illegal"),
    ):
        with pytest.raises(CaseError) as refused:
            review.give(known.reference, command, actor, None)
        assert refused.value.code == code
    with pytest.raises(service.StaleVersionError):
        review.give(known.reference, CorrectReview(YES), THREE, 4)


def test_a_correction_of_a_known_case_counts_and_the_first_answer_is_kept(known: KnownCase) -> None:
    give(known.reference, THREE, OTHER)
    review.give(known.reference, CorrectReview(YES), THREE, None)
    give(known.reference, FOUR)
    assert [row.answer["plate"] for row in known.given.order_by("pk")] == [OTHER.plate, PLATE, PLATE]
    assert Judgement.objects.get(reference=known.reference, who="user:3").right


def test_both_answer_a_known_case_at_the_same_moment(known: KnownCase) -> None:
    at_once(lambda: give(known.reference, THREE), lambda: give(known.reference, FOUR))
    known.refresh_from_db()
    assert known.answers == 2
    assert Judgement.objects.filter(reference=known.reference, who__startswith="user:").count() == 2


def test_time_passes_on_a_known_case_as_on_any_other(
    known: KnownCase, at_the_time: Path, camera: Ed25519PrivateKey
) -> None:
    fresh = Case.objects.latest("pk")

    def seen(rows: Iterable[CaseEvent]) -> list[tuple[int, str, str]]:
        return [(row.seq, row.type, row.actor) for row in rows]

    jump(at_the_time, 12)
    sweep.sweep()
    jump(at_the_time, 0.01)
    give(known.reference, THREE)
    give(fresh, THREE)
    shown = known_cases.rows_of(known)
    assert seen(shown) == seen(fresh.events.order_by("seq"))
    assert "DeadlineMissed" in {row.type for row in shown}
    source = list(known.source.events.order_by("seq"))
    assert shown[3].at - shown[0].at == source[3].at - source[0].at


def test_without_a_recent_certainty_nothing_is_mixed_in(
    extracted: Make, settings: Settings, at_the_time: Path
) -> None:
    settings.PHATNGUOI_KNOWN_SHARE = 1.0
    extracted(1)
    assert not KnownCase.objects.exists()


# -- counts ----------------------------------------------------------------------------------


def test_the_counts_per_officer_camera_and_reader(known: KnownCase) -> None:
    give(known.reference, THREE)
    give(known.reference, FOUR, NO)
    start, end = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    lines = {line.key: line for line in quality.by_officer(start, end)}
    assert set(lines) == {"user:1", "user:2", "user:3", "user:4"}
    assert (lines["user:2"].agreed, lines["user:2"].overturned) == (
        quality.Share(0, 1),
        quality.Share(1, 1),
    )
    assert [lines[f"user:{number}"].known_right for number in (1, 3, 4)] == [
        quality.Share(0, 0),
        quality.Share(1, 1),
        quality.Share(0, 1),
    ]
    (device,) = quality.by_device(start, end)
    assert (device.key, device.answers, device.read_right) == ("CAM-TEST-01", 2, quality.Share(2, 2))
    (reader,) = quality.by_reader(start, end)
    assert (reader.key, reader.accepted_wrong) == ("ef" * 32, quality.Share(0, 2))
    (centre,) = quality.centre_reader(start, end)
    assert centre.read_right == quality.Share(2, 2)
    assert quality.by_officer(start - timedelta(days=9), start) == []


def test_a_reading_that_was_accepted_but_wrong_is_counted(extracted: Make) -> None:
    case = extracted()
    give(case, ONE, OTHER)
    give(case, TWO, OTHER)
    review.give(case.reference, Adjudicate(OTHER, "số 7"), JUDGE, None)
    start, end = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    (line,) = quality.by_reader(start, end)
    assert line.accepted_wrong == quality.Share(1, 1)
    assert [line.overturned.hits for line in quality.by_officer(start, end)] == [0, 0]
