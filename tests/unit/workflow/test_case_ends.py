"""Transfers, evasion, the time of keeping, the destruction of evidence: what ends a case and what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.workflow.test_case import (
    CAR,
    DECISION,
    DRIVER,
    LATER,
    STOLEN,
    T0,
    TRANSFER,
    authority,
    both,
    closed,
    context,
    dismissed,
    elapsed,
    expired,
    filed,
    give,
    notified,
    opened,
    recorded,
    refused,
    rejected,
    reviewed,
    summoned,
    transferred,
)
from workflow import commands as c
from workflow.case import Actor, CaseError, CaseState, apply, decide, to_json
from workflow.law.rows import ViolatorKind
from workflow.vocabulary import Clock, DismissalGround, EventType, Phase, RejudgeBasis, Role, State
from workflow.words import Claim, OwnerBasis, Target, TransferResult, WarningGround

WARN = c.IssueWarning(Target.REGISTRATION, WarningGround.NOTICE_UNANSWERED)
EVASION = c.RecordEvasion(T0, "đã bỏ trốn khỏi nơi cư trú")
PURGE = c.Purge("hết thời hạn lưu giữ")


def warned() -> CaseState:
    return give(elapsed(notified(), Clock.NOANSWER), WARN, Role.COMMANDER)


def result(kind: TransferResult) -> c.RecordTransferResult:
    return c.RecordTransferResult(kind, "9/QĐ-XPHC", "đã giải quyết")


# -- transfer --------------------------------------------------------------------------------


def test_the_time_bar_runs_on_in_a_transferred_case_and_can_end_it() -> None:
    case = transferred()
    assert {run.clock for run in case.clocks} == {Clock.BAR}
    assert case.notice
    assert not case.notice.live
    case = elapsed(case, Clock.BAR)
    assert (case.state, case.published) == (State.EXPIRED, False)
    assert case.notice
    assert case.notice.letter_number


def test_a_file_that_comes_back_is_ours_and_files_anew() -> None:
    case = give(warned(), TRANSFER, Role.SIGNER, "user:9")
    assert case.warnings
    case = give(case, c.RecordReturn("không thuộc địa bàn"), Role.CLERK)
    assert (case.state, case.notice, case.warnings, case.transfer) == (State.REVIEWED, None, (), None)
    assert case.owner
    assert case.owner.in_area
    assert case.withdrawn[0].letter_number
    bare = give(reviewed(), TRANSFER, Role.SIGNER, "user:9")
    back = give(bare, c.RecordReturn("không thuộc địa bàn"), Role.CLERK)
    assert (back.owner, back.withdrawn) == (None, ())


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (TransferResult.SANCTIONED, State.CLOSED),
        (TransferResult.NO_SANCTION, State.DISMISSED),
        (TransferResult.TIME_BARRED, State.EXPIRED),
    ],
)
def test_the_other_units_answer_ends_the_case_and_withdraws_our_warnings(
    kind: TransferResult, state: State
) -> None:
    case = give(warned(), TRANSFER, Role.SIGNER, "user:9")
    case = give(case, result(kind), Role.GATEWAY)
    assert (case.state, case.warnings) == (state, ())
    assert case.published == (state is State.CLOSED)
    bare = give(give(reviewed(), TRANSFER, Role.SIGNER, "user:9"), result(kind), Role.CLERK)
    assert bare.state is state
    assert refused(transferred(), replace(result(kind), number=" "), Role.CLERK) == "incomplete"


def test_a_commune_gets_only_what_it_may_handle_and_only_a_signer_hands_over() -> None:
    commune = replace(TRANSFER, to_commune=True)
    assert refused(reviewed(), commune, Role.SIGNER, "user:9") == "commune"
    assert refused(filed(), commune, Role.SIGNER, "user:9") == "commune"  # a red light is not in Art 41.4
    assert refused(notified(), TRANSFER, Role.SIGNER, "user:8") == "forbidden"
    assert refused(notified(), replace(TRANSFER, to=" "), Role.SIGNER, "user:9") == "incomplete"
    assert refused(notified(), replace(TRANSFER, reason=" "), Role.SIGNER, "user:9") == "incomplete"


def test_no_complaint_opens_a_case_that_another_unit_decided() -> None:
    case = give(transferred(), result(TransferResult.SANCTIONED), Role.CLERK)
    assert refused(case, c.LodgeComplaint(T0, "x"), Role.CLERK) == "no_decision"


# -- dismissal and clocks --------------------------------------------------------------------


@pytest.mark.parametrize("ground", [DismissalGround.COMPLAINT_UPHELD, DismissalGround.DECIDED_ELSEWHERE])
def test_some_grounds_are_nobodys_to_choose(ground: DismissalGround) -> None:
    assert refused(filed(), replace(STOLEN, ground=ground), Role.COMMANDER) == "ground"
    assert refused(filed(), replace(STOLEN, reason=" "), Role.COMMANDER) == "incomplete"


@pytest.mark.parametrize(
    "end", [lambda: both(warned(), STOLEN, Role.COMMANDER), lambda: elapsed(warned(), Clock.BAR)]
)
def test_every_end_withdraws_the_warnings(end: object) -> None:
    case = end()  # type: ignore[operator]  # the two ends above
    assert (case.warnings, case.published) == ((), False)
    assert [run.clock for run in case.clocks] == [Clock.RETAIN]


def test_a_missed_deadline_is_a_fact_and_blocks_nothing() -> None:
    case = elapsed(filed(), Clock.NOTIFY)
    run = case.running(Clock.NOTIFY)
    assert run is not None
    assert run.elapsed
    assert refused(case, c.ElapseDeadline(Clock.NOTIFY), Role.CLOCK, at=LATER) == "not_running"
    assert give(case, c.SignNotice(authority("user:9"), LATER), Role.SIGNER, "user:9").notice


# -- evasion ---------------------------------------------------------------------------------


def test_while_somebody_evades_no_bar_runs_and_it_starts_again_at_the_end() -> None:
    case = both(notified(), EVASION, Role.HANDLER)
    assert case.evading
    assert case.running(Clock.BAR) is None
    assert refused(case, EVASION, Role.HANDLER) == "evading"
    over = T0 + timedelta(days=400)
    ended = replace(EVASION, ended_at=over)
    case = both(case, ended, Role.HANDLER, at=over)
    bar = case.running(Clock.BAR)
    assert bar is not None
    assert (bar.starts_at, case.evading) == (over, False)
    assert refused(notified(), ended, Role.HANDLER) == "future"


def test_a_decision_may_be_signed_while_somebody_evades() -> None:
    case = both(recorded(), EVASION, Role.HANDLER)
    assert give(case, DECISION, Role.SIGNER, "user:9").phase is Phase.DECIDED


def test_an_expired_case_lives_again_only_on_proof_from_before_its_end() -> None:
    case = expired()
    over = case.clocks[0].starts_at
    late = replace(EVASION, begun_at=over)
    assert refused(case, late, Role.HANDLER, at=over) == "time_barred"
    ended = replace(EVASION, ended_at=over)
    alive = both(case, ended, Role.HANDLER, at=over)
    assert (alive.state, alive.notice, alive.outcome) == (State.REVIEWED, None, "")
    assert {run.clock for run in alive.clocks} == {Clock.BAR}


@pytest.mark.parametrize(
    ("before", "place"),
    [
        (opened, (State.COLLECTED, None)),
        (reviewed, (State.REVIEWED, None)),
        (filed, (State.REVIEWED, None)),
        (summoned, (State.RESOLVING, Phase.SUMMONED)),
        (recorded, (State.RESOLVING, Phase.SUMMONED)),
        (transferred, (State.TRANSFERRED, None)),
    ],
)
def test_where_an_expired_case_goes_on(before: object, place: object) -> None:
    case = elapsed(before(), Clock.BAR)  # type: ignore[operator]  # the stages above
    alive = both(case, EVASION, Role.HANDLER, at=case.clocks[0].starts_at)
    assert (alive.state, alive.phase) == place


@pytest.mark.parametrize("before", [notified, summoned])
def test_a_case_that_lives_again_knows_the_letter_that_took_its_notice_back(before: object) -> None:
    case = elapsed(before(), Clock.BAR)  # type: ignore[operator]  # the stages above
    over = case.clocks[0].starts_at
    case = give(case, c.ReportEnd("RR9", "w.pdf"), Role.WORKER)
    case = both(case, EVASION, Role.HANDLER, at=over)
    assert [notice.letter for notice in (*case.withdrawn, case.notice) if notice] == ["RR9"]
    ended = both(case, STOLEN, Role.COMMANDER) if case.notice else give(case, STOLEN, Role.COMMANDER)
    case = give(ended, c.ReportEnd(), Role.WORKER)
    assert case.end_reported
    assert [notice.letter for notice in (*case.withdrawn, case.notice) if notice] == ["RR9"]


# -- after the end ---------------------------------------------------------------------------


def kept(case: CaseState) -> CaseState:
    """The case after its end was reported and its time of keeping is over."""
    letter = c.ReportEnd("RR9", "w.pdf")
    return elapsed(give(case, letter, Role.WORKER), Clock.RETAIN)


def purge(case: CaseState, *roles: Role) -> CaseState:
    """Two persons, each with one role, long after."""
    for number, role in enumerate(roles):
        at = case.clocks[-1].due_at + timedelta(days=1)
        asked = replace(context(role, f"user:{number}", at), actor=Actor(f"user:{number}", frozenset({role})))
        for event in decide(case, PURGE, asked):
            case = apply(case, type(event)(event.type, to_json(event.data)))
    return case


def test_evidence_is_destroyed_by_administrator_and_auditor_together() -> None:
    case = purge(kept(closed()), Role.ADMIN, Role.AUDITOR)
    assert (case.purged, case.clocks) == (True, ())
    assert case.persons
    with pytest.raises(CaseError) as error:
        purge(kept(closed()), Role.AUDITOR, Role.AUDITOR)
    assert error.value.code == "second_person"


def test_whoever_was_named_and_replaced_is_forgotten_with_the_others() -> None:
    driver, buyer = "1d" * 32, "2b" * 32
    case = give(notified(), c.RecordDriverClaim(Claim.NOMINATED, driver), Role.HANDLER)
    before = case.persons
    assert driver in before
    new = c.RedetermineOwner(buyer, ViolatorKind.PERSON, OwnerBasis.ACQUIRER, "hợp đồng")
    proposed = give(case, new, Role.HANDLER)
    assert proposed.persons == before | {buyer}
    case = give(proposed, new, Role.HANDLER, "user:14")
    assert (case.claims, case.persons) == ((), before | {buyer})


def test_evidence_is_kept_while_the_time_runs_or_a_complaint_is_open() -> None:
    assert refused(closed(), PURGE, Role.ADMIN) == "not_due"
    case = give(dismissed(), c.LodgeComplaint(T0, "x"), Role.CLERK)
    late = case.clocks[-1].due_at + timedelta(days=1)
    assert refused(case, PURGE, Role.ADMIN, at=late) == "complaint_open"
    gone = purge(kept(rejected()), Role.ADMIN, Role.AUDITOR)
    assert refused(gone, PURGE, Role.ADMIN) == "purged"
    new = c.Rejudge(RejudgeBasis.NEW_FACT, reopen=True, reason="ảnh mới")
    assert refused(gone, new, Role.ADJUDICATOR, "user:77") == "purged"
    paid = purge(kept(closed()), Role.AUDITOR, Role.ADMIN)
    assert refused(paid, c.LodgeComplaint(T0, "x"), Role.CLERK) == "purged"
    old = purge(kept(expired()), Role.AUDITOR, Role.ADMIN)
    assert refused(old, EVASION, Role.HANDLER) == "purged"


def test_a_case_that_was_never_opened_has_nothing_to_destroy() -> None:
    case = kept(rejected())
    late = case.clocks[-1].due_at + timedelta(days=1)
    assert refused(replace(case, opened=None), PURGE, Role.ADMIN, at=late) == "no_case"
    assert refused(None, STOLEN, Role.COMMANDER) == "no_case"


def test_a_reopened_rejection_is_kept_no_longer() -> None:
    new = c.Rejudge(RejudgeBasis.NEW_FACT, reopen=True, reason="ảnh mới")
    case = give(rejected(), new, Role.ADJUDICATOR, "user:77")
    assert {run.clock for run in case.clocks} == {Clock.BAR, Clock.NOTIFY}


def test_a_report_told_twice_is_one_fact_and_a_car_is_like_a_motorcycle() -> None:
    case = give(closed(), c.ReportEnd(), Role.WORKER)
    assert give(case, c.ReportEnd(), Role.WORKER) == case
    told = decide(give(summoned(CAR), DRIVER, Role.HANDLER), c.MakeRecord(signed=True), context(Role.HANDLER))
    assert EventType.COPY_HANDED in {event.type for event in told}


def test_a_court_or_an_audit_keeps_the_file_of_a_case_that_is_over() -> None:
    court = c.PlaceHold("Tòa án yêu cầu hồ sơ")
    assert refused(kept(closed()), court, Role.WORKER) == "forbidden"
    held = give(kept(closed()), court, Role.COMMANDER)
    assert (held.kept, held.hold) == (court.reason, "")
    assert refused(held, court, Role.ADJUDICATOR) == "held"
    long_after = held.clocks[0].due_at + timedelta(days=1)
    assert refused(held, PURGE, Role.ADMIN, at=long_after) == "kept"
    free = both(held, c.ReleaseHold("đã trả hồ sơ"), Role.COMMANDER)
    assert refused(free, c.ReleaseHold("x"), Role.COMMANDER) == "not_held"
    assert purge(free, Role.ADMIN, Role.AUDITOR).purged


def test_the_hold_of_an_open_case_is_another_one_than_that_after_its_end() -> None:
    held = give(notified(), c.PlaceHold("nghi biển giả"), Role.WORKER)
    over = elapsed(held, Clock.BAR)
    assert (over.hold, over.kept) == ("nghi biển giả", "")
    assert purge(kept(over), Role.ADMIN, Role.AUDITOR).purged
