"""The case as pure functions: every place and command, two persons, blindness, money, ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
from workflow.vocabulary import (
    TERMINAL,
    Clock,
    DismissalGround,
    EventType,
    Outcome,
    Phase,
    RejectionGround,
    Role,
    State,
    Verdict,
)

T0 = datetime(2026, 10, 26, 3, 0, tzinfo=UTC)
RED = offence_for("red_light", "motorbike", T0.date()).row
FIRST, FINE, LAST = 4_000_000, 5_000_000, 6_000_000  # its bracket and the middle
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
    return Context(Actor(who or role, frozenset({role})), at, deadlines.due, numbers or Numbers())


def give(
    case: CaseState | None, command: c.Command, role: Role, who: str = "", at: datetime = T0
) -> CaseState:
    state = case or CaseState()
    for event in decide(case, command, context(role, who, at)):
        state = apply(state, Event(event.type, to_json(event.data)))
    return state


def opened(reading: c.MachineReading = SEEN) -> CaseState:
    command = c.OpenFromDevice(
        "pkg", "0" * 64, "CAM", "CERT", "Ngã tư", T0 - timedelta(hours=1), "red_light", "motorbike", reading
    )
    return give(None, command, Role.WORKER)


def extracted(reading: c.MachineReading = SEEN) -> CaseState:
    return give(opened(reading), c.Extract(("frames/at.jpg",), reading), Role.WORKER)


def reviewed() -> CaseState:
    case = give(extracted(), c.SubmitReview(YES), Role.REVIEWER, "user:1")
    return give(case, c.SubmitReview(YES), Role.REVIEWER, "user:2")


OWNER = c.DetermineOwner("d" * 64, "person", "motorcycle", "white", T0)


def authority(who: str, limit: int = 60_000_000) -> c.Authority:
    return c.Authority(who, "Nguyễn Văn A", "Trưởng phòng", "QĐ 1", limit)


def filed() -> CaseState:
    case = give(reviewed(), OWNER, Role.WORKER)
    return give(case, c.FileCase(RED), Role.WORKER)


def notified() -> CaseState:
    sign = c.SignNotice(authority("user:9"), T0 + timedelta(days=14))
    case = give(filed(), sign, Role.SIGNER, "user:9")
    case = give(case, c.StoreNotice("notices/1.pdf", "a" * 64, "b" * 64), Role.WORKER)
    return give(case, c.RecordNoticeSent("post", "RR1", T0), Role.WORKER)


def summoned() -> CaseState:
    return give(notified(), c.OpenResolution("owner"), Role.HANDLER)


def recorded() -> CaseState:
    case = give(summoned(), c.IdentifyViolator("admitted", "e" * 64, "person"), Role.HANDLER)
    return give(case, c.MakeRecord(signed=True), Role.HANDLER)


def decided(*, served: bool = True) -> CaseState:
    command = c.SignDecision(authority("user:9"), FINE)
    case = give(recorded(), command, Role.SIGNER, "user:9")
    return give(case, c.RecordService("handed", T0), Role.CLERK) if served else case


def closed() -> CaseState:
    case = give(decided(), c.RecordPayment("T1", FINE, T0), Role.GATEWAY)
    return give(case, c.Close(Outcome.PAID), Role.WORKER)


PLACES = {
    (State.COLLECTED, None): opened,
    (State.EXTRACTED, None): extracted,
    (State.REVIEWED, None): reviewed,
    (State.FILED, None): filed,
    (State.NOTIFIED, None): notified,
    (State.RESOLVING, Phase.SUMMONED): summoned,
    (State.RESOLVING, Phase.RECORDED): recorded,
    (State.RESOLVING, Phase.DECIDED): decided,
    (State.CLOSED, None): closed,
}
COMMANDS: dict[type[c.Command], c.Command] = {
    type(command): command
    for command in (
        c.Extract((), SEEN),
        c.SubmitReview(YES),
        c.Adjudicate(YES, "rõ"),
        c.RejectEvidence(RejectionGround.DUPLICATE, "x"),
        c.PlaceHold("x"),
        c.ReleaseHold("x"),
        OWNER,
        c.FileCase(RED),
        c.SignNotice(authority("anyone"), T0 + timedelta(days=9)),
        c.StoreNotice("n", "a", "b"),
        c.RecordNoticeSent("post", "R", T0),
        c.RecordDelivery("delivered", "R", T0),
        c.OpenResolution("owner"),
        c.IdentifyViolator("admitted", "e", "person"),
        c.MakeRecord(signed=True),
        c.SignDecision(authority("anyone"), FINE),
        c.RecordService("handed", T0),
        c.RecordPayment("T9", 1, T0),
        c.Close(Outcome.PAID),
        c.Dismiss(DismissalGround.STOLEN_VEHICLE, "x"),
        c.ElapseDeadline(Clock.BAR),
        c.ReportEnd(),
    )
}


def test_every_command_has_an_example() -> None:
    assert set(COMMANDS) | {c.OpenFromDevice} == set(TRANSITIONS)


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
        decide(case, COMMANDS[kind], Context(who, T0, deadlines.due, Numbers()))
        refused = ""
    except CaseError as error:
        refused = error.code
    assert (refused == "illegal") == (place not in row.places)
    assert (kind in allowed(case, row.roles)) == (place in row.places)


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_role_that_is_not_in_the_table_is_refused(kind: type[c.Command]) -> None:
    row = TRANSITIONS[kind]
    case = PLACES[next(p for p in row.places if p in PLACES)]()
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
    assert (case.state, case.outcome, case.clocks) == (State.REJECTED, "no_violation", ())


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


def test_competence_is_tested_on_the_maximum_of_the_bracket() -> None:
    with pytest.raises(CaseError) as refused:
        give(
            recorded(),
            c.SignDecision(authority("user:9", LAST - 1), FIRST),
            Role.SIGNER,
            "user:9",
        )
    assert refused.value.code == "competence"


@pytest.mark.parametrize("amount", [FIRST - 1, LAST + 1])
def test_an_amount_outside_the_bracket_is_refused(amount: int) -> None:
    with pytest.raises(CaseError) as refused:
        give(recorded(), c.SignDecision(authority("user:9"), amount), Role.SIGNER, "user:9")
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
    assert (case.state, case.published, case.clocks) == (State.EXPIRED, False, ())


def test_after_the_decision_the_time_bar_no_longer_runs() -> None:
    assert decided().running(Clock.BAR) is None
    assert decided().running(Clock.ENFBAR) is not None


@pytest.mark.parametrize("place", PLACES)
def test_every_event_applies_and_ends_stop_all_clocks(place: tuple[State, Phase | None]) -> None:
    case = PLACES[place]()
    assert case.version > 0
    if case.state in TERMINAL:
        assert case.clocks == ()


def test_every_event_type_can_be_applied() -> None:
    from workflow.applying import _APPLY

    assert set(_APPLY) == set(EventType)
