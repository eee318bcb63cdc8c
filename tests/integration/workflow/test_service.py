"""One command, one transaction: stale pages, leases, numbers without gaps, the log's protection, replay."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from tests.packages import Seen, write
from workflow import (
    audit,
    clock,
    intake,
    log,
    outbox,
    owners,
    payments,
    publication,
    quarantine,
    register,
    service,
    sweep,
)
from workflow.case import Actor, CaseError
from workflow.commands import (
    Answer,
    ApplyPoints,
    Authority,
    Close,
    Extract,
    FileCase,
    IdentifyViolator,
    MachineReading,
    MakeRecord,
    OpenResolution,
    PlaceHold,
    RecordNoticeSent,
    RecordPayment,
    RecordService,
    SignDecision,
    SignNotice,
    StoreNotice,
    SubmitReview,
)
from workflow.law.offences import offence_for
from workflow.law.rows import ViolatorKind
from workflow.models import Case, CaseEvent, OutboxItem, PersonalFacts, Quarantine, ReceivedPayment
from workflow.vocabulary import Outcome, Role, Verdict
from workflow.words import ViolatorBasis

PLATE = "59X123456"
READING = MachineReading(PLATE, accepted=True, confidence=0.98)
YES = Answer(Verdict.VIOLATION, PLATE, "motorbike", "red_light")
OWNER = owners.Person("Trần Thị Bưởi", "1 đường Số 2, phường 3", "079000000001", "person")


def officer(number: int, *roles: Role) -> Actor:
    return Actor(f"user:{number}", frozenset(roles))


REVIEWERS = [officer(1, Role.REVIEWER), officer(2, Role.REVIEWER)]
SIGNER = officer(3, Role.SIGNER)
HANDLER = officer(4, Role.HANDLER)
CLERK = officer(5, Role.CLERK)
AUTHORITY = Authority("user:3", "Nguyễn Văn Ký", "Trưởng phòng", "QĐ 1", 60_000_000)


@pytest.fixture
def at_the_time(tmp_path: Path, settings: Settings) -> Path:
    """The clock stands an hour after the acts of the tests."""
    file = tmp_path / "clock"
    settings.PHATNGUOI_CLOCK_FILE = str(file)
    clock.set_shift(file, datetime(2026, 10, 25, 1, 0, tzinfo=UTC) - datetime.now(UTC))
    return file


def jump(file: Path, days: float) -> None:
    clock.set_shift(file, timedelta(seconds=float(file.read_text(encoding="ascii"))) + timedelta(days=days))


@pytest.fixture
def case(camera: Ed25519PrivateKey, at_the_time: Path, tmp_path: Path) -> Case:
    result = intake.ingest(write(tmp_path / "spool", camera))
    return Case.objects.get(reference=result.reference)


def lease(task: str) -> OutboxItem:
    item = outbox.take_lease(OutboxItem.objects.filter(task=task, done_at=None).latest("pk").pk)
    assert item is not None
    return item


def answer() -> owners.RegistryAnswer:
    return owners.RegistryAnswer(OWNER, "motorcycle", "white", clock.now())


def review(case: Case) -> None:
    service.execute(case.pk, Extract((), READING), service.WORKER, completes=lease("extract"))
    for reviewer in REVIEWERS:
        service.execute(case.pk, SubmitReview(YES), reviewer)


def file(case: Case) -> None:
    review(case)
    owners.determine_owner(lease("determine_owner"), answer())
    row = offence_for("red_light", "motorbike", case.recorded_at.date()).row
    service.execute(case.pk, FileCase(row), service.WORKER, completes=lease("file_case"))


def notify(case: Case) -> None:
    file(case)
    service.execute(case.pk, SignNotice(AUTHORITY, clock.now() + timedelta(days=14)), SIGNER)
    stored = StoreNotice("notices/x.pdf", "a" * 64, "b" * 64)
    service.execute(case.pk, stored, service.WORKER, completes=lease("render_notice"))
    sent = RecordNoticeSent("post", "RR1", clock.now())
    service.execute(case.pk, sent, service.WORKER, completes=lease("deliver_notice"))


def decide(case: Case) -> str:
    notify(case)
    service.execute(case.pk, OpenResolution("owner"), HANDLER)
    service.execute(
        case.pk,
        IdentifyViolator(ViolatorBasis.ADMITTED, owners.remember(OWNER), ViolatorKind.PERSON),
        HANDLER,
    )
    service.execute(case.pk, MakeRecord(signed=True), HANDLER)
    service.execute(case.pk, SignDecision(AUTHORITY, 5_000_000, confirmed_by="user:3"), SIGNER)
    service.execute(case.pk, RecordService("handed", clock.now()), CLERK)
    case.refresh_from_db()
    return case.decision_number


def test_work_that_began_before_another_event_is_recorded_after_it(case: Case) -> None:
    began_with = log.load(case)
    service.execute(case.pk, PlaceHold("xem lại"), officer(6, Role.COMMANDER))
    known = service.execute(case.pk, Extract((), READING), service.WORKER, known=began_with).state
    assert (known, known.hold) == (log.load(case), "xem lại")
    assert audit.check_case(Case.objects.get(pk=case.pk)) is None


def test_the_whole_way_to_paid_and_closed_and_what_the_public_sees(case: Case) -> None:
    decision = decide(case)
    assert publication.look_up("59-X1 234.56", "motorcycle")[0].status == "sanctioned"
    assert publication.look_up(PLATE, "car") == []
    line = payments.TreasuryLine("KB1", decision, 5_000_000, clock.now())
    assert payments.receive(line) == "recorded"
    assert payments.receive(line) == "known"
    assert not Quarantine.objects.exists()
    assert payments.receive(replace(line, amount=5)) == "known"
    assert Quarantine.objects.get().code == "differs"
    service.execute(case.pk, ApplyPoints(), service.WORKER, completes=lease("apply_points"))
    service.execute(case.pk, Close(Outcome.PAID), service.WORKER, completes=lease("close_case"))
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "paid")
    assert publication.look_up(PLATE, "motorcycle")[0].status == "closed"
    assert ReceivedPayment.objects.count() == 1
    assert [answer for answer in audit.replay() if answer] == []


def test_no_personal_fact_is_in_the_log_and_erasing_it_keeps_the_chain(case: Case) -> None:
    notify(case)
    written = json.dumps(list(CaseEvent.objects.values_list("data", flat=True)), ensure_ascii=False)
    assert OWNER.name not in written
    assert OWNER.id_number not in written
    PersonalFacts.objects.update(facts=None)
    assert audit.check_case(Case.objects.get(pk=case.pk)) is None


def test_a_stale_page_is_refused_with_the_present_state(case: Case) -> None:
    review(case)
    with pytest.raises(service.StaleVersionError) as stale:
        service.execute(case.pk, SubmitReview(YES), officer(9, Role.REVIEWER), seen_version=3)
    assert stale.value.state.version == Case.objects.get(pk=case.pk).version


def test_two_signers_at_once_make_one_number(case: Case) -> None:
    file(case)
    appointment = clock.now() + timedelta(days=14)

    def sign(_: int) -> str:
        try:
            service.execute(case.pk, SignNotice(AUTHORITY, appointment), SIGNER)
        except CaseError as refused:
            return refused.code
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(sign, range(3))) == ["numbered", "numbered", "signed"]
    case.refresh_from_db()
    assert case.notice_number == "01/TB-PC08"


def test_a_refused_command_takes_no_number(case: Case) -> None:
    decide(case)
    before = Case.objects.get(pk=case.pk).version
    with pytest.raises(CaseError):
        service.execute(case.pk, SignDecision(AUTHORITY, 1, confirmed_by="user:3"), SIGNER)
    with transaction.atomic():
        assert register.next_number("decision", clock.now()).startswith("02/")
        transaction.set_rollback(True)
    assert Case.objects.get(pk=case.pk).version == before


def test_a_lease_is_one_runs_alone_and_work_is_done_once(case: Case, at_the_time: Path) -> None:
    first = lease("extract")
    assert outbox.take_lease(first.pk) is None
    jump(at_the_time, 0.01)  # the first run died; its lease ends
    second = outbox.take_lease(first.pk)
    assert second is not None
    command = Extract((), MachineReading(PLATE, accepted=True, confidence=0.9))
    service.execute(case.pk, command, service.WORKER, completes=second)
    version = Case.objects.get(pk=case.pk).version
    with pytest.raises((outbox.LeaseLostError, CaseError)):
        service.execute(case.pk, command, service.WORKER, completes=first)
    assert Case.objects.get(pk=case.pk).version == version


def test_the_relay_sends_an_item_once_until_it_is_due_again(case: Case, at_the_time: Path) -> None:
    assert [task for _, task in outbox.claim_for_sending(10)] == ["extract"]
    assert outbox.claim_for_sending(10) == []
    jump(at_the_time, 0.01)
    assert [task for _, task in outbox.claim_for_sending(10)] == ["extract"]


def test_exhausted_work_is_parked_for_a_person_and_can_be_released(case: Case, at_the_time: Path) -> None:
    for _ in range(outbox.MAX_ATTEMPTS):
        jump(at_the_time, 0.01)
        outbox.retry_later(lease("extract"), "disk full")
    entry = Quarantine.objects.get()
    assert (entry.kind, entry.code, entry.detail) == ("task", "exhausted", "disk full")
    assert outbox.claim_for_sending(10) == []
    quarantine.resolve(entry.pk, "released", "user:1", "đã thêm đĩa")
    assert [task for _, task in outbox.claim_for_sending(10)] == ["extract"]


def test_the_same_act_in_a_second_package_is_rejected_as_a_duplicate(
    case: Case, camera: Ed25519PrivateKey, tmp_path: Path
) -> None:
    review(case)
    owners.determine_owner(lease("determine_owner"), answer())
    twin = Seen(track=99, at=case.recorded_at + timedelta(seconds=1))
    other = Case.objects.get(reference=intake.ingest(write(tmp_path / "spool", camera, twin)).reference)
    review(other)
    owners.determine_owner(lease("determine_owner"), answer())
    other.refresh_from_db()
    assert (other.state, other.outcome) == ("rejected", "duplicate")


def test_the_same_act_is_a_duplicate_too_where_the_later_package_was_reviewed_first(
    case: Case, camera: Ed25519PrivateKey, tmp_path: Path
) -> None:
    twin = Seen(track=99, at=case.recorded_at + timedelta(seconds=1))
    later = Case.objects.get(reference=intake.ingest(write(tmp_path / "spool", camera, twin)).reference)
    for each in (later, case):
        review(each)
        owners.determine_owner(lease("determine_owner"), answer())
        each.refresh_from_db()
    assert (later.state, later.outcome) == ("reviewed", "")
    assert (case.state, case.outcome) == ("rejected", "duplicate")


def test_a_plate_registered_as_another_kind_of_vehicle_is_held(case: Case) -> None:
    review(case)
    wrong = owners.RegistryAnswer(OWNER, "car", "white", clock.now())
    owners.determine_owner(lease("determine_owner"), wrong)
    case.refresh_from_db()
    assert case.hold == "shield: other_class"


def test_money_without_a_case_is_kept_and_shown(case: Case) -> None:
    line = payments.TreasuryLine("KB9", "999/QĐ-XPHC", 1_000, clock.now())
    assert payments.receive(line) == "unmatched"
    assert ReceivedPayment.objects.get().case is None
    assert Quarantine.objects.get().kind == "payment"


def test_one_transaction_pays_one_case_whoever_tells_of_it(
    case: Case, camera: Ed25519PrivateKey, tmp_path: Path
) -> None:
    decision = decide(case)
    later = Seen(plate=PLATE, track=99, at=case.recorded_at + timedelta(minutes=9))
    other = Case.objects.get(reference=intake.ingest(write(tmp_path / "spool", camera, later)).reference)
    decide(other)
    payments.receive(payments.TreasuryLine("KB1", decision, 5_000_000, clock.now()))
    with pytest.raises(CaseError) as refused:
        service.execute(other.pk, RecordPayment("KB1", 5_000_000, clock.now()), CLERK)
    assert refused.value.code == "transaction_known"
    assert log.load(Case.objects.get(pk=other.pk)).paid == 0


def test_the_sweep_makes_overdue_only_what_is_due(case: Case, at_the_time: Path) -> None:
    notify(case)
    assert sweep.sweep().elapsed == 0
    jump(at_the_time, 21)
    assert sweep.sweep().elapsed == 2  # the appointment, and the twenty days
    case.refresh_from_db()
    assert (case.state, case.overdue) == ("notified", True)
    assert case.events.filter(type="AppointmentMissed").count() == 1
    assert sweep.sweep().elapsed == 0
    jump(at_the_time, 366)
    sweep.sweep()
    case.refresh_from_db()
    assert (case.state, case.published) == ("expired", False)


def test_the_database_refuses_to_change_or_delete_an_event(case: Case) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        case.events.update(type="Forged")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM workflow_caseevent WHERE case_id = %s", [case.pk])
    assert case.events.order_by("seq")[0].type == "CaseOpened"


def test_a_missing_trigger_is_noticed(case: Case) -> None:
    table = CaseEvent._meta.db_table
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_update{on_table}")
    with pytest.raises(audit.TriggersMissingError, match="no_update"):
        audit.check_triggers()
    audit.install_triggers()
    audit.check_triggers()


def test_replay_finds_a_forged_event_and_a_forged_row(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(plate="51F00001")
    found = audit.check_case(Case.objects.get(pk=case.pk))
    assert found is not None
    assert "plate" in found.what
    table = CaseEvent._meta.db_table
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {table}_no_update{on_table}")
    case.events.filter(seq=2).update(actor="user:666")
    found = audit.check_case(Case.objects.get(pk=case.pk))
    assert found is not None
    assert found.what.startswith("the chain breaks at event 2: ClockStarted")
    audit.install_triggers()


def test_the_daily_root_changes_with_any_head(case: Case) -> None:
    first = json.loads(audit.write_daily_root(datetime(2026, 10, 25, tzinfo=UTC).date()).read_text())
    service.execute(
        case.pk, Extract((), MachineReading(PLATE, accepted=True, confidence=0.9)), service.WORKER
    )
    second = json.loads(audit.write_daily_root(datetime(2026, 10, 26, tzinfo=UTC).date()).read_text())
    assert first["cases"] == second["cases"] == 1
    assert first["root"] != second["root"]
