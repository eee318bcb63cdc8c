"""Several acts of one violator through the console: offered, joined, recorded and decided together."""

import re
from datetime import timedelta

from tests.integration.portal.conftest import LogIn
from tests.integration.portal.test_console import forms_on, page_of, post
from tests.packages import Seen
from tests.stage import Stage
from workflow import commands as c
from workflow import log, owners
from workflow.law.rows import ViolatorKind
from workflow.models import Case
from workflow.vocabulary import Phase, Role
from workflow.words import ViolatorBasis

DRIVER = owners.Person("Nguyễn Thị Lái", "3 Đường Thử", "079000000003", "person")


def heard(stage: Stage, count: int) -> list[Case]:
    cases = []
    for number in range(count):
        seen = Seen(at=Seen().at + timedelta(minutes=5 * number), track=number)
        case = stage.by(Role.HANDLER, stage.notified(seen), c.OpenResolution("driver"))
        admitted = c.IdentifyViolator(ViolatorBasis.ADMITTED, owners.remember(DRIVER), ViolatorKind.PERSON)
        cases.append(stage.by(Role.HANDLER, case, admitted))
    return cases


def test_a_handler_joins_what_the_page_offers_and_the_signer_fines_each_act(
    stage: Stage, log_in: LogIn
) -> None:
    one, other, third = heard(stage, 3)
    handler, signer = log_in(Role.HANDLER), log_in(Role.SIGNER)
    html = handler.get(page_of(one)).content.decode()
    assert set(re.findall(r'name="found"[^>]*value="(PN[0-9-]+)"|value="(PN[0-9-]+)"[^>]*name="found"', html))
    assert post(handler, one, "join-acts", found=other.reference) == 302
    assert post(handler, one, "join-acts", others=f" {third.reference.lower()}, ") == 302
    together = (one.reference, other.reference, third.reference)
    assert log.load(Case.objects.get(pk=third.pk)).handling == together
    html = handler.get(page_of(other)).content.decode()
    assert all(f"/console/cases/{reference}" in html for reference in together)
    assert "part-act" in forms_on(handler, other)
    assert post(handler, third, "part-act", reason="người khác lái") == 302
    assert post(handler, one, "make-record", signed="on", licence="national") == 302
    page = signer.get(page_of(one)).content.decode()
    assert f'name="amount_{other.reference}" value="5000000"' in page
    given = {"amount": "5.000.000", "confirmed": "on"}
    assert post(signer, one, "sign-decision", **given) == 422  # the other act has no fine
    assert post(signer, one, "sign-decision", **given, **{f"amount_{other.reference}": "5.000.000"}) == 302
    other.refresh_from_db()
    third.refresh_from_db()
    assert (other.phase, third.phase) == (Phase.DECIDED, Phase.SUMMONED)
    assert "10.000.000 đ" in log_in(Role.CLERK).get(page_of(other)).content.decode()


def test_what_cannot_be_joined_is_said(stage: Stage, log_in: LogIn) -> None:
    (case,) = heard(stage, 1)
    handler = log_in(Role.HANDLER)
    assert "join-acts" in forms_on(handler, case)
    assert post(handler, case, "join-acts") == 422
    assert post(handler, case, "join-acts", others="PN2026-999999") == 422
    later = Seen(at=Seen().at + timedelta(hours=1), track=9)
    alone = stage.by(
        Role.HANDLER,
        stage.notified(later),
        c.OpenResolution("owner"),
    )
    assert "join-acts" not in forms_on(handler, alone)
