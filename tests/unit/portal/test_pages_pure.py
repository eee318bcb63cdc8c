"""What needs no database: how values are written, which part is which file, who is blind."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils import translation

from portal.console import status_of, steps_of
from portal.dossier import is_blind
from portal.narration import lines_of
from portal.writing import dong, instant, plate, when
from workflow import commands as c
from workflow.case import Actor, CaseError, CaseState, Review
from workflow.vocabulary import Role, State, Verdict


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "0 đ"), (850, "850 đ"), (19_000_000, "19.000.000 đ"), (150_000_000, "150.000.000 đ")],
)
def test_money_has_dots_between_its_thousands(amount: int, written: str) -> None:
    assert dong(amount) == written


@pytest.mark.parametrize(
    ("text", "vehicle", "written"),
    [
        ("51F12345", "car", "51F-123.45"),
        ("59X123456", "motorbike", "59-X1 234.56"),
        ("59X123456", "motorcycle", "59-X1 234.56"),
        ("59X123456", "", "59-X1 234.56"),
        ("59X12345", "motorcycle", "59-X1 2345"),
        ("59X12345", "truck", "59X-123.45"),
        ("B12345", "car", "B12345"),
        ("", "car", ""),
    ],
)
def test_plates_are_written_as_people_do(text: str, vehicle: str, written: str) -> None:
    assert plate(text, vehicle) == written


def test_times_are_those_of_vietnam() -> None:
    at = datetime(2026, 10, 25, 23, 30, 5, 40_000, tzinfo=UTC)
    assert when(at) == "06:30:05, 26/10/2026"
    assert when(at.replace(second=0)) == "06:30, 26/10/2026"
    assert instant(at) == "06:30:05.040"
    assert when(None) == ""


def test_events_are_told_in_words_and_digests_are_left_out() -> None:
    data = {
        "authority": {"officer": "user:3", "title": "Trưởng phòng"},
        "amount": 5_000_000,
        "owner": "ab" * 32,
        "reason": "",
        "rule": "7 working_day",
    }
    assert [value for _label, value in lines_of(data)] == ["Trưởng phòng", "5.000.000 đ", "7 ngày làm việc"]


def test_the_journal_says_words_and_not_their_codes() -> None:
    data = {"source": "device", "unit": "other", "kind": "warning"}
    with translation.override("vi"):
        said = [str(value) for _label, value in lines_of(data)]
    assert said == ["Camera", "Đơn vị khác", "Phạt cảnh cáo"]
    # The source of a rule of law is its own words.
    assert [value for _label, value in lines_of({"source": "Luật XLVPHC Điều 66.1"})] == [
        "Luật XLVPHC Điều 66.1"
    ]


def test_the_steps_follow_the_state() -> None:
    assert [step.reached for step in steps_of("extracted")] == ["done"] * 2 + ["now"] + ["open"] * 4
    assert [step.reached for step in steps_of("resolving")] == ["done"] * 5 + ["now", "open"]
    assert {step.reached for step in steps_of("closed")} == {"done"}
    assert steps_of("dismissed") == []


ANSWER = c.Answer(Verdict.VIOLATION, "59X123456", "motorbike", "red_light")
REVIEWS = (Review("user:1", ANSWER), Review("user:2", replace(ANSWER, plate="59X123457")))
DISAGREED = CaseState(state=State.EXTRACTED, reviews=REVIEWS, disagreed=True)


@pytest.mark.parametrize(
    ("state", "officer", "role", "blind"),
    [
        (CaseState(), "user:9", Role.AUDITOR, True),
        (replace(DISAGREED, disagreed=False), "user:9", Role.ADJUDICATOR, True),
        (DISAGREED, "user:9", Role.ADJUDICATOR, False),
        (DISAGREED, "user:9", Role.REVIEWER, True),
        (DISAGREED, "user:9", Role.COMMANDER, True),
        (DISAGREED, "user:2", Role.ADJUDICATOR, True),
        (replace(DISAGREED, state=State.REVIEWED, disagreed=False), "user:9", Role.REVIEWER, False),
        (replace(DISAGREED, state=State.REJECTED), "user:9", Role.REVIEWER, False),
    ],
)
def test_only_the_third_person_sees_a_running_review(
    state: CaseState,
    officer: str,
    role: Role,
    blind: bool,  # noqa: FBT001  # a parameter of the table
) -> None:
    assert is_blind(state, Actor(officer, frozenset({role}))) is blind


def test_refusals_have_their_status() -> None:
    codes = ("forbidden", "second_person", "no_authority", "illegal", "held")
    assert [status_of(CaseError(code, "")) for code in codes] == [403, 403, 403, 409, 422]
