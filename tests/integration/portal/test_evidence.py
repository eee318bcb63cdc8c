"""Pictures and papers: for officers alone, what was signed and nothing else, and every opening is logged."""

import hashlib
import logging

import pytest

from portal.evidence import ChangedFileError
from tests.integration.portal.conftest import LogIn
from tests.stage import PDF, Stage
from workflow import commands as c
from workflow import files, log
from workflow.law.rows import ViolatorKind
from workflow.models import CaseEvent
from workflow.vocabulary import Role
from workflow.words import ViolatorBasis


@pytest.mark.parametrize(
    ("part", "member", "kind"),
    [
        ("still-0", "frames/before.jpg", "image/jpeg"),
        ("still-1", "frames/at.jpg", "image/jpeg"),
        ("plate-0", "plates/0.png", "image/png"),
    ],
)
def test_an_officer_sees_the_stored_bytes(
    stage: Stage, log_in: LogIn, part: str, member: str, kind: str
) -> None:
    case = stage.extracted()
    answer = log_in(Role.REVIEWER).get(f"/console/cases/{case.reference}/evidence/{part}")
    assert answer.content == files.get(f"{case.package.path}/{member}")
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_vehicle_is_marked_over_every_still(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    html = log_in(Role.REVIEWER).get(f"/console/cases/{case.reference}").content.decode()
    assert html.count('<rect class="vehicle" x="40" y="60" width="160" height="240"></rect>') == 3
    assert html.count('viewBox="0 0 320 240"') == 3


@pytest.mark.parametrize(
    "part",
    [
        "still-9", "still", "still--1", "still-0.jpg", "plate-1", "clip", "clip-0", "readings.json",
        "manifest",
        "frames%2Fat.jpg", "..%2F..%2Fkeys%2Fsecret.key", "still-٠", "still-0%00", "%2e%2e",
    ],
)  # fmt: skip
def test_there_is_nothing_else_to_have(stage: Stage, log_in: LogIn, part: str) -> None:
    case = stage.extracted()
    assert log_in(Role.REVIEWER).get(f"/console/cases/{case.reference}/evidence/{part}").status_code == 404


def test_a_changed_picture_is_not_shown(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    path = files.root() / case.package.path / "frames" / "at.jpg"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(ChangedFileError):
        log_in(Role.REVIEWER).get(f"/console/cases/{case.reference}/evidence/still-1")


def test_a_lost_picture_is_missing_and_the_case_still_readable(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    folder = files.root() / case.package.path
    (folder / "frames" / "at.jpg").unlink()
    client = log_in(Role.REVIEWER)
    assert client.get(f"/console/cases/{case.reference}/evidence/still-1").status_code == 404
    (folder / "manifest.json").unlink()
    page = client.get(f"/console/cases/{case.reference}")
    assert page.status_code == 200
    assert "Thiếu tệp" in page.content.decode()


def test_every_opening_is_logged_with_the_officer(
    stage: Stage, log_in: LogIn, caplog: pytest.LogCaptureFixture
) -> None:
    case = stage.extracted()
    with caplog.at_level(logging.INFO, "phatnguoi.access"):
        log_in(Role.REVIEWER).get(f"/console/cases/{case.reference}/evidence/still-0")
    user = stage.user(Role.REVIEWER)
    assert f"evidence case={case.reference} part=still-0 officer=user:{user.pk}" in caplog.text


def test_the_notice_is_downloaded_and_its_event_shown(stage: Stage, log_in: LogIn) -> None:
    case = stage.notified()
    client = log_in(Role.HANDLER)
    answer = client.get(f"/console/cases/{case.reference}/notice.pdf")
    assert (answer.content, answer.headers["Content-Type"]) == (PDF, "application/pdf")
    page = client.get(f"/console/cases/{case.reference}").content.decode()
    assert CaseEvent.objects.get(case=case, type="NoticeSigned").hash in page
    assert hashlib.sha256(PDF).hexdigest() in page


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADJUDICATOR, Role.AUDITOR])
def test_who_may_not_know_people_opens_no_paper(stage: Stage, log_in: LogIn, role: Role) -> None:
    """Every paper holds name, address and identity number."""
    case, client = stage.notified(), log_in(role)
    page = f"/console/cases/{case.reference}"
    seq = CaseEvent.objects.get(case=case, type="NoticeSigned").seq
    shown = client.get(page).content.decode()
    assert hashlib.sha256(PDF).hexdigest() in shown
    for address in (f"{page}/notice.pdf", f"{page}/papers/{seq}.pdf"):
        assert client.get(address).status_code == 403
        assert address not in shown


def test_before_the_signature_there_is_no_notice(stage: Stage, log_in: LogIn) -> None:
    case = stage.filed()
    assert log_in(Role.SIGNER).get(f"/console/cases/{case.reference}/notice.pdf").status_code == 404


def test_the_record_is_opened_for_printing_as_soon_as_it_is_made(stage: Stage, log_in: LogIn) -> None:
    case = stage.notified()
    owner = log.load(case).owner
    assert owner is not None
    driver = c.IdentifyViolator(ViolatorBasis.ADMITTED, owner.owner, ViolatorKind.PERSON)
    for command in (c.OpenResolution("owner"), driver, c.MakeRecord(signed=True)):
        case = stage.by(Role.HANDLER, case, command)
    record = log.load(case).record
    assert record is not None
    client = log_in(Role.HANDLER)
    page = f"/console/cases/{case.reference}"
    assert "đang được tạo" in client.get(page).content.decode()
    files.put("records/1.pdf", PDF)
    digest = hashlib.sha256(PDF).hexdigest()
    stage.by_worker(case, c.StoreRecord(record.number, "records/1.pdf", digest))
    event = CaseEvent.objects.get(case=case, type="RecordPrinted")
    shown = client.get(page).content.decode()
    assert "đang được tạo" not in shown
    assert digest in shown
    address = f"{page}/papers/{event.seq}.pdf"
    assert shown.count(f'href="{address}"') == 2  # beside its number, and in the history
    assert client.get(address).content == PDF


def test_every_paper_of_the_case_opens_from_its_event(
    stage: Stage, log_in: LogIn, caplog: pytest.LogCaptureFixture
) -> None:
    case = stage.notified()
    event = CaseEvent.objects.get(case=case, type="NoticeSigned")
    client, address = log_in(Role.HANDLER), f"/console/cases/{case.reference}/papers/{event.seq}.pdf"
    assert f'href="{address}"' in client.get(f"/console/cases/{case.reference}").content.decode()
    with caplog.at_level(logging.INFO, "phatnguoi.access"):
        answer = client.get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (PDF, "application/pdf")
    assert f"paper case={case.reference} event={event.seq} officer=" in caplog.text
    others = CaseEvent.objects.filter(case=case).exclude(pk=event.pk).values_list("seq", flat=True)
    for seq in (*others, 0, 999):
        assert client.get(f"/console/cases/{case.reference}/papers/{seq}.pdf").status_code == 404
    path = files.root() / event.data["document"]
    path.chmod(0o600)
    path.write_bytes(PDF + b" ")
    with pytest.raises(ChangedFileError):
        client.get(address)
