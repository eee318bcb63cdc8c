"""The console through HTTP: queue, forms by role, refusals, two persons, two officers at once."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.integration.portal.conftest import LogIn
from tests.packages import Seen
from tests.stage import PASSWORD, Stage
from workflow import audit, clock, log, officers, service, stuck, sweep
from workflow import commands as c
from workflow.case import CaseError
from workflow.law.deadlines import local
from workflow.law.rows import ViolatorKind
from workflow.models import Case, CaseEvent, PersonalFacts
from workflow.sanction_facts import record_facts
from workflow.vocabulary import Clock, RejectionGround, Role, Verdict
from workflow.words import ViolatorBasis

YES = {"verdict": "violation", "plate": "59-X1 234.56", "vehicle_class": "motorbike", "act": "red_light"}


def page_of(case: Case) -> str:
    return f"/console/cases/{case.reference}"


def forms_on(client: Client, case: Case) -> set[str]:
    """The commands that the case page offers."""
    html = client.get(page_of(case)).content.decode()
    return set(re.findall(rf'action="{page_of(case)}/([a-z-]+)"', html))


def post(client: Client, case: Case, slug: str, **fields: str | int) -> int:
    """Give a command as the page would; the answer's status."""
    case.refresh_from_db()
    return client.post(f"{page_of(case)}/{slug}", {"version": case.version, **fields}).status_code


@pytest.mark.parametrize(
    "path", ["/console/", "/console/cases/PN2026-000001", "/console/cases/PN2026-000001/evidence/still-0"]
)
def test_strangers_must_log_in(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/console/login")


def test_an_account_without_a_role_sees_no_case(stage: Stage) -> None:
    case = stage.extracted()
    user = stage.user(Role.REVIEWER)
    user.groups.clear()
    client = Client()
    client.force_login(user)
    for path in ("/console/", page_of(case), f"{page_of(case)}/evidence/still-0"):
        assert client.get(path).status_code == 403
    assert post(client, case, "review", **YES) == 403
    assert client.get(f"/api/v1/cases/{case.reference}").status_code == 403


def test_login_works_and_too_many_failures_must_wait(stage: Stage) -> None:
    stage.user(Role.CLERK)
    client = Client()
    right = {"username": "clerk", "password": PASSWORD}
    assert client.post("/console/login", right).status_code == 302
    client.post("/console/logout")
    for _attempt in range(10):
        assert client.post("/console/login", {**right, "password": "sai"}).status_code == 200
    blocked = client.post("/console/login", right)
    assert blocked.status_code == 429
    assert blocked.headers["Retry-After"] == "600"


def test_the_queue_counts_filters_and_pages(stage: Stage, log_in: LogIn) -> None:
    start = Seen().at
    for number in range(27):
        stage.reviewed(Seen(at=start + timedelta(minutes=number), track=number))
    client = log_in(Role.COMMANDER)
    first = client.get("/console/").content.decode()
    assert first.count("/console/cases/") == 25
    assert "Đã thẩm định <b>27</b>" in first
    assert client.get("/console/?page=2").content.decode().count("/console/cases/") == 2
    assert client.get("/console/?state=filed").content.decode().count("/console/cases/") == 0


def test_a_case_is_found_by_reference_and_by_whole_plate_only(stage: Stage, log_in: LogIn) -> None:
    reviewed, fresh = stage.reviewed(), stage.extracted(Seen(track=2))
    client = log_in(Role.COMMANDER)
    for wanted, found in (
        ("59x1-234.56", reviewed),
        ("59X1234", None),
        ("59", None),
    ):
        html = client.get("/console/", {"q": wanted}).content.decode()
        assert re.findall(r"/console/cases/(PN[0-9-]+)", html) == ([found.reference] if found else []), wanted
    for case in (reviewed, fresh):
        answer = client.get("/console/", {"q": f" {case.reference.lower()} "})
        assert answer.headers["Location"] == page_of(case)


def test_two_officers_agree_and_the_case_is_reviewed(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    assert post(log_in(Role.REVIEWER), case, "review", **YES) == 302
    assert post(log_in(Role.REVIEWER, " Hai"), case, "review", **YES) == 302
    case.refresh_from_db()
    assert (case.state, case.plate) == ("reviewed", "59X123456")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"verdict": "violation"},
        {**YES, "plate": ""},
        {**YES, "plate": "...."},
        {**YES, "plate": "59X1 23"},
        {**YES, "plate": "59AA12345", "vehicle_class": "car"},
        {**YES, "vehicle_class": "rocket"},
        {**YES, "act": "flying"},
        {"verdict": "reject"},
    ],
)
def test_an_incomplete_answer_is_shown_again_with_its_faults(
    stage: Stage, log_in: LogIn, answer: dict[str, str]
) -> None:
    case = stage.extracted()
    before = case.version
    assert post(log_in(Role.REVIEWER), case, "review", **answer) == 422
    case.refresh_from_db()
    assert case.version == before


def test_an_unusual_plate_needs_a_second_look_but_is_taken(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    foreign = {**YES, "plate": "粤B12345", "vehicle_class": "car"}
    client = log_in(Role.REVIEWER)
    assert post(client, case, "review", **foreign) == 422
    assert post(client, case, "review", **foreign, unusual="on") == 302
    assert log.load(case).reviews[0].answer.plate == "B12345"


def test_a_letter_in_a_digits_place_is_pointed_out(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    slip = {**YES, "plate": "29F-1234S", "vehicle_class": "car", "version": case.version}
    page = log_in(Role.REVIEWER).post(f"{page_of(case)}/review", slip)
    assert page.status_code == 422
    assert "29F-123.45" in page.content.decode()


def test_forms_follow_the_table(stage: Stage, log_in: LogIn) -> None:
    extracted, filed, notified = stage.extracted(), stage.filed(Seen(track=2)), stage.notified(Seen(track=3))
    expected = {
        (extracted, Role.REVIEWER): {"review", "hand-back"},
        (extracted, Role.ADJUDICATOR): {"hold", "reject"},
        (extracted, Role.COMMANDER): {"hold"},
        (extracted, Role.AUDITOR): set(),
        (extracted, Role.SIGNER): set(),
        (filed, Role.SIGNER): {"sign-notice", "transfer"},
        (filed, Role.REVIEWER): set(),
        (filed, Role.COMMANDER): {"hold", "dismiss"},
        (notified, Role.HANDLER): {"open-resolution", "driver-claim", "redetermine-owner", "record-evasion"},
        (notified, Role.CLERK): {"record-payment", "record-delivery", "resend-notice", "lodge-complaint"},
        (notified, Role.SIGNER): {"transfer"},
    }
    assert {key: forms_on(log_in(key[1]), key[0]) for key in expected} == expected


def test_a_role_cannot_post_what_it_is_not_offered(stage: Stage, log_in: LogIn) -> None:
    case = stage.filed()
    appointment = {"appointment_at": "2027-01-04T08:00"}
    assert post(log_in(Role.REVIEWER), case, "sign-notice", **appointment) == 403
    assert post(log_in(Role.COMMANDER), case, "sign-notice", **appointment) == 403
    assert post(log_in(Role.SIGNER), case, "review", **YES) == 403
    assert post(log_in(Role.REVIEWER), case, "review", **YES) == 409
    assert post(log_in(Role.SIGNER), case, "extract") == 404
    case.refresh_from_db()
    assert case.notice_number == ""


def test_a_signer_without_a_valid_title_signs_nothing(stage: Stage, log_in: LogIn) -> None:
    case = stage.filed()
    client = log_in(Role.SIGNER)
    stage.user(Role.SIGNER).authorities.update(valid_to=clock.now() - timedelta(seconds=1))
    assert forms_on(client, case) == set()
    assert post(client, case, "sign-notice", appointment_at="2027-01-04T08:00") == 403


def test_a_gap_of_the_law_is_said_and_is_no_fault_of_the_program(stage: Stage, log_in: LogIn) -> None:
    case, client = stage.extracted(), log_in(Role.HANDLER)  # nobody said yet which vehicle it is
    said = {"version": case.version, "confirmed": "on"}
    answer = client.post(f"{page_of(case)}/confirm-law", said)
    assert answer.status_code == 422
    assert "Chưa có quy định trong bảng pháp luật" in answer.content.decode()
    body = json.dumps({"version": case.version, "fields": {"confirmed": True}})
    address = f"/api/v1/cases/{case.reference}/commands/confirm-law"
    told = client.post(address, body, content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (422, "law_gap")


def test_a_stale_page_is_refused_and_shows_the_present_state(stage: Stage, log_in: LogIn) -> None:
    case = stage.filed()
    client, seen = log_in(Role.SIGNER), case.version
    assert post(client, case, "sign-notice", appointment_at="2027-01-04T08:00") == 302
    late = client.post(
        f"{page_of(case)}/sign-notice", {"version": seen, "appointment_at": "2027-01-05T08:00"}
    )
    assert late.status_code == 409
    assert page_of(case) in late.content.decode()
    assert CaseEvent.objects.filter(case=case, type="NoticeNumbered").count() == 1


def test_what_was_typed_on_a_stale_page_is_shown_to_be_copied(stage: Stage, log_in: LogIn) -> None:
    case = stage.notified()
    typed = {"claim": "owner_disproved", "name": "Người <Đã> Gõ", "detail": "một\nhai"}
    typed["version"] = str(case.version - 1)
    answer = log_in(Role.HANDLER).post(f"{page_of(case)}/driver-claim", typed)
    html = answer.content.decode()
    assert answer.status_code == 409
    for text in ("Nội dung đồng chí đã nhập", "Người &lt;Đã&gt; Gõ", "một<br>hai"):
        assert text in html
    assert "owner_disproved" not in html  # its label is shown


@pytest.mark.parametrize("version", ["", "-1", "x", "99999999999999999999"])
def test_a_version_that_is_none_is_refused(stage: Stage, log_in: LogIn, version: str) -> None:
    case = stage.extracted()
    answer = log_in(Role.REVIEWER).post(f"{page_of(case)}/review", {**YES, "version": version})
    assert answer.status_code in {409, 422}


def test_commands_are_posts_with_a_token(stage: Stage) -> None:
    case = stage.extracted()
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.user(Role.REVIEWER))
    assert client.get(f"{page_of(case)}/review").status_code == 405
    assert client.post(f"{page_of(case)}/review", {"version": case.version, **YES}).status_code == 403


def test_the_way_of_a_case_to_its_payment(stage: Stage, log_in: LogIn) -> None:
    case = stage.filed()
    signer, handler, clerk = log_in(Role.SIGNER), log_in(Role.HANDLER), log_in(Role.CLERK)
    assert post(signer, case, "sign-notice", appointment_at="2027-01-04T08:00") == 302
    stage.sent(case)
    assert post(handler, case, "open-resolution", appeared="owner") == 302
    assert post(handler, case, "identify-violator", basis="admitted", who="owner", kind="person") == 302
    assert post(handler, case, "make-record", signed="on") == 302
    html = signer.get(page_of(case)).content.decode()
    assert "4.000.000 đ – 6.000.000 đ" in html
    assert 'value="5000000"' in html
    said = {"aggravating": "tái phạm", "confirmed": "on"}
    assert post(signer, case, "sign-decision", amount="7.000.000", **said) == 422
    assert post(signer, case, "sign-decision", amount="5.500.000", aggravating="tái phạm") == 422
    assert post(signer, case, "sign-decision", amount="5.500.000", **said) == 302
    early = (local(clock.now()) - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M")
    sending = {"channel": "post", "receipt": "RR7", "sent_at": early}
    assert post(clerk, case, "record-decision-sent", **sending) == 422
    assert post(clerk, case, "record-service", how="handed", served_at=_minute()) == 302
    payment = {"transaction": "KB1", "amount": "5.500.000", "paid_at": _minute()}
    assert post(clerk, case, "record-payment", **payment) == 302
    state = log.load(case)
    assert (state.paid, state.phase) == (5_500_000, "decided")
    stage.by_worker(case, c.ApplyPoints())
    assert post(log_in(Role.COMMANDER), case, "close", outcome="paid") == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "paid")


def _minute() -> str:
    return local(clock.now()).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("amount", ["9" * 13, "9" * 17, "9" * 30, "9" * 5000])
def test_a_sum_that_cannot_be_is_refused(stage: Stage, log_in: LogIn, amount: str) -> None:
    case = stage.notified()
    paid = {"transaction": "KB1", "amount": amount, "paid_at": _minute()}
    assert post(log_in(Role.CLERK), case, "record-payment", **paid) == 422


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "0026-11-20T10:00", "2016-11-20T10:00"])
@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("record-payment", {"paid_at": "", "transaction": "KB1", "amount": "1"}),
        ("record-delivery", {"delivered_at": "", "outcome": "delivered", "paper": "notice", "receipt": "R"}),
        ("record-sending", {"sent_at": "", "channel": "post", "receipt": "R"}),
        ("record-evasion", {"begun_at": "", "proof": "x"}),
    ],
)
def test_a_slip_of_the_year_is_refused(
    stage: Stage, log_in: LogIn, at: str, slug: str, said: dict[str, str]
) -> None:
    case = numbered(stage) if slug == "record-sending" else stage.notified()
    client = log_in(Role.HANDLER if slug == "record-evasion" else Role.CLERK)
    said = {name: value or at for name, value in said.items()} | {"version": str(case.version)}
    answer = client.post(f"{page_of(case)}/{slug}", said)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert any(text in html for text in ("Hãy xem lại năm", "Sớm hơn mức hồ sơ cho phép"))
    assert CaseEvent.objects.filter(case=case).count() == case.version
    assert client.get(page_of(case)).status_code == 200


def test_no_paper_leaves_before_it_was_numbered_or_arrives_before_it_left(
    stage: Stage, log_in: LogIn
) -> None:
    case, client = numbered(stage), log_in(Role.CLERK)
    early = (local(clock.now()) - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M")
    sending = {"channel": "post", "receipt": "RR9"}
    assert post(client, case, "record-sending", **sending, sent_at=early) == 422
    assert post(client, case, "record-sending", **sending, sent_at=_minute()) == 302
    yesterday = (local(clock.now()) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    arrival = {"outcome": "delivered", "paper": "notice", "receipt": "RR9"}
    assert post(client, case, "record-delivery", **arrival, delivered_at=yesterday) == 422
    assert post(client, case, "record-delivery", **arrival, delivered_at=_minute()) == 302


def numbered(stage: Stage) -> Case:
    """A case whose notice is signed and has not left."""
    case, signer = stage.filed(), stage.user(Role.SIGNER)
    authority = officers.authority_of(signer, clock.now())
    assert authority is not None
    case = stage.by(Role.SIGNER, case, c.SignNotice(authority, clock.now() + timedelta(days=14)))
    return stage.by_worker(case, c.StoreNotice("notices/1.pdf", "a" * 64, "a" * 64))


def test_another_violator_is_named_in_full_or_not_at_all(stage: Stage, log_in: LogIn) -> None:
    case = stage.by(Role.HANDLER, stage.notified(), c.OpenResolution("owner"))
    handler = log_in(Role.HANDLER)
    other = {"basis": "proven", "who": "other", "kind": "person", "name": "Ngô Lái Xe"}
    assert post(handler, case, "identify-violator", **other) == 422
    other |= {"address": "1 Đường Khác", "id_number": "079000000001"}
    assert post(handler, case, "identify-violator", **other) == 302
    assert "Ngô Lái Xe" in handler.get(page_of(case)).content.decode()
    assert "Ngô Lái Xe" not in log_in(Role.AUDITOR).get(page_of(case)).content.decode()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("王小明", "王 (U+738B)"),
        ("Nguyễn 😀 Văn", "😀 (U+1F600)"),
        ("A\x07B", "U+0007"),
        ("A\x00B", "U+0000"),
        ("A\tB", "U+0009"),
    ],
)
def test_a_name_that_no_paper_can_print_is_refused_before_it_takes_a_number(
    stage: Stage, log_in: LogIn, name: str, told: str
) -> None:
    case = stage.by(Role.HANDLER, stage.notified(), c.OpenResolution("owner"))
    client = log_in(Role.HANDLER)
    person = {
        "basis": "admitted",
        "who": "other",
        "kind": "person",
        "address": "12 Đường Thử",
        "id_number": "1",
    }
    answer = client.post(
        f"{page_of(case)}/identify-violator", {"version": case.version, **person, "name": name}
    )
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "Không văn bản nào in được" in answer.content.decode()
    good = "Ywŏn Ƀuôn Čư̆ Nguyễn Thị Ổi"
    assert post(client, case, "identify-violator", **person, name=good) == 302


def test_the_record_of_an_organisation_names_who_stands_for_it(stage: Stage, log_in: LogIn) -> None:
    case = stage.file(stage.reviewed(), kind="organisation")
    signer, handler = log_in(Role.SIGNER), log_in(Role.HANDLER)
    assert post(signer, case, "sign-notice", appointment_at="2027-01-04T08:00") == 302
    stage.sent(case)
    assert post(handler, case, "open-resolution", appeared="representative") == 302
    said = {"basis": "organisation_not_naming", "who": "owner", "kind": "organisation"}
    assert post(handler, case, "identify-violator", **said) == 302
    kept = PersonalFacts.objects.count()
    representative = "Bà Nguyễn Thị Đại Diện, Phó giám đốc"
    assert post(handler, case, "make-record", representative=representative) == 422  # refused: no witness
    assert PersonalFacts.objects.count() == kept
    assert post(handler, case, "make-record", signed="on", representative=representative) == 302
    event = case.events.get(type="RecordMade")
    assert representative not in str(event.data)
    facts = record_facts(case, log.load(case), event)
    assert facts.violator.representative == representative
    assert PersonalFacts.objects.count() == kept + 1


def test_nobody_stands_for_a_person(stage: Stage, log_in: LogIn) -> None:
    case = stage.by(Role.HANDLER, stage.notified(), c.OpenResolution("owner"))
    handler = log_in(Role.HANDLER)
    assert post(handler, case, "identify-violator", basis="admitted", who="owner", kind="person") == 302
    assert 'name="representative"' not in handler.get(page_of(case)).content.decode()
    command = c.MakeRecord(signed=True, representative="ef" * 32)
    with pytest.raises(CaseError) as caught:
        stage.by(Role.HANDLER, case, command)
    assert caught.value.code == "no_organisation"


def test_a_dismissal_after_sending_takes_two_persons(stage: Stage, log_in: LogIn) -> None:
    case = stage.notified()
    first, second = log_in(Role.COMMANDER), log_in(Role.COMMANDER, " Hai")
    wish = {"ground": "stolen_vehicle", "reason": "Xe bị mất cắp,\r\ncó đơn trình báo."}
    assert post(first, case, "dismiss", **wish) == 302
    case.refresh_from_db()
    assert case.state == "notified"
    assert post(first, case, "dismiss", **wish) == 403
    html = second.get(page_of(case)).content.decode()
    assert "Phạm Chỉ Huy đã đề xuất" in html
    hidden = dict(re.findall(r'<input type="hidden" name="(ground|reason)" value="([^"]*)"', html))
    assert hidden["ground"] == "stolen_vehicle"
    assert post(second, case, "dismiss", **hidden) == 302
    case.refresh_from_db()
    assert (case.state, case.published) == ("dismissed", False)


def test_a_hold_is_placed_and_released_by_two(stage: Stage, log_in: LogIn) -> None:
    case = stage.filed()
    commander = log_in(Role.COMMANDER)
    assert post(commander, case, "hold", reason="Chờ xác minh biển số") == 302
    assert "Chờ xác minh biển số" in commander.get(page_of(case)).content.decode()
    assert forms_on(log_in(Role.SIGNER), case) == {"transfer"}
    assert post(commander, case, "release-hold", reason="Đã xác minh") == 302
    assert post(log_in(Role.ADJUDICATOR), case, "release-hold", reason="Đã xác minh") == 302
    case.refresh_from_db()
    assert case.hold == ""


def test_every_answer_carries_the_headers(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    client = log_in(Role.REVIEWER)
    for path in (
        "/",
        "/tra-cuu",
        "/console/",
        page_of(case),
        f"{page_of(case)}/evidence/still-0",
        "/khong-co",
    ):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "no-store" in headers["Cache-Control"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert (path == "/") == ("X-Robots-Tag" not in headers)


def test_pages_carry_no_inline_script_or_style(stage: Stage, log_in: LogIn) -> None:
    case = stage.notified()
    for role in (Role.HANDLER, Role.COMMANDER, Role.CLERK, Role.AUDITOR):
        html = log_in(role).get(page_of(case)).content.decode()
        assert not re.search(
            r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://(?!www\.w3\.org)", html
        )


def test_the_language_is_vietnamese_until_somebody_chooses(db: None) -> None:
    client = Client(headers={"accept-language": "en-US,en;q=0.9"})
    assert '<html lang="vi">' in client.get("/").content.decode()
    client.post("/ngon-ngu", {"language": "en", "next": "/tra-cuu"})
    page = client.get("/tra-cuu").content.decode()
    assert '<html lang="en">' in page
    assert "Look up a plate" in page


def test_the_auditor_sees_the_cases_whose_time_of_keeping_is_over(stage: Stage, log_in: LogIn) -> None:
    case, other = stage.notified(), stage.notified(Seen(at=Seen().at + timedelta(hours=1), track=2))
    auditor = log_in(Role.AUDITOR)
    assert page_of(case) not in auditor.get("/console/").content.decode()
    Case.objects.filter(pk=case.pk).update(purgeable=True)
    html = auditor.get("/console/").content.decode()
    assert page_of(case) in html
    assert page_of(other) not in html


def test_an_administrator_and_an_auditor_destroy_a_file_and_neither_alone(
    stage: Stage, log_in: LogIn, settings: Settings, tmp_path: Path
) -> None:
    case, other = stage.extracted(), stage.extracted(Seen(at=Seen().at + timedelta(hours=1), track=2))
    no = c.Answer(Verdict.REJECT, ground=RejectionGround.NO_VIOLATION)
    for suffix in ("", " Hai"):
        case = stage.by(Role.REVIEWER, case, c.SubmitReview(no), suffix)
    stage.by_worker(case, c.ReportEnd())
    admin, auditor = log_in(Role.ADMIN), log_in(Role.AUDITOR)
    assert admin.get(page_of(case)).status_code == 403  # its time of keeping is not over
    settings.PHATNGUOI_CLOCK_FILE = str(tmp_path / "clock")
    clock.set_shift(tmp_path / "clock", timedelta(days=5 * 366))
    service.execute(case.pk, c.ElapseDeadline(Clock.RETAIN), service.CLOCK)
    html = admin.get("/console/").content.decode()
    assert page_of(case) in html
    assert page_of(other) not in html
    assert forms_on(admin, case) == {"purge"}
    assert "still-0" not in admin.get(page_of(case)).content.decode()
    for path in (page_of(other), f"{page_of(case)}/evidence/still-0", f"/api/v1/cases/{case.reference}"):
        assert admin.get(path).status_code == 403
    assert post(admin, case, "hold", reason="x") == 403
    assert post(admin, case, "purge", text="Hết thời hạn lưu") == 302
    assert post(admin, case, "purge", text="Hết thời hạn lưu") == 403
    assert post(log_in(Role.ADMIN, " Hai"), case, "purge", text="Hết thời hạn lưu") == 403
    assert not log.load(case).purged
    assert post(auditor, case, "purge", text="Hết thời hạn lưu") == 302
    assert log.load(Case.objects.get(pk=case.pk)).purged
    assert admin.get(page_of(case)).status_code == 403


def test_a_fine_is_paid_in_instalments_and_a_missed_one_is_seen(
    stage: Stage, log_in: LogIn, settings: Settings, tmp_path: Path
) -> None:
    case = decided(stage)
    signer = log_in(Role.SIGNER)
    day = local(clock.now()).date()
    lines = [
        f"{day + timedelta(days=n):%d/%m/%Y} {amount}" for n, amount in ((30, "2.000.000"), (60, "3000000 đ"))
    ]
    plan = {"parts": "\r\n".join(lines), "reason": "Hoàn cảnh khó khăn đặc biệt"}
    assert post(signer, case, "set-instalments", **plan) == 422  # nothing of it is verified
    for wrong in (
        "ngày mai 2.000.000",
        "31/02/2027 2.000.000",
        "1/1/2099 1",
        "",
        "\n".join(["1/1/2099 1"] * 61),
    ):
        assert post(signer, case, "set-instalments", **{**plan, "parts": wrong, "confirmed": "on"}) == 422
    assert post(log_in(Role.CLERK), case, "set-instalments", **plan, confirmed="on") == 403
    assert post(signer, case, "set-instalments", **plan, confirmed="on") == 302
    html = signer.get(page_of(case)).content.decode()
    assert "2.000.000 đ, đến" in html
    assert "end-instalments" not in forms_on(signer, case)
    settings.PHATNGUOI_CLOCK_FILE = str(tmp_path / "clock")
    clock.set_shift(tmp_path / "clock", timedelta(days=31))
    sweep.sweep()
    officers.grant_authority(
        stage.user(Role.SIGNER), "Trưởng phòng", "QĐ 2/2026", 60_000_000, clock.now() + timedelta(days=9)
    )
    case.refresh_from_db()
    assert case.overdue
    assert "quá hạn" in signer.get(page_of(case)).content.decode()
    assert [late.clock for late in stuck.missed_deadlines() if late.clock == "INSTALMENT"] == ["INSTALMENT"]
    assert post(signer, case, "end-instalments", reason="Không nộp kỳ 1") == 302
    sweep.sweep()
    clock.set_shift(tmp_path / "clock", timedelta(days=31, minutes=1))
    sweep.sweep()
    run = log.load(Case.objects.get(pk=case.pk)).running(Clock.COMPLY)
    assert run is not None
    assert run.elapsed
    assert [row for row in audit.replay() if row] == []


def test_a_revoked_decision_is_decided_again_and_its_number_stays_void(stage: Stage, log_in: LogIn) -> None:
    case = decided(stage)
    first = case.decision_number
    stage.by(Role.CLERK, case, c.LodgeComplaint(clock.now(), "mức phạt"))
    other = log_in(Role.SIGNER, " Hai")
    said = {"ruling": "revoked", "reason": "Sai mức phạt", "redecide": "on"}
    assert post(other, case, "rule", **said) == 302
    case.refresh_from_db()
    assert (case.state, case.phase) == ("resolving", "recorded")
    assert case.papers.get(number=first).void_at is not None
    assert post(log_in(Role.SIGNER), case, "sign-decision", amount="5.000.000", confirmed="on") == 302
    case.refresh_from_db()
    assert (case.phase, case.decision_number != first) == ("decided", True)
    assert [row for row in audit.replay() if row] == []


def decided(stage: Stage) -> Case:
    """A motorcycle's red light, decided and served."""
    case = stage.by(Role.HANDLER, stage.notified(), c.OpenResolution("owner"))
    owner = log.load(case).owner
    assert owner is not None
    violator = c.IdentifyViolator(ViolatorBasis.ADMITTED, owner.owner, ViolatorKind.PERSON)
    case = stage.by(Role.HANDLER, case, violator)
    case = stage.by(Role.HANDLER, case, c.MakeRecord(signed=True))
    signer = stage.user(Role.SIGNER)
    authority = officers.authority_of(signer, clock.now())
    assert authority is not None
    who = officers.actor_of(signer).id
    case = stage.by(Role.SIGNER, case, c.SignDecision(authority, 5_000_000, confirmed_by=who))
    return stage.by(Role.CLERK, case, c.RecordService("handed", clock.now()))
