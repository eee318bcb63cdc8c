"""Frames vote on a plate: agreement first, then sharp and sure frames; every ballot is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.vote import ACCEPTED_CONFIDENCE, Ballot, vote

SURE = (1 + ACCEPTED_CONFIDENCE) / 2


def _ballots(*votes: tuple[str, float, float]) -> list[Ballot]:
    return [Ballot(frame, text, confidence, sharp) for frame, (text, confidence, sharp) in enumerate(votes)]


def test_agreement_wins_over_one_sure_and_sharp_frame() -> None:
    verdict = vote(_ballots(("51F12345", 0.6, 80), ("51F12845", 1.0, 90), ("51F12345", 0.7, 80)))
    assert verdict.text == "51F12345"
    assert not verdict.accepted
    assert verdict.reason == "low_confidence"


def test_sharpness_and_confidence_decide_between_equals() -> None:
    verdict = vote(_ballots(("51F12345", SURE, 10), ("51F12845", SURE, 500)))
    assert verdict.text == "51F12845"
    assert verdict.reason == "one_frame"


def test_two_sure_frames_are_accepted_with_kind_and_writing() -> None:
    verdict = vote(_ballots(("30A99999", SURE, 80), ("30A99999", SURE, 60)), vehicle="car")
    assert (verdict.accepted, verdict.reason) == (True, None)
    assert (verdict.kind, verdict.display) == ("car", "30A-999.99")
    assert verdict.confidence == pytest.approx(SURE)


def test_blurred_frames_that_differ_do_not_outvote() -> None:
    verdict = vote(
        _ballots(
            ("51F12345", SURE, 400), ("51F12345", SURE, 400), ("51E12345", 0.3, 20), ("51F1234", 0.3, 20)
        )
    )
    assert verdict.accepted
    assert verdict.text == "51F12345"


def test_frames_that_differ_evenly_are_not_accepted() -> None:
    verdict = vote(_ballots(*[("51F12345", SURE, 80)] * 2, *[("51E12345", SURE, 80)] * 2))
    assert (verdict.accepted, verdict.reason) == (False, "frames_differ")


def test_one_sure_frame_of_another_plate_leaves_nothing_accepted() -> None:
    five = [("51F12345", SURE, 80)] * 5
    assert vote(_ballots(*five, ("30G67891", SURE, 20))).reason == "frames_differ"
    assert vote(_ballots(*five, ("51F1", SURE, 20))).reason == "frames_differ"
    assert vote(_ballots(*five, ("30G67891", 0.94, 20))).accepted
    assert vote(_ballots(*five, ("51F12855", SURE, 20))).accepted, "two characters misread"


def test_what_no_plate_carries_is_not_accepted() -> None:
    assert vote(_ballots(("AB12CD", 1, 9), ("AB12CD", 1, 9))).reason == "not_vietnamese"


@pytest.mark.parametrize("ballots", [[], _ballots(("", 0.0, 5), ("", 0.0, 7))])
def test_nothing_read(ballots: list[Ballot]) -> None:
    verdict = vote(ballots)
    assert (verdict.text, verdict.accepted, verdict.reason) == ("", False, "no_text")
    assert verdict.ballots == tuple(ballots)


def test_a_frame_votes_once() -> None:
    with pytest.raises(ValueError, match="once"):
        vote([Ballot(7, "51F12345", 1, 1), Ballot(7, "51F12345", 1, 1)])


def test_the_row_break_settles_the_kind() -> None:
    ballots = [Ballot(frame, "59X12345", SURE, 10, lines=2, first_row=4) for frame in range(3)]
    verdict = vote(ballots)
    assert (verdict.kind, verdict.display, verdict.lines) == ("moto_old4", "59-X1 2345", 2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["51F12345", "51F12845", "59X123456", "XX", ""]),
            st.floats(0, 1),
            st.floats(0, 1e4),
        ),
        max_size=8,
    )
)
def test_order_does_not_matter_and_acceptance_needs_two_frames(votes: list[tuple[str, float, float]]) -> None:
    ballots = _ballots(*votes)
    verdict, turned = vote(ballots), vote(ballots[::-1])
    assert (verdict.text, verdict.accepted, verdict.reason) == (turned.text, turned.accepted, turned.reason)
    assert verdict.accepted == (verdict.reason is None)
    assert 0 <= verdict.confidence <= 1
    assert len(verdict.ballots) == len(votes)
    if verdict.accepted:
        assert sum(text == verdict.text for text, _, _ in votes) >= 2
