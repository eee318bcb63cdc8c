"""`/api/v1`: typed answers, and every refusal with its status."""

import json
from typing import Any, Protocol

from django.test import Client

from tests.integration.portal.conftest import LogIn
from tests.packages import Seen
from tests.stage import Stage
from workflow.models import Case
from workflow.vocabulary import Role

YES = {"verdict": "violation", "plate": "59X123456", "vehicle_class": "motorbike", "act": "red_light"}


class Answer(Protocol):
    """What a test client gives back."""

    status_code: int
    content: bytes


def send(client: Client, case: Case, path: str, body: dict[str, Any]) -> Answer:
    return client.post(
        f"/api/v1/cases/{case.reference}/{path}", json.dumps(body), content_type="application/json"
    )


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["code"]


def test_strangers_get_401_and_wrong_roles_403(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    for path in ("/api/v1/cases", f"/api/v1/cases/{case.reference}"):
        assert refused(Client().get(path)) == (401, "unauthenticated")
    body = {"version": case.version, **YES}
    assert refused(send(log_in(Role.AUDITOR), case, "review", body)) == (403, "forbidden")


def test_the_queue_and_a_case(stage: Stage, log_in: LogIn) -> None:
    reviewed, case = stage.reviewed(), stage.extracted(Seen(track=2))
    client = log_in(Role.REVIEWER, " Ba")
    queue = log_in(Role.COMMANDER).get("/api/v1/cases").json()
    assert (queue["total"], queue["cases"][0]["reference"]) == (1, reviewed.reference)
    assert client.get("/api/v1/cases").json()["total"] == 0
    assert client.post("/api/v1/review/next").json() == {"reference": case.reference, "waiting": 1}
    shown = client.get(f"/api/v1/cases/{case.reference}").json()
    assert (shown["blind"], shown["commands"]) == (True, ["review", "hand-back"])
    assert shown["version"] == case.version
    assert client.get(shown["exhibits"][0]["url"]).headers["Content-Type"] == "image/jpeg"
    assert client.get("/api/v1/cases?state=filed").json()["total"] == 0
    assert client.get("/api/v1/cases?state=nowhere").status_code == 422


def test_a_review_and_its_refusals(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    client, seen = log_in(Role.REVIEWER), case.version
    assert refused(send(client, case, "review", {"version": seen})) == (422, "malformed")
    incomplete = send(client, case, "review", {"version": seen, "verdict": "violation"})
    assert refused(incomplete) == (422, "incomplete")
    assert set(json.loads(incomplete.content)["errors"]) == {"plate", "vehicle_class", "act"}
    done = send(client, case, "review", {"version": seen, **YES})
    assert (done.status_code, json.loads(done.content)["version"]) == (200, seen + 1)
    for version in (seen, seen + 1):
        assert refused(send(client, case, "review", {"version": version, **YES})) == (422, "reviewed")
    assert refused(send(client, case, "review", {"version": seen + 2, **YES})) == (409, "stale")


def test_any_command_by_its_name(stage: Stage, log_in: LogIn) -> None:
    case = stage.filed()
    signer = log_in(Role.SIGNER)
    fields = {"appointment_at": "2027-01-04T08:00:00+07:00"}
    body = {"version": case.version, "fields": fields}
    assert refused(send(signer, case, "commands/fly", body)) == (404, "not_found")
    assert refused(
        send(signer, case, "commands/open-resolution", {**body, "fields": {"appeared": "owner"}})
    ) == (
        403,
        "forbidden",
    )
    assert send(signer, case, "commands/sign-notice", body).status_code == 200
    case.refresh_from_db()
    again = {**body, "version": case.version}
    assert refused(send(signer, case, "commands/sign-notice", again)) == (422, "numbered")


def test_a_text_that_no_paper_can_print_is_refused(stage: Stage, log_in: LogIn) -> None:
    case, client = stage.notified(), log_in(Role.COMMANDER)
    for reason in ("a\ud800", "王", "a\x00"):
        body = {"version": case.version, "fields": {"reason": reason}}
        answer = send(client, case, "commands/hold", body)
        assert refused(answer) == (422, "incomplete")
        assert set(json.loads(answer.content)["errors"]) == {"reason"}


def test_a_number_where_a_time_or_a_text_belongs_is_read_as_one(stage: Stage, log_in: LogIn) -> None:
    case, client = stage.notified(), log_in(Role.HANDLER)
    body = {"version": case.version, "fields": {"begun_at": 5, "proof": 7}}
    answer = send(client, case, "commands/record-evasion", body)
    assert refused(answer) == (422, "incomplete")
    assert set(json.loads(answer.content)["errors"]) == {"begun_at"}


def test_what_is_no_json_is_said_like_any_refusal(stage: Stage, log_in: LogIn) -> None:
    case, client = stage.notified(), log_in(Role.COMMANDER)
    address = f"/api/v1/cases/{case.reference}/commands/hold"
    for body, status in (("{", 400), ("\xff", 400), ("", 422), ("[]", 422)):
        answer = client.post(address, body, content_type="application/json")
        assert refused(answer) == (status, "malformed")


def test_an_illegal_place_is_a_conflict(stage: Stage, log_in: LogIn) -> None:
    case = stage.reviewed()
    body = {"version": case.version, **YES}
    assert refused(send(log_in(Role.REVIEWER), case, "review", body)) == (409, "illegal")


def test_writing_needs_the_csrf_token(stage: Stage) -> None:
    case = stage.extracted()
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.user(Role.REVIEWER))
    assert send(client, case, "review", {"version": case.version, **YES}).status_code == 403


def test_unknown_cases_are_404(stage: Stage, log_in: LogIn) -> None:
    assert refused(log_in(Role.REVIEWER).get("/api/v1/cases/PN2026-999999")) == (404, "not_found")


def test_the_docs_are_our_own_files(db: None) -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    html = page.content.decode()
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    schema = Client().get("/api/v1/openapi.json").json()
    assert {"/api/v1/lookup", "/api/v1/cases", "/api/v1/cases/{reference}/review"} <= set(schema["paths"])
