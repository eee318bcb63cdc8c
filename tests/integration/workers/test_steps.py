"""The steps themselves, without Celery: what each leaves behind when the world is not as it should be."""

import errno
import fcntl
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BufferedIOBase
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from notices.notice_code import split_address
from notices.paper_text import qr_address
from notices.signing import DemoSigner, create_demo_signer, verify_pdf
from tests.integration.workers.conftest import ACT_AT, AUTHORITY, OWNERS, SIGNER, Centre
from tests.integration.workers.doing import (
    CLERK,
    COMMANDERS,
    HANDLER,
    by_both,
    item_of,
    killed_worker,
    quarantined,
    run,
    state_of,
)
from tests.unit.notices.reading import pages
from workers import broker, deliveries, leases, papers, receipts, relay, sweep
from workers.app import app
from workers.due import due
from workers.gateways.faults import UnknownOutcome
from workers.gateways.post import FolderPost, Letter
from workers.tasks import work
from workers.work import Work
from workflow import audit, clock, files, letters, outbox, owners, quarantine, register, service
from workflow.case import Actor, CaseError
from workflow.commands import (
    Authority,
    Dismiss,
    ElapseDeadline,
    IssueWarning,
    OpenResolution,
    PlaceHold,
    Purge,
    RecordEvasion,
    RecordService,
    RedetermineOwner,
    ReleaseHold,
    ResendNotice,
    SignNotice,
    TransferOut,
)
from workflow.law.rows import ViolatorKind
from workflow.models import Case, CaseEvent, OutboxItem, Quarantine
from workflow.notice_check import Verdict, check
from workflow.vocabulary import Clock, DismissalGround, EventType, Role, State
from workflow.words import OwnerBasis, Register, Target, TransferKind, WarningGround


def test_evidence_changed_in_the_store_stops_at_once(centre: Centre) -> None:
    case = centre.case()
    path = files.root() / case.package.path / "frames" / "at.jpg"
    path.write_bytes(path.read_bytes() + b"x")
    item = run(case, "extract")
    assert item.parked_at is not None
    assert quarantined(Quarantine.Kind.TASK) == ["wrong_digest"]
    assert "frames/at.jpg" in item.last_error


def test_a_connection_that_died_between_two_tasks_costs_no_try(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    if connection.vendor != "postgresql":
        pytest.skip("the connection to SQLite is a file")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [served_by] = cursor.fetchone()
    waiting, other = item_of(case, "determine_owner"), connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [served_by])
    other.close()
    work(waiting.pk)
    item = item_of(case, "determine_owner")
    assert (item.attempts, item.done_at is not None) == (1, True)


@pytest.mark.camera
def test_extraction_reads_again_whatever_the_crop_shows(centre: Centre) -> None:
    case = centre.case()
    assert run(case, "extract").done_at is not None
    state = state_of(case)
    assert state.state == "extracted"
    assert state.reread is not None
    assert not state.reread.accepted  # a drawn word is no plate that frames agree on


def test_a_registry_that_is_away_is_asked_again_and_then_a_person(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    (centre.home / "registry" / "owners.csv").unlink()
    item = run(case, "determine_owner")
    assert (item.attempts, item.lease_until, item.done_at, item.parked_at) == (1, None, None, None)
    assert item.next_send_at > clock.now()
    for _ in range(outbox.MAX_ATTEMPTS):
        item = run(case, "determine_owner")
    assert quarantined(Quarantine.Kind.TASK) == ["exhausted"]
    (centre.home / "registry" / "owners.csv").write_text(OWNERS, encoding="utf-8")
    quarantine.resolve(Quarantine.objects.get().pk, "released", "user:9", "the registry is back")
    assert run(case, "determine_owner").done_at is not None
    assert state_of(case).owner is not None


def test_a_step_asks_the_database_for_each_thing_once(
    centre: Centre, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = centre.reviewed(centre.case())
    run(case, "determine_owner")
    item = item_of(case, "file_case")
    # lease; item with its case; events; BEGIN, lock, done, event, row, COMMIT
    with django_assert_num_queries(9):
        work(item.pk)
    assert state_of(case).state == "filed"


def test_a_task_whose_worker_dies_every_time_is_not_tried_for_ever(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    OutboxItem.objects.filter(case=case, task="determine_owner").update(attempts=outbox.MAX_ATTEMPTS)
    assert run(case, "determine_owner").parked_at is not None
    assert quarantined(Quarantine.Kind.TASK) == ["exhausted"]


def test_an_unknown_plate_is_held_and_goes_on_when_it_is_released(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    (centre.home / "registry" / "owners.csv").write_text(OWNERS.splitlines(keepends=True)[0])
    assert run(case, "determine_owner").done_at is not None
    assert "not_registered" in state_of(case).hold
    (centre.home / "registry" / "owners.csv").write_text(OWNERS, encoding="utf-8")
    by_both(case, ReleaseHold("registered meanwhile"))
    run(case, "file_case")  # asks the registry again, which asks for the filing
    run(case, "file_case")
    assert state_of(case).state == "filed"


def test_work_for_a_case_that_moved_on_is_done_without_effect(centre: Centre, filed: Case) -> None:
    centre.sign(filed)
    service.execute(filed.pk, Dismiss(DismissalGround.JUSTIFIED_ACT, "cấp cứu"), COMMANDERS[0])
    before = state_of(filed).version
    assert run(filed, "render_notice").done_at is not None
    assert state_of(filed).version == before


def test_the_notice_is_signed_by_person_and_unit_and_posted_once(centre: Centre, filed: Case) -> None:
    centre.sign(filed)
    run(filed, "render_notice")
    notice = state_of(filed).notice
    assert notice is not None
    trust = centre.home / "trust"
    (trust / "signers").mkdir(parents=True)
    for authority in (centre.home / "keys" / "signing").glob("*-ca.pem"):
        shutil.copy(authority, trust / "signers")
    person, unit = verify_pdf(files.get(notice.document), trust)
    assert (person.name, unit.name) == (AUTHORITY.name, "PHÒNG THỬ")
    # A worker posted and was killed before it could tell; the next one finds the same receipt.
    key = Work(item_of(filed, "deliver_notice")).key(EventType.NOTICE_SIGNED)
    receipt = FolderPost(centre.home / "post").send(Letter(key, filed.reference, files.get(notice.document)))
    run(filed, "deliver_notice")
    [folder] = (centre.home / "post" / "out").iterdir()
    sent = state_of(filed).notice
    assert sent is not None
    assert (folder.name, sent.receipt) == (key, receipt.number)


def test_the_code_that_a_notice_carries_is_that_of_a_real_one(centre: Centre, notified: Case) -> None:
    notice = state_of(notified).notice
    assert notice is not None
    code, seal = split_address(qr_address(files.get(notice.document)) or "") or ("", "")
    answer = check(code, seal)
    assert (answer.verdict, answer.number) == (Verdict.REAL, notice.number)


def test_a_signer_whose_name_no_certificate_bears_is_stuck_work(centre: Centre, filed: Case) -> None:
    """Nobody signs with the key of somebody else; when the key comes, the work goes on.

    A deputy signs in the head's stead, and the paper says so (NĐ 30/2020 Phụ lục I).
    """
    stranger = Authority(
        "user:4", "Trần Thị Khác", "Phó Trưởng phòng", "QĐ 2", 60_000_000, on_behalf="KT. Trưởng phòng"
    )
    actor = Actor("user:4", frozenset({Role.SIGNER}))
    service.execute(filed.pk, SignNotice(stranger, clock.now() + timedelta(days=14)), actor)
    item = run(filed, "render_notice")
    assert quarantined(Quarantine.Kind.TASK) == ["no_key_for_signer"]
    assert "Trần Thị Khác" in item.last_error
    assert not (files.root() / "notices").exists()
    folder = centre.home / "keys" / "signing"
    create_demo_signer(
        folder, DemoSigner("other", stranger.name, "PHÒNG THỬ"), folder / "password", at=ACT_AT
    )
    outbox.unpark(item.pk, nothing_done=False)
    run(filed, "render_notice")
    notice = state_of(filed).notice
    assert notice is not None
    assert notice.sha256
    first = pages(files.get(notice.document))[0]
    assert "KT. TRƯỞNG PHÒNG PHÓ TRƯỞNG PHÒNG" in first


def test_a_notice_changed_in_the_store_is_not_posted(centre: Centre, filed: Case) -> None:
    centre.sign(filed)
    run(filed, "render_notice")
    notice = state_of(filed).notice
    assert notice is not None
    with (files.root() / notice.document).open("ab") as file:
        file.write(b"x")
    item = run(filed, "deliver_notice")
    assert "was changed" in item.last_error
    assert not (centre.home / "post" / "out").exists()


def test_a_letter_that_left_while_the_case_ended_is_told_to_a_person(centre: Centre, filed: Case) -> None:
    centre.sign(filed)
    run(filed, "render_notice")
    leased = outbox.take_lease(item_of(filed, "deliver_notice").pk)
    assert leased is not None
    late = Work(leased)
    assert late.state.state is State.FILED
    service.execute(filed.pk, Dismiss(DismissalGround.JUSTIFIED_ACT, "cấp cứu"), COMMANDERS[0])
    with pytest.raises(UnknownOutcome, match="a letter left under VN"):
        papers.deliver(late)


@pytest.mark.parametrize("first", ["money", "service"])
def test_a_case_closes_when_the_decision_is_served_and_paid(
    centre: Centre, decided: Case, first: str
) -> None:
    number = Case.objects.get(pk=decided.pk).decision_number

    def pay() -> None:
        _treasury(centre, f"T1,{number},5000000,2026-10-25T08:00:00+07:00\n")
        assert receipts.take_payments() == 1

    def serve() -> None:
        service.execute(decided.pk, RecordService("handed", clock.now()), CLERK)

    for step in (pay, serve) if first == "money" else (serve, pay):
        step()
        run(decided, "apply_points")
        run(decided, "close_case")
    assert state_of(decided).outcome == "paid"
    run(decided, "report_end")
    assert state_of(decided).end_reported
    assert len(list((centre.home / "post" / "out").iterdir())) == 1  # the notice; nothing is withdrawn


def test_a_sent_notice_of_a_dismissed_case_is_withdrawn_by_one_letter(centre: Centre, notified: Case) -> None:
    by_both(notified, Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe"))
    work(item_of(notified, "report_end").pk)
    work(item_of(notified, "report_end").pk)
    assert state_of(notified).end_reported
    told = CaseEvent.objects.get(case=notified, type="EndReported").data
    assert files.get(told["document"]).startswith(b"%PDF")
    assert len(list((centre.home / "post" / "out").iterdir())) == 2


def test_a_further_issue_that_a_hold_kept_back_leaves_when_it_is_released(
    centre: Centre, notified: Case
) -> None:
    service.execute(notified.pk, ResendNotice("thư bị trả lại"), CLERK)
    service.execute(notified.pk, PlaceHold("xem lại"), COMMANDERS[0])
    assert run(notified, "resend_notice").done_at is not None
    by_both(notified, ReleaseHold("đã xác minh"))
    for _ in range(2):
        work(item_of(notified, "file_case").pk)
    notice = state_of(notified).notice
    assert notice is not None
    assert (notice.issue, notice.resending) == (2, False)
    assert len(list((centre.home / "post" / "out").iterdir())) == 2


def _another_owner(case: Case) -> None:
    buyer = owners.Person("Lê Văn Mua", "9 đường Số 3", "079000000009", "person")
    new = RedetermineOwner(owners.remember(buyer), ViolatorKind.PERSON, OwnerBasis.ACQUIRER, "hợp đồng")
    for number in (4, 14):
        service.execute(case.pk, new, Actor(f"user:{number}", frozenset({Role.HANDLER})))


def test_an_end_is_reported_once_the_letter_has_left_that_it_waited_for(
    centre: Centre, notified: Case
) -> None:
    _another_owner(notified)
    service.execute(notified.pk, Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe"), COMMANDERS[0])
    assert run(notified, "report_end").done_at is not None
    assert not state_of(notified).end_reported
    run(notified, "withdraw_notice")
    run(notified, "file_case")
    assert state_of(notified).end_reported
    assert len(list((centre.home / "post" / "out").iterdir())) == 2


def test_a_void_notice_is_taken_back_where_its_expired_case_lives_again_before_its_letter_left(
    centre: Centre, notified: Case
) -> None:
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(days=366) - datetime.now(UTC))
    service.execute(notified.pk, ElapseDeadline(Clock.BAR), service.CLOCK)
    assert run(notified, "withdraw_notice").done_at is not None  # that is the end's report to do
    for number in (4, 14):
        handler = Actor(f"user:{number}", frozenset({Role.HANDLER}))
        service.execute(notified.pk, RecordEvasion(ACT_AT, "đã bỏ trốn"), handler)
    run(notified, "file_case")
    assert [notice.letter != "" for notice in state_of(notified).withdrawn] == [True]
    run(notified, "report_end")
    assert len(list((centre.home / "post" / "out").iterdir())) == 2


@pytest.mark.parametrize("heard", [True, False])
def test_a_notice_is_taken_back_by_one_letter_also_where_its_expired_case_lives_again(
    centre: Centre, notified: Case, *, heard: bool
) -> None:
    if heard:
        service.execute(notified.pk, OpenResolution("owner"), HANDLER)
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(days=366) - datetime.now(UTC))
    service.execute(notified.pk, ElapseDeadline(Clock.BAR), service.CLOCK)
    run(notified, "report_end")
    assert len(list((centre.home / "post" / "out").iterdir())) == 2  # the notice and what takes it back
    for number in (4, 14):
        handler = Actor(f"user:{number}", frozenset({Role.HANDLER}))
        service.execute(notified.pk, RecordEvasion(ACT_AT, "đã bỏ trốn"), handler)
    run(notified, "file_case")
    assert due(state_of(notified)) is None
    for commander in COMMANDERS[: 1 + heard]:  # a case without a notice is dismissed by one
        stolen = Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe")
        service.execute(notified.pk, stolen, commander)
    run(notified, "report_end")
    assert state_of(notified).end_reported
    assert len(list((centre.home / "post" / "out").iterdir())) == 2


def test_a_notice_is_posted_again_once_under_its_number(centre: Centre, notified: Case) -> None:
    service.execute(notified.pk, ResendNotice("địa chỉ mới"), CLERK)
    work(item_of(notified, "resend_notice").pk)
    work(item_of(notified, "resend_notice").pk)
    notice = state_of(notified).notice
    assert notice is not None
    assert (notice.issue, notice.number) == (2, "01/TB-PC08")
    papers = sorted((centre.home / "post" / "out").glob("*/letter.pdf"))
    assert len(papers) == 2
    assert papers[0].read_bytes() == papers[1].read_bytes()


def test_another_owner_gets_a_notice_of_his_own_after_the_first_one_was_taken_back(
    centre: Centre, notified: Case
) -> None:
    _another_owner(notified)
    before = state_of(notified).version
    assert run(notified, "file_case").done_at is not None  # the letter goes first
    assert state_of(notified).version == before
    work(item_of(notified, "withdraw_notice").pk)
    work(item_of(notified, "withdraw_notice").pk)
    run(notified, "file_case")
    centre.sign(notified)
    run(notified, "render_notice")
    run(notified, "deliver_notice")
    state = state_of(notified)
    assert (state.state, [notice.letter != "" for notice in state.withdrawn]) == ("notified", [True])
    assert len(list((centre.home / "post" / "out").iterdir())) == 3
    listed = [(row.number, row.void_at is not None) for row in register.register(Register.NOTICE, 2026)]
    assert listed == [("01/TB-PC08", True), ("02/TB-PC08", False), ("03/TB-PC08", False)]


def test_the_end_of_a_warning_names_the_notice_that_was_taken_back_with_it(
    centre: Centre, notified: Case
) -> None:
    run_of = state_of(notified).running(Clock.NOANSWER)
    assert run_of is not None
    clock.set_shift(centre.home / "clock", run_of.due_at + timedelta(hours=1) - datetime.now(UTC))
    service.execute(notified.pk, ElapseDeadline(Clock.NOANSWER), service.CLOCK)
    warning = IssueWarning(Target.REGISTRATION, WarningGround.NOTICE_UNANSWERED)
    service.execute(notified.pk, warning, COMMANDERS[0])
    _another_owner(notified)
    for item in OutboxItem.objects.filter(case=notified, task="tell_registration").order_by("pk"):
        work(item.pk)
    out = centre.home / "registration" / "out"
    told = [json.loads(path.read_bytes()) for path in out.rglob("message.json")]
    assert {each["kind"]: each["facts"]["notice_number"] for each in told} == {
        "WarningIssued": "01/TB-PC08",
        "WarningsWithdrawn": "01/TB-PC08",
    }


def test_after_the_time_of_keeping_files_and_names_are_gone_and_the_chain_is_whole(
    centre: Centre, notified: Case
) -> None:
    by_both(notified, Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe"))
    run(notified, "report_end")
    _purge(centre, notified)
    assert run(notified, "purge").done_at is not None
    assert not (files.root() / notified.package.path).exists()
    assert not list(files.root().rglob("*.pdf"))
    tray = centre.home / "post"
    assert (list(tray.rglob("*.pdf")), len(list(tray.rglob("receipt.json")))) == ([], 2)
    state = state_of(notified)
    assert [owners.recall(digest) for digest in state.persons] == [None]
    assert audit.check_case(Case.objects.get(pk=notified.pk)) is None
    assert letters.count_open() == 0, "nobody prints what is destroyed"


def test_what_cannot_be_removed_does_not_count_as_destroyed(
    centre: Centre, notified: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(path: Path) -> None:
        raise PermissionError(1, "not permitted", str(path))

    by_both(notified, Dismiss(DismissalGround.STOLEN_VEHICLE, "trình báo mất xe"))
    run(notified, "report_end")
    _purge(centre, notified)
    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", refuses)
        item = run(notified, "purge")
    assert (item.done_at, "not permitted; it is not destroyed" in item.last_error) == (None, True)
    for folder in (files.root() / "notices", centre.home / "post"):
        paper = next(folder.rglob("*.pdf"))
        paper.unlink()
        paper.mkdir()  # whatever cannot be unlinked
        clock.set_shift(centre.home / "clock", clock.now() - datetime.now(UTC) + timedelta(hours=1))
        item = run(notified, "purge")
        assert (item.done_at, f"{paper}: " in item.last_error) == (None, True)
        paper.rmdir()
    assert [owners.recall(digest) is not None for digest in state_of(notified).persons] == [True]
    clock.set_shift(centre.home / "clock", clock.now() - datetime.now(UTC) + timedelta(hours=1))
    assert run(notified, "purge").done_at is not None


def _purge(centre: Centre, case: Case) -> None:
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(days=365 * 4) - datetime.now(UTC))
    for number, role in ((8, Role.ADMIN), (9, Role.AUDITOR)):
        asked = Actor(f"user:{number}", frozenset({role}))
        service.execute(case.pk, Purge("hết thời hạn lưu giữ"), asked)


def _treasury(centre: Centre, lines: str, name: str = "day.csv") -> Path:
    folder = centre.home / "treasury" / "in"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"transaction,decision_number,amount,paid_at\n{lines}", encoding="utf-8")
    return path


def test_every_payment_counts_once_and_none_is_lost(centre: Centre, decided: Case) -> None:
    number = Case.objects.get(pk=decided.pk).decision_number
    paid = "2026-10-25T08:00:00+07:00"
    lines = (
        f"T1,{number},2000000,{paid}\n"
        f"T2,{number},five,{paid}\n"
        f"T3,99/QĐ-XPHC,1000000,{paid}\n"
        f"T1,{number},2000000,{paid}\n"
        f"T4,{number},3000000,{paid}\n"
    )
    _treasury(centre, lines)
    assert receipts.take_payments() == 2
    _treasury(centre, lines)  # the treasury sends its file again
    assert receipts.take_payments() == 0
    assert (state_of(decided).paid, state_of(decided).refund_due) == (5_000_000, 0)
    told = set(Quarantine.objects.filter(kind="payment").values_list("code", flat=True))
    assert told == {"bad_line", "unmatched"}
    assert "day.csv:3" in Quarantine.objects.get(code="bad_line").detail
    assert len(list((centre.home / "treasury" / "done").iterdir())) == 2


def test_a_file_that_holds_no_payments_is_put_aside_and_the_next_is_taken(
    centre: Centre, decided: Case
) -> None:
    number = Case.objects.get(pk=decided.pk).decision_number
    _treasury(centre, "", "a.csv").write_bytes(b"\xff\xfe\x00")
    _treasury(centre, f"T1,{number},5000000,2026-10-25T08:00:00+07:00\n", "b.csv")
    assert receipts.take_payments() == 1
    assert [path.name for path in (centre.home / "treasury" / "refused").iterdir()] == ["a.csv"]


def _report(centre: Centre, case: Case, **changes: str) -> Path:
    notice = state_of(case).notice
    folder = centre.home / "post" / "receipts"
    folder.mkdir(exist_ok=True)
    values = {
        "post_number": notice.receipt if notice else "VN0000000000000",
        "reference": case.reference,
        "outcome": "delivered",
        "at": clock.now().isoformat(),
    }
    path = folder / f"{len(list(folder.iterdir()))}.json"
    path.write_text(json.dumps(values | changes), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("take", "laid", "refused"),
    [
        (receipts.take_payments, "treasury/in/day.csv", "treasury/refused"),
        (deliveries.take_reports, "post/receipts/day.json", "post/receipts/refused"),
    ],
)
def test_a_file_is_never_put_aside_without_its_entry(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, take: Callable[[], int], laid: str, refused: str
) -> None:
    path, aside = centre.home / laid, centre.home / refused
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("nothing of use\n")
    with monkeypatch.context() as killed:
        killed.setattr(quarantine, "put", killed_worker)
        with pytest.raises(OSError, match="dies here"):
            take()
    assert path.exists()
    aside.write_text("no folder")  # the next one dies a step later
    with pytest.raises(FileExistsError):
        take()
    aside.unlink()
    take()
    [entry] = Quarantine.objects.all()
    assert (entry.code, entry.path) == ("refused", str(aside / path.name))
    assert (aside / path.name).exists()


def test_delivery_reports_reach_their_case(centre: Centre, notified: Case) -> None:
    _report(centre, notified)
    assert deliveries.take_reports() == 1
    notice = state_of(notified).notice
    assert notice is not None
    assert notice.delivery == "delivered"


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "eaten by a dog"},
        {"at": "2026-10-25T08:00:00"},
        {"at": "2030-01-01T00:00:00+07:00"},
        {"at": "2026-10-25T07:59:00+07:00"},  # before it was sent
        {"reference": "PN2026-999999"},
        {"post_number": "VN0000000000000"},
    ],
)
def test_a_report_that_cannot_be_is_refused_with_its_reason(
    centre: Centre, notified: Case, changes: dict[str, str]
) -> None:
    path = _report(centre, notified, **changes)
    good = _report(centre, notified)
    assert deliveries.take_reports() == 2
    assert (path.parent / "refused" / path.name).exists()
    assert (path.parent / "done" / good.name).exists()
    assert quarantined(Quarantine.Kind.DELIVERY) == ["refused"]


def test_a_report_that_the_case_refuses_for_good_is_refused_with_its_reason(
    centre: Centre, notified: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_arguments: object) -> None:
        raise CaseError("unsigned", "it was not signed then")

    path = _report(centre, notified)
    monkeypatch.setattr(service, "execute", never)
    assert deliveries.take_reports() == 1
    assert (path.parent / "refused" / path.name).exists()
    assert quarantined(Quarantine.Kind.DELIVERY) == ["refused"]


def test_a_report_on_the_notice_of_a_file_that_was_handed_over_is_without_effect(
    centre: Centre, notified: Case
) -> None:
    hand_over = TransferOut(AUTHORITY, TransferKind.FORM03, "Phòng CSGT Đồng Nai", "chủ xe cư trú ở đó")
    service.execute(notified.pk, hand_over, SIGNER)
    path = _report(centre, notified)
    assert deliveries.take_reports() == 1
    assert (path.parent / "done" / path.name).exists()


def test_a_report_that_comes_before_we_recorded_the_letter_waits(centre: Centre, filed: Case) -> None:
    path = _report(centre, filed)
    assert deliveries.take_reports() == 0
    assert path.exists()


def test_the_sweep_lets_clocks_elapse_and_writes_the_root_though_the_treasury_is_broken(
    centre: Centre, notified: Case
) -> None:
    _treasury(centre, "")
    (centre.home / "treasury" / "done").write_text("no folder")
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(days=40) - datetime.now(UTC))
    sweep.sweep_all()
    assert state_of(notified).overdue
    [root] = (centre.home / "audit").glob("*.json")
    assert json.loads(root.read_text())["cases"] == 1


def test_a_machine_whose_clock_is_wrong_ends_no_case(
    centre: Centre, notified: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A year ahead, one machine of many would bar every open case, and letters take back every notice."""
    assert abs(clock.drift()) < timedelta(minutes=1)
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(days=400) - datetime.now(UTC))
    monkeypatch.setattr(clock, "drift", lambda: timedelta(days=-400))
    sweep.sweep_all()
    assert (state_of(notified).state, state_of(notified).overdue) == ("notified", False)
    assert not (centre.home / "audit").exists()
    assert "-400 days" in caplog.text


def test_a_relay_without_a_broker_gives_back_what_it_claimed(centre: Centre, settings: Settings) -> None:
    case = centre.case()
    settings.PHATNGUOI_REDIS_URL = app.conf.broker_url = "redis://127.0.0.1:1/0"
    try:
        assert relay.Relay().send_due() == 0
    finally:
        app.conf.broker_url = broker.url()
    assert item_of(case, "extract").next_send_at <= clock.now()


def test_while_a_run_lives_no_other_begins_and_when_it_died_its_lease_is_free(centre: Centre) -> None:
    case = centre.reviewed(centre.case())
    item = outbox.take_lease(item_of(case, "determine_owner").pk)
    assert item is not None
    with leases.held(item):
        assert leases.release_dead() == 0
        assert run(case, "determine_owner").attempts == 1
    (centre.home / "leases" / f"{item.pk}-{item.lease}").touch()  # what a killed process leaves
    assert leases.release_dead() == 1
    assert run(case, "determine_owner").done_at is not None
    assert list((centre.home / "leases").iterdir()) == []


def test_a_dead_lease_is_seen_on_a_shared_folder(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """NFS makes other locks of these: they refuse an exclusive one on a file that is open for reading."""

    def over_nfs(file: BufferedIOBase, how: int) -> None:
        if how & fcntl.LOCK_EX and not file.writable():
            raise OSError(errno.EBADF, "Bad file descriptor")
        flock(file.fileno(), how)

    flock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", over_nfs)
    item = outbox.take_lease(item_of(centre.case(), "extract").pk)
    assert item is not None
    with leases.held(item):
        assert leases.release_dead() == 0
    (centre.home / "leases" / f"{item.pk}-{item.lease}").touch()
    assert leases.release_dead() == 1


def test_a_photograph_changed_after_extraction_is_not_printed(centre: Centre, filed: Case) -> None:
    path = files.root() / filed.package.path / "frames" / "at.jpg"
    path.write_bytes(path.read_bytes() + b"x")
    centre.sign(filed)
    item = run(filed, "render_notice")
    assert item.done_at is None
    assert "frames/at.jpg" in item.last_error
