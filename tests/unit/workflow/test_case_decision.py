"""Record, explanation, decision, points, money, force, complaint: the law's guards one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.workflow.test_case import (
    CAR,
    DECISION,
    DRIVER,
    FINE,
    OWNER,
    RED,
    T0,
    Numbers,
    authority,
    both,
    closed,
    context,
    decided,
    dismissed,
    elapsed,
    give,
    notified,
    opened,
    paid,
    recorded,
    refused,
    served,
    signed,
    summoned,
)
from workflow import commands as c
from workflow.case import CaseError, CaseState, Context, Event, apply, decide, to_json
from workflow.law import deadlines
from workflow.law.rows import LawRow, ViolatorKind
from workflow.lawbook import LawBook
from workflow.vocabulary import Clock, EventType, Outcome, Phase, Role, State
from workflow.words import (
    Coercing,
    Delivered,
    Explaining,
    Licence,
    Paper,
    Ruling,
    Target,
    ViolatorBasis,
    WarningGround,
)

BIG = replace(DECISION, amount=19_000_000)
RULING = c.RuleOnComplaint(authority("user:8"), Ruling.REJECTED, "không có căn cứ")
COMPLAINT = c.LodgeComplaint(T0, "không phải tôi lái")
ORDER = c.Coerce(Coercing.ORDER, "khấu trừ tiền từ tài khoản", authority("user:9"))
# a row without points, one that suspends, one whose penalty is a warning
SUSPENDS = replace(RED, suspend_min=1, suspend_max=3)
WARNING = replace(RED, kind="warning", fine_min=None, fine_max=None, points=0)


def unpaid() -> CaseState:
    return elapsed(decided(), Clock.COMPLY)


def complained(case: CaseState | None = None) -> CaseState:
    return give(case or decided(), COMPLAINT, Role.CLERK)


def under(row: LawRow) -> CaseState:
    """A record under another row."""
    made = c.MakeRecord(signed=True, row=row, confirmed_by="user:7")
    return give(give(summoned(), DRIVER, Role.HANDLER), made, Role.HANDLER)


# -- record and explanation ------------------------------------------------------------------


def test_a_record_needs_a_violator_a_signature_or_a_witness_and_verified_law() -> None:
    assert refused(summoned(), c.MakeRecord(signed=True), Role.HANDLER) == "no_violator"
    known = give(summoned(), DRIVER, Role.HANDLER)
    assert refused(known, c.MakeRecord(signed=False), Role.HANDLER) == "incomplete"
    other = c.MakeRecord(signed=True, row=replace(RED, verified=False))
    assert refused(known, other, Role.HANDLER) == "unverified"
    assert give(known, c.MakeRecord(signed=False, witness="Lê B", copy_handed=False), Role.HANDLER).record


def test_a_great_bracket_gives_the_right_to_explain_and_no_decision_before_it_is_over() -> None:
    case = recorded(CAR)
    assert case.explanation == "open"
    assert refused(case, BIG, Role.SIGNER, "user:9") == "explaining"
    case = elapsed(case, Clock.EXPLAIN)
    run = case.running(Clock.DECIDE)
    assert run is not None
    assert give(case, BIG, Role.SIGNER, "user:9", at=run.due_at).decision
    late = give(case, c.RecordExplanation(Explaining.RECEIVED, "thư"), Role.OWNER)
    assert late.running(Clock.DECIDE) == run
    assert refused(case, c.RecordExplanation(Explaining.WAIVED), Role.OWNER) == "explained"
    assert refused(recorded(), c.RecordExplanation(Explaining.WAIVED), Role.OWNER) == "no_explanation"


def test_a_requested_hearing_gives_the_decision_a_month() -> None:
    case = recorded(CAR)
    before = case.running(Clock.DECIDE)
    case = give(case, c.RecordExplanation(Explaining.REQUESTED), Role.OWNER)
    after = case.running(Clock.DECIDE)
    assert before is not None
    assert after is not None
    assert after.due_at - before.due_at > timedelta(days=15)
    assert case.running(Clock.EXPLAIN) is None
    case = give(case, c.RecordExplanation(Explaining.HEARD), Role.HANDLER)
    assert give(case, BIG, Role.SIGNER, "user:9").phase is Phase.DECIDED


@pytest.mark.parametrize("step", [Explaining.RECEIVED, Explaining.WAIVED])
def test_an_explanation_in_writing_or_none_closes_it(step: Explaining) -> None:
    case = give(recorded(CAR), c.RecordExplanation(step), Role.OWNER)
    assert (case.explanation, case.running(Clock.EXPLAIN)) == ("closed", None)


def test_the_time_for_the_decision_is_extended_once_and_never_beyond_the_bar() -> None:
    extend = c.ExtendDecision(authority("user:9"), "xác minh chủ phương tiện")
    case = give(recorded(CAR), extend, Role.SIGNER, "user:9")
    run = case.running(Clock.DECIDE)
    assert run is not None
    assert case.bar_due is not None
    assert run.due_at <= case.bar_due
    assert refused(case, extend, Role.SIGNER, "user:9") == "extended"
    assert refused(case, extend, Role.SIGNER, "user:8") == "forbidden"
    asked = give(case, c.RecordExplanation(Explaining.REQUESTED), Role.OWNER)
    assert asked.running(Clock.DECIDE) == run
    late = run.due_at + timedelta(seconds=1)
    assert (
        refused(give(recorded(), DECISION, Role.SIGNER, "user:9"), extend, Role.SIGNER, "user:9") == "illegal"
    )
    assert refused(recorded(), extend, Role.SIGNER, "user:9", at=late) == "extended"
    assert refused(recorded(), DECISION, Role.SIGNER, "user:9", at=late) == "decision_time"


def test_a_file_above_every_signer_of_the_unit_goes_up() -> None:
    weak = replace(context(Role.HANDLER), law=LawBook(lambda: 1_000_000))
    known = give(summoned(), DRIVER, Role.HANDLER)
    types = [event.type for event in decide(known, c.MakeRecord(signed=True), weak)]
    assert types.count(EventType.CLOCK_STARTED) == 2  # DECIDE and ESCALATE
    up = c.Escalate("Giám đốc Công an Thành phố", "vượt thẩm quyền")
    case = give(recorded(), up, Role.HANDLER)
    assert case.escalated_to
    assert refused(case, up, Role.HANDLER) == "escalated"
    assert refused(recorded(), replace(up, to=" "), Role.HANDLER) == "incomplete"


# -- the decision ----------------------------------------------------------------------------


def test_unverified_law_decides_only_with_the_signers_own_confirmation() -> None:
    assert refused(recorded(), replace(DECISION, confirmed_by=""), Role.SIGNER, "user:9") == "unverified"
    other = replace(DECISION, confirmed_by="user:8")
    assert refused(recorded(), other, Role.SIGNER, "user:9") == "forbidden"


def test_one_net_circumstance_opens_a_range_and_two_give_the_end() -> None:
    lower = replace(DECISION, amount=4_500_000, mitigating=("thành thật",))
    assert give(recorded(), lower, Role.SIGNER, "user:9").decision
    cancelled = replace(lower, aggravating=("tái phạm",))
    assert refused(recorded(), cancelled, Role.SIGNER, "user:9") == "amount"
    two = replace(lower, amount=4_000_000, mitigating=("thành thật", "khó khăn"))
    assert give(recorded(), two, Role.SIGNER, "user:9").owed == 4_000_000


def test_an_organisation_pays_as_the_law_doubles() -> None:
    owner = replace(OWNER, owner_kind=ViolatorKind.ORGANISATION)
    unnamed = c.IdentifyViolator(
        ViolatorBasis.ORGANISATION_NOT_NAMING, OWNER.owner, ViolatorKind.ORGANISATION
    )
    named = give(summoned(RED, owner), unnamed, Role.HANDLER)
    case = give(named, c.MakeRecord(signed=True, representative="ef" * 32), Role.HANDLER)
    assert "ef" * 32 in case.persons
    assert refused(case, DECISION, Role.SIGNER, "user:9") == "amount"
    case = give(case, replace(DECISION, amount=10_000_000), Role.SIGNER, "user:9")
    assert give(case, c.ApplyPoints(), Role.WORKER).points == 0


def test_a_title_of_the_table_and_one_outside_it() -> None:
    post = replace(DECISION, authority=replace(DECISION.authority, code="officer"))
    assert refused(recorded(CAR), post, Role.SIGNER, "user:9") in {"competence", "explaining"}
    assert refused(recorded(), post, Role.SIGNER, "user:9") == "competence"
    unknown = replace(DECISION, authority=replace(DECISION.authority, code="", title="Phó Trưởng phòng"))
    assert give(recorded(), unknown, Role.SIGNER, "user:9").decision
    weak = replace(unknown, authority=replace(unknown.authority, limit=1))
    assert refused(recorded(), weak, Role.SIGNER, "user:9") == "competence"


def test_a_warning_has_no_amount_no_time_to_pay_and_its_own_close() -> None:
    case = under(WARNING)
    assert refused(case, replace(DECISION, amount=1), Role.SIGNER, "user:9") == "amount"
    case = give(case, replace(DECISION, amount=None), Role.SIGNER, "user:9")
    assert refused(case, c.Close(Outcome.WARNED), Role.COMMANDER) == "unserved"
    case = give(case, c.RecordService("handed", T0), Role.CLERK)
    assert case.running(Clock.COMPLY) is None
    case = give(case, c.ApplyPoints(), Role.WORKER)
    assert case.closable is None
    assert refused(case, c.Close(Outcome.PAID), Role.WORKER) == "unpaid"
    assert both(case, c.Close(Outcome.WARNED), Role.COMMANDER).outcome == "warned"


def test_a_warning_by_post_and_one_deemed_served_start_no_time_to_pay() -> None:
    case = give(under(WARNING), replace(DECISION, amount=None), Role.SIGNER, "user:9")
    post = c.RecordDelivery("delivered", "D1", T0, Paper.DECISION)  # type: ignore[arg-type]  # as JSON says it
    assert give(case, post, Role.GATEWAY).running(Clock.COMPLY) is None
    case = give(case, c.RecordDecisionSent("electronic", "E1", T0), Role.GATEWAY)
    assert elapsed(case, Clock.DEEMED).running(Clock.COMPLY) is None


CROWDED = replace(
    RED, code="excess/bus", per_person=True, cap=40_000_000, points=2, points_over_50=4, points_over_100=10
)


def crowded(persons: int, percent: int) -> CaseState:
    """A vehicle that carried too many, its record made."""
    case = give(summoned(), DRIVER, Role.HANDLER)
    case = replace(case, law=CROWDED, confirmed_by="user:3")
    made = c.MakeRecord(signed=True, excess_persons=persons, excess_percent=percent)
    return give(case, made, Role.HANDLER)


def test_each_person_in_excess_counts_in_bracket_competence_explanation_and_points() -> None:
    case = crowded(4, 60)
    assert case.excess == 4
    assert case.explanation == "open"  # four times six million
    case = give(case, c.RecordExplanation(Explaining.WAIVED), Role.HANDLER)
    assert refused(case, DECISION, Role.SIGNER, "user:9") == "amount"
    four = replace(DECISION, amount=4 * FINE)
    low = replace(four, authority=authority("user:9", 22_500_000))
    assert refused(case, low, Role.SIGNER, "user:9") == "competence"
    case = give(give(case, four, Role.SIGNER, "user:9"), c.ApplyPoints(), Role.WORKER)
    assert case.points == 4
    assert crowded(1, 10).explanation == ""


def test_persons_in_excess_are_given_where_the_row_counts_them_and_nowhere_else() -> None:
    case = give(summoned(), DRIVER, Role.HANDLER)
    one = c.MakeRecord(signed=True, excess_persons=1, excess_percent=20)
    assert refused(case, one, Role.HANDLER) == "excess"
    counting = replace(case, law=CROWDED)
    assert refused(counting, c.MakeRecord(signed=True), Role.HANDLER) == "excess"
    assert refused(counting, replace(one, excess_percent=0), Role.HANDLER) == "excess"


def test_a_held_case_is_not_decided() -> None:
    held = give(recorded(), c.PlaceHold("nghi biển giả"), Role.COMMANDER)
    assert refused(held, DECISION, Role.SIGNER, "user:9") == "held"
    free = both(held, c.ReleaseHold("đã xác minh"), Role.COMMANDER)
    assert give(free, DECISION, Role.SIGNER, "user:9").phase is Phase.DECIDED


def test_a_decision_posted_publicly_is_served_after_seven_working_days() -> None:
    case = give(signed(), c.RecordDecisionSent("posting", "UBND Phường Mẫu", T0), Role.CLERK)
    run = case.running(Clock.POSTING)
    assert run is not None
    assert run.due_at - T0 > timedelta(days=7)  # two days of a weekend among them
    case = elapsed(case, Clock.POSTING)
    assert case.decision is not None
    assert case.decision.served_at == run.due_at
    assert (case.running(Clock.POSTING), case.running(Clock.COMPLY) is not None) == (None, True)
    handed = give(signed(), c.RecordDecisionSent("posting", "UBND Phường Mẫu", T0), Role.CLERK)
    handed = give(handed, c.RecordService("handed", T0), Role.CLERK)
    assert handed.running(Clock.POSTING) is None


def test_a_decision_is_sent_and_served_once_and_not_before_it_was_signed() -> None:
    case = signed()
    early = c.RecordService("handed", T0 - timedelta(days=1))
    assert refused(case, early, Role.CLERK) == "signed_later"
    assert refused(case, c.RecordDecisionSent("post", "", T0), Role.CLERK) == "incomplete"
    sent = give(case, c.RecordDecisionSent("electronic", "E1", T0), Role.CLERK)
    assert {run.clock for run in sent.clocks} >= {Clock.DEEMED, Clock.ENFBAR}
    assert sent.running(Clock.SENDDEC) is None
    assert refused(case, c.RecordDecisionSent("post", "D", T0, "99"), Role.WORKER) == "no_number"
    assert refused(served(), c.RecordService("handed", T0), Role.CLERK) == "served"


@pytest.mark.parametrize("outcome", Delivered)
def test_the_post_brings_no_decision_before_it_was_signed(outcome: Delivered) -> None:
    case = give(signed(), c.RecordDecisionSent("post", "D1", T0), Role.WORKER)
    early = c.RecordDelivery(outcome, "D1", T0 - timedelta(days=365), Paper.DECISION)
    assert refused(case, early, Role.GATEWAY) == "signed_later"
    minute = T0.replace(second=0, microsecond=0)  # people write no seconds
    assert give(case, replace(early, delivered_at=minute), Role.CLERK).papers[-1].outcome == outcome


def test_a_letter_that_left_is_told_also_after_service_and_starts_no_second_one() -> None:
    for channel in ("post", "electronic"):
        told = give(served(), c.RecordDecisionSent(channel, "D", T0), Role.WORKER)
        assert [(paper.paper, paper.receipt) for paper in told.papers][-1] == (Paper.DECISION, "D")
        assert told.running(Clock.DEEMED) is None
    closed = give(paid(), c.Close(Outcome.PAID), Role.WORKER)
    assert give(closed, c.RecordDecisionSent("post", "D", T0), Role.WORKER).state is State.CLOSED


# -- papers ----------------------------------------------------------------------------------


def test_the_first_paper_of_a_record_counts_and_only_of_its_own_number() -> None:
    case = recorded()
    number = case.record.number if case.record else ""
    kept = give(case, c.StoreRecord(number, "records/1.pdf", "a" * 64), Role.WORKER)
    assert kept.printed == (number,)
    assert give(kept, c.StoreRecord(number, "records/2.pdf", "b" * 64), Role.WORKER) == kept
    assert refused(case, c.StoreRecord("99", "records/1.pdf", "a" * 64), Role.WORKER) == "no_number"
    assert refused(summoned(), c.StoreRecord("", "records/1.pdf", "a" * 64), Role.WORKER) == "no_number"


def test_a_decision_and_the_one_that_amends_it_have_a_paper_each() -> None:
    case, numbers = complained(decided()), Numbers()
    numbers("the first decision's")
    amended = replace(RULING, ruling=Ruling.AMENDED, amount=4_000_000, mitigating=("a", "b"))
    for event in decide(case, amended, context(Role.SIGNER, "user:8", numbers=numbers)):
        case = apply(case, Event(event.type, to_json(event.data)))
    decision = case.decision
    assert decision is not None
    first, [second] = decision.number, decision.amended_by
    assert first != second
    for number in (first, second):
        case = give(case, c.StoreDecision(number, f"decisions/{number}.pdf", "a" * 64, "b" * 64), Role.WORKER)
    assert case.printed == (first, second)
    again = c.StoreDecision(second, "decisions/other.pdf", "c" * 64, "d" * 64)
    assert give(case, again, Role.WORKER) == case
    assert refused(case, replace(again, number="99"), Role.WORKER) == "no_number"
    sent = give(case, c.RecordDecisionSent("post", "R2", T0, second), Role.WORKER)
    assert sent.papers[-1].issue == 1


def test_the_letter_of_what_amends_a_decision_serves_no_decision() -> None:
    case = give(signed(), c.LodgeComplaint(T0, "không phải tôi lái"), Role.CLERK)
    amended = replace(RULING, ruling=Ruling.AMENDED, amount=4_000_000, mitigating=("a", "b"))
    numbers = Numbers()
    numbers("the first decision's")
    for event in decide(case, amended, context(Role.SIGNER, "user:8", numbers=numbers)):
        case = apply(case, Event(event.type, to_json(event.data)))
    assert case.decision is not None
    [ruling] = case.decision.amended_by
    for channel in ("electronic", "posting"):
        case = give(case, c.RecordDecisionSent(channel, f"R{channel}", T0, ruling), Role.CLERK)
    assert case.running(Clock.SENDDEC) is not None  # the decision itself is still due at the post
    assert (case.running(Clock.DEEMED), case.running(Clock.POSTING)) == (None, None)
    for number in range(3):
        case = give(case, c.RecordDecisionSent("post", f"R{number}", T0, ruling), Role.WORKER)
        back = c.RecordDelivery(Delivered.RETURNED, f"R{number}", T0, Paper.DECISION)
        case = give(case, back, Role.GATEWAY)
    assert (case.returned(Paper.DECISION), case.running(Clock.DEEMED)) == (0, None)
    case = give(case, c.RecordDecisionSent("post", "R9", T0, ruling), Role.WORKER)
    case = give(case, c.RecordDelivery(Delivered.DELIVERED, "R9", T0, Paper.DECISION), Role.GATEWAY)
    assert case.decision is not None
    assert case.decision.served_at is None
    case = give(case, c.RecordDecisionSent("post", "R10", T0), Role.WORKER)
    case = give(case, c.RecordDelivery(Delivered.DELIVERED, "R10", T0, Paper.DECISION), Role.GATEWAY)
    assert case.decision is not None
    assert case.decision.served_at == T0


# -- points ----------------------------------------------------------------------------------


def test_points_follow_the_decision_once() -> None:
    assert decided().points == RED.points
    assert decided(decided()) == decided()


@pytest.mark.parametrize("licence", [Licence.SUSPENDED, Licence.INTERNATIONAL, Licence.NONE])
def test_no_points_without_a_licence_that_has_some(licence: Licence) -> None:
    case = give(summoned(), DRIVER, Role.HANDLER)
    case = give(case, c.MakeRecord(signed=True, licence=licence), Role.HANDLER)
    case = give(case, DECISION, Role.SIGNER, "user:9")
    assert give(case, c.ApplyPoints(), Role.WORKER).points == 0


def test_no_points_where_the_licence_is_suspended_instead_and_it_starts_when_presented() -> None:
    case = give(under(SUSPENDS), c.RecordExplanation(Explaining.WAIVED), Role.OWNER)
    case = decided(give(case, DECISION, Role.SIGNER, "user:9"))
    assert case.points == 0
    shown = c.PresentLicence(T0)
    case = give(case, shown, Role.HANDLER)
    assert case.licence_presented
    assert refused(case, shown, Role.HANDLER) == "no_suspension"
    assert refused(decided(), shown, Role.HANDLER) == "no_suspension"
    revoked = replace(RULING, ruling=Ruling.REVOKED)
    assert not give(complained(case), revoked, Role.SIGNER, "user:8").licence_presented


def test_an_owner_not_shown_to_have_driven_keeps_his_points_until_a_person_says_so() -> None:
    silent = c.IdentifyViolator(ViolatorBasis.OWNER_NOT_COOPERATING, OWNER.owner, ViolatorKind.PERSON)
    case = give(give(summoned(), silent, Role.HANDLER), c.MakeRecord(signed=True), Role.HANDLER)
    case = give(case, DECISION, Role.SIGNER, "user:9")
    told = decide(case, c.ApplyPoints(), context(Role.WORKER))
    assert [event.type for event in told] == [EventType.POINTS_BLOCKED]
    assert told[0].data["reason"] == "driver_not_shown"


def test_an_act_without_points_deducts_none() -> None:
    case = give(under(replace(RED, points=0)), DECISION, Role.SIGNER, "user:9")
    assert give(case, c.ApplyPoints(), Role.WORKER).points == 0


# -- money and force -------------------------------------------------------------------------


def test_lateness_costs_interest_on_the_unpaid_fine_only() -> None:
    case = unpaid()
    run = case.running(Clock.COMPLY)
    assert run is not None
    assert case.overdue
    ten = run.due_at + timedelta(days=10)
    case = give(case, c.RecordPayment("T1", 2_000_000, ten), Role.GATEWAY, at=ten)
    assert (case.accrued, case.owed) == (25_000, 3_025_000)  # 5,000,000 x 0.05 % x 10
    rest = ten + timedelta(days=2)
    case = give(case, c.RecordPayment("T2", 3_028_000, rest), Role.GATEWAY, at=rest)
    assert (case.accrued, case.owed, case.refund_due) == (28_000, 0, 0)
    assert case.paid == FINE + case.accrued
    assert case.running(Clock.COMPLY) is None


def test_a_payment_made_in_time_and_told_late_costs_nothing() -> None:
    case = unpaid()
    case = give(case, c.RecordPayment("T1", 1_000_000, T0), Role.GATEWAY)
    assert case.accrued == 0
    run = case.running(Clock.COMPLY)
    assert run is not None
    day = run.due_at + timedelta(days=4)
    case = give(case, c.RecordPayment("T2", 4_000_000, day), Role.GATEWAY, at=day)
    assert (case.accrued, case.owed) == (8_000, 8_000)
    again = give(case, c.RecordPayment("T3", 1, day), Role.GATEWAY, at=day)
    assert again.accrued == 8_000
    same = give(unpaid(), c.RecordPayment("T4", 1_000, day), Role.GATEWAY, at=day)
    assert give(same, c.RecordPayment("T5", 1_000, day), Role.GATEWAY, at=day).accrued == same.accrued


def test_money_before_the_decision_is_a_refund_and_pays_nothing() -> None:
    case = give(recorded(), c.RecordPayment("T1", FINE, T0), Role.GATEWAY)
    assert case.refund_due == FINE
    case = give(case, DECISION, Role.SIGNER, "user:9")
    assert case.owed == FINE


def test_force_comes_after_recorded_non_compliance_by_a_signer_and_is_sent_and_done() -> None:
    missed = c.Coerce(Coercing.NON_COMPLIANCE)
    assert refused(decided(), missed, Role.HANDLER) == "not_due"
    assert refused(unpaid(), ORDER, Role.SIGNER, "user:9") == "not_recorded"
    assert refused(unpaid(), c.Coerce(Coercing.SENT), Role.HANDLER) == "not_ordered"
    case = give(unpaid(), missed, Role.HANDLER)
    assert refused(case, missed, Role.HANDLER) == "recorded"
    assert refused(case, ORDER, Role.HANDLER, "user:9") == "forbidden"
    assert refused(case, replace(ORDER, detail=" "), Role.SIGNER, "user:9") == "no_measure"
    case = give(case, ORDER, Role.SIGNER, "user:9")
    assert refused(case, ORDER, Role.SIGNER, "user:9") == "recorded"
    case = give(case, c.Coerce(Coercing.SENT), Role.HANDLER)
    assert refused(case, c.Coerce(Coercing.SENT), Role.HANDLER) == "recorded"
    case = give(case, c.Coerce(Coercing.DONE, "khấu trừ"), Role.HANDLER)
    assert refused(case, c.Coerce(Coercing.DONE), Role.HANDLER) == "recorded"
    assert both(case, c.Close(Outcome.COERCED), Role.COMMANDER).outcome == "coerced"
    assert refused(unpaid(), c.Close(Outcome.COERCED), Role.COMMANDER) == "not_ordered"


def test_an_order_of_force_is_kept_and_its_sending_is_a_letter_and_a_step() -> None:
    case = give(unpaid(), c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER)
    letter = c.RecordDecisionSent("post", "RR9", T0, "01/QĐ-CC")
    assert refused(case, letter, Role.WORKER) == "no_number"
    case = give(case, ORDER, Role.SIGNER, "user:9")
    letter = replace(letter, number=case.coercion_number)
    paper = c.StoreDecision(case.coercion_number, "decisions/9.pdf", "a" * 64, "b" * 64)
    case = give(case, paper, Role.WORKER)
    assert case.printed[-1] == case.coercion_number
    papers = len(case.papers)
    by_hand = give(case, c.Coerce(Coercing.SENT), Role.HANDLER)
    posted_as_well = give(by_hand, letter, Role.WORKER)
    assert posted_as_well.papers[papers:][0].receipt == "RR9"
    case = give(case, letter, Role.WORKER)
    assert case.running(Clock.SENDCOERCE) is None
    assert case.papers[papers:][0].receipt == "RR9"
    assert refused(case, c.Coerce(Coercing.SENT), Role.HANDLER) == "recorded"


def test_nothing_is_ordered_after_the_enforcement_bar_and_people_close_the_case() -> None:
    case = give(unpaid(), c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER)
    assert refused(case, c.Close(Outcome.ENFORCEMENT_BARRED), Role.COMMANDER) == "enforceable"
    case = elapsed(case, Clock.ENFBAR)
    run = case.running(Clock.ENFBAR)
    assert run is not None
    late = run.due_at + timedelta(days=1)
    assert refused(case, ORDER, Role.SIGNER, "user:9", at=late) == "enforcement_barred"
    assert refused(case, c.Close(Outcome.ENFORCEMENT_BARRED), Role.WORKER) == "forbidden"
    assert both(case, c.Close(Outcome.ENFORCEMENT_BARRED), Role.COMMANDER).state is State.CLOSED


def test_suspended_enforcement_stops_force_and_no_clock() -> None:
    suspend = c.SuspendEnforcement(authority("user:9"), "QĐ của Tòa án")
    resume = c.ResumeEnforcement(authority("user:9"), "QĐ của Tòa án")
    assert refused(unpaid(), resume, Role.SIGNER, "user:9") == "not_suspended"
    case = give(unpaid(), suspend, Role.SIGNER, "user:9")
    assert case.clocks == unpaid().clocks
    assert refused(case, suspend, Role.SIGNER, "user:9") == "suspended"
    assert refused(case, c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER) == "suspended"
    case = give(case, resume, Role.SIGNER, "user:9")
    assert give(case, c.Coerce(Coercing.NON_COMPLIANCE), Role.HANDLER).non_compliance


@pytest.mark.parametrize("outcome", [Outcome.EXEMPTED, Outcome.VIOLATOR_DECEASED])
def test_unusual_ends_need_a_paper_and_two_persons(outcome: Outcome) -> None:
    assert refused(decided(), c.Close(outcome), Role.COMMANDER) == "incomplete"
    assert both(decided(), c.Close(outcome, "QĐ 12"), Role.COMMANDER).outcome == outcome


def test_only_an_organisation_is_dissolved_and_no_officer_closes_for_another_unit() -> None:
    dissolved = c.Close(Outcome.VIOLATOR_DISSOLVED, "QĐ giải thể")
    assert refused(decided(), dissolved, Role.COMMANDER) == "incomplete"
    assert refused(decided(), c.Close(Outcome.SANCTIONED_ELSEWHERE), Role.COMMANDER) == "outcome"


def test_a_paid_case_waits_for_its_points_and_for_its_service() -> None:
    money = c.RecordPayment("T1", FINE, T0)
    assert refused(give(served(), money, Role.GATEWAY), c.Close(Outcome.PAID), Role.WORKER) == "points_open"
    case = decided(give(signed(), money, Role.GATEWAY))
    assert case.closable is None
    assert refused(case, c.Close(Outcome.PAID), Role.WORKER) == "unserved"
    assert paid().closable is Outcome.PAID
    assert decided().closable is None
    assert opened().closable is None


def test_a_paid_fine_withdraws_every_warning() -> None:
    warned = give(unpaid(), c.IssueWarning(Target.LICENCE, WarningGround.UNPAID), Role.COMMANDER)
    assert warned.warnings
    day = warned.clocks[0].due_at
    case = give(warned, c.RecordPayment("T1", FINE + 10**6, day), Role.GATEWAY, at=day + timedelta(days=99))
    assert give(case, c.Close(Outcome.PAID), Role.WORKER).warnings == ()


# -- complaint -------------------------------------------------------------------------------


def test_a_complaint_pauses_nothing_but_the_close() -> None:
    case = complained(paid())
    assert case.clocks == paid().clocks
    assert case.closable is None
    assert refused(case, c.Close(Outcome.PAID), Role.WORKER) == "complaint_open"
    assert refused(case, COMPLAINT, Role.CLERK) == "complaint_open"
    assert (
        refused(case, replace(RULING, authority=authority("user:9")), Role.SIGNER, "user:9")
        == "second_person"
    )
    case = give(case, RULING, Role.SIGNER, "user:8")
    assert give(case, c.Close(Outcome.PAID), Role.WORKER).state is State.CLOSED


def test_a_complaint_says_what_of_and_when() -> None:
    assert refused(decided(), replace(COMPLAINT, subject=" "), Role.CLERK) == "incomplete"
    later = T0 + timedelta(days=1)
    assert refused(decided(), replace(COMPLAINT, received_at=later), Role.CLERK) == "future"
    assert refused(decided(), RULING, Role.SIGNER, "user:8") == "no_complaint"


def test_a_complaint_after_the_close_opens_the_decision_again() -> None:
    case = complained(closed())
    assert (case.phase, case.outcome, case.end_reported) == (Phase.DECIDED, "", False)
    assert {run.clock for run in case.clocks} == {Clock.ENFBAR}


def test_an_amended_decision_gives_back_what_is_too_much() -> None:
    amended = replace(RULING, ruling=Ruling.AMENDED, amount=4_000_000, mitigating=("a", "b"))
    case = give(complained(paid()), amended, Role.SIGNER, "user:8")
    assert (case.refund_due, case.owed, case.complaint) == (1_000_000, 0, "")
    part = give(decided(), c.RecordPayment("T1", 4_000_000, T0), Role.GATEWAY)
    case = give(complained(part), amended, Role.SIGNER, "user:8")
    assert (case.refund_due, case.owed, case.running(Clock.COMPLY)) == (0, 0, None)
    case = give(complained(), amended, Role.SIGNER, "user:8")
    assert case.owed == 4_000_000
    more = replace(RULING, ruling=Ruling.AMENDED, amount=6_000_000, aggravating=("a", "b"))
    assert refused(complained(), more, Role.SIGNER, "user:8") == "amount"
    assert refused(complained(notified()), amended, Role.SIGNER, "user:8") in {"no_decision", "illegal"}


def test_a_revoked_decision_gives_points_and_money_back_and_ends_the_case() -> None:
    case = complained(paid(FINE + 7))
    case = give(case, replace(RULING, ruling=Ruling.REVOKED), Role.SIGNER, "user:8")
    assert (case.state, case.outcome) == (State.DISMISSED, "complaint_upheld")
    assert (case.points, case.refund_due, case.paid) == (0, FINE + 7, FINE + 7)
    assert (case.owed, case.published, case.complaint) == (0, False, "")
    assert case.notice
    assert case.notice.letter_number
    assert give(case, c.RecordPayment("T8", 5, T0), Role.GATEWAY).refund_due == FINE + 12


def test_a_complaint_upheld_before_the_decision_dismisses_and_one_after_an_end_is_only_answered() -> None:
    revoke = replace(RULING, ruling=Ruling.REVOKED)
    assert give(complained(notified()), revoke, Role.SIGNER, "user:8").state is State.DISMISSED
    case = complained(dismissed())
    assert refused(case, revoke, Role.SIGNER, "user:8") == "illegal"
    assert give(case, RULING, Role.SIGNER, "user:8").complaint == ""


AGAIN = replace(RULING, ruling=Ruling.REVOKED, redecide=True)


def test_a_revoked_decision_makes_room_for_another_while_its_time_is_not_over() -> None:
    case = give(complained(paid(FINE + 7)), AGAIN, Role.SIGNER, "user:8")
    before = recorded()
    assert (case.state, case.phase, case.complaint) == (State.RESOLVING, Phase.RECORDED, "")
    assert (case.points, case.owed, case.refund_due, case.fulfilled) == (None, 0, FINE + 7, False)
    assert {(run.clock, run.due_at) for run in case.clocks} == {
        (run.clock, run.due_at) for run in before.clocks if run.clock in {Clock.BAR, Clock.DECIDE}
    }
    assert case.notice == before.notice
    late = give(case, c.RecordPayment("T8", 5, T0), Role.GATEWAY)
    assert (late.refund_due, late.owed) == (FINE + 12, 0)
    first = case.decision
    assert first is not None
    case = give(case, replace(DECISION, amount=4_500_000, mitigating=("a",)), Role.SIGNER, "user:9")
    assert case.decision is not None
    assert (case.decision.revoked, case.owed, case.replaced) == (False, 4_500_000, (first.number,))
    case = give(give(case, c.RecordService("handed", T0), Role.CLERK), c.ApplyPoints(), Role.WORKER)
    case = give(case, c.RecordPayment("T9", 4_500_000, T0), Role.GATEWAY)
    assert give(case, c.Close(Outcome.PAID), Role.WORKER).state is State.CLOSED


def test_no_decision_follows_after_its_time_or_the_bar_or_where_none_was() -> None:
    case = complained(unpaid())
    assert case.decide_due is not None
    late = case.decide_due + timedelta(seconds=1)
    assert refused(case, AGAIN, Role.SIGNER, "user:8", at=late) == "decision_time"
    on_time = replace(case, bar_due=late - timedelta(seconds=2))
    assert refused(on_time, AGAIN, Role.SIGNER, "user:8", at=case.decide_due) == "decision_time"
    dodging = replace(on_time, evading=True)
    again = give(dodging, AGAIN, Role.SIGNER, "user:8", at=case.decide_due)
    assert (again.running(Clock.BAR), again.overdue) == (None, False)
    assert refused(complained(notified()), AGAIN, Role.SIGNER, "user:8") == "no_decision"
    damaged = replace(case, record=None, published=False)
    assert give(damaged, AGAIN, Role.SIGNER, "user:8").phase is Phase.RECORDED


def test_the_papers_of_a_revoked_decision_are_kept_and_serve_nothing() -> None:
    case, numbers = complained(), Numbers()
    numbers("the first decision's")
    first = case.decision.number if case.decision else ""
    case = give(case, AGAIN, Role.SIGNER, "user:8")
    for event in decide(case, DECISION, context(Role.SIGNER, "user:9", numbers=numbers)):
        case = apply(case, Event(event.type, to_json(event.data)))
    kept = give(case, c.StoreDecision(first, "d/1.pdf", "a" * 64, "b" * 64), Role.WORKER)
    assert kept.printed == (first,)
    sent = give(kept, c.RecordDecisionSent("electronic", "E1", T0, first), Role.WORKER)
    assert sent.version == kept.version + 1
    assert sent.running(Clock.DEEMED) is None
    assert (sent.papers, sent.running(Clock.SENDDEC)) == (kept.papers, kept.running(Clock.SENDDEC))


def test_a_ruling_that_amended_a_revoked_decision_is_as_old_as_that_one() -> None:
    lower = replace(RULING, ruling=Ruling.AMENDED, amount=4_500_000, mitigating=("x",))
    amended = give(complained(), lower, Role.SIGNER, "user:8")
    assert amended.decision is not None
    case = give(complained(amended), AGAIN, Role.SIGNER, "user:8")
    assert case.replaced == (amended.decision.number, *amended.decision.amended_by)


# -- what cannot be asked --------------------------------------------------------------------


def test_what_needs_the_law_is_refused_without_it_and_numbers_count_per_series() -> None:
    bare = Context(context(Role.SIGNER, "user:9").actor, T0, deadlines.due, Numbers())
    with pytest.raises(CaseError) as error:
        decide(recorded(), DECISION, bare)
    assert error.value.code == "law_gap"


def test_a_damaged_log_is_refused_and_not_guessed() -> None:
    lawless = replace(signed(), law=None)
    assert refused(lawless, c.ApplyPoints(), Role.WORKER) == "no_law"
    assert refused(replace(recorded(), law=None), DECISION, Role.SIGNER, "user:9") == "no_law"
    known = replace(give(summoned(), DRIVER, Role.HANDLER), law=None)
    assert refused(known, c.MakeRecord(signed=True), Role.HANDLER) == "no_law"
    unnamed = c.IdentifyViolator(ViolatorBasis.OWNER_NOT_COOPERATING, "d" * 64, ViolatorKind.PERSON)
    assert refused(replace(summoned(), owner=None), unnamed, Role.HANDLER) == "no_owner"
    hidden = replace(paid(), published=False)
    case = give(hidden, c.Close(Outcome.PAID), Role.WORKER)
    assert case.state is State.CLOSED
    assert not complained(case).published
