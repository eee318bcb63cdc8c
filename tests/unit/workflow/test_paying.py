"""A fine paid in parts: the plan, what money does to it, a part that is missed, its end by a person."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.unit.workflow.test_case import FINE, PLAN, T0, context, decided, elapsed, give, refused
from tests.unit.workflow.test_case import signed as unserved
from workflow import commands as c
from workflow.case import CaseError, CaseState, decide
from workflow.context import Answer
from workflow.law.instalments import allowed
from workflow.law.rows import ViolatorKind
from workflow.law.rules import Rule, rule
from workflow.lawbook import LawBook
from workflow.vocabulary import Clock, EventType, Outcome, Role
from workflow.words import Coercing

OWN = replace(PLAN, authority=replace(PLAN.authority, officer="user:9"), confirmed_by="user:9")
FIRST, SECOND = OWN.parts
END = replace(OWN, parts=(), confirmed_by="", reason="không nộp kỳ 1")
A_DAY = timedelta(days=1)


def planned(case: CaseState | None = None) -> CaseState:
    return give(case or decided(), OWN, Role.SIGNER, "user:9")


def missed() -> CaseState:
    return elapsed(planned(), Clock.INSTALMENT)


def ends(case: CaseState) -> dict[Clock, object]:
    return {run.clock: run.due_at for run in case.clocks if run.clock in {Clock.COMPLY, Clock.INSTALMENT}}


def test_a_plan_moves_the_time_to_comply_to_its_last_part_and_waits_for_the_first() -> None:
    case = planned()
    assert ends(case) == {Clock.COMPLY: SECOND.due_at, Clock.INSTALMENT: FIRST.due_at}
    assert case.owed == FINE


def test_each_part_in_time_costs_nothing_and_the_last_one_completes() -> None:
    case = give(planned(), c.RecordPayment("T1", 2_000_000, FIRST.due_at), Role.GATEWAY)
    assert ends(case) == {Clock.COMPLY: SECOND.due_at, Clock.INSTALMENT: SECOND.due_at}
    case = give(case, c.RecordPayment("T2", 3_000_000, SECOND.due_at), Role.GATEWAY)
    assert (ends(case), case.owed, case.accrued, case.overdue) == ({}, 0, 0, False)
    assert give(case, c.Close(Outcome.PAID), Role.WORKER).outcome == Outcome.PAID


def test_a_part_of_a_part_meets_none_and_more_than_one_part_meets_the_next() -> None:
    case = give(planned(), c.RecordPayment("T1", 1_999_999, T0), Role.GATEWAY)
    assert ends(case)[Clock.INSTALMENT] == FIRST.due_at
    three = (FIRST, replace(SECOND, amount=1_000_000), replace(SECOND, due_at=SECOND.due_at + A_DAY))
    long = replace(OWN, parts=(*three[:2], replace(three[2], amount=2_000_000)))
    case = give(decided(), long, Role.SIGNER, "user:9")
    case = give(case, c.RecordPayment("T1", 3_000_000, T0), Role.GATEWAY)
    assert ends(case)[Clock.INSTALMENT] == SECOND.due_at + A_DAY


def test_a_missed_part_is_seen_and_makes_nothing_else_due() -> None:
    case = missed()
    run = case.running(Clock.INSTALMENT)
    assert run
    assert (case.overdue, run.elapsed) == (True, True)
    comply = case.running(Clock.COMPLY)
    assert comply
    assert not comply.elapsed
    assert refused(case, c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER) == "not_due"
    late = FIRST.due_at + 5 * A_DAY
    case = give(case, c.RecordPayment("T1", 2_000_000, late), Role.GATEWAY, at=late)
    assert (case.accrued, case.overdue) == (0, False)
    assert ends(case)[Clock.INSTALMENT] == SECOND.due_at


def test_only_a_signer_makes_the_rest_due_and_only_when_a_part_was_missed() -> None:
    assert refused(planned(), END, Role.SIGNER, "user:9") == "not_due"
    day = FIRST.due_at + A_DAY
    assert refused(missed(), replace(END, reason=" "), Role.SIGNER, "user:9", at=day) == "incomplete"
    assert refused(missed(), END, Role.SIGNER, "user:8", at=day) == "forbidden"
    case = give(missed(), END, Role.SIGNER, "user:9", at=day)
    assert (case.instalments, ends(case)) == ((), {Clock.COMPLY: day})
    case = elapsed(case, Clock.COMPLY)
    assert case.overdue
    late = day + 4 * A_DAY
    case = give(case, c.RecordPayment("T1", FINE, late), Role.GATEWAY, at=late)
    assert case.accrued == 4 * FINE * 5 // 10_000
    assert give(elapsed(case, Clock.NONCOMPLY), c.RecordPayment("T2", 10_000, late), Role.GATEWAY).owed == 0


def test_after_the_last_day_there_is_no_plan_to_end() -> None:
    case = elapsed(missed(), Clock.COMPLY)
    assert refused(case, END, Role.SIGNER, "user:9", at=SECOND.due_at + A_DAY) == "not_due"


def test_a_plan_after_the_time_to_comply_keeps_the_interest_so_far() -> None:
    case = elapsed(decided(), Clock.COMPLY)
    comply = case.running(Clock.COMPLY)
    assert comply
    day = comply.due_at + 4 * A_DAY
    late = 4 * FINE * 5 // 10_000
    assert refused(case, OWN, Role.SIGNER, "user:9", at=day) == "instalments"
    whole = replace(OWN, parts=(FIRST, replace(SECOND, amount=SECOND.amount + late)))
    case = give(case, c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER)
    case = give(case, whole, Role.SIGNER, "user:9", at=day)
    assert (case.owed, case.accrued, case.overdue, case.non_compliance) == (FINE + late, late, False, False)
    assert case.running(Clock.NONCOMPLY) is None
    case = give(case, c.RecordPayment("T1", 2_000_000, day + A_DAY), Role.GATEWAY)
    case = give(case, c.RecordPayment("T2", SECOND.amount + late, day + A_DAY), Role.GATEWAY)
    assert (case.owed, case.accrued, case.fulfilled) == (0, late, True)


@pytest.mark.parametrize(
    "parts",
    [
        (replace(FIRST, amount=FINE),),
        (FIRST, replace(SECOND, amount=SECOND.amount - 1)),
        (SECOND, replace(FIRST, amount=FIRST.amount)),
        (FIRST, replace(SECOND, due_at=FIRST.due_at)),
        (replace(FIRST, due_at=T0), SECOND),
        (replace(FIRST, amount=0), replace(SECOND, amount=FINE)),
        (FIRST, replace(SECOND, due_at=T0 + timedelta(days=366))),
    ],
)
def test_parts_that_are_not_what_is_owed_in_time_and_order(parts: tuple[c.Instalment, ...]) -> None:
    assert refused(decided(), replace(OWN, parts=parts), Role.SIGNER, "user:9") == "instalments"


def test_unverified_thresholds_need_the_signers_own_confirmation() -> None:
    assert refused(decided(), replace(OWN, confirmed_by=""), Role.SIGNER, "user:9") == "unverified"
    assert refused(decided(), replace(OWN, confirmed_by="user:8"), Role.SIGNER, "user:9") == "forbidden"
    told = decide(decided(), OWN, context(Role.SIGNER, "user:9"))[0]
    assert told.type is EventType.INSTALMENTS_SET
    assert told.data["relied_on"] == ["rule:instalments_from_person", "rule:instalments_parts"]


def test_there_is_no_plan_before_service_after_payment_or_under_force() -> None:
    assert refused(unserved(), OWN, Role.SIGNER, "user:9") == "unserved"
    paid = give(decided(), c.RecordPayment("T1", FINE, T0), Role.GATEWAY)
    assert refused(paid, OWN, Role.SIGNER, "user:9") == "unserved"
    forced = replace(decided(), coercion_number="1")
    assert refused(forced, OWN, Role.SIGNER, "user:9") == "recorded"


def test_a_threshold_that_the_unit_fills_in_is_tested() -> None:
    values = {"instalments_from_person": "2000000", "instalments_parts": "3"}

    def read(name: str, day: date) -> Rule:
        return replace(rule(name, day), value=values[name])

    person, day = ViolatorKind.PERSON, T0.date()
    assert allowed(2_000_000, person, 3, day, read).reason == ""
    assert allowed(1_999_999, person, 3, day, read).reason == "fine"
    assert allowed(2_000_000, person, 4, day, read).reason == "parts"
    assert allowed(1, person, 99, day).reason == ""
    assert "rule:instalments_from_organisation" in str(allowed(1, ViolatorKind.ORGANISATION, 2, day).proof)


class Strict(LawBook):
    """A unit whose configuration allows no plan."""

    def instalments(self, fine: int, kind: str, parts: int, at: datetime) -> Answer:
        return replace(super().instalments(fine, kind, parts, at), yes=False, reason="fine")


def test_a_plan_against_the_units_thresholds_is_refused() -> None:
    asked = replace(context(Role.SIGNER, "user:9"), law=Strict(lambda: 60_000_000))
    with pytest.raises(CaseError) as error:
        decide(decided(), OWN, asked)
    assert error.value.code == "no_instalments"
