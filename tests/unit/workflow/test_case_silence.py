"""Reports, the owner, further issues of the notice, what follows from silence, who stands for the act."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.workflow.test_case import (
    CAR,
    DECISION,
    DRIVER,
    INBOUND,
    LATER,
    OPENING,
    OWNER,
    RED,
    REPORT,
    SEEN,
    T0,
    authority,
    both,
    context,
    elapsed,
    filed,
    give,
    notified,
    opened,
    refused,
    reviewed,
    signed,
    summoned,
)
from workflow import commands as c
from workflow.case import CaseState, Policy, decide
from workflow.law.rows import ViolatorKind
from workflow.vocabulary import Clock, EventType, RejectionGround, Role, State
from workflow.words import (
    Claim,
    Conclusion,
    Delivered,
    Finding,
    OwnerBasis,
    Paper,
    Register,
    Source,
    Target,
    ViolatorBasis,
    WarningGround,
)

BUYER = c.RedetermineOwner("f" * 64, ViolatorKind.PERSON, OwnerBasis.ACQUIRER, "hợp đồng mua bán")
SILENT = c.IdentifyViolator(ViolatorBasis.OWNER_NOT_COOPERATING, OWNER.owner, ViolatorKind.PERSON)
COMPANY = replace(OWNER, owner_kind=ViolatorKind.ORGANISATION)
UNNAMED = c.IdentifyViolator(ViolatorBasis.ORGANISATION_NOT_NAMING, OWNER.owner, ViolatorKind.ORGANISATION)
DELIVERED = c.RecordDelivery(Delivered.DELIVERED, "RR1", T0)
RETURNED = replace(DELIVERED, outcome=Delivered.RETURNED)
WARN = c.IssueWarning(Target.REGISTRATION, WarningGround.NOTICE_UNANSWERED)


def overdue() -> CaseState:
    return elapsed(notified(), Clock.NOANSWER)


# -- reports and transfers in ----------------------------------------------------------------


def test_a_report_is_verified_before_anything_else_is_done_with_it() -> None:
    case = give(None, REPORT, Role.CLERK)
    assert case.source is Source.REPORT
    assert {run.clock for run in case.clocks} == {Clock.BAR, Clock.VERIFY}
    assert refused(case, c.Extract((), SEEN), Role.WORKER) == "not_proven"
    case = give(case, c.VerifyStep("đã đến hiện trường"), Role.HANDLER)
    case = give(case, c.ConcludeVerification(Conclusion.PROVEN, "có vi phạm"), Role.HANDLER)
    assert {run.clock for run in case.clocks} == {Clock.BAR, Clock.NOTIFY}
    assert refused(case, c.VerifyStep("x"), Role.HANDLER) == "verified"
    assert give(case, c.Extract((), SEEN), Role.WORKER).state is State.EXTRACTED


def test_verification_takes_thirty_days_once_sixty_and_no_more() -> None:
    case = give(None, REPORT, Role.CLERK)
    first = case.running(Clock.VERIFY)
    case = give(case, c.ExtendVerification("phức tạp"), Role.HANDLER)
    last = case.running(Clock.VERIFY)
    assert first is not None
    assert last is not None
    assert last.due_at - first.due_at == timedelta(days=30)
    assert refused(case, c.ExtendVerification("nữa"), Role.HANDLER) == "extended"
    assert refused(case, c.ExtendVerification(" "), Role.HANDLER) == "incomplete"
    assert elapsed(case, Clock.VERIFY).state is State.COLLECTED


@pytest.mark.parametrize("conclusion", [Conclusion.NOT_PROVEN, Conclusion.CRIME])
def test_a_report_that_is_not_proven_is_rejected_by_a_person(conclusion: Conclusion) -> None:
    case = give(None, REPORT, Role.CLERK)
    not_proven = c.RejectEvidence(RejectionGround.NOT_PROVEN, "không xác minh được")
    assert refused(case, not_proven, Role.ADJUDICATOR) == "not_concluded"
    case = give(case, c.ConcludeVerification(conclusion, "báo cáo"), Role.HANDLER)
    assert case.running(Clock.NOTIFY) is None
    assert give(case, not_proven, Role.ADJUDICATOR).outcome == "not_proven"


def test_what_a_device_saw_needs_no_verification() -> None:
    assert refused(opened(), c.VerifyStep("x"), Role.HANDLER) == "not_reported"


def test_anonymous_data_needs_concrete_evidence_and_old_acts_are_not_taken() -> None:
    assert refused(None, replace(REPORT, anonymous=True, concrete=False), Role.CLERK) == "anonymous"
    old = T0 - timedelta(days=366)
    assert refused(None, replace(REPORT, recorded_at=old), Role.CLERK) == "time_barred"
    assert refused(None, replace(INBOUND, recorded_at=old), Role.CLERK) == "time_barred"


def test_a_transfer_in_keeps_the_bar_of_the_first_record() -> None:
    case = give(None, INBOUND, Role.CLERK)
    bar = case.running(Clock.BAR)
    assert bar is not None
    assert bar.starts_at == INBOUND.recorded_at
    assert refused(None, replace(INBOUND, unit=" "), Role.CLERK) == "incomplete"
    assert refused(None, replace(INBOUND, received_at=LATER), Role.CLERK) == "future"
    assert refused(None, replace(OPENING, recorded_at=LATER), Role.WORKER) == "future"


# -- owner and file --------------------------------------------------------------------------


def test_an_owner_elsewhere_and_an_army_vehicle_are_not_filed_here() -> None:
    away = give(reviewed(), replace(OWNER, in_area=False), Role.WORKER)
    assert refused(away, c.FileCase(RED), Role.WORKER) == "elsewhere"
    army = give(reviewed(), replace(OWNER, plate_colour="red"), Role.WORKER)
    assert refused(army, c.FileCase(RED), Role.WORKER) == "military"
    assert refused(reviewed(), c.FileCase(RED), Role.WORKER) == "no_owner"


def test_an_officer_confirms_unverified_law_and_only_for_himself() -> None:
    case = give(reviewed(), OWNER, Role.WORKER)
    unsure = replace(RED, verified=False)
    assert refused(case, c.FileCase(unsure, "user:7"), Role.HANDLER, "user:8") == "forbidden"
    assert give(case, c.FileCase(unsure, "user:7"), Role.HANDLER, "user:7").confirmed_by == "user:7"


def test_another_owner_takes_two_persons_voids_the_notice_and_withdraws_what_stands() -> None:
    warned = give(overdue(), WARN, Role.COMMANDER)
    number = warned.notice.number if warned.notice else ""
    case = both(warned, BUYER, Role.HANDLER)
    assert (case.state, case.warnings, case.notice) == (State.REVIEWED, (), None)
    assert case.owner is not None
    assert (case.owner.owner, case.owner.basis) == (BUYER.owner, OwnerBasis.ACQUIRER)
    [old] = case.withdrawn
    assert (old.number, old.voided, bool(old.letter_number), old.owner) == (number, True, True, OWNER.owner)
    assert case.running(Clock.NOTIFY) is not None
    assert case.running(Clock.BAR) is not None
    told = c.RecordWithdrawal(number, "RR2", "w.pdf", "d" * 64)
    case = give(case, told, Role.WORKER)
    assert case.withdrawn[0].letter == "RR2"
    assert give(case, told, Role.WORKER) == case
    assert refused(case, replace(told, number="99"), Role.WORKER) == "not_withdrawn"
    again = give(give(case, c.FileCase(RED), Role.WORKER), c.PlaceHold("x"), Role.WORKER)
    assert again.state is State.FILED


def test_the_same_owner_is_no_other_owner() -> None:
    assert refused(notified(), replace(BUYER, owner=OWNER.owner), Role.HANDLER) == "same_owner"


# -- issues and deliveries -------------------------------------------------------------------


def test_the_notice_goes_out_again_under_its_number_and_each_issue_once() -> None:
    case = give(notified(), RETURNED, Role.GATEWAY)
    case = give(case, c.ResendNotice("trả lại"), Role.CLERK)
    assert refused(case, c.ResendNotice("nữa"), Role.CLERK) == "resending"
    sent = c.RecordIssueSent(2, "post", "RR7", LATER)
    case = give(case, sent, Role.WORKER, at=LATER)
    assert case.notice is not None
    assert (case.notice.issue, case.notice.number, case.notice.delivery) == (2, "01/notice", "")
    assert give(case, sent, Role.WORKER, at=LATER) == case
    run = case.running(Clock.NOANSWER)
    assert run is not None
    assert run.starts_at == LATER
    assert refused(case, replace(sent, issue=4), Role.WORKER) == "not_asked"
    case = give(case, replace(DELIVERED, receipt="RR7"), Role.GATEWAY)
    assert [(i.issue, i.outcome) for i in case.papers] == [(1, "returned"), (2, "delivered")]
    assert case.notice
    assert case.notice.delivery == "delivered"


def test_an_issue_that_nobody_asked_for_is_refused() -> None:
    assert refused(notified(), c.RecordIssueSent(2, "post", "R", T0), Role.WORKER) == "not_asked"
    assert refused(filed(), c.RecordIssueSent(2, "post", "R", T0), Role.WORKER) == "illegal"


def test_a_further_issue_restarts_no_twenty_days_once_the_owner_came() -> None:
    case = give(notified(), c.ResendNotice("địa chỉ mới"), Role.CLERK)
    case = give(case, c.OpenResolution("owner"), Role.HANDLER)
    case = give(case, c.RecordIssueSent(2, "post", "RR7", T0), Role.WORKER)
    assert case.running(Clock.NOANSWER) is None


def test_a_delivery_told_twice_is_one_fact_and_each_paper_has_its_own() -> None:
    case = give(notified(), DELIVERED, Role.GATEWAY)
    assert give(case, DELIVERED, Role.CLERK) == case
    summons = replace(DELIVERED, paper=Paper.SUMMONS, receipt="S1", outcome=Delivered.REFUSED)
    case = give(case, summons, Role.CLERK)
    assert case.delivery_of(Paper.SUMMONS) == "refused"
    assert case.delivery_of(Paper.NOTICE) == "delivered"
    assert case.delivery_of(Paper.RECORD) == ""


# -- silence ---------------------------------------------------------------------------------


def test_nobody_is_warned_before_the_twenty_days_and_each_body_once() -> None:
    assert refused(notified(), WARN, Role.COMMANDER) == "no_ground"
    case = give(overdue(), WARN, Role.COMMANDER)
    assert [warning.target for warning in case.warnings] == [Target.REGISTRATION]
    assert refused(case, WARN, Role.COMMANDER) == "warned"


def test_a_motorcycle_is_not_inspected_and_a_licence_belongs_to_a_known_person() -> None:
    case = overdue()
    assert refused(case, replace(WARN, target=Target.INSPECTION), Role.COMMANDER) == "not_inspected"
    assert refused(case, replace(WARN, target=Target.LICENCE), Role.COMMANDER) == "no_violator"
    car = elapsed(notified(CAR), Clock.NOANSWER)
    assert give(car, replace(WARN, target=Target.INSPECTION), Role.COMMANDER).warnings


def test_the_ground_of_a_record_is_its_appointment_after_the_twenty_days() -> None:
    ground = replace(WARN, ground=WarningGround.RECORD_UNANSWERED)
    case = give(summoned(), DRIVER, Role.HANDLER)
    assert refused(case, ground, Role.COMMANDER) == "no_ground"
    soon = T0 + timedelta(days=2)
    made = give(case, c.MakeRecord(signed=True, appointment_at=soon), Role.HANDLER)
    assert refused(made, ground, Role.COMMANDER, at=soon + timedelta(days=1)) == "no_ground"
    warned = give(made, replace(ground, target=Target.LICENCE), Role.COMMANDER, at=LATER)
    assert [w.target for w in warned.warnings] == [Target.LICENCE]
    assert refused(made, replace(ground, ground=WarningGround.UNPAID), Role.COMMANDER) == "no_ground"


@pytest.mark.parametrize("finding", list(Finding))
def test_form_04_waits_for_its_report_which_may_prove_delivery(finding: Finding) -> None:
    form = c.SendForm04("Công an phường Mẫu", authority("user:9"))
    assert refused(notified(), form, Role.COMMANDER, "user:9") == "not_due"
    assert refused(overdue(), form, Role.COMMANDER, "user:8") == "forbidden"
    case = give(overdue(), form, Role.COMMANDER, "user:9")
    assert refused(case, form, Role.COMMANDER, "user:9") == "form04_open"
    case = give(case, c.RecordCommuneReport(finding, T0), Role.CLERK)
    assert case.form04 == ""
    reached = finding in {Finding.DELIVERED, Finding.REFUSED}
    assert case.notice is not None
    assert (case.notice.delivery == finding) == reached
    assert refused(case, c.RecordCommuneReport(finding, T0), Role.CLERK) == "no_form04"


def test_the_appointment_of_the_notice_passes_and_moves_nothing() -> None:
    case = notified()
    run = case.running(Clock.APPOINTMENT)
    assert run is not None
    assert case.notice is not None
    assert run.due_at == case.notice.appointment_at
    late = run.due_at + timedelta(seconds=1)
    assert refused(case, c.ElapseDeadline(Clock.APPOINTMENT), Role.CLOCK, at=run.due_at) == "not_due"
    told = decide(case, c.ElapseDeadline(Clock.APPOINTMENT), context(Role.CLOCK, at=late))
    assert [event.type for event in told] == [EventType.APPOINTMENT_MISSED]
    missed = elapsed(case, Clock.APPOINTMENT)
    assert (missed.state, missed.overdue, missed.warnings) == (State.NOTIFIED, True, ())
    assert refused(missed, c.ElapseDeadline(Clock.APPOINTMENT), Role.CLOCK, at=late) == "not_running"


def test_whoever_comes_misses_no_appointment_and_the_record_gives_a_new_one() -> None:
    case = give(notified(), c.OpenResolution("owner"), Role.HANDLER)
    assert case.running(Clock.APPOINTMENT) is None
    soon = T0 + timedelta(days=3)
    made = c.MakeRecord(signed=True, appointment_at=soon)
    case = give(give(case, DRIVER, Role.HANDLER), made, Role.HANDLER)
    run = case.running(Clock.APPOINTMENT)
    assert run is not None
    assert run.due_at == soon
    assert give(case, DECISION, Role.SIGNER, "user:9").running(Clock.APPOINTMENT) is None


def test_form_04_is_not_for_cars() -> None:
    car = elapsed(notified(CAR), Clock.NOANSWER)
    form = c.SendForm04("Công an phường Mẫu", authority("user:9"))
    assert refused(car, form, Role.SIGNER, "user:9") == "not_form04"
    assert refused(overdue(), replace(form, commune=" "), Role.SIGNER, "user:9") == "incomplete"


def test_the_paper_of_a_number_leaves_once() -> None:
    form = c.SendForm04("Công an phường Mẫu", authority("user:9"))
    case = give(overdue(), form, Role.SIGNER, "user:9")
    [slip] = case.slips
    assert (slip.series, slip.number, slip.sent) == (Register.FORM04, case.form04, False)
    kept = c.RecordSlipSent(Register.FORM04, slip.number, "slips/1.pdf", "a" * 64, "b" * 64, "RR2", T0)
    assert refused(case, replace(kept, number="99"), Role.WORKER) == "no_number"
    assert refused(case, replace(kept, series=Register.POINTS), Role.WORKER) == "no_number"
    assert refused(case, replace(kept, sha256=""), Role.WORKER) == "no_number"
    sent = give(case, kept, Role.WORKER)
    assert sent.slips == (replace(slip, sent=True),)
    assert give(sent, replace(kept, receipt="RR3"), Role.WORKER) == sent


# -- who stands for it -----------------------------------------------------------------------


def test_a_claim_brings_the_owner_in() -> None:
    case = give(notified(), c.RecordDriverClaim(Claim.NOMINATED, "e" * 64), Role.OWNER, "vneid:1")
    assert (case.phase, case.running(Clock.NOANSWER)) == ("summoned", None)
    case = give(case, c.RecordDriverClaim(Claim.DENIED, "e" * 64), Role.HANDLER)
    assert [claim.claim for claim in case.claims] == ["nominated", "denied"]
    assert refused(case, c.RecordDriverClaim(Claim.ADMITTED), Role.HANDLER) == "incomplete"


def test_an_owner_who_helps_nobody_stands_for_the_act_after_a_documented_chance() -> None:
    assert refused(overdue(), SILENT, Role.HANDLER) == "not_heard"
    case = give(overdue(), DELIVERED, Role.GATEWAY)
    assert refused(notified(), SILENT, Role.HANDLER) == "not_heard"
    case = give(case, SILENT, Role.HANDLER)
    assert (case.phase, case.unproven_owner, case.overdue) == ("summoned", True, False)


def test_an_owner_who_proved_not_to_have_driven_does_not() -> None:
    proved = c.RecordDriverClaim(Claim.OWNER_DISPROVED, detail="vé máy bay")
    assert refused(summoned(), replace(proved, detail=""), Role.OWNER) == "incomplete"
    case = give(summoned(), proved, Role.OWNER)
    assert refused(case, SILENT, Role.HANDLER) == "basis"


@pytest.mark.parametrize(
    ("owner", "command"),
    [
        (OWNER, UNNAMED),
        (COMPANY, SILENT),
        (COMPANY, replace(UNNAMED, violator="e" * 64)),
        (OWNER, replace(DRIVER, kind=ViolatorKind.ORGANISATION)),
    ],
)
def test_each_basis_is_for_its_kind_of_owner(owner: c.DetermineOwner, command: c.IdentifyViolator) -> None:
    assert refused(summoned(RED, owner), command, Role.HANDLER) == "basis"


def test_an_organisation_that_does_not_name_the_driver_stands_for_the_act() -> None:
    case = give(summoned(RED, COMPANY), UNNAMED, Role.HANDLER)
    assert case.violator_kind == "organisation"
    assert refused(case, DRIVER, Role.HANDLER) == "identified"
    assert refused(notified(), DRIVER, Role.HANDLER) == "not_heard"


def test_a_household_counts_as_an_individual() -> None:
    home = replace(OWNER, owner_kind=ViolatorKind.HOUSEHOLD)
    silent = replace(SILENT, kind=ViolatorKind.HOUSEHOLD)
    assert give(summoned(RED, home), silent, Role.HANDLER).violator_kind == "household"


def test_a_hold_says_which_clocks_run_short_or_are_over() -> None:
    case, near = filed(), Policy().near
    notify, bar = case.running(Clock.NOTIFY), case.running(Clock.BAR)
    assert notify is not None
    assert bar is not None
    assert case.short(T0, near) == ()
    assert case.short(notify.due_at - near[Clock.NOTIFY], near) == (notify,)
    assert case.short(bar.due_at - timedelta(days=31), near) == (notify,)
    assert case.short(bar.due_at + timedelta(days=1), near) == (notify, bar)


@pytest.mark.parametrize(("days", "told"), [(4, {}), (2, {Clock.NOTIFY})])
def test_the_event_of_a_hold_names_them(days: int, told: set[Clock]) -> None:
    notify = filed().running(Clock.NOTIFY)
    assert notify is not None
    asked = context(Role.WORKER, at=notify.due_at - timedelta(days=days))
    placed = decide(filed(), c.PlaceHold("nghi biển giả"), asked)[0]
    assert set(placed.data.get("short", {})) == set(told)


def test_a_decision_is_served_by_post_and_deemed_served_after_the_third_return() -> None:
    decision = replace(DELIVERED, paper=Paper.DECISION, receipt="D1")
    assert give(signed(), decision, Role.GATEWAY).running(Clock.COMPLY) is not None
    case = signed()
    for number in (1, 2, 3):
        assert case.running(Clock.DEEMED) is None
        case = give(case, c.RecordDecisionSent("post", f"D{number}", T0), Role.CLERK)
        back = replace(RETURNED, paper=Paper.DECISION, receipt=f"D{number}")
        case = give(case, back, Role.GATEWAY)
    assert case.running(Clock.DEEMED) is not None
    case = elapsed(case, Clock.DEEMED)
    assert case.decision is not None
    assert case.decision.served_at is not None
    assert case.running(Clock.COMPLY) is not None
    again = replace(decision, receipt="D9", outcome=Delivered.REFUSED)
    assert give(case, again, Role.GATEWAY).decision == case.decision
