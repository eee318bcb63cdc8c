"""The case as pure functions: every place and command, two persons, blindness, money, ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from workflow import commands as c
from workflow.case import (
    TRANSITIONS,
    Actor,
    CaseError,
    CaseState,
    Context,
    Event,
    allowed,
    apply,
    decide,
    to_json,
)
from workflow.law import deadlines
from workflow.law.offences import offence_for
from workflow.law.rows import LawRow, ViolatorKind
from workflow.lawbook import LawBook
from workflow.vocabulary import (
    TERMINAL,
    Clock,
    DismissalGround,
    EventType,
    Outcome,
    Phase,
    RejectionGround,
    RejudgeBasis,
    Role,
    State,
    Verdict,
)
from workflow.words import (
    Claim,
    Coercing,
    Conclusion,
    Delivered,
    Explaining,
    Finding,
    OwnerBasis,
    Register,
    Ruling,
    Target,
    TransferKind,
    TransferResult,
    ViolatorBasis,
    WarningGround,
)

T0 = datetime(2026, 10, 26, 3, 0, tzinfo=UTC)
RED = offence_for("red_light", "motorbike", T0.date()).row
CAR = offence_for("red_light", "car", T0.date()).row
FINE = 5_000_000  # the middle of RED's bracket
LATER = T0 + timedelta(days=25)  # the appointment and the twenty days are over
PLATE = "59X123456"
SEEN = c.MachineReading(PLATE, accepted=True, confidence=0.99)
YES = c.Answer(Verdict.VIOLATION, PLATE, "motorbike", "red_light")
NO = c.Answer(Verdict.REJECT, ground=RejectionGround.NO_VIOLATION)


class Numbers:
    """Counts like the register does."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def __call__(self, series: str) -> str:
        self.taken.append(series)
        return f"{len(self.taken):02d}/{series}"


def context(role: Role, who: str = "", at: datetime = T0, numbers: Numbers | None = None) -> Context:
    actor = Actor(who or role, frozenset({role}))
    return Context(actor, at, deadlines.due, numbers or Numbers(), law=LawBook(lambda: 60_000_000))


def give(
    case: CaseState | None, command: c.Command, role: Role, who: str = "", at: datetime = T0
) -> CaseState:
    state = case or CaseState()
    for event in decide(case, command, context(role, who, at)):
        state = apply(state, Event(event.type, to_json(event.data)))
    return state


def both(case: CaseState, command: c.Command, role: Role, at: datetime = T0) -> CaseState:
    """The same command by two persons."""
    return give(give(case, command, role, "user:4", at), command, role, "user:5", at)


def refused(case: CaseState | None, command: c.Command, role: Role, who: str = "", at: datetime = T0) -> str:
    """The code with which a command is refused."""
    with pytest.raises(CaseError) as error:
        give(case, command, role, who, at)
    return error.value.code


def elapsed(case: CaseState, clock: Clock) -> CaseState:
    """The case a second after a clock ended."""
    run = case.running(clock)
    assert run is not None
    return give(case, c.ElapseDeadline(clock), Role.CLOCK, at=run.due_at + timedelta(seconds=1))


OPENING = c.OpenFromDevice(
    "pkg", "0" * 64, "CAM", "CERT", "Ngã tư", T0 - timedelta(hours=1), "red_light", "motorbike", SEEN
)
REPORT = c.OpenFromReport(
    "pkg", "0" * 64, "Ngã tư", T0 - timedelta(days=2), "red_light", "motorbike", "VNeID"
)
INBOUND = c.OpenFromTransfer(
    "pkg", "0" * 64, "Ngã tư", T0 - timedelta(days=9), "red_light", "motorbike", "CSGT Đồng Nai", "3/PC", T0
)


@cache
def opened(reading: c.MachineReading = SEEN, vehicle: str = "motorbike") -> CaseState:
    return give(None, replace(OPENING, reading=reading, vehicle_class=vehicle), Role.WORKER)


@cache
def extracted(reading: c.MachineReading = SEEN, vehicle: str = "motorbike") -> CaseState:
    return give(opened(reading, vehicle), c.Extract(("frames/at.jpg",), reading), Role.WORKER)


@cache
def reviewed(vehicle: str = "motorbike") -> CaseState:
    answer = replace(YES, vehicle_class=vehicle)
    case = give(extracted(vehicle=vehicle), c.SubmitReview(answer), Role.REVIEWER, "user:1")
    return give(case, c.SubmitReview(answer), Role.REVIEWER, "user:2")


OWNER = c.DetermineOwner("d" * 64, "person", "motorcycle", "white", T0)


def authority(who: str, limit: int = 60_000_000) -> c.Authority:
    title = "Trưởng phòng Cảnh sát giao thông"
    return c.Authority(who, "Nguyễn Văn A", title, "QĐ 1", limit, "traffic_police_head")


@cache
def filed(row: LawRow = RED, owner: c.DetermineOwner = OWNER) -> CaseState:
    vehicle = "motorbike" if row is RED else "car"
    case = give(reviewed(vehicle), owner, Role.WORKER)
    return give(case, c.FileCase(row), Role.WORKER)


@cache
def notified(row: LawRow = RED, owner: c.DetermineOwner = OWNER) -> CaseState:
    sign = c.SignNotice(authority("user:9"), T0 + timedelta(days=14))
    case = give(filed(row, owner), sign, Role.SIGNER, "user:9")
    case = give(case, c.StoreNotice("notices/1.pdf", "a" * 64, "b" * 64), Role.WORKER)
    return give(case, c.RecordNoticeSent("post", "RR1", T0), Role.WORKER)


@cache
def summoned(row: LawRow = RED, owner: c.DetermineOwner = OWNER) -> CaseState:
    return give(notified(row, owner), c.OpenResolution("owner"), Role.HANDLER)


DRIVER = c.IdentifyViolator(ViolatorBasis.ADMITTED, "e" * 64, ViolatorKind.PERSON)


@cache
def recorded(row: LawRow = RED, violator: c.IdentifyViolator = DRIVER) -> CaseState:
    owner = replace(OWNER, owner_kind=violator.kind)
    case = give(summoned(row, owner), violator, Role.HANDLER)
    return give(case, c.MakeRecord(signed=True), Role.HANDLER)


DECISION = c.SignDecision(authority("user:9"), FINE, confirmed_by="user:9")


@cache
def signed() -> CaseState:
    return give(recorded(), DECISION, Role.SIGNER, "user:9")


@cache
def served() -> CaseState:
    return give(signed(), c.RecordService("handed", T0), Role.CLERK)


@cache
def decided(case: CaseState | None = None) -> CaseState:
    return give(case or served(), c.ApplyPoints(), Role.WORKER)


@cache
def paid(amount: int = FINE) -> CaseState:
    return give(decided(), c.RecordPayment("T1", amount, T0), Role.GATEWAY)


@cache
def closed() -> CaseState:
    return give(paid(), c.Close(Outcome.PAID), Role.WORKER)


@cache
def rejected() -> CaseState:
    case = give(extracted(), c.SubmitReview(NO), Role.REVIEWER, "user:1")
    return give(case, c.SubmitReview(NO), Role.REVIEWER, "user:2")


STOLEN = c.Dismiss(DismissalGround.STOLEN_VEHICLE, "đã trình báo")


@cache
def dismissed() -> CaseState:
    return both(notified(), STOLEN, Role.COMMANDER)


@cache
def expired() -> CaseState:
    return elapsed(notified(), Clock.BAR)


TRANSFER = c.TransferOut(authority("user:9"), TransferKind.FORM03, "Phòng CSGT Đồng Nai", "chủ xe cư trú")


@cache
def transferred() -> CaseState:
    return give(notified(), TRANSFER, Role.SIGNER, "user:9")


PLAN = c.SetInstalments(
    authority("anyone"),
    "hoàn cảnh khó khăn",
    (
        c.Instalment(T0 + timedelta(days=30), 2_000_000),
        c.Instalment(T0 + timedelta(days=60), FINE - 2_000_000),
    ),
    "anyone",
)

PLACES = {
    (State.COLLECTED, None): opened,
    (State.EXTRACTED, None): extracted,
    (State.REVIEWED, None): reviewed,
    (State.FILED, None): filed,
    (State.NOTIFIED, None): notified,
    (State.RESOLVING, Phase.SUMMONED): summoned,
    (State.RESOLVING, Phase.RECORDED): recorded,
    (State.RESOLVING, Phase.DECIDED): decided,
    (State.TRANSFERRED, None): transferred,
    (State.CLOSED, None): closed,
    (State.REJECTED, None): rejected,
    (State.DISMISSED, None): dismissed,
    (State.EXPIRED, None): expired,
}
COMMANDS: dict[type[c.Command], c.Command] = {
    type(command): command
    for command in (
        c.VerifyStep("biên bản"),
        c.ExtendVerification("phức tạp"),
        c.ConcludeVerification(Conclusion.PROVEN, "báo cáo"),
        c.Extract((), SEEN),
        c.SubmitReview(YES),
        c.Adjudicate(YES, "rõ"),
        c.CorrectReview(YES),
        c.HandBack("hết ca trực"),
        c.Rejudge(RejudgeBasis.SAMPLE, False, "rõ"),
        c.RejectEvidence(RejectionGround.DUPLICATE, "x"),
        c.PlaceHold("x"),
        c.ReleaseHold("x"),
        OWNER,
        c.RedetermineOwner("f" * 64, ViolatorKind.PERSON, OwnerBasis.ACQUIRER, "hợp đồng"),
        c.FileCase(RED),
        c.SignNotice(authority("anyone"), T0 + timedelta(days=9)),
        c.StoreNotice("n", "a", "b"),
        c.RecordNoticeSent("post", "R", T0),
        c.ResendNotice("địa chỉ mới"),
        c.RecordIssueSent(2, "post", "R", T0),
        c.RecordWithdrawal("1", "R", "w.pdf", "d" * 64),
        c.RecordSlipSent(Register.FORM04, "1", "s.pdf", "d" * 64, "e" * 64, "R", T0),
        c.RecordDelivery(Delivered.DELIVERED, "R", T0),
        c.IssueWarning(Target.REGISTRATION, WarningGround.UNPAID),
        c.SendForm04("Phường Mẫu", authority("anyone")),
        c.RecordCommuneReport(Finding.DELIVERED, T0),
        c.OpenResolution("owner"),
        c.RecordDriverClaim(Claim.NOMINATED, "e"),
        DRIVER,
        c.MakeRecord(signed=True),
        c.JoinActs(("PN1", "PN2")),
        c.PartAct("x"),
        c.RecordExplanation(Explaining.WAIVED),
        c.ExtendDecision(authority("anyone"), "phức tạp"),
        c.Escalate("Giám đốc", "vượt thẩm quyền"),
        DECISION,
        c.StoreRecord("01/BB-VPHC", "records/1.pdf", "a" * 64),
        c.StoreDecision("01/QĐ-XPHC", "decisions/1.pdf", "a" * 64, "b" * 64),
        c.RecordDecisionSent("post", "R", T0),
        c.RecordService("handed", T0),
        c.ApplyPoints(),
        c.PresentLicence(T0),
        c.RecordPayment("T9", 1, T0),
        PLAN,
        c.Coerce(Coercing.NON_COMPLIANCE),
        c.LodgeComplaint(T0, "mức phạt"),
        c.RuleOnComplaint(authority("anyone"), Ruling.REJECTED, "không có căn cứ"),
        c.SuspendEnforcement(authority("anyone"), "QĐ 5"),
        c.ResumeEnforcement(authority("anyone"), "QĐ 6"),
        c.Close(Outcome.PAID),
        replace(TRANSFER, authority=authority("anyone")),
        c.RecordReturn("không thuộc thẩm quyền"),
        c.RecordTransferResult(TransferResult.SANCTIONED, "9/QĐ-XPHC"),
        c.RecordEvasion(T0, "vắng mặt"),
        STOLEN,
        c.ElapseDeadline(Clock.BAR),
        c.ReportEnd(),
        c.Purge("hết thời hạn lưu"),
    )
}
OPENINGS = {c.OpenFromDevice, c.OpenFromReport, c.OpenFromTransfer}


def test_every_command_has_an_example() -> None:
    kinds = {one for one in vars(c).values() if isinstance(one, type) and issubclass(one, c.Command)}
    assert set(COMMANDS) | OPENINGS == set(TRANSITIONS) == kinds - {c.Command}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", COMMANDS)
def test_each_place_takes_or_refuses_each_command_as_the_table_says(
    place: tuple[State, Phase | None], kind: type[c.Command]
) -> None:
    case = PLACES[place]()
    assert (case.state, case.phase) == place
    row = TRANSITIONS[kind]
    who = Actor("anyone", row.roles)
    try:
        decide(case, COMMANDS[kind], replace(context(Role.WORKER), actor=who))
        refused = ""
    except CaseError as error:
        refused = error.code
    assert (refused == "illegal") == (place not in row.places)
    assert (kind in allowed(case, row.roles)) == (place in row.places)


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_role_that_is_not_in_the_table_is_refused(kind: type[c.Command]) -> None:
    row = TRANSITIONS[kind]
    case = PLACES[row.places[0]]()
    for role in set(Role) - row.roles:
        with pytest.raises(CaseError, match="is not for"):
            decide(case, COMMANDS[kind], context(role))


def test_nobody_reviews_twice_and_the_case_stays_blind_until_the_second_answer() -> None:
    case = give(extracted(), c.SubmitReview(YES), Role.REVIEWER, "user:1")
    assert case.state is State.EXTRACTED
    with pytest.raises(CaseError) as refused:
        give(case, c.SubmitReview(YES), Role.REVIEWER, "user:1")
    assert refused.value.code == "reviewed"


def test_two_officers_against_an_accepted_reading_go_to_an_adjudicator() -> None:
    other = replace(YES, plate="59X123457")
    case = give(extracted(), c.SubmitReview(other), Role.REVIEWER, "user:1")
    case = give(case, c.SubmitReview(other), Role.REVIEWER, "user:2")
    assert case.disagreed
    assert case.state is State.EXTRACTED
    with pytest.raises(CaseError) as refused:
        give(case, c.Adjudicate(other, "rõ"), Role.ADJUDICATOR, "user:2")
    assert refused.value.code == "second_person"
    assert give(case, c.Adjudicate(other, "rõ"), Role.ADJUDICATOR, "user:3").plate == "59X123457"


def test_an_unaccepted_reading_does_not_stand_against_two_officers() -> None:
    blurred = c.MachineReading("59X123450", accepted=False, confidence=0.3)
    case = give(extracted(blurred), c.SubmitReview(YES), Role.REVIEWER, "user:1")
    assert give(case, c.SubmitReview(YES), Role.REVIEWER, "user:2").state is State.REVIEWED


def test_disagreement_waits_for_a_third_person_who_may_reject() -> None:
    case = give(extracted(), c.SubmitReview(YES), Role.REVIEWER, "user:1")
    case = give(case, c.SubmitReview(NO), Role.REVIEWER, "user:2")
    assert case.disagreed
    case = give(case, c.Adjudicate(NO, "xe dừng trước vạch"), Role.ADJUDICATOR, "user:3")
    assert (case.state, case.outcome) == (State.REJECTED, "no_violation")
    assert {run.clock for run in case.clocks} == {Clock.RETAIN}


def test_both_rejecting_on_one_ground_rejects() -> None:
    case = give(extracted(), c.SubmitReview(NO), Role.REVIEWER, "user:1")
    assert give(case, c.SubmitReview(NO), Role.REVIEWER, "user:2").state is State.REJECTED


def test_a_hold_stops_filing_and_signing_and_needs_two_persons_to_go() -> None:
    held = give(give(reviewed(), OWNER, Role.WORKER), c.PlaceHold("clone"), Role.WORKER)
    with pytest.raises(CaseError) as refused:
        give(held, c.FileCase(RED), Role.WORKER)
    assert refused.value.code == "held"
    proposed = give(held, c.ReleaseHold("ok"), Role.COMMANDER, "user:4")
    assert proposed.hold
    with pytest.raises(CaseError) as refused:
        give(proposed, c.ReleaseHold("ok"), Role.COMMANDER, "user:4")
    assert refused.value.code == "second_person"
    assert not give(proposed, c.ReleaseHold("ok"), Role.COMMANDER, "user:5").hold


def test_an_unverified_row_needs_a_recorded_confirmation() -> None:
    case = give(reviewed(), OWNER, Role.WORKER)
    with pytest.raises(CaseError) as refused:
        give(case, c.FileCase(replace(RED, verified=False)), Role.WORKER)
    assert refused.value.code == "unverified"


def test_the_first_stored_notice_wins() -> None:
    sign = c.SignNotice(authority("user:9"), T0 + timedelta(days=14))
    case = give(filed(), sign, Role.SIGNER, "user:9")
    case = give(case, c.StoreNotice("first.pdf", "a" * 64, "b" * 64), Role.WORKER)
    assert give(case, c.StoreNotice("second.pdf", "c" * 64, "d" * 64), Role.WORKER) == case


def test_a_second_office_has_its_address() -> None:
    at = T0 + timedelta(days=14)
    for office, address in (("Công an phường Mẫu", ""), ("", "1 đường Mẫu")):
        sign = c.SignNotice(authority("user:9"), at, office, address)
        assert refused(filed(), sign, Role.SIGNER, "user:9") == "incomplete"
    sign = c.SignNotice(authority("user:9"), at, "Công an phường Mẫu", "1 đường Mẫu")
    notice = give(filed(), sign, Role.SIGNER, "user:9").notice
    assert notice is not None
    assert (notice.second_office, notice.second_address) == ("Công an phường Mẫu", "1 đường Mẫu")


def test_competence_is_tested_on_the_maximum_of_the_bracket() -> None:
    with pytest.raises(CaseError) as refused:
        give(
            recorded(),
            replace(DECISION, authority=authority("user:9", 6_000_000 - 1)),
            Role.SIGNER,
            "user:9",
        )
    assert refused.value.code == "competence"


@pytest.mark.parametrize("amount", [4_000_000, 5_000_001, None])
def test_an_amount_that_the_law_does_not_allow_is_refused(amount: int | None) -> None:
    with pytest.raises(CaseError) as refused:
        give(recorded(), replace(DECISION, amount=amount), Role.SIGNER, "user:9")
    assert refused.value.code == "amount"


def test_a_payment_told_twice_counts_once_and_too_much_becomes_a_refund() -> None:
    case = give(decided(), c.RecordPayment("T1", FINE + 5, T0), Role.GATEWAY)
    assert give(case, c.RecordPayment("T1", FINE + 5, T0), Role.GATEWAY) == case
    assert case.refund_due == 5
    assert give(case, c.Close(Outcome.PAID), Role.WORKER).state is State.CLOSED


def test_part_payments_add_up() -> None:
    case = give(decided(), c.RecordPayment("T1", 1_000_000, T0), Role.GATEWAY)
    with pytest.raises(CaseError) as refused:
        give(case, c.Close(Outcome.PAID), Role.WORKER)
    assert refused.value.code == "unpaid"
    case = give(case, c.RecordPayment("T2", FINE - 1_000_000, T0), Role.GATEWAY)
    assert (case.paid, case.refund_due) == (FINE, 0)


def test_money_that_meets_a_dismissal_is_a_refund() -> None:
    ground = c.Dismiss(DismissalGround.STOLEN_VEHICLE, "đã trình báo")
    case = give(give(notified(), ground, Role.COMMANDER, "user:4"), ground, Role.COMMANDER, "user:5")
    assert give(case, c.RecordPayment("T1", 5_000_000, T0), Role.GATEWAY).refund_due == 5_000_000


def test_a_dismissal_after_sending_voids_withdraws_and_owes_a_letter() -> None:
    ground = c.Dismiss(DismissalGround.EMERGENCY_ON_DUTY, "xe cứu thương")
    case = give(give(notified(), ground, Role.COMMANDER, "user:4"), ground, Role.COMMANDER, "user:5")
    assert case.state is State.DISMISSED
    assert case.notice is not None
    assert case.notice.voided
    assert case.notice.letter_number
    assert not case.published
    with pytest.raises(CaseError) as refused:
        give(case, c.ReportEnd(), Role.WORKER)
    assert refused.value.code == "no_letter"
    assert give(case, c.ReportEnd("RR2", "w.pdf"), Role.WORKER).end_reported


def test_a_proposal_takes_no_number_and_the_second_person_takes_one() -> None:
    case, numbers = notified(), Numbers()
    ground = c.Dismiss(DismissalGround.CLONED_PLATE, "biển giả")
    first = decide(case, ground, context(Role.COMMANDER, "user:4", numbers=numbers))
    assert [event.type for event in first] == [EventType.PROPOSED]
    assert numbers.taken == []
    proposed = apply(case, Event(first[0].type, to_json(first[0].data)))
    decide(proposed, ground, context(Role.COMMANDER, "user:5", numbers=numbers))
    assert numbers.taken == ["notice"]


def test_no_answer_elapses_only_after_twenty_days_and_the_appointment() -> None:
    case = notified()
    run = case.running(Clock.NOANSWER)
    assert run is not None
    with pytest.raises(CaseError) as refused:
        give(case, c.ElapseDeadline(Clock.NOANSWER), Role.CLOCK, at=run.due_at)
    assert refused.value.code == "not_due"
    late = give(case, c.ElapseDeadline(Clock.NOANSWER), Role.CLOCK, at=run.due_at + timedelta(seconds=1))
    assert late.overdue
    assert (late.state, late.phase) == (State.NOTIFIED, None)


def test_the_time_bar_ends_an_open_case_and_withdraws_what_was_published() -> None:
    case = notified()
    run = case.running(Clock.BAR)
    assert run is not None
    case = give(case, c.ElapseDeadline(Clock.BAR), Role.CLOCK, at=run.due_at + timedelta(seconds=1))
    assert (case.state, case.published) == (State.EXPIRED, False)


def test_after_the_decision_the_time_bar_no_longer_runs() -> None:
    assert decided().running(Clock.BAR) is None
    assert decided().running(Clock.ENFBAR) is not None


@pytest.mark.parametrize("place", PLACES)
def test_every_event_applies_and_ends_stop_all_clocks(place: tuple[State, Phase | None]) -> None:
    case = PLACES[place]()
    assert case.version > 0
    if case.state in TERMINAL:
        assert [run.clock for run in case.clocks] == [Clock.RETAIN]


def test_every_event_type_can_be_applied() -> None:
    from workflow.applying import _APPLY

    assert set(_APPLY) == set(EventType)


def test_a_case_has_no_field_that_nobody_declared() -> None:
    from workflow.casestate import replace as changed

    assert changed(opened(), hold="x").hold == "x"
    with pytest.raises(TypeError, match="holt"):
        changed(opened(), holt="x")  # type: ignore[call-arg]  # what it is about
