"""The review through HTTP: the next case, leases, corrections, known answers, the shield, the counts."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.integration.portal.conftest import LogIn
from tests.integration.portal.test_blindness import everything_about
from tests.integration.portal.test_console import YES, forms_on, page_of, post
from tests.packages import Seen
from tests.stage import Stage
from workflow import clock, officers, review
from workflow import commands as c
from workflow.models import Case, KnownCase, ReviewLease
from workflow.vocabulary import HoldGround, RejectionGround, Role, Verdict

NO = c.Answer(Verdict.REJECT, ground=RejectionGround.NO_VIOLATION)


def handed(client: Client) -> str:
    """The reference that the button "next case" leads to; empty where nothing waits."""
    answer = client.post("/console/next")
    assert answer.status_code == 302
    return str(answer.headers["Location"]).removeprefix("/console/cases/").removeprefix("/console/")


def test_the_button_hands_out_cases_without_collision(stage: Stage, log_in: LogIn) -> None:
    first, second = stage.extracted(), stage.extracted(Seen(track=2, at=Seen().at + timedelta(hours=1)))
    clients = [log_in(Role.REVIEWER, suffix) for suffix in ("", " Hai", " Ba", " Bốn", " Năm")]
    assert [handed(client) for client in clients] == [
        first.reference,
        first.reference,
        second.reference,
        second.reference,
        "",
    ]
    html = clients[0].get("/console/").content.decode()
    assert f'<a href="{page_of(first)}">' in html
    assert "Tiếp tục hồ sơ đang thẩm định" in html
    assert "Hồ sơ chờ đồng chí thẩm định: <b>0</b>" in clients[4].get("/console/").content.decode()


def test_who_opens_a_case_holds_it_and_a_third_is_told(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    one, two, three = (log_in(Role.REVIEWER, suffix) for suffix in ("", " Hai", " Ba"))
    assert forms_on(one, case) == forms_on(two, case) == {"review", "hand-back"}
    assert forms_on(three, case) == set()
    assert "Đồng nghiệp đang thẩm định hồ sơ này" in three.get(page_of(case)).content.decode()
    assert post(three, case, "review", **YES) == 409
    assert post(one, case, "review", **YES) == 302
    assert forms_on(three, case) == set()
    assert post(two, case, "review", **YES) == 302
    case.refresh_from_db()
    assert case.state == "reviewed"


def test_two_who_judge_at_the_same_time_are_both_heard(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    one, two, three = (log_in(Role.REVIEWER, suffix) for suffix in ("", " Hai", " Ba"))
    page = {"version": case.version, **YES}  # what all of them have open
    assert one.get(page_of(case)).status_code == two.get(page_of(case)).status_code == 200
    assert two.post(f"{page_of(case)}/hand-back", {**page, "reason": "hết ca trực"}).status_code == 302
    assert three.get(page_of(case)).status_code == 200
    assert [client.post(f"{page_of(case)}/review", page).status_code for client in (one, three)] == [302, 302]
    case.refresh_from_db()
    assert case.state == "reviewed"
    assert one.post(f"{page_of(case)}/review", page).status_code == 409


def test_a_review_is_handed_back_from_the_page(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    one, two, three = (log_in(Role.REVIEWER, suffix) for suffix in ("", " Hai", " Ba"))
    assert forms_on(one, case) == forms_on(two, case) == {"review", "hand-back"}
    assert post(one, case, "hand-back", reason="") == 422
    assert post(three, case, "hand-back", reason="hết ca trực") == 409
    path, fields = f"{page_of(case)}/hand-back", {"version": 4, "reason": "Quen chủ xe"}
    answer = one.post(path, fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/")
    assert one.post(path, {**fields, "version": 5}).status_code == 409
    assert forms_on(three, case) == {"review", "hand-back"}
    history = two.get(page_of(case)).content.decode()
    assert "Trả lại, chưa thẩm định" in history
    assert "Quen chủ xe" not in history  # while the review is blind


def test_looking_without_the_role_holds_nothing(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    for role in (Role.AUDITOR, Role.COMMANDER, Role.ADJUDICATOR):
        assert log_in(role).get(page_of(case)).status_code == 200
    assert not ReviewLease.objects.exists()
    assert log_in(Role.AUDITOR).post("/console/next").headers["Location"] == "/console/"


def test_an_answer_is_corrected_on_the_page_until_the_second_one(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    one, two = log_in(Role.REVIEWER), log_in(Role.REVIEWER, " Hai")
    assert post(one, case, "review", **{**YES, "plate": "59X123457"}) == 302
    html = one.get(page_of(case)).content.decode()
    assert 'value="59X123457"' in html
    assert 'value="59X123457"' not in two.get(page_of(case)).content.decode()
    assert forms_on(two, case) == {"review", "hand-back"}
    assert post(two, case, "correct-review", **YES) == 422
    assert post(one, case, "correct-review", **YES) == 302
    assert post(two, case, "review", **YES) == 302
    case.refresh_from_db()
    assert (case.state, case.plate) == ("reviewed", "59X123456")
    assert post(one, case, "correct-review", **YES) == 409


def test_a_sampled_rejection_waits_for_an_adjudicator_of_its_own(
    stage: Stage, log_in: LogIn, settings: Settings
) -> None:
    settings.PHATNGUOI_REJUDGE_SHARE = 1.0
    case = stage.extracted()
    for suffix in ("", " Hai"):
        stage.by(Role.REVIEWER, case, c.SubmitReview(NO), suffix)
    client = log_in(Role.ADJUDICATOR)
    assert f'<a href="{page_of(case)}">' in client.get("/console/").content.decode()
    assert forms_on(client, case) == {"rejudge", "hold"}
    wish = {"basis": "sample", "finding": "reopen", "reason": "đèn đã đỏ"}
    assert post(client, case, "rejudge", **{**wish, "finding": ""}) == 422
    assert post(client, case, "rejudge", **wish) == 302
    case.refresh_from_db()
    assert case.state == "extracted"
    assert forms_on(log_in(Role.REVIEWER), case) == set()
    assert forms_on(log_in(Role.REVIEWER, " Ba"), case) == {"review", "hand-back"}


# -- known answers ---------------------------------------------------------------------------


@pytest.fixture
def pair(stage: Stage, settings: Settings) -> tuple[KnownCase, Case]:
    """A case with a known answer and a fresh one that came in with it."""
    source = stage.extracted(Seen(at=clock.now() - timedelta(days=3)))
    stage.by(Role.REVIEWER, source, c.SubmitReview(NO), " Cũ")
    stage.by(Role.REVIEWER, source, c.SubmitReview(_yes()), " Cũ Hai")
    stage.by(Role.ADJUDICATOR, source, c.Adjudicate(_yes(), "rõ"))
    settings.PHATNGUOI_KNOWN_SHARE = 1.0
    fresh = stage.extracted(Seen(track=2, at=clock.now() - timedelta(days=3)))
    return KnownCase.objects.get(), fresh


def _yes() -> c.Answer:
    return c.Answer(Verdict.VIOLATION, "59X123456", "motorbike", "red_light")


def alike(text: bytes, reference: str) -> str:
    """An answer without what differs between any two cases: reference, number, times, tokens, sizes."""
    plain = text.decode("utf-8", "replace").replace(reference, "REF").replace(reference.lower(), "REF")
    plain = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:?\d\d)?", "TIME", plain)
    plain = re.sub(
        r"\d\d?:\d\d(:\d\d(,\d+)?)?( ngày)? \d\d?/\d\d?/\d{4}|\d\d:\d\d:\d\d([.,]\d+)?", "TIME", plain
    )
    plain = re.sub(r"\d\d?/\d\d?/\d{4}", "DAY", plain)
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*|(Content-Length: )\d+|(csrftoken=)[^;]*', "", plain)


def looks(client: Client, reference: str) -> dict[str, str]:
    """Every answer about a reference, comparable; photographs by their type and headers alone."""
    found = {}
    for path, body in everything_about(client, Case(reference=reference)).items():
        head, _gap, content = body.partition(b"\n\n")
        shown = content if b"text/html" in head or b"json" in head else b""
        found[path.replace(reference, "REF")] = alike(head + shown, reference)
    return {
        path: look for path, look in found.items() if path not in {"/console/", "/console/?state=extracted"}
    }


@pytest.mark.parametrize("roles", [(Role.REVIEWER,), (Role.ADJUDICATOR,), (Role.COMMANDER,), (Role.AUDITOR,)])
def test_a_known_case_looks_like_any_other(pair: tuple[KnownCase, Case], roles: tuple[Role, ...]) -> None:
    known, fresh = pair
    user = officers.create_officer("nguoi-xem", "Người Xem", "mat-khau-thu-nghiem-1", roles)
    client = Client()
    client.force_login(user)
    one, other = looks(client, known.reference), looks(client, fresh.reference)
    assert "<h1>REF" in one["/console/cases/REF"]
    assert one == other


def test_it_still_looks_like_any_other_after_an_answer(pair: tuple[KnownCase, Case], log_in: LogIn) -> None:
    known, fresh = pair
    author, colleague = log_in(Role.REVIEWER), log_in(Role.REVIEWER, " Hai")
    statuses = []
    for reference in (known.reference, fresh.reference):
        shown = author.get(f"/api/v1/cases/{reference}").json()
        body: dict[str, Any] = {"version": shown["version"], **YES}
        path = f"/api/v1/cases/{reference}/review"
        for sent in (body, body, {**body, "version": shown["version"] + 1}):
            answer = author.post(path, json.dumps(sent), content_type="application/json")
            statuses.append((answer.status_code, alike(answer.content, reference)))
    assert statuses[:3] == statuses[3:]
    for client in (author, colleague):
        assert looks(client, known.reference) == looks(client, fresh.reference)
    corrected = [
        author.post(
            f"/console/cases/{reference}/correct-review",
            {"version": 5, "verdict": "reject", "ground": "no_violation"},
        ).status_code
        for reference in (known.reference, fresh.reference)
    ]
    assert corrected == [302, 302]
    assert known.given.count() == 2


def test_a_known_case_is_handed_out_in_its_turn(pair: tuple[KnownCase, Case], log_in: LogIn) -> None:
    known, fresh = pair
    client = log_in(Role.REVIEWER)
    assert handed(client) == known.reference  # the older act of the two
    fields = {"version": 4, **YES}
    assert client.post(f"/console/cases/{known.reference}/review", fields).status_code == 302
    assert handed(client) == fresh.reference


def test_nothing_but_answers_moves_a_known_case(pair: tuple[KnownCase, Case], log_in: LogIn) -> None:
    known, _fresh = pair
    fields: dict[str, str | int] = {"version": 4, "reason": "Chờ xác minh"}
    assert log_in(Role.COMMANDER).post(f"/console/cases/{known.reference}/hold", fields).status_code == 422
    assert not Case.objects.filter(reference=known.reference).exists()
    assert Client().get("/api/v1/lookup?plate=59X123456&kind=motorcycle").json()["records"] == []


# -- the shield and the counts ---------------------------------------------------------------


def test_every_hit_of_the_shield_is_shown_with_the_clock_that_runs_short(stage: Stage, log_in: LogIn) -> None:
    case = stage.reviewed(Seen(at=clock.now() - timedelta(days=9)))
    hits = (
        c.Hit(HoldGround.STOLEN, "CA Q1 15/TB"),
        c.Hit(HoldGround.OTHER_CLASS, "motorbike / car"),
        c.Hit(HoldGround.IMPOSSIBLE_TRAVEL, "Ngã tư X, Hà Nội, 2026-10-25T00:00:12+00:00"),
    )
    stage.by_worker(case, c.PlaceHold("shield: stolen, other_class", hits))
    html = log_in(Role.COMMANDER).get(page_of(case)).content.decode()
    for words in (
        "Có trong danh sách xe bị mất cắp",
        "CA Q1 15/TB",
        "Đăng ký cho loại phương tiện khác",
        "Xe mô tô, xe gắn máy / Ô tô và",
        "Ngã tư X, Hà Nội, 07:00:12, 25/10/2026",
    ):
        assert words in html
    assert "Thời hạn này vẫn chạy và sắp hết" in html
    young = stage.reviewed(Seen(track=3, at=clock.now() - timedelta(hours=1)))
    stage.by_worker(young, c.PlaceHold("shield: stolen", hits[:1]))
    assert "Thời hạn này vẫn chạy" not in log_in(Role.COMMANDER).get(page_of(young)).content.decode()


def test_the_counts_are_for_those_who_answer_for_them(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    for suffix in ("", " Hai"):
        review.give(
            case.reference, c.SubmitReview(_yes()), officers.actor_of(stage.user(Role.REVIEWER, suffix)), None
        )
    for role in (Role.AUDITOR, Role.COMMANDER):
        html = log_in(role).get("/console/quality").content.decode()
        assert "Nguyễn Thẩm Một Hai" in html
        assert "1/1 · 100,0 % (20,7–100,0)" in html
        assert "efefefefefef" in html
    for role in (Role.REVIEWER, Role.ADJUDICATOR, Role.SIGNER):
        assert log_in(role).get("/console/quality").status_code == 403
        assert "/console/quality" not in log_in(role).get("/console/").content.decode()
    past = log_in(Role.AUDITOR).get("/console/quality?start=2020-01-01&end=2020-01-31")
    assert past.content.decode().count("Không có số liệu") == 3
    for wrong in ("start=x&end=", "start=2026-11-01&end=9999-12-31", "start=0001-01-01&end=2026-11-01"):
        assert log_in(Role.AUDITOR).get(f"/console/quality?{wrong}").status_code == 422
