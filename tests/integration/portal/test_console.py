"""The console through HTTP."""

from django.test import Client

from tests.integration.portal.conftest import LogIn
from tests.stage import Stage
from workflow.vocabulary import Role


def test_the_queue_shows_a_waiting_case(stage: Stage, log_in: LogIn) -> None:
    case = stage.extracted()
    page = log_in(Role.REVIEWER).get("/console/")
    assert page.status_code == 200
    assert case.reference in page.content.decode()


def test_every_page_renders(stage: Stage, log_in: LogIn) -> None:
    for made in (stage.extracted,):
        case = made()
        for role in (Role.REVIEWER, Role.ADJUDICATOR, Role.AUDITOR):
            page = log_in(role).get(f"/console/cases/{case.reference}")
            assert page.status_code == 200
    for path in ("/", "/tra-cuu", "/console/login", "/healthz", "/api/v1/docs"):
        assert Client().get(path).status_code == 200, path
