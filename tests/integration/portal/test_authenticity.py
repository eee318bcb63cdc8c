"""Where the QR of a notice leads: real, withdrawn, other facts, not known; never whose vehicle it is."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as current
from django.test import Client

from notices.notice_code import CodeKey, PrintedFacts
from portal import throttle
from tests.packages import Seen
from tests.stage import Stage
from workflow import commands as c
from workflow import log, owners
from workflow.law.deadlines import local
from workflow.law.offences import offence_for
from workflow.law.rows import ViolatorKind
from workflow.models import Case, LookupLog
from workflow.notice_check import mask_plate
from workflow.notice_facts import code_facts, code_key_file
from workflow.vocabulary import DismissalGround, Role
from workflow.words import ViolatorBasis


@pytest.fixture
def key(stage: Stage) -> CodeKey:
    return CodeKey.ensure(code_key_file(), Path(current.PHATNGUOI_HOME) / "trust")


def facts_of(case: Case) -> PrintedFacts:
    state = log.load(case)
    assert state.notice is not None
    return code_facts(case, state, state.notice)


def ask(address: str) -> tuple[int, str]:
    page = Client().get(address)
    return page.status_code, page.content.decode()


def test_a_real_notice_shows_number_date_and_masked_plate(stage: Stage, key: CodeKey) -> None:
    case = stage.notified()
    status, html = ask(key.address("", case.reference, facts_of(case)))
    assert status == 200
    for text in ("Có: đơn vị đã ban hành", case.notice_number, facts_of(case).dated, "59-X* ***.56"):
        assert text in html
    for secret in ("Trịnh Chủ Xe", "079012345678", "12 Đường Thử", "59-X1 234.56", '<img src="/console'):
        assert secret not in html
    assert "không bao giờ yêu cầu chuyển tiền" in html


def test_the_page_speaks_english_to_who_asks_for_it(stage: Stage, key: CodeKey) -> None:
    case = stage.notified()
    address = key.address("", case.reference, facts_of(case))
    client = Client()
    client.post("/ngon-ngu", {"language": "en", "next": address})
    assert "Yes: this unit issued a notice" in client.get(address).content.decode()


def test_a_withdrawn_notice_is_told_as_withdrawn(stage: Stage, key: CodeKey) -> None:
    case = stage.notified()
    address = key.address("", case.reference, facts_of(case))
    for suffix in ("", " Hai"):
        stage.by(Role.COMMANDER, case, c.Dismiss(DismissalGround.JUSTIFIED_ACT, "cấp cứu"), suffix)
    _status, html = ask(address)
    assert "đã được thu hồi hoặc thay thế" in html


def test_a_notice_is_real_whatever_article_the_record_names_later(stage: Stage, key: CodeKey) -> None:
    """The owner drove, and another article applies (NĐ 168/2024 Art 47.3): the paper says the first one."""
    case = stage.notified()
    address = key.address("", case.reference, facts_of(case))
    driver = c.IdentifyViolator(
        ViolatorBasis.ADMITTED, owners.remember(owners.Person("A", "B", "", "person")), ViolatorKind.PERSON
    )
    row = offence_for("wrong_lane", case.vehicle_class, local(case.recorded_at).date()).row
    record = c.MakeRecord(signed=True, row=row, confirmed_by="user:4")
    for command in (c.OpenResolution("owner"), driver, record):
        case = stage.by(Role.HANDLER, case, command)
    assert "Có: đơn vị đã ban hành" in ask(address)[1]


def test_a_notice_is_real_when_the_words_of_the_law_were_corrected_since(
    stage: Stage, key: CodeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = stage.notified()
    address = key.address("", case.reference, facts_of(case))
    corrected = "Vượt đèn đỏ"
    monkeypatch.setattr(
        "workflow.notice_facts.offence_for", lambda *of: replace(offence_for(*of), text_vi=corrected)
    )
    assert facts_of(case).act.startswith(corrected)
    assert "Có: đơn vị đã ban hành" in ask(address)[1]


def test_a_code_for_other_facts_is_told(stage: Stage, key: CodeKey) -> None:
    case = stage.notified()
    other = PrintedFacts("99/TB-PC08", "ngày 01 tháng 01 năm 2026", "51F-000.01", "x", "y", "z")
    status, html = ask(key.address("", case.reference, other))
    assert (status, "Thông tin không khớp" in html) == (200, True)
    assert case.notice_number not in html


def test_nobody_learns_which_cases_exist(stage: Stage, key: CodeKey, tmp_path: Path) -> None:
    """Invented codes, a stranger's key, an unsigned notice and no code look alike."""
    case, filed = stage.notified(), stage.filed(Seen(plate="59X134567", track=2))
    stranger = CodeKey.ensure(tmp_path / "other.pem", tmp_path / "elsewhere")
    facts = facts_of(case)
    pages = {
        ask(address)
        for address in (
            stranger.address("", case.reference, facts),
            key.address("", "PN2026-999999", facts),
            f"/tra-cuu/{case.reference}",
            f"/tra-cuu/{case.reference}?d=AAAA",
            f"/tra-cuu/{case.reference}?d={'A' * 5000}",
            "/tra-cuu/ễ?d=1",
        )
    }
    assert {status for status, _html in pages} == {404}
    assert all("Không có thông báo nào" in html and filed.reference not in html for _status, html in pages)


def test_a_notice_that_nobody_signed_yet_is_not_real(stage: Stage, key: CodeKey) -> None:
    case = stage.notified()
    facts = facts_of(case)
    unsigned = stage.filed(Seen(plate="59X134567", track=2))
    status, html = ask(key.address("", unsigned.reference, facts))
    assert "Có: đơn vị" not in html
    assert status == 200


def test_who_asks_too_often_must_wait(stage: Stage, key: CodeKey) -> None:
    case = stage.notified()
    client = Client()
    for _ in range(throttle.LOOKUPS):
        assert client.get("/tra-cuu/PN2026-000001?d=x").status_code == 404
    address = key.address("", case.reference, facts_of(case))
    assert client.get(address).status_code == 429
    assert client.get("/tra-cuu", {"plate": "59-X1 234.56", "kind": "motorcycle"}).status_code == 429
    assert LookupLog.objects.count() == throttle.LOOKUPS
    assert set(LookupLog.objects.values_list("found", flat=True)) == {0}


@pytest.mark.parametrize(
    ("plate", "masked"),
    [
        ("51F-123.45", "51F-***.45"),
        ("59-X1 234.56", "59-X* ***.56"),
        ("80-441-NG-02", "80-4**-**-02"),
        ("A1", "A1"),
    ],
)
def test_a_masked_plate_is_known_by_its_owner_only(plate: str, masked: str) -> None:
    assert mask_plate(plate) == masked
