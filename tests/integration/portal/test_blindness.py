"""Blind review: the whole of every answer, byte by byte, tells a reviewer nothing of machine or colleague."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from tests.integration.portal.conftest import LogIn
from tests.packages import Seen
from tests.stage import Stage
from workflow import commands as c
from workflow import log, officers, service
from workflow.models import Case
from workflow.vocabulary import RejectionGround, Role, Verdict

MACHINE, COLLEAGUE = "59X187654", "59X145612"
SEEN = Seen(plate=MACHINE)
SECRETS = (
    b"59X1876",
    b"876.54",
    b"87654",
    b"59X1456",
    b"456.12",
    b"45612",
    b"0.93",
    b"93%",
    b"93\xc2\xa0%",
    b"ballots",
)


def everything_about(client: Client, case: Case) -> dict[str, bytes]:
    """Every answer that concerns a case: pages, API, files, queue, search."""
    base, api = f"/console/cases/{case.reference}", f"/api/v1/cases/{case.reference}"
    parts = ("still-0", "still-1", "still-2", "still-3", "plate-0", "plate-1", "clip")
    names = ("readings.json", "manifest.json", "manifest.sig", "../manifest.json", "..%2Freadings.json")
    paths = [
        base,
        api,
        "/console/",
        "/console/?state=extracted",
        f"/console/?q={case.reference}",
        "/api/v1/cases",
        "/api/v1/openapi.json",
        f"{base}/notice.pdf",
        *(f"{base}/papers/{number}.pdf" for number in range(12)),
        *(f"{base}/evidence/{name}" for name in (*parts, *names)),
    ]
    answers = {}
    for path in paths:
        answer = client.get(path)
        headers = b"\n".join(f"{key}: {value}".encode() for key, value in answer.items())
        answers[path] = headers + b"\n\n" + answer.content
    return answers


def told(answers: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [(path, secret) for path, body in answers.items() for secret in SECRETS if secret in body]


@pytest.fixture
def case(stage: Stage) -> Case:
    """In review: the machine accepted one plate, the first officer answered with another."""
    made = stage.extracted(SEEN)
    colleague = c.Answer(Verdict.VIOLATION, COLLEAGUE, "motorbike", "red_light")
    return stage.by(Role.REVIEWER, made, c.SubmitReview(colleague))


@pytest.mark.parametrize(
    "roles",
    [
        (Role.REVIEWER,),
        (Role.REVIEWER, Role.ADJUDICATOR),
        (Role.COMMANDER,),
        (Role.AUDITOR,),
        (Role.ADMIN, Role.AUDITOR),
        (Role.SIGNER, Role.HANDLER, Role.CLERK),
    ],
)
def test_nobody_learns_the_reading_or_the_other_answer(case: Case, roles: tuple[Role, ...]) -> None:
    user = officers.create_officer("nhieu-vai", "Người Nhiều Vai", "mat-khau-thu-nghiem-1", roles)
    client = Client()
    client.force_login(user)
    answers = everything_about(client, case)
    assert b"<h1>" in answers[f"/console/cases/{case.reference}"]
    assert told(answers) == []


def test_not_even_the_hashes_that_cover_them(case: Case, log_in: LogIn) -> None:
    answers = everything_about(log_in(Role.REVIEWER, " Hai"), case)
    hashes = [event.hash.encode() for event in case.events.all()]
    assert [path for path, body in answers.items() for digest in hashes if digest in body] == []
    manifest = (Path(case.package.path).name + case.package.manifest_sha256).encode()
    assert not any(case.package.manifest_sha256.encode() in body for body in answers.values()), manifest


def test_the_officer_who_answered_sees_nothing_more_afterwards(
    case: Case, stage: Stage, log_in: LogIn
) -> None:
    other = c.Answer(Verdict.REJECT, ground=RejectionGround.PLATE_UNREADABLE)
    stage.by(Role.REVIEWER, case, c.SubmitReview(other), " Hai")
    answers = everything_about(log_in(Role.REVIEWER, " Hai"), case)
    assert told(answers) == []


def test_a_refused_answer_tells_nothing(case: Case, log_in: LogIn) -> None:
    client = log_in(Role.REVIEWER, " Hai")
    seen = {
        "version": log.load(case).version,
        "verdict": "violation",
        "plate": "??",
        "vehicle_class": "motorbike",
    }
    answer = client.post(f"/console/cases/{case.reference}/review", seen)
    assert answer.status_code == 422
    assert told({"page": answer.content}) == []


def test_the_third_person_sees_both_answers_and_the_readings(case: Case, stage: Stage, log_in: LogIn) -> None:
    other = c.Answer(Verdict.VIOLATION, MACHINE, "motorbike", "red_light")
    stage.by(Role.REVIEWER, case, c.SubmitReview(other), " Hai")
    client = log_in(Role.ADJUDICATOR)
    page = client.get(f"/console/cases/{case.reference}").content.decode()
    assert "59-X1 456.12" in page
    assert "59-X1 876.54" in page
    shown = client.get(f"/api/v1/cases/{case.reference}").json()
    assert [answer["plate"] for answer in shown["answers"]] == [COLLEAGUE, MACHINE]
    assert {reading["text"] for reading in shown["readings"]} == {MACHINE}


def test_an_adjudicator_who_reviewed_is_no_third_person(stage: Stage, case: Case) -> None:
    roles = (Role.REVIEWER, Role.ADJUDICATOR)
    user = officers.create_officer("hai-vai", "Hai Vai", "mat-khau-thu-nghiem-1", roles)
    answer = c.Answer(Verdict.REJECT, ground=RejectionGround.NO_VIOLATION)
    service.execute(case.pk, c.SubmitReview(answer), officers.actor_of(user))
    client = Client()
    client.force_login(user)
    assert told(everything_about(client, case)) == []


def test_after_the_review_everybody_may_know(stage: Stage, log_in: LogIn) -> None:
    case = stage.reviewed(replace(SEEN, track=9))
    shown = log_in(Role.AUDITOR).get(f"/api/v1/cases/{case.reference}").json()
    assert not shown["blind"]
    assert MACHINE in json.dumps(shown["events"])
