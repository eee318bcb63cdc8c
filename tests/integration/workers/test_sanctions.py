"""Record and decision: the paper of a number exists, is the one of its facts, and leaves once."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notices.signing import verify_pdf
from tests.integration.workers.conftest import ACT_AT, AUTHORITY, SIGNER, Centre, to_decision
from tests.integration.workers.doing import CLERK, HANDLER, item_of, killed_worker, run, state_of
from tests.unit.notices.reading import pages, squeezed
from workers import deliveries, sanctions
from workers.gateways.post import FolderPost, Letter
from workers.tasks import work
from workers.work import Work
from workflow import audit, clock, erasure, files, owners, service
from workflow.case import Actor
from workflow.commands import (
    Coerce,
    ElapseDeadline,
    IdentifyViolator,
    JoinActs,
    LodgeComplaint,
    MakeRecord,
    OpenResolution,
    RecordEvasion,
    RecordExplanation,
    RecordPayment,
    RecordService,
    RuleOnComplaint,
    SignDecision,
)
from workflow.law.offences import offence_for
from workflow.law.rows import ViolatorKind
from workflow.models import Case, CaseEvent, OutboxItem
from workflow.sanction_facts import coercion_facts
from workflow.vocabulary import Clock, EventType, Role
from workflow.words import Coercing, Explaining, Paper, Ruling, ViolatorBasis

SUPERIOR = Actor("user:8", frozenset({Role.SIGNER}))
GATEWAY = Actor("gateway:treasury", frozenset({Role.GATEWAY}))
RULING = RuleOnComplaint(
    replace(AUTHORITY, officer=SUPERIOR.id), Ruling.REVOKED, "người khiếu nại không điều khiển xe"
)


def kept(case: Case, kind: EventType) -> list[CaseEvent]:
    return list(CaseEvent.objects.filter(case=case, type=kind).order_by("seq"))


def text_of(event: CaseEvent) -> str:
    """The paper as it is kept, after its digest was compared with the event's."""
    content = files.get(event.data["document"])
    assert hashlib.sha256(content).hexdigest() == event.data["sha256"]
    return squeezed(" ".join(pages(content)))


def posted(centre: Centre) -> list[str]:
    return sorted(path.name for path in (centre.home / "post" / "out").iterdir())


def assert_says(text: str, *parts: str) -> None:
    for part in parts:
        assert squeezed(part) in text, part


def ruled(case: Case, command: RuleOnComplaint) -> None:
    service.execute(case.pk, LodgeComplaint(clock.now(), "không đồng ý"), CLERK)
    service.execute(case.pk, command, SUPERIOR)


def _hand_over(case: Case) -> None:
    service.execute(case.pk, RecordService("handed", clock.now()), CLERK)


def _revoke(case: Case) -> None:
    ruled(case, RULING)


def test_the_record_is_printed_unsigned_and_its_event_holds_the_digest(centre: Centre, decided: Case) -> None:
    assert run(decided, "print_record").done_at is not None
    [event] = kept(decided, EventType.RECORD_PRINTED)
    state = state_of(decided)
    assert state.notice is not None
    assert state.record is not None
    assert_says(
        text_of(event),
        f"Số: {state.record.number}",
        f"Thông báo số {state.notice.number}",
        "Họ và tên: Trần Thị Bưởi",
        "Số định danh cá nhân/Căn cước: 079000000001",
        "Địa chỉ: 1 đường Số 2",
        "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông",
        "59-X1 234.56",
        "07:00:12, ngày 25/10/2026",
        "không thuộc trường hợp được quyền giải trình",
    )
    assert b"/ByteRange" not in files.get(event.data["document"])
    assert audit.check_case(Case.objects.get(pk=decided.pk)) is None


def test_the_decision_is_signed_by_person_and_unit_kept_posted_once_and_served_by_post(
    centre: Centre, decided: Case
) -> None:
    assert run(decided, "print_decision").done_at is not None
    [event] = kept(decided, EventType.DECISION_PRINTED)
    state = state_of(decided)
    assert state.decision is not None
    assert state.record is not None
    assert_says(
        text_of(event),
        f"Số: {state.decision.number}",
        "TRƯỞNG PHÒNG",
        "Luật Xử lý vi phạm hành chính số 15/2012/QH13",
        "Căn cứ Nghị định số 168/2024/NĐ-CP",
        f"Biên bản vi phạm hành chính số {state.record.number}",
        "Họ và tên: Trần Thị Bưởi",
        "Phạt tiền 5.000.000 đồng (bằng chữ: Năm triệu đồng)",
        "Trừ điểm giấy phép lái xe: 04 điểm",
        "trong thời hạn 10 ngày",
        "nộp thêm 0,05%",
        "Nguyễn Văn Ký",
    )
    trust = centre.home / "trust"
    (trust / "signers").mkdir(parents=True)
    for authority in (centre.home / "keys" / "signing").glob("*.pem"):
        (trust / "signers" / authority.name).write_bytes(authority.read_bytes())
    assert len(verify_pdf(files.get(event.data["document"]), trust)) == 2
    # A worker posted and was killed before it could tell; the next one finds the same receipt.
    key = Work(item_of(decided, "send_decision")).key_of(event)
    receipt = FolderPost(centre.home / "post").send(
        Letter(key, decided.reference, files.get(event.data["document"]))
    )
    assert run(decided, "send_decision").done_at is not None
    state = state_of(decided)
    [sent] = [issue for issue in state.papers if issue.paper is Paper.DECISION]
    assert sent.receipt == receipt.number
    assert key in posted(centre)
    assert len(posted(centre)) == 2  # the notice and the decision
    assert state.running(Clock.SENDDEC) is None
    _report(centre, decided, receipt.number)
    assert deliveries.take_reports() == 1
    state = state_of(decided)
    assert state.decision is not None
    assert state.decision.served_at is not None
    assert state.running(Clock.COMPLY) is not None


def _report(centre: Centre, case: Case, number: str) -> Path:
    folder = centre.home / "post" / "receipts"
    folder.mkdir(exist_ok=True)
    told = {"post_number": number, "reference": case.reference, "outcome": "delivered"}
    path = folder / f"{number}.json"
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(hours=3) - datetime.now(UTC))
    at = (ACT_AT + timedelta(hours=2)).isoformat()
    path.write_text(json.dumps({**told, "at": at}), encoding="utf-8")
    return path


@pytest.mark.parametrize("task", ["print_record", "print_decision"])
def test_the_work_done_twice_makes_one_paper(centre: Centre, decided: Case, task: str) -> None:
    for _ in range(2):
        work(item_of(decided, task).pk)
    kind = EventType.RECORD_PRINTED if task == "print_record" else EventType.DECISION_PRINTED
    [event] = kept(decided, kind)
    folder = (files.root() / event.data["document"]).parent
    assert len(list(folder.iterdir())) == 1
    if task == "print_decision":
        for _ in range(2):
            work(item_of(decided, "send_decision").pk)
        assert len(kept(decided, EventType.DECISION_SENT)) == 1
        assert len(posted(centre)) == 2


def test_a_decision_that_was_handed_over_before_it_was_posted_stays_here(
    centre: Centre, decided: Case
) -> None:
    run(decided, "print_decision")
    service.execute(decided.pk, RecordService("handed", clock.now()), CLERK)
    assert run(decided, "send_decision").done_at is not None
    assert len(posted(centre)) == 1
    assert kept(decided, EventType.DECISION_SENT) == []


@pytest.mark.parametrize("between", [_hand_over, _revoke])
def test_a_decision_that_was_posted_before_it_was_met_or_fell_is_told(
    centre: Centre, decided: Case, monkeypatch: pytest.MonkeyPatch, between: Callable[[Case], None]
) -> None:
    run(decided, "print_decision")
    with monkeypatch.context() as killed:
        killed.setattr(sanctions, "record_posted", killed_worker)
        run(decided, "send_decision")
    assert len(posted(centre)) == 2  # the notice and the decision
    between(decided)
    clock.set_shift(centre.home / "clock", clock.now() - datetime.now(UTC) + timedelta(hours=1))
    run(decided, "send_decision")
    [sent] = kept(decided, EventType.DECISION_SENT)
    assert sent.data["receipt"]
    assert len(posted(centre)) == 2


@pytest.mark.parametrize("next_one", [True, False])
def test_the_letter_of_a_revoked_decision_serves_no_other(
    centre: Centre, decided: Case, monkeypatch: pytest.MonkeyPatch, *, next_one: bool
) -> None:
    run(decided, "print_decision")
    with monkeypatch.context() as killed:
        killed.setattr(sanctions, "record_posted", killed_worker)
        run(decided, "send_decision")
    ruled(decided, replace(RULING, redecide=True))
    clock.set_shift(centre.home / "clock", clock.now() - datetime.now(UTC) + timedelta(hours=1))
    run(decided, "send_decision")
    if next_one:
        service.execute(decided.pk, SignDecision(AUTHORITY, 5_000_000, confirmed_by=SIGNER.id), SIGNER)
    [sent] = kept(decided, EventType.DECISION_SENT)
    path = _report(centre, decided, sent.data["receipt"])
    assert deliveries.take_reports() == 1
    assert (path.parent / "done" / path.name).exists()
    state = state_of(decided)
    assert state.decision is not None
    assert (state.decision.served_at, state.running(Clock.COMPLY)) == (None, None)
    assert (state.running(Clock.SENDDEC) is not None) == next_one
    assert kept(decided, EventType.DELIVERED) == []


def test_a_report_on_a_letter_whose_decision_fell_is_without_effect(centre: Centre, decided: Case) -> None:
    run(decided, "print_decision")
    run(decided, "send_decision")
    [sent] = kept(decided, EventType.DECISION_SENT)
    ruled(decided, replace(RULING, redecide=True))
    path = _report(centre, decided, sent.data["receipt"])
    assert deliveries.take_reports() == 1
    assert (path.parent / "done" / path.name).exists()


def test_a_message_that_is_told_late_names_the_decision_of_its_event(centre: Centre, decided: Case) -> None:
    run(decided, "apply_points")
    first = state_of(decided).decision
    ruled(decided, replace(RULING, redecide=True))
    service.execute(decided.pk, SignDecision(AUTHORITY, 5_000_000, confirmed_by=SIGNER.id), SIGNER)
    for item in OutboxItem.objects.filter(case=decided, task="tell_licence").order_by("pk"):
        work(item.pk)
    told = [json.loads(path.read_bytes()) for path in (centre.home / "licence" / "out").rglob("message.json")]
    assert first is not None
    assert {each["kind"]: each["facts"]["decision_number"] for each in told} == {
        "PointsDeducted": first.number,
        "PointsRestored": first.number,
    }
    assert {each["facts"]["name"] for each in told} == {"Trần Thị Bưởi"}


def test_the_desk_may_have_some_hours_before_a_decision_is_posted(
    centre: Centre, decided: Case, settings: Settings
) -> None:
    settings.PHATNGUOI_DECISION_HOURS = 4
    run(decided, "print_decision")
    [event] = kept(decided, EventType.DECISION_PRINTED)
    item = run(decided, "send_decision")
    assert (item.done_at, item.attempts) == (None, 0)
    assert item.next_send_at == event.at + timedelta(hours=4)
    assert len(posted(centre)) == 1
    clock.set_shift(centre.home / "clock", event.at + timedelta(hours=4, minutes=1) - datetime.now(UTC))
    assert run(decided, "send_decision").done_at is not None
    assert len(posted(centre)) == 2


def test_a_decision_that_was_revoked_is_kept_and_stays_here(centre: Centre, decided: Case) -> None:
    ruled(decided, RULING)
    assert run(decided, "print_decision").done_at is not None
    assert run(decided, "send_decision").done_at is not None
    [event] = kept(decided, EventType.DECISION_PRINTED)
    assert len(posted(centre)) == 1
    run(decided, "report_end")
    [letter] = kept(decided, EventType.END_REPORTED)
    assert_says(text_of(letter), f"số {event.data['number']}", "đã bị hủy bỏ và không còn hiệu lực")
    assert len(posted(centre)) == 2


def test_a_decision_that_amends_another_has_a_paper_of_its_own(centre: Centre, decided: Case) -> None:
    run(decided, "print_decision")
    run(decided, "send_decision")
    amended = replace(
        RULING, ruling=Ruling.AMENDED, amount=4_000_000, mitigating=("tự nguyện khai báo", "lần đầu")
    )
    ruled(decided, amended)
    assert run(decided, "print_decision").done_at is not None
    first, second = kept(decided, EventType.DECISION_PRINTED)
    decision = state_of(decided).decision
    assert decision is not None
    assert decision.amended_by == (second.data["number"],)
    assert_says(
        text_of(second),
        f"Số: {second.data['number']}",
        f"Sửa đổi Quyết định xử phạt số {first.data['number']}",
        "Mức xử phạt đã quyết định: Phạt tiền 5.000.000 đồng",
        "sau khi sửa đổi: Phạt tiền 4.000.000 đồng (bằng chữ: Bốn triệu đồng)",
        amended.reason,
    )
    run(decided, "send_decision")
    issues = [issue.issue for issue in state_of(decided).papers if issue.paper is Paper.DECISION]
    assert issues == [1, 2]
    assert len(posted(centre)) == 3


def test_a_decision_changed_in_the_store_is_not_posted(centre: Centre, decided: Case) -> None:
    run(decided, "print_decision")
    [event] = kept(decided, EventType.DECISION_PRINTED)
    with (files.root() / event.data["document"]).open("ab") as file:
        file.write(b"x")
    item = run(decided, "send_decision")
    assert "was changed" in item.last_error
    assert len(posted(centre)) == 1


def test_a_report_that_comes_before_the_decision_is_recorded_as_sent_waits(
    centre: Centre, decided: Case
) -> None:
    run(decided, "print_decision")
    [event] = kept(decided, EventType.DECISION_PRINTED)
    key = Work(item_of(decided, "send_decision")).key_of(event)
    letter = Letter(key, decided.reference, files.get(event.data["document"]))
    path = _report(centre, decided, FolderPost(centre.home / "post").send(letter).number)
    assert deliveries.take_reports() == 0
    assert path.exists()
    run(decided, "send_decision")
    assert deliveries.take_reports() == 1
    decision = state_of(decided).decision
    assert decision is not None
    assert decision.served_at is not None


def _joined(centre: Centre, filed: Case) -> Case:
    """Another act of the same violator, and one decision over both; gives that act's case."""
    other = centre.reviewed(centre.case(track=8, at=ACT_AT + timedelta(minutes=20)))
    run(other, "determine_owner")
    run(other, "file_case")
    who = owners.Person("Trần Thị Bưởi", "1 đường Số 2", "079000000001", "person")
    for case in (filed, other):
        centre.sign(case)
        run(case, "render_notice")
        run(case, "deliver_notice")
        service.execute(case.pk, OpenResolution("owner"), HANDLER)
        driver = IdentifyViolator(ViolatorBasis.ADMITTED, owners.remember(who), ViolatorKind.PERSON)
        service.execute(case.pk, driver, HANDLER)
    service.execute(filed.pk, JoinActs((filed.reference, other.reference)), HANDLER)
    service.execute(filed.pk, MakeRecord(signed=False, witness="Lê Văn Chứng"), HANDLER)
    acts = ((other.reference, 5_000_000),)
    signed = SignDecision(AUTHORITY, 5_000_000, confirmed_by=SIGNER.id, others=acts)
    service.execute(filed.pk, signed, SIGNER)
    return other


@pytest.mark.parametrize("redecide", [True, False])
@pytest.mark.parametrize("before", ["send_decision", ""])
def test_a_decision_that_fell_for_the_act_whose_number_it_has_reaches_the_others(
    centre: Centre, filed: Case, before: str, *, redecide: bool
) -> None:
    other = _joined(centre, filed)
    run(filed, "print_decision")
    if before:
        run(filed, before)
    ruled(filed, replace(RULING, redecide=redecide))
    for _ in range(2):
        work(item_of(filed, "send_decision").pk)
    assert len(posted(centre)) == 3  # two notices and the decision
    [sent] = kept(filed, EventType.DECISION_SENT)
    assert [told.data["receipt"] for told in kept(other, EventType.DECISION_SENT)] == [sent.data["receipt"]]
    _report(centre, filed, sent.data["receipt"])
    assert deliveries.take_reports() == 1
    own, theirs = state_of(filed).decision, state_of(other).decision
    assert own is not None
    assert theirs is not None
    assert (own.served_at, theirs.served_at is not None) == (None, True)


def test_two_acts_in_one_handling_have_one_record_and_one_decision(centre: Centre, filed: Case) -> None:
    other = _joined(centre, filed)
    assert not OutboxItem.objects.filter(case=other, task__in=("print_record", "print_decision")).exists()
    run(filed, "print_record")
    run(filed, "print_decision")
    [record], [decision] = kept(filed, EventType.RECORD_PRINTED), kept(filed, EventType.DECISION_PRINTED)
    both = ("07:00:12, ngày 25/10/2026", "07:20:12, ngày 25/10/2026")
    assert_says(text_of(record), "02 hành vi", *both, "01/TB-PC08", "02/TB-PC08", "Lê Văn Chứng")
    assert_says(
        text_of(decision),
        "02 hành vi",
        *both,
        "Tổng mức tiền phạt của 02 hành vi: 10.000.000 đồng (bằng chữ: Mười triệu đồng)",
        "Trừ điểm giấy phép lái xe: 04 điểm",
    )
    run(filed, "send_decision")
    for case in (filed, other):
        assert [paper.paper for paper in state_of(case).papers][-1] is Paper.DECISION
    assert len(posted(centre)) == 3


def test_a_decision_printed_late_says_of_each_act_what_was_signed_then(centre: Centre, filed: Case) -> None:
    """The signer's token was away while the other act was decided anew, under another number."""
    other = _joined(centre, filed)
    ruled(other, replace(RULING, redecide=True))
    eased = ("tự nguyện khai báo",)
    anew = SignDecision(AUTHORITY, 4_000_000, confirmed_by=SIGNER.id, mitigating=eased)
    service.execute(other.pk, anew, SIGNER)
    run(filed, "print_decision")
    [decision] = kept(filed, EventType.DECISION_PRINTED)
    assert_says(text_of(decision), "Tổng mức tiền phạt của 02 hành vi: 10.000.000 đồng")


def test_a_violator_whose_facts_are_gone_stops_before_a_person(centre: Centre, notified: Case) -> None:
    to_decision(notified)
    erasure.erase(state_of(notified).persons)
    item = run(notified, "print_decision")
    assert "are not there" in item.last_error
    assert kept(notified, EventType.DECISION_PRINTED) == []


def _lives_again(centre: Centre, case: Case) -> None:
    """A record, an explanation in writing; then the bar, its letter, and evasion: all is to be made anew."""
    row = offence_for("red_light", "car", ACT_AT.date()).row
    who = owners.remember(owners.Person("Trần Thị Bưởi", "1 đường Số 2", "079000000001", "person"))
    for command in (
        OpenResolution("owner"),
        IdentifyViolator(ViolatorBasis.ADMITTED, who, ViolatorKind.PERSON),
        MakeRecord(signed=True, row=row, confirmed_by=HANDLER.id),
        RecordExplanation(Explaining.RECEIVED, "đơn giải trình"),
    ):
        service.execute(case.pk, command, HANDLER)
    clock.set_shift(centre.home / "clock", ACT_AT + timedelta(days=367) - datetime.now(UTC))
    service.execute(case.pk, ElapseDeadline(Clock.BAR), service.CLOCK)
    run(case, "report_end")
    for number in (4, 14):
        handler = Actor(f"user:{number}", frozenset({Role.HANDLER}))
        service.execute(case.pk, RecordEvasion(ACT_AT, "đã bỏ trốn"), handler)
    service.execute(case.pk, MakeRecord(signed=True), HANDLER)


def test_a_record_made_again_rests_on_no_notice_that_was_taken_back(centre: Centre, notified: Case) -> None:
    _lives_again(centre, notified)
    run(notified, "print_record")
    [event] = kept(notified, EventType.RECORD_PRINTED)
    assert "01/TB-PC08" not in text_of(event)


def test_a_decision_tells_the_explanation_of_its_own_record(centre: Centre, notified: Case) -> None:
    _lives_again(centre, notified)
    explain = state_of(notified).running(Clock.EXPLAIN)
    assert explain is not None
    clock.set_shift(centre.home / "clock", explain.due_at + timedelta(minutes=1) - datetime.now(UTC))
    service.execute(notified.pk, ElapseDeadline(Clock.EXPLAIN), service.CLOCK)
    service.execute(notified.pk, SignDecision(AUTHORITY, 19_000_000, confirmed_by=SIGNER.id), SIGNER)
    run(notified, "print_decision")
    [event] = kept(notified, EventType.DECISION_PRINTED)
    assert_says(text_of(event), "việc người vi phạm không thực hiện quyền giải trình")


def _ordered(centre: Centre, case: Case) -> None:
    """Nobody paid: non-compliance is recorded, and a signer orders coercion."""
    run(case, "print_decision")
    service.execute(case.pk, RecordService("handed", clock.now()), CLERK)
    comply = state_of(case).running(Clock.COMPLY)
    assert comply is not None
    clock.set_shift(centre.home / "clock", comply.due_at + timedelta(days=4, minutes=1) - datetime.now(UTC))
    service.execute(case.pk, ElapseDeadline(Clock.COMPLY), service.CLOCK)
    service.execute(case.pk, Coerce(Coercing.NON_COMPLIANCE), HANDLER)
    order = Coerce(Coercing.ORDER, "khấu trừ tiền từ tài khoản", AUTHORITY)
    service.execute(case.pk, order, SIGNER)


def test_an_order_of_coercion_has_a_paper_that_is_signed_kept_and_posted_once(
    centre: Centre, decided: Case
) -> None:
    _ordered(centre, decided)
    assert run(decided, "print_decision").done_at is not None
    first, paper = kept(decided, EventType.DECISION_PRINTED)
    state = state_of(decided)
    assert paper.data["number"] == state.coercion_number == "01/QĐ-CC"
    assert_says(
        text_of(paper),
        "Số: 01/QĐ-CC",
        f"Quyết định xử phạt vi phạm hành chính số {first.data['number']}",
        "Họ và tên: Trần Thị Bưởi",
        "Biện pháp cưỡng chế: khấu trừ tiền từ tài khoản",
        # four or five days of lateness by the calendar, at 0,05 % of five million
        f"{kept(decided, EventType.COERCION_ORDERED)[0].data['due']:,}".replace(",", ".") + " đồng",
        "Nguyễn Văn Ký",
    )
    assert kept(decided, EventType.COERCION_ORDERED)[0].data["due"] in {5_010_000, 5_012_500}
    for _ in range(2):
        work(item_of(decided, "send_decision").pk)
    state = state_of(decided)
    assert state.running(Clock.SENDCOERCE) is None
    assert len(kept(decided, EventType.COERCION_SENT)) == 1
    assert len(posted(centre)) == 2  # the notice and the order: the decision was handed over
    assert audit.check_case(Case.objects.get(pk=decided.pk)) is None


def test_the_order_of_all_acts_names_their_whole_debt_and_reads_no_other_cases_events(
    centre: Centre, filed: Case
) -> None:
    other = _joined(centre, filed)
    service.execute(filed.pk, RecordService("handed", clock.now()), CLERK)
    comply = state_of(filed).running(Clock.COMPLY)
    assert comply is not None
    clock.set_shift(centre.home / "clock", comply.due_at + timedelta(days=4, minutes=1) - datetime.now(UTC))
    for case in (filed, other):
        service.execute(case.pk, ElapseDeadline(Clock.COMPLY), service.CLOCK)
    service.execute(filed.pk, Coerce(Coercing.NON_COMPLIANCE), HANDLER)
    service.execute(filed.pk, Coerce(Coercing.ORDER, "khấu trừ tiền từ tài khoản", AUTHORITY), SIGNER)
    [own], [theirs] = kept(filed, EventType.COERCION_ORDERED), kept(other, EventType.COERCION_ORDERED)
    with CaptureQueriesContext(connection) as asked:
        facts = coercion_facts(Case.objects.get(pk=filed.pk), state_of(filed), own)
    assert facts.due == own.data["due"] + theirs.data["due"] > 10_000_000
    events = [query["sql"] for query in asked if 'FROM "workflow_caseevent"' in query["sql"]]
    assert events
    assert all("case_id" in sql.partition("WHERE")[2] or '"reference" IN' in sql for sql in events)


def test_an_order_of_coercion_is_not_posted_once_it_is_paid(centre: Centre, decided: Case) -> None:
    _ordered(centre, decided)
    run(decided, "print_decision")
    service.execute(decided.pk, RecordPayment("T1", 6_000_000, clock.now()), GATEWAY)
    assert run(decided, "send_decision").done_at is not None
    assert kept(decided, EventType.COERCION_SENT) == []
    assert len(posted(centre)) == 1
