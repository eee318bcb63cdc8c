"""Several acts in one handling on a real database: locks, one number, one payment, all or nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from tests.integration.workflow.test_service import (
    AUTHORITY,
    CLERK,
    HANDLER,
    OWNER,
    SIGNER,
    at_the_time,
    notify,
    officer,
)
from tests.packages import Seen, write
from workflow import audit, clock, intake, log, owners, payments, register, service
from workflow.acts import acts_of, joinable
from workflow.case import CaseError, CaseState
from workflow.commands import (
    ApplyPoints,
    Close,
    Dismiss,
    IdentifyViolator,
    JoinActs,
    LodgeComplaint,
    MakeRecord,
    OpenResolution,
    Purge,
    RecordPayment,
    RecordService,
    ReportEnd,
    RuleOnComplaint,
    SignDecision,
)
from workflow.law.rows import ViolatorKind
from workflow.models import Case, CaseEvent, PaperNumber, ReceivedPayment
from workflow.vocabulary import Clock, DismissalGround, Outcome, Phase, Role, State
from workflow.words import Register, Ruling, ViolatorBasis

__all__ = ["at_the_time"]
FINE = 5_000_000


@pytest.fixture
def heard(camera: Ed25519PrivateKey, at_the_time: Path, tmp_path: Path) -> list[Case]:
    """Two acts of one vehicle on one day, its owner has come and is the violator of both."""
    cases = []
    for number in (0, 1):
        seen = Seen(at=Seen().at + timedelta(minutes=5 * number), track=number)
        result = intake.ingest(write(tmp_path / "spool", camera, seen))
        cases.append(hear(Case.objects.get(reference=result.reference)))
    return cases


def hear(case: Case, who: owners.Person = OWNER) -> Case:
    notify(case)
    service.execute(case.pk, OpenResolution("owner"), HANDLER)
    admitted = IdentifyViolator(ViolatorBasis.ADMITTED, owners.remember(who), ViolatorKind.PERSON)
    return service.execute(case.pk, admitted, HANDLER).case


def state(case: Case) -> CaseState:
    return log.load(Case.objects.get(pk=case.pk))


def decide(cases: list[Case]) -> str:
    """Joined, recorded, decided, served; gives the number of the decision."""
    one, other = cases
    service.execute(one.pk, JoinActs((one.reference, other.reference)), HANDLER)
    service.execute(other.pk, MakeRecord(signed=True), HANDLER)
    amounts = ((other.reference, FINE),)
    signed = SignDecision(AUTHORITY, FINE, confirmed_by="user:3", others=amounts)
    service.execute(one.pk, signed, SIGNER)
    service.execute(other.pk, RecordService("handed", clock.now()), CLERK)
    for case in cases:
        service.execute(case.pk, ApplyPoints(), service.WORKER)
    return Case.objects.get(pk=one.pk).decision_number


def test_the_whole_way_of_two_acts_to_two_closed_cases(heard: list[Case]) -> None:
    one, other = heard
    assert [case.pk for case in joinable(one, state(one))] == [other.pk]
    number = decide(heard)
    assert {Case.objects.get(pk=case.pk).decision_number for case in heard} == {number}
    acts = acts_of(one, state(one))
    assert [(act.case.pk, act.amount) for act in acts] == [(one.pk, FINE), (other.pk, FINE)]
    assert [state(case).points for case in heard] == [4, 0]
    for series in (Register.RECORD, Register.DECISION):
        entered = register.register(series, one.recorded_at.year)
        assert list(entered.values_list("case", "void_at")) == [(one.pk, None)]
    line = payments.TreasuryLine("KB1", number, 2 * FINE - 1_000_000, clock.now())
    assert payments.receive(line) == "recorded"
    assert payments.receive(line) == "known"
    assert [state(case).paid for case in heard] == [FINE, FINE - 1_000_000]
    assert ReceivedPayment.objects.get().case == one
    with pytest.raises(CaseError, match="not paid"):
        service.execute(one.pk, Close(Outcome.PAID), service.WORKER)
    service.execute(one.pk, RecordPayment("KB2", 1_000_000, clock.now()), CLERK)
    assert ReceivedPayment.objects.get(pk="KB2").case == other
    for case in heard:
        assert service.execute(case.pk, Close(Outcome.PAID), service.WORKER).state.state is State.CLOSED
        assert audit.check_case(Case.objects.get(pk=case.pk)) is None


def test_one_revoked_act_keeps_the_number_and_the_last_one_voids_it(heard: list[Case]) -> None:
    decide(heard)
    ruling = RuleOnComplaint(replace(AUTHORITY, officer="user:8"), Ruling.REVOKED, "không có căn cứ")
    for case, void in zip(heard, (False, True), strict=True):
        service.execute(case.pk, LodgeComplaint(clock.now(), "biển giả"), CLERK)
        service.execute(case.pk, ruling, officer(8, Role.SIGNER))
        assert (PaperNumber.objects.get(series=Register.DECISION).void_at is not None) == void
    assert {state(case).state for case in heard} == {State.DISMISSED}


def test_the_file_with_the_common_papers_stays_while_an_act_that_it_left_needs_them(
    heard: list[Case], tmp_path: Path
) -> None:
    decide(heard)
    carrier, other = heard
    service.execute(carrier.pk, LodgeComplaint(clock.now(), "biển giả"), CLERK)
    ruling = RuleOnComplaint(replace(AUTHORITY, officer="user:8"), Ruling.REVOKED, "không có căn cứ")
    service.execute(carrier.pk, ruling, officer(8, Role.SIGNER))
    service.execute(carrier.pk, ReportEnd("W1", "letters/w.pdf", "a" * 64), service.WORKER)
    retain = state(carrier).running(Clock.RETAIN)
    assert (state(carrier).handling, retain is not None) == ((), True)
    assert retain is not None
    clock.set_shift(tmp_path / "clock", retain.due_at - datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(CaseError) as needed:
        service.execute(carrier.pk, Purge("hết thời hạn lưu giữ"), officer(8, Role.ADMIN))
    assert (needed.value.code, other.reference in str(needed.value)) == ("needed", True)


def test_what_one_case_refuses_happens_to_none(heard: list[Case]) -> None:
    one, other = heard
    service.execute(one.pk, JoinActs((one.reference, other.reference)), HANDLER)
    service.execute(one.pk, MakeRecord(signed=True), HANDLER)
    before = CaseEvent.objects.count(), PaperNumber.objects.count()
    amounts = ((other.reference, 1),)
    with pytest.raises(CaseError, match="bracket"):
        service.execute(one.pk, SignDecision(AUTHORITY, FINE, confirmed_by="user:3", others=amounts), SIGNER)
    assert (CaseEvent.objects.count(), PaperNumber.objects.count()) == before
    assert {state(case).phase for case in heard} == {Phase.RECORDED}
    with pytest.raises(CaseError) as unknown:
        service.execute(one.pk, JoinActs((one.reference, "PN2026-999999")), HANDLER)
    assert unknown.value.code == "no_case"


def test_a_page_shown_before_the_other_act_left_is_stale(heard: list[Case]) -> None:
    one, other = heard
    seen = service.execute(one.pk, JoinActs((one.reference, other.reference)), HANDLER).state.version
    stolen = Dismiss(DismissalGround.STOLEN_VEHICLE, "đã trình báo")
    for who in (5, 6):
        service.execute(other.pk, stolen, officer(who, Role.COMMANDER))
    with pytest.raises(service.StaleVersionError):
        service.execute(one.pk, MakeRecord(signed=True), HANDLER, seen_version=seen)
    assert Case.objects.get(pk=one.pk).handling == ""


def test_another_person_is_not_joined(camera: Ed25519PrivateKey, at_the_time: Path, tmp_path: Path) -> None:
    people = (OWNER, replace(OWNER, name="Trần Thị Khác", id_number="079000000009"))
    cases = []
    for number, who in enumerate(people):
        seen = Seen(at=Seen().at + timedelta(minutes=5 * number), track=number)
        result = intake.ingest(write(tmp_path / "spool", camera, seen))
        cases.append(hear(Case.objects.get(reference=result.reference), who))
    assert joinable(cases[0], state(cases[0])) == []
    with pytest.raises(CaseError) as refused:
        service.execute(cases[0].pk, JoinActs(tuple(case.reference for case in cases)), HANDLER)
    assert refused.value.code == "other_violator"


def test_two_officers_at_once_make_one_handling_and_one_record(heard: list[Case]) -> None:
    one, other = heard
    together = threading.Barrier(2)

    def join(case: Case, order: tuple[str, str]) -> str:
        together.wait()
        try:
            service.execute(case.pk, JoinActs(order), HANDLER)
            service.execute(case.pk, MakeRecord(signed=True), HANDLER)
        except CaseError as refused:
            return refused.code
        else:
            return "done"
        finally:
            connection.close()

    forward, backward = (one.reference, other.reference), (other.reference, one.reference)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(join, heard, (forward, backward)))
    assert answers.count("done") == 1
    assert PaperNumber.objects.filter(series=Register.RECORD).count() == 1
    records = {state(case).record.number for case in heard if state(case).record}  # type: ignore[union-attr]
    assert len(records) == 1
