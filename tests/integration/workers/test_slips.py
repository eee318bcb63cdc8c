"""Forms 03/73, 04, 02/73 and 06: the paper of a number exists, is the one of its facts, and leaves once."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.workers.conftest import ACT_AT, AUTHORITY, SIGNER, Centre
from tests.integration.workers.doing import CLERK, HANDLER, by_both, item_of, killed_worker, run, state_of
from tests.unit.notices.reading import pages
from workers import deliveries, papers, slips
from workers.gateways.post import FolderPost, Letter
from workers.tasks import work
from workers.work import Work
from workflow import audit, clock, files, outbox, owners, service
from workflow.case import Actor
from workflow.commands import (
    Dismiss,
    ElapseDeadline,
    IdentifyViolator,
    MakeRecord,
    OpenResolution,
    Purge,
    RecordReturn,
    RecordTransferResult,
    RedetermineOwner,
    SendForm04,
    SignDecision,
    TransferOut,
)
from workflow.law.offences import offence_for
from workflow.law.rows import ViolatorKind
from workflow.models import Case, CaseEvent
from workflow.vocabulary import Clock, DismissalGround, EventType, Role
from workflow.words import OwnerBasis, Register, Source, TransferKind, TransferResult, ViolatorBasis

ELSEWHERE = "Phòng Cảnh sát giao thông Công an tỉnh Mẫu"
TRANSFER = TransferOut(AUTHORITY, TransferKind.FORM03, ELSEWHERE, "chủ phương tiện cư trú nơi khác")


def slips_of(case: Case) -> list[CaseEvent]:
    return list(CaseEvent.objects.filter(case=case, type=EventType.SLIP_SENT).order_by("seq"))


def text_of(event: CaseEvent) -> str:
    """The paper as it is kept, after its digest was compared with the event's."""
    content = files.get(event.data["document"])
    assert hashlib.sha256(content).hexdigest() == event.data["sha256"]
    return " ".join(pages(content))


def posted(centre: Centre) -> list[str]:
    out = centre.home / "post" / "out"
    return sorted(path.name for path in out.iterdir()) if out.exists() else []


def unanswered(centre: Centre, case: Case) -> None:
    """The twenty days and the appointment are over."""
    waited = state_of(case).running(Clock.NOANSWER)
    assert waited is not None
    clock.set_shift(centre.home / "clock", waited.due_at + timedelta(minutes=1) - datetime.now(UTC))
    service.execute(case.pk, ElapseDeadline(Clock.NOANSWER), service.CLOCK)


def test_a_transfer_has_its_paper_with_the_results(centre: Centre, filed: Case) -> None:
    service.execute(filed.pk, TRANSFER, SIGNER)
    assert run(filed, "send_slip").done_at is not None
    [kept] = slips_of(filed)
    text = text_of(kept)
    opened, transfer = state_of(filed).opened, state_of(filed).transfer
    assert opened is not None
    assert transfer is not None
    assert kept.data["series"] == Register.TRANSFER
    for said in (
        f"Số: {transfer.number}",
        f"Kính gửi: {ELSEWHERE}",
        "Trần Thị Bưởi",
        "Lý do chuyển: chủ phương tiện cư trú nơi khác",
        opened.package_sha256,
        "Nguyễn Văn Ký",
    ):
        assert said in text
    # A worker posted and was killed before it could tell: the key finds the same receipt again.
    key = Work(item_of(filed, "send_slip")).key(EventType.TRANSFER_SENT)
    again = FolderPost(centre.home / "post").send(Letter(key, filed.reference, b"whatever"))
    assert posted(centre) == [key]
    assert again.number == kept.data["receipt"]
    assert audit.check_case(Case.objects.get(pk=filed.pk)) is None


def test_the_work_done_twice_makes_one_paper(centre: Centre, filed: Case) -> None:
    service.execute(filed.pk, TRANSFER, SIGNER)
    item = item_of(filed, "send_slip")
    work(item.pk)
    work(item.pk)
    assert len(slips_of(filed)) == 1
    assert len(posted(centre)) == 1
    assert len(list((files.root() / "slips").iterdir())) == 1


def test_a_slip_for_a_file_that_is_back_is_kept_and_stays_here(centre: Centre, filed: Case) -> None:
    service.execute(filed.pk, TRANSFER, SIGNER)
    service.execute(filed.pk, RecordReturn("không thuộc thẩm quyền"), CLERK)
    run(filed, "send_slip")
    [kept] = slips_of(filed)
    assert ELSEWHERE in text_of(kept)
    assert kept.data["receipt"] == ""
    assert posted(centre) == []


def test_a_slip_that_was_posted_before_the_file_came_back_is_told(
    centre: Centre, filed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.execute(filed.pk, TRANSFER, SIGNER)
    with monkeypatch.context() as killed:
        killed.setattr(slips, "record_posted", killed_worker)
        run(filed, "send_slip")
    assert len(posted(centre)) == 1
    assert slips_of(filed) == []
    service.execute(filed.pk, RecordReturn("không thuộc thẩm quyền"), CLERK)
    clock.set_shift(centre.home / "clock", clock.now() - datetime.now(UTC) + timedelta(hours=1))
    run(filed, "send_slip")
    [slip] = slips_of(filed)
    assert slip.data["receipt"]
    assert len(posted(centre)) == 1


def test_form_04_names_the_notice_and_waits_for_its_report(centre: Centre, notified: Case) -> None:
    notice = state_of(notified).notice
    assert notice is not None
    unanswered(centre, notified)
    commander = Actor(SIGNER.id, frozenset({Role.COMMANDER}))
    service.execute(notified.pk, SendForm04("Công an phường Mẫu", AUTHORITY), commander)
    run(notified, "send_slip")
    [kept] = slips_of(notified)
    slip, report = pages(files.get(kept.data["document"]))
    assert kept.data["number"] == state_of(notified).form04
    assert f"Thông báo số {notice.number}" in slip
    assert "Kính gửi: Công an phường Mẫu" in slip
    assert f"Phiếu gửi số {kept.data['number']}" in report
    assert len(posted(centre)) == 2  # the notice, and the slip with the same notice in its envelope
    envelope = centre.home / "post" / "out" / Work(item_of(notified, "send_slip")).key(EventType.FORM04_SENT)
    assert (envelope / "letter.pdf").read_bytes() == files.get(kept.data["document"])
    assert (envelope / "enclosed-1.pdf").read_bytes() == files.get(notice.document)


def test_a_form_04_whose_notice_went_to_the_wrong_person_stays_here(centre: Centre, notified: Case) -> None:
    unanswered(centre, notified)
    service.execute(notified.pk, SendForm04("Công an phường Mẫu", AUTHORITY), SIGNER)
    buyer = owners.Person("Lê Văn Mua", "9 đường Số 3", "079000000009", "person")
    other = RedetermineOwner(owners.remember(buyer), ViolatorKind.PERSON, OwnerBasis.ACQUIRER, "hợp đồng")
    for number in (4, 14):
        service.execute(notified.pk, other, Actor(f"user:{number}", frozenset({Role.HANDLER})))
    run(notified, "send_slip")
    [kept] = slips_of(notified)
    assert "Trần Thị Bưởi" in text_of(kept)  # as it was known when the number was taken
    assert kept.data["receipt"] == ""
    assert len(posted(centre)) == 1  # the notice


def test_form_02_follows_the_points_of_the_decision(centre: Centre, decided: Case) -> None:
    run(decided, "apply_points")
    assert run(decided, "send_slip").done_at is not None
    [kept] = slips_of(decided)
    text, decision = text_of(kept), state_of(decided).decision
    assert decision is not None
    assert f"Quyết định xử phạt vi phạm hành chính số {decision.number}" in text
    assert "Số điểm bị trừ: 04 (bốn) điểm" in text


def _recorded_otherwise(case: Case) -> None:
    """The owner drove, and the record names the article of another act (NĐ 168 Art 47.3)."""
    row = offence_for("expressway", "motorbike", ACT_AT.date()).row
    who = owners.remember(owners.Person("Trần Thị Bưởi", "1 đường Số 2", "079000000001", "person"))
    service.execute(case.pk, OpenResolution("owner"), HANDLER)
    driver = IdentifyViolator(ViolatorBasis.ADMITTED, who, ViolatorKind.PERSON)
    service.execute(case.pk, driver, HANDLER)
    service.execute(case.pk, MakeRecord(signed=True, row=row, confirmed_by=HANDLER.id), HANDLER)


def test_form_02_says_the_act_with_its_own_article(centre: Centre, notified: Case) -> None:
    _recorded_otherwise(notified)
    service.execute(notified.pk, SignDecision(AUTHORITY, 5_000_000, confirmed_by=SIGNER.id), SIGNER)
    run(notified, "apply_points")
    run(notified, "send_slip")
    [kept] = slips_of(notified)
    offence = offence_for("expressway", "motorbike", ACT_AT.date())
    assert f"Hành vi vi phạm: {offence.text_vi}, quy định tại {offence.row.provision}" in text_of(kept)


def test_the_letter_of_withdrawal_says_the_act_as_the_notice_said_it(centre: Centre, notified: Case) -> None:
    _recorded_otherwise(notified)
    by_both(notified, Dismiss(DismissalGround.JUSTIFIED_ACT, "tình thế cấp thiết"))
    run(notified, "report_end")
    [event] = CaseEvent.objects.filter(case=notified, type=EventType.END_REPORTED)
    offence = offence_for("red_light", "motorbike", ACT_AT.date())
    assert f"Hành vi vi phạm: {offence.text_vi} ({offence.row.provision})" in text_of(event)


def test_a_report_of_the_post_on_a_slip_is_taken(centre: Centre, filed: Case) -> None:
    service.execute(filed.pk, TRANSFER, SIGNER)
    run(filed, "send_slip")
    [kept] = slips_of(filed)
    reports = centre.home / "post" / "receipts"
    reports.mkdir()
    told = {
        "post_number": kept.data["receipt"],
        "reference": filed.reference,
        "outcome": "delivered",
        "at": clock.now().isoformat(),
    }
    (reports / "1.json").write_text(json.dumps(told), encoding="utf-8")
    assert deliveries.take_reports() == 1
    assert (reports / "done" / "1.json").exists()


def test_the_notice_of_citizens_data_is_form_06(centre: Centre, filed: Case) -> None:
    centre.sign(filed)
    item = outbox.take_lease(item_of(filed, "render_notice").pk)
    assert item is not None
    begun = Work(item)
    vars(begun)["state"] = replace(begun.state, source=Source.REPORT)
    papers.render(begun)
    notice = state_of(filed).notice
    assert notice is not None
    [text] = pages(files.get(notice.document))
    for said in (
        f"Số: {notice.number}",
        "do cá nhân, tổ chức cung cấp",
        "Mời Trần Thị Bưởi",
        "Nguyễn Văn Ký",
    ):
        assert said in text
    for hidden in ("CAM-", "SHA-256", "VNeID"):
        assert hidden not in text


def test_after_the_time_of_keeping_no_slip_is_left(centre: Centre, filed: Case) -> None:
    service.execute(filed.pk, TRANSFER, SIGNER)
    run(filed, "send_slip")
    answer = RecordTransferResult(TransferResult.NO_SANCTION, "9/TB", "không xử phạt")
    service.execute(filed.pk, answer, CLERK)
    run(filed, "report_end")
    assert list(files.root().rglob("*.pdf"))
    later = clock.now() + timedelta(days=365 * 4)
    clock.set_shift(centre.home / "clock", later - datetime.now(UTC))
    for number, role in ((8, Role.ADMIN), (9, Role.AUDITOR)):
        service.execute(filed.pk, Purge("hết thời hạn lưu giữ"), Actor(f"user:{number}", frozenset({role})))
    run(filed, "purge")
    assert not list(files.root().rglob("*.pdf"))
    assert [owners.recall(digest) for digest in state_of(filed).persons] == [None]
