"""What people and other units send in, from the form to the review; a file handed over and back."""

import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from detection.evidence import Manifest, load_device_keys, verify_package
from notices.facts import Appointment
from notices.notice_code import CodeKey
from portal.dossier import open_dossier
from portal.forms import SignNoticeForm
from tests.integration.portal.conftest import LogIn
from tests.integration.portal.test_console import forms_on, page_of, post
from tests.stage import Stage
from workers import extraction
from workflow import clock, files, log, register, review, service
from workflow import commands as c
from workflow.erasure import forget_giver
from workflow.law.deadlines import local
from workflow.models import Case, CaseEvent, Package, ReportGiver
from workflow.notice_facts import code_key_file, notice_facts
from workflow.officers import actor_of
from workflow.sealing import CENTRE
from workflow.vocabulary import Role, State, Verdict
from workflow.words import Register

NEW = "/console/reports/new"
GIVER = {"name": "Nguyễn Thị Tố Giác", "address": "5 Đường Kín", "contact": "0900000001"}


def picture(
    colour: str = "red", kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB"
) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, kind)
    return SimpleUploadedFile("../../ảnh của tôi.jpg", buffer.getvalue(), "image/jpeg")


def told(**changes: object) -> dict[str, object]:
    at = local(clock.now() - timedelta(days=2))
    return {
        "pictures": [picture("red"), picture("blue")],
        "recorded_at": f"{at:%Y-%m-%dT%H:%M}",
        "site": "Ngã tư Hàng Xanh",
        "act": "red_light",
        "vehicle_class": "motorbike",
        "channel": "vneid",
        **GIVER,
        **changes,
    }


def pictures_kept() -> list[str]:
    """Where photographs lie at home."""
    home = files.root().parent
    return sorted(path.parent.parent.name for path in home.rglob("*.jpg"))


def sent(client: Client, path: str = NEW, **changes: object) -> int:
    return client.post(path, told(**changes)).status_code


def test_a_report_is_sealed_numbered_and_waits_for_its_verification(stage: Stage, log_in: LogIn) -> None:
    clerk, handler = log_in(Role.CLERK), log_in(Role.HANDLER)
    assert NEW in clerk.get("/console/").content.decode()
    assert 'enctype="multipart/form-data"' in clerk.get(NEW).content.decode()
    assert sent(clerk) == 302
    case = Case.objects.get()
    line = register.register(Register.REPORT, clock.now().year).get()
    assert (line.number, line.case) == ("01", case)
    # Sealed like a camera's package, and whole as it came.
    folder = files.root() / f"evidence/{case.package_id}"
    keys = {CENTRE: load_device_keys(folder.parents[2] / "trust")[CENTRE]}
    package = verify_package(folder, keys)
    assert package.member("frames/0.jpg") == picture("red").read()
    # Two officers read what no machine has read.
    read = extraction._read_again(f"evidence/{case.package_id}", Manifest.from_bytes(package.manifest_bytes))
    assert (read.text, read.accepted) == ("", False)
    assert page_of(case) in handler.get("/console/").content.decode()
    assert {"verify", "conclude-verification", "extend-verification"} <= forms_on(handler, case)
    assert post(handler, case, "extend-verification", text="phức tạp") == 302
    assert post(handler, case, "verify", text="đã đến hiện trường") == 302
    assert post(handler, case, "conclude-verification", conclusion="proven", report="có vi phạm") == 302
    # form 06 knows no second office
    asked = SignNoticeForm(open_dossier(case, stage.user(Role.SIGNER), actor_of(stage.user(Role.SIGNER))))
    assert list(asked.fields) == ["version", "appointment_at"]
    service.execute(case.pk, c.Extract((), read), service.WORKER)
    assert review.waiting(actor_of(stage.user(Role.REVIEWER))) == 1
    assert "Hình ảnh như được gửi" in log_in(Role.REVIEWER).get(page_of(case)).content.decode()


def test_the_giver_is_kept_from_the_log_and_from_everybody_but_clerks(stage: Stage, log_in: LogIn) -> None:
    clerk = log_in(Role.CLERK)
    assert sent(clerk, answer_wanted="on") == 302
    case = Case.objects.get()
    assert GIVER["name"] in clerk.get(page_of(case)).content.decode()
    for role in (Role.HANDLER, Role.COMMANDER, Role.SIGNER, Role.AUDITOR):
        assert GIVER["name"] not in log_in(role).get(page_of(case)).content.decode()
    logged = str(list(CaseEvent.objects.values_list("data", flat=True)))
    assert not any(fact in logged for fact in GIVER.values())
    forget_giver(case)
    assert not ReportGiver.objects.exists()


@pytest.mark.parametrize(
    ("changes", "told_why"),
    [
        ({"pictures": []}, "bắt buộc"),
        ({"pictures": [picture(kind="PNG")]}, "không phải ảnh JPEG"),
        ({"pictures": [SimpleUploadedFile("a.jpg", b"\xff\xd8\xff no picture")]}, "không phải ảnh JPEG"),
        ({"pictures": [picture() for _n in range(9)]}, "Tối đa 8 ảnh"),
        # what a notice could not print later, when it has its number already
        ({"pictures": [SimpleUploadedFile("a.jpg", bytes(16 * 2**20 + 1))]}, "mỗi ảnh 16 MB"),
        ({"pictures": [picture(size=(8_000, 6_260), mode="L")]}, "hơn 50 triệu điểm ảnh"),
        ({"recorded_at": "2099-01-01T00:00"}, "ở tương lai"),
        ({"recorded_at": "2020-01-01T00:00"}, "thời hiệu"),
        ({"contact": ""}, "người cung cấp"),
        ({"name": "", "answer_wanted": "on"}, "trả lời"),
        ({"name": ""}, "ẩn danh"),
    ],
)
def test_what_cannot_be_taken_is_said_and_makes_no_case(
    stage: Stage, log_in: LogIn, changes: dict[str, object], told_why: str
) -> None:
    answer = log_in(Role.CLERK).post(NEW, told(**changes))
    assert answer.status_code == 422
    assert told_why in answer.content.decode()
    assert (Case.objects.count(), Package.objects.count(), ReportGiver.objects.count()) == (0, 0, 0)
    assert pictures_kept() == []


def test_the_same_pictures_make_one_case_and_others_of_the_same_minute_another(
    stage: Stage, log_in: LogIn
) -> None:
    clerk = log_in(Role.CLERK)
    assert [sent(clerk), sent(clerk), sent(clerk, pictures=[picture("green")])] == [302, 422, 302]
    assert Case.objects.count() == 2
    first, second = Case.objects.order_by("pk").values_list("package_id", flat=True)
    assert pictures_kept() == sorted([first, first, second])
    assert sent(clerk, name="", concrete="on", pictures=[picture("white")]) == 302
    assert ReportGiver.objects.count() == 2


def test_what_the_store_does_not_take_is_not_kept_by_halves(stage: Stage, log_in: LogIn) -> None:
    clerk, evidence = log_in(Role.CLERK), files.root() / "evidence"
    evidence.parent.mkdir(parents=True, exist_ok=True)
    evidence.write_text("no folder")
    with pytest.raises(OSError, match="evidence"):
        sent(clerk)
    assert (Case.objects.count(), pictures_kept()) == (0, [])
    evidence.unlink()
    assert sent(clerk) == 302


def test_what_a_killed_process_sealed_is_removed_after_a_day(stage: Stage, log_in: LogIn) -> None:
    sealed = files.root().parent / "sealed"
    old, fresh = sealed / "old" / "frames" / "0.jpg", sealed / "fresh" / "frames" / "0.jpg"
    for path in (old, fresh):
        path.parent.mkdir(parents=True)
        path.write_bytes(picture().read())
    yesterday = time.time() - 90_000
    os.utime(sealed / "old", (yesterday, yesterday))
    assert sent(log_in(Role.CLERK)) == 302
    assert (old.exists(), fresh.exists()) == (False, True)


def test_the_key_of_the_centre_is_told_also_where_its_maker_was_killed(
    stage: Stage, log_in: LogIn, settings: Settings
) -> None:
    """The row of the key stands, the file for those who verify offline was not written any more."""
    clerk, trust = log_in(Role.CLERK), Path(settings.PHATNGUOI_HOME) / "trust"
    assert sent(clerk) == 302
    told_at_first = load_device_keys(trust)
    (trust / "devices" / f"{CENTRE}.json").unlink()
    assert sent(clerk, pictures=[picture("green")]) == 302
    assert load_device_keys(trust) == told_at_first


def test_only_clerks_take_things_in(stage: Stage, log_in: LogIn) -> None:
    for role in (Role.HANDLER, Role.SIGNER, Role.AUDITOR):
        client = log_in(role)
        assert sent(client) == client.get(NEW).status_code == 403
        assert NEW not in client.get("/console/").content.decode()


def test_a_file_comes_in_and_one_goes_out_and_back(stage: Stage, log_in: LogIn, tmp_path: Path) -> None:
    clerk, signer = log_in(Role.CLERK), log_in(Role.SIGNER)
    at = f"{local(clock.now() - timedelta(days=1)):%Y-%m-%dT%H:%M}"
    inbound = {"unit": "Phòng CSGT Đồng Nai", "number": "03/PC-PC08", "received_at": at}
    assert sent(clerk, "/console/transfers/new", **inbound, recorded_at=at.replace(at[:4], "2999")) == 422
    assert sent(clerk, "/console/transfers/new", **inbound) == 302
    case = Case.objects.get()
    state = log.load(case)
    assert (state.state, state.received_from) == (State.COLLECTED, inbound["unit"])
    read = c.MachineReading("", accepted=False, confidence=0)
    case = stage.by_worker(case, c.Extract((), read))
    answer = c.Answer(Verdict.VIOLATION, "59X123456", "motorbike", "red_light")
    for suffix in ("", " Hai"):
        case = stage.by(Role.REVIEWER, case, c.SubmitReview(answer), suffix)
    case = stage.file(case)
    # row 17 of the form: the owner may come to another office instead, which the signer names
    second = {"second_office": "Công an phường Mẫu", "second_address": "1 đường Mẫu"}
    for name in second:
        assert post(signer, case, "sign-notice", appointment_at="2099-01-04T08:00", **{name: "x"}) == 422
    assert post(signer, case, "sign-notice", appointment_at="2099-01-04T08:00", **second) == 302
    CodeKey.ensure(code_key_file(), tmp_path / "trust")
    facts = notice_facts(case, log.load(case))
    # in the middle of a sentence nothing is in capitals; the head of a paper makes its own
    assert facts.detection.unit == facts.agency.name == "Phòng Cảnh sát giao thông"
    assert facts.agency.parent == "Công an Thành phố Hồ Chí Minh"
    assert facts.vehicle.plate_colour == "nền màu trắng, chữ và số màu đen"
    assert facts.commune_office == Appointment(facts.appointment.at, *second.values())
    assert (facts.detection.transferred_by, facts.evidence.source) == (inbound["unit"], inbound["unit"])
    assert [photo.role for photo in facts.photos] == ["other", "other"]
    out = {"kind": "form03", "to": "Phòng CSGT Bình Định", "reason": "chủ xe cư trú ở đó"}
    assert post(signer, case, "transfer", **out) == 302
    assert page_of(case) in clerk.get("/console/").content.decode()
    assert {"record-return", "record-transfer-result"} <= forms_on(clerk, case)
    assert post(clerk, case, "record-return", text="không thuộc thẩm quyền") == 302
    assert log.load(Case.objects.get()).state is State.REVIEWED
