"""Several acts of one violator in one handling: one record, one decision, one debt; each act its own end."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.workflow.test_case import (
    CAR,
    DECISION,
    DRIVER,
    FINE,
    RED,
    T0,
    Numbers,
    authority,
    context,
    recorded,
    refused,
    summoned,
)
from workflow import commands as c
from workflow.case import Actor, CaseError, CaseState, apply, to_json
from workflow.casestate import Event
from workflow.handling import act
from workflow.law.rows import LawRow
from workflow.vocabulary import Clock, DismissalGround, EventType, Outcome, Phase, Role, State
from workflow.words import Coercing, Delivered, Explaining, Paper, Ruling

A, B, C = "PN2026-000001", "PN2026-000002", "PN2026-000003"
CAR_FINE = 19_000_000


class Office:
    """The cases of one violator, and the register; one command at a time, as the service gives them."""

    def __init__(self, **cases: CaseState) -> None:
        self.cases = {{"a": A, "b": B, "c": C}[key]: case for key, case in cases.items()}
        self.numbers = Numbers()
        self.told: dict[str, tuple[Event, ...]] = {}

    def give(
        self, own: str, command: c.Command, role: Role, who: str = "user:9", at: datetime = T0
    ) -> "Office":
        together = command.cases if isinstance(command, c.JoinActs) else self.cases[own].handling or (own,)
        locked = {key: case for key, case in self.cases.items() if key in {own, *together}}
        asked = replace(context(role, who, at, self.numbers), actor=Actor(who, frozenset({role})))
        self.told = act(own, command, locked, asked)
        for reference, events in self.told.items():
            for event in events:
                told = Event(event.type, to_json(event.data))
                self.cases[reference] = apply(self.cases[reference], told)
        return self

    def refused(self, own: str, command: c.Command, role: Role, at: datetime = T0) -> str:
        with pytest.raises(CaseError) as error:
            self.give(own, command, role, at=at)
        return error.value.code

    def under(self, reference: str, **changes: Any) -> None:
        """The act stands under another row of the law."""
        law = self.cases[reference].law
        assert law is not None
        self.cases[reference] = replace(self.cases[reference], law=replace(law, **changes))

    def types(self, reference: str) -> list[EventType]:
        return [event.type for event in self.told.get(reference, ())]


def heard(row: LawRow = RED, violator: c.IdentifyViolator = DRIVER) -> CaseState:
    """Summoned, the violator known."""
    case = summoned(row)
    for event in act(A, violator, {A: case}, context(Role.HANDLER))[A]:
        case = apply(case, Event(event.type, to_json(event.data)))
    return case


BOTH = c.JoinActs((A, B))


def joined(phase: Phase = Phase.SUMMONED) -> Office:
    office = Office(a=heard(CAR), b=heard()).give(A, BOTH, Role.HANDLER)
    return office if phase is Phase.SUMMONED else office.give(B, c.MakeRecord(signed=True), Role.HANDLER)


# The decision is given to B, whose act is the motorcycle's; A carries the numbers.
JOINT = replace(DECISION, others=((A, CAR_FINE),))


def decided() -> Office:
    waived = c.RecordExplanation(Explaining.WAIVED)
    office = joined(Phase.RECORDED).give(A, waived, Role.HANDLER)
    return office.give(B, JOINT, Role.SIGNER)


def served() -> Office:
    office = decided().give(A, c.RecordService("handed", T0), Role.CLERK)
    for reference in (A, B):
        office.give(reference, c.ApplyPoints(), Role.WORKER)
    return office


# -- joining ---------------------------------------------------------------------------------


def test_each_case_knows_the_handling_and_stays_where_it_is() -> None:
    office = joined()
    assert {case.handling for case in office.cases.values()} == {(A, B)}
    assert {(case.state, case.phase) for case in office.cases.values()} == {(State.RESOLVING, Phase.SUMMONED)}


def test_only_cases_of_one_violator_at_one_step_are_joined() -> None:
    stranger = replace(DRIVER, violator="9" * 64)
    assert Office(a=heard(), b=heard(violator=stranger)).refused(A, BOTH, Role.HANDLER) == "other_violator"
    assert Office(a=heard(), b=summoned()).refused(A, BOTH, Role.HANDLER) == "other_violator"
    assert Office(a=summoned(), b=heard()).refused(A, BOTH, Role.HANDLER) == "no_violator"
    assert Office(a=heard(), b=recorded()).refused(A, BOTH, Role.HANDLER) == "other_step"
    assert Office(a=heard(), b=heard()).refused(A, c.JoinActs((A,)), Role.HANDLER) == "incomplete"
    assert Office(a=heard(), b=heard()).refused(A, c.JoinActs((A, B, B)), Role.HANDLER) == "incomplete"
    assert (
        Office(a=heard(), b=heard(), c=heard()).refused(A, c.JoinActs((B, C)), Role.HANDLER) == "incomplete"
    )


def test_a_digest_of_the_same_person_is_the_same_violator() -> None:
    other = heard(violator=replace(DRIVER, violator="9" * 64))
    asked = replace(context(Role.HANDLER), same_person=lambda _one, _other: True)
    assert set(act(A, BOTH, {A: heard(), B: other}, asked)) == {A, B}


def test_a_case_is_in_one_handling_and_a_handling_can_grow() -> None:
    office = joined()
    office.cases[C] = heard()
    assert office.refused(A, BOTH, Role.HANDLER) == "recorded"
    assert office.refused(C, c.JoinActs((C, B)), Role.HANDLER) == "joined"
    office.give(C, c.JoinActs((A, B, C)), Role.HANDLER)
    assert {case.handling for case in office.cases.values()} == {(A, B, C)}


def test_a_case_can_leave_and_a_handling_of_one_is_none() -> None:
    assert refused(summoned(), c.PartAct("nhầm"), Role.HANDLER) == "not_joined"
    office = joined()
    office.cases[C] = heard()
    office.give(A, c.JoinActs((A, B, C)), Role.HANDLER)
    assert office.refused(A, c.PartAct(" "), Role.HANDLER) == "incomplete"
    office.give(A, c.PartAct("người vi phạm khác"), Role.HANDLER)
    assert [office.cases[each].handling for each in (A, B, C)] == [(), (B, C), (B, C)]
    office.give(C, c.PartAct("x"), Role.HANDLER)
    assert [office.cases[each].handling for each in (A, B, C)] == [(), (), ()]


@pytest.mark.parametrize("phase", [Phase.SUMMONED, Phase.RECORDED])
def test_an_act_that_ends_leaves_the_handling_and_the_other_goes_on(phase: Phase) -> None:
    office = joined(phase)
    stolen = c.Dismiss(DismissalGround.STOLEN_VEHICLE, "đã trình báo")
    office.give(A, stolen, Role.COMMANDER, "user:4").give(A, stolen, Role.COMMANDER, "user:5")
    assert office.cases[A].state is State.DISMISSED
    assert (office.cases[B].phase, office.cases[B].handling) == (phase, ())
    bar = office.cases[B].running(Clock.BAR)
    assert bar is not None
    office.give(B, c.ElapseDeadline(Clock.BAR), Role.CLOCK, at=bar.due_at + timedelta(seconds=1))
    assert office.cases[B].state is State.EXPIRED


# -- record and decision ---------------------------------------------------------------------


def test_one_record_lists_every_act_under_one_number() -> None:
    office = joined(Phase.RECORDED)
    one, other = office.cases[A].record, office.cases[B].record
    assert one is not None
    assert other is not None
    assert (one.number, one.carried_by, other.carried_by) == (other.number, "", A)
    assert office.numbers.taken == ["record"]
    assert EventType.RECORD_NUMBERED in office.types(A)
    assert EventType.RECORD_NUMBERED not in office.types(B)
    # The car's bracket opens the right to explain; one record, so for both.
    assert {case.explanation for case in office.cases.values()} == {"open"}
    office.give(B, c.RecordExplanation(Explaining.WAIVED), Role.HANDLER)
    assert {case.explanation for case in office.cases.values()} == {"closed"}


def test_cases_joined_after_their_records_keep_them_and_are_decided_together() -> None:
    office = Office(a=recorded(), b=recorded()).give(A, BOTH, Role.HANDLER)
    office.give(A, c.ExtendDecision(authority("user:9"), "phức tạp"), Role.SIGNER)
    assert [case.decision_extended for case in office.cases.values()] == [True, True]
    other = office.cases[B].record
    assert other is not None
    apart = replace(office.cases[B], record=replace(other, number="99/BB-VPHC"), decision_extended=False)
    office.cases[B] = apart
    office.cases[A] = replace(office.cases[A], decision_extended=False)
    office.give(A, c.ExtendDecision(authority("user:9"), "phức tạp"), Role.SIGNER)
    assert [case.decision_extended for case in office.cases.values()] == [True, False]
    office.give(A, replace(DECISION, others=((B, FINE),)), Role.SIGNER)
    assert [case.phase for case in office.cases.values()] == [Phase.DECIDED, Phase.DECIDED]


def test_one_decision_fines_each_act_under_one_number() -> None:
    office = decided()
    one, other = office.cases[A].decision, office.cases[B].decision
    assert one is not None
    assert other is not None
    assert (one.amount, other.amount) == (CAR_FINE, FINE)
    assert (one.number, one.carried_by, other.carried_by) == (other.number, "", A)
    assert office.numbers.taken == ["record", "decision"]


def test_each_act_must_be_within_the_signers_competence_and_its_own_bracket() -> None:
    office = joined(Phase.RECORDED).give(A, c.RecordExplanation(Explaining.WAIVED), Role.HANDLER)
    assert office.refused(B, DECISION, Role.SIGNER) == "acts"
    assert office.refused(B, replace(JOINT, others=((C, 1),)), Role.SIGNER) == "acts"
    assert office.refused(B, replace(JOINT, others=((A, FINE),)), Role.SIGNER) == "amount"
    low = replace(JOINT, authority=authority("user:9", limit=10_000_000))
    assert office.refused(B, low, Role.SIGNER) == "competence"
    # 24 million together, and 22.5 million are enough: every act counts by itself (LXLVPHC Art 52).
    head = replace(JOINT, authority=authority("user:9", limit=22_500_000))
    assert office.give(B, head, Role.SIGNER).cases[A].phase is Phase.DECIDED
    alone = Office(a=recorded())
    assert alone.refused(A, replace(DECISION, others=((B, FINE),)), Role.SIGNER) == "acts"


def test_the_earliest_clock_governs_and_a_hold_of_one_act_stops_the_decision() -> None:
    office = joined(Phase.RECORDED).give(A, c.RecordExplanation(Explaining.WAIVED), Role.HANDLER)
    held = replace(office.cases[A], hold="xe bị sao biển?")
    office.cases[A], free = held, office.cases[A]
    assert office.refused(B, JOINT, Role.SIGNER) == "held"
    bar = free.running(Clock.BAR)
    assert bar is not None
    soon = replace(bar, due_at=T0 + timedelta(days=1))
    clocks = tuple(soon if run is bar else run for run in free.clocks)
    office.cases[A] = replace(free, clocks=clocks)
    assert office.refused(B, JOINT, Role.SIGNER, at=T0 + timedelta(days=2)) == "time_barred"
    assert office.give(B, JOINT, Role.SIGNER).cases[B].phase is Phase.DECIDED


def test_the_file_goes_to_the_higher_authority_with_all_its_acts() -> None:
    office = joined(Phase.RECORDED).give(A, c.Escalate("Giám đốc", "vượt thẩm quyền"), Role.HANDLER)
    assert {case.escalated_to for case in office.cases.values()} == {"Giám đốc"}
    office.cases[A] = replace(office.cases[A], escalated_to="")
    office.give(A, c.Escalate("Bộ", "x"), Role.HANDLER)
    assert [case.escalated_to for case in office.cases.values()] == ["Bộ", "Giám đốc"]


# -- after the decision ----------------------------------------------------------------------


def test_papers_of_the_decision_are_told_to_every_act() -> None:
    office = decided().give(B, c.RecordDecisionSent("post", "RR7", T0), Role.CLERK)
    back = c.RecordDelivery(Delivered.RETURNED, "RR7", T0, Paper.DECISION)
    office.give(A, back, Role.GATEWAY)
    assert [case.returned(Paper.DECISION) for case in office.cases.values()] == [1, 1]
    office.give(A, replace(back, paper=Paper.RECORD), Role.GATEWAY)
    assert [case.returned(Paper.RECORD) for case in office.cases.values()] == [1, 1]
    office.give(A, replace(back, paper=Paper.NOTICE), Role.GATEWAY)  # each act has a notice of its own
    assert [case.returned(Paper.NOTICE) for case in office.cases.values()] == [1, 0]
    office.give(A, c.SuspendEnforcement(authority("user:9"), "QĐ 5"), Role.SIGNER)
    assert all(case.enforcement_suspended for case in office.cases.values())
    office.give(B, c.ResumeEnforcement(authority("user:9"), "QĐ 6"), Role.SIGNER)
    assert not any(case.enforcement_suspended for case in office.cases.values())


def test_only_the_heaviest_act_costs_points() -> None:
    office = decided()
    office.under(A, points=2)
    office.give(A, c.ApplyPoints(), Role.WORKER)
    assert office.told[A][0].data["reason"] == "other_act"
    office.give(B, c.ApplyPoints(), Role.WORKER)
    assert [case.points for case in office.cases.values()] == [0, 4]


def test_of_equal_acts_one_costs_points() -> None:
    assert [case.points for case in served().cases.values()] == [4, 0]


def test_a_suspension_by_one_act_takes_the_place_of_all_points() -> None:
    office = decided()
    office.under(B, suspend_min=1, suspend_max=3)
    office.give(A, c.ApplyPoints(), Role.WORKER)
    assert office.told[A][0].data["reason"] == "suspension"


def test_points_that_nobody_can_count_stop_the_machine_for_every_act() -> None:
    office = decided()
    office.cases[B] = replace(office.cases[B], violator_basis="owner_not_cooperating")
    office.give(A, c.ApplyPoints(), Role.WORKER)
    assert office.told[A][0].data["reason"] == "driver_not_shown"


def test_one_payment_meets_one_act_after_the_other_and_all_close_together() -> None:
    office = served().give(B, c.RecordPayment("T1", 20_000_000, T0), Role.GATEWAY)
    assert [case.paid for case in office.cases.values()] == [CAR_FINE, 1_000_000]
    assert EventType.PAYMENT_COMPLETED not in office.types(A)
    assert office.cases[A].closable is None
    assert office.refused(A, c.Close(Outcome.PAID), Role.WORKER) == "unpaid"
    assert office.give(A, c.RecordPayment("T1", 20_000_000, T0), Role.CLERK).told == {A: ()}
    office.give(A, c.RecordPayment("T2", 5_000_000, T0), Role.GATEWAY)
    assert [case.paid - case.refund_due for case in office.cases.values()] == [CAR_FINE, FINE]
    assert office.cases[B].refund_due == 1_000_000
    assert all(EventType.PAYMENT_COMPLETED in office.types(reference) for reference in (A, B))
    for reference in (A, B):
        assert office.cases[reference].closable is Outcome.PAID
        office.give(reference, c.Close(Outcome.PAID), Role.WORKER)
    late = office.give(A, c.RecordPayment("T3", 7, T0), Role.GATEWAY).cases[A]
    assert (late.refund_due, office.cases[B].paid) == (7, 6_000_000)


def test_a_plan_is_shared_out_among_the_acts_as_its_payments_will_be() -> None:
    days = [T0 + timedelta(days=n) for n in (30, 60, 90)]
    parts = tuple(map(c.Instalment, days, (15_000_000, 5_000_000, 4_000_000)))
    plan = c.SetInstalments(authority("user:9"), "khó khăn", parts, "user:9")
    office = served()
    assert office.refused(B, replace(plan, parts=parts[:2]), Role.SIGNER) == "instalments"
    office.give(B, plan, Role.SIGNER)
    shares = {ref: [part.amount for part in case.instalments] for ref, case in office.cases.items()}
    assert shares == {A: [15_000_000, 4_000_000], B: [1_000_000, 4_000_000]}
    waits = [{A: days[1], B: days[1]}, {A: None, B: days[2]}, {A: None, B: None}]
    for number, (part, expected) in enumerate(zip(parts, waits, strict=True)):
        office.give(A, c.RecordPayment(f"T{number}", part.amount, part.due_at), Role.GATEWAY, at=part.due_at)
        runs = {ref: case.running(Clock.INSTALMENT) for ref, case in office.cases.items()}
        assert {ref: run.due_at if run else None for ref, run in runs.items()} == expected
    assert [case.fulfilled for case in office.cases.values()] == [True, True]
    assert not any(case.running(Clock.COMPLY) for case in office.cases.values())


def test_a_missed_part_of_two_acts_ends_the_plan_of_both() -> None:
    parts = (
        c.Instalment(T0 + timedelta(days=30), 20_000_000),
        c.Instalment(T0 + timedelta(days=90), 4_000_000),
    )
    plan = c.SetInstalments(authority("user:9"), "khó khăn", parts, "user:9")
    office = served().give(B, plan, Role.SIGNER)
    day = T0 + timedelta(days=31)
    for reference in (A, B):
        office.give(reference, c.ElapseDeadline(Clock.INSTALMENT), Role.CLOCK, "clock", at=day)
    office.give(B, replace(plan, parts=()), Role.SIGNER, at=day)
    runs = [case.running(Clock.COMPLY) for case in office.cases.values()]
    assert [case.instalments for case in office.cases.values()] == [(), ()]
    assert {run.due_at for run in runs if run} == {day}


def test_a_decision_revoked_for_one_act_to_be_decided_again_leaves_the_handling() -> None:
    office = served().give(A, c.RecordPayment("T1", 20_000_000, T0), Role.GATEWAY)
    office.give(B, c.LodgeComplaint(T0, "mức phạt"), Role.CLERK)
    again = c.RuleOnComplaint(authority("user:8"), Ruling.REVOKED, "sai mức", redecide=True)
    office.give(B, again, Role.SIGNER, "user:8")
    case, other = office.cases[B], office.cases[A]
    assert (case.phase, case.handling, case.refund_due, case.points) == (Phase.RECORDED, (), 1_000_000, None)
    assert (other.phase, other.handling, other.owed, other.fulfilled) == (Phase.DECIDED, (), 0, True)
    assert EventType.ACTS_PARTED in office.types(A)
    office.give(B, DECISION, Role.SIGNER)
    assert [each.decision.revoked for each in (case, office.cases[B]) if each.decision] == [True, False]


def test_a_payment_that_is_none_is_refused() -> None:
    assert served().refused(A, c.RecordPayment("T1", 0, T0), Role.CLERK) == "amount"


def test_late_interest_runs_on_what_is_unpaid_of_each_act() -> None:
    office = served()
    comply = office.cases[A].running(Clock.COMPLY)
    assert comply is not None
    at = comply.due_at + timedelta(days=10)
    whole = CAR_FINE + FINE
    office.give(A, c.RecordPayment("T1", whole + whole * 5 // 1000, at), Role.GATEWAY, at=at)
    assert sum(case.accrued for case in office.cases.values()) == whole * 5 // 1000
    assert not any(case.owes for case in office.cases.values())


def test_a_complaint_about_one_act_leaves_the_others_fine_and_the_number() -> None:
    office = served().give(A, c.RecordPayment("T1", CAR_FINE, T0), Role.GATEWAY)
    assert office.cases[A].closable is None
    office.give(B, c.LodgeComplaint(T0, "không phải tôi"), Role.CLERK)
    revoke = c.RuleOnComplaint(authority("user:8"), Ruling.REVOKED, "biển giả")
    office.give(B, revoke, Role.SIGNER, "user:8")
    assert office.cases[B].state is State.DISMISSED
    revoked = next(event for event in office.told[B] if event.type is EventType.DECISION_REVOKED)
    assert (revoked.data["partly"], revoked.data["carried_by"]) == (True, A)
    assert office.types(A)[0] is EventType.ACTS_PARTED
    assert EventType.PAYMENT_COMPLETED in office.types(A)
    assert office.cases[A].closable is Outcome.PAID


def test_the_last_act_that_is_revoked_voids_the_number() -> None:
    office = served()
    revoke = c.RuleOnComplaint(authority("user:8"), Ruling.REVOKED, "biển giả")
    for reference in (B, A):
        office.give(reference, c.LodgeComplaint(T0, "x"), Role.CLERK)
        office.give(reference, revoke, Role.SIGNER, "user:8")
    revoked = next(event for event in office.told[A] if event.type is EventType.DECISION_REVOKED)
    assert (revoked.data["partly"], revoked.data["carried_by"]) == (False, "")


def test_a_ruling_that_lowers_one_fine_can_settle_the_debt_of_all() -> None:
    office = served().give(A, c.RecordPayment("T1", CAR_FINE + 4_500_000, T0), Role.GATEWAY)
    office.give(B, c.LodgeComplaint(T0, "quá cao"), Role.CLERK)
    amend = c.RuleOnComplaint(
        authority("user:8"), Ruling.AMENDED, "một tình tiết giảm nhẹ", 4_500_000, mitigating=("x",)
    )
    office.give(B, amend, Role.SIGNER, "user:8")
    assert all(case.fulfilled for case in office.cases.values())


def test_a_decision_that_amends_one_act_is_sent_for_that_act_alone() -> None:
    office = served().give(B, c.LodgeComplaint(T0, "quá cao"), Role.CLERK)
    amend = c.RuleOnComplaint(
        authority("user:8"), Ruling.AMENDED, "một tình tiết", 4_500_000, mitigating=("x",)
    )
    office.give(B, amend, Role.SIGNER, "user:8")
    decision = office.cases[B].decision
    assert decision is not None
    sent = c.RecordDecisionSent("post", "RR8", T0, decision.amended_by[-1])
    office.give(B, sent, Role.GATEWAY)
    assert set(office.told) == {B}
    office.give(B, c.RecordDelivery(Delivered.RETURNED, "RR8", T0, Paper.DECISION), Role.GATEWAY)
    assert set(office.told) == {B}
    office.give(B, c.RecordDecisionSent("post", "RR9", T0, decision.number), Role.GATEWAY)
    assert set(office.told) == {A, B}


def test_force_is_one_order_for_what_is_unpaid() -> None:
    office = served().give(A, c.RecordPayment("T1", CAR_FINE, T0), Role.GATEWAY)
    run = office.cases[B].running(Clock.COMPLY)
    assert run is not None
    at = run.due_at + timedelta(days=1)
    for reference in (A, B):
        office.give(reference, c.ElapseDeadline(Clock.COMPLY), Role.CLOCK, at=at)
    office.give(B, c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER, at=at)
    assert [case.non_compliance for case in office.cases.values()] == [False, True]


def test_an_order_of_force_takes_one_number_for_all_acts() -> None:
    office = served()
    run = office.cases[B].running(Clock.COMPLY)
    assert run is not None
    at = run.due_at + timedelta(days=1)
    for reference in (A, B):
        office.give(reference, c.ElapseDeadline(Clock.COMPLY), Role.CLOCK, at=at)
    office.give(B, c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER, at=at)
    office.give(B, c.Coerce(Coercing.ORDER, "khấu trừ tiền", authority("user:9")), Role.SIGNER, at=at)
    assert office.numbers.taken[-1] == "coercion"
    assert office.numbers.taken.count("coercion") == 1
    assert [event.data.get("carried_by") for event in (office.told[A][0], office.told[B][0])] == ["", A]
    office.give(A, c.Coerce(Coercing.SENT), Role.HANDLER, at=at)
    office.give(A, c.Coerce(Coercing.DONE), Role.HANDLER, at=at)
    assert all(case.coerced for case in office.cases.values())


def test_the_papers_of_all_acts_are_destroyed_when_no_act_needs_them() -> None:
    office = served().give(A, c.RecordPayment("T1", CAR_FINE + FINE, T0), Role.GATEWAY)
    for reference in (A, B):
        office.give(reference, c.Close(Outcome.PAID), Role.WORKER)
        office.give(reference, c.ReportEnd(), Role.WORKER)
    retain = office.cases[A].running(Clock.RETAIN)
    assert retain is not None
    late, purge = retain.due_at + timedelta(days=1), c.Purge("hết thời hạn lưu giữ")
    court = c.PlaceHold("Tòa án yêu cầu hồ sơ")
    office.give(B, court, Role.COMMANDER)
    assert office.refused(A, purge, Role.ADMIN, at=late) == "needed"
    office.give(B, c.ReleaseHold("đã trả hồ sơ"), Role.COMMANDER, "user:4")
    office.give(B, c.ReleaseHold("đã trả hồ sơ"), Role.COMMANDER, "user:5")
    for reference in (A, B):
        office.give(reference, purge, Role.ADMIN, "user:4", late)
        office.give(reference, purge, Role.AUDITOR, "user:5", late)
    assert all(case.purged for case in office.cases.values())


def test_an_act_enforced_by_force_frees_the_one_that_was_paid() -> None:
    office = served().give(A, c.RecordPayment("T1", CAR_FINE, T0), Role.GATEWAY)
    exempt = c.Close(Outcome.EXEMPTED, "QĐ miễn 7")
    office.give(B, exempt, Role.COMMANDER, "user:4").give(B, exempt, Role.COMMANDER, "user:5")
    assert office.cases[B].state is State.CLOSED
    assert office.cases[A].closable is Outcome.PAID
