"""The citizens' look-up: what is public and nothing else, the same for unknown and unpublished plates."""

import re

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from detection.plate_text import display
from portal import throttle
from tests.packages import Seen
from tests.stage import Stage
from workflow.models import LookupLog

PLATE = {"plate": "59-X1 234.56", "kind": "motorcycle"}
PUBLIC = {
    "plate", "vehicle_kind", "recorded_at", "site", "act", "provision", "status", "detected_by", "handled_by",
    "address", "phone",
}  # fmt: skip


def test_a_sent_notice_is_found_on_the_page_and_by_programs(stage: Stage) -> None:
    case = stage.notified()
    page = Client().get("/tra-cuu", PLATE)
    html = page.content.decode()
    assert page.status_code == 200
    for text in (
        "59-X1 234.56",
        "07:00:12, 25/10/2026",
        "Chưa xử phạt",
        "điểm c khoản 7 Điều 7",
        "Cập nhật lúc",
    ):
        assert text in html
    assert case.reference not in html
    found = Client().get("/api/v1/lookup", PLATE).json()
    assert set(found) == {"plate", "vehicle_kind", "as_of", "records"}
    assert [set(record) for record in found["records"]] == [PUBLIC]


def test_neither_owner_nor_picture_nor_number_is_public(stage: Stage) -> None:
    case = stage.notified()
    page, api = Client().get("/tra-cuu", PLATE), Client().get("/api/v1/lookup", PLATE)
    secrets = (
        "Trịnh Chủ Xe",
        "079012345678",
        "12 Đường Thử",
        case.reference,
        case.notice_number,
        '<img src="/console',
    )
    for body in (page.content.decode(), api.content.decode()):
        assert [secret for secret in secrets if secret in body] == []


def _shape(plate: str) -> tuple[str, str]:
    """Page and API answer for a plate, without the plate, the time and the form's token."""
    asked = {"plate": plate, "kind": "motorcycle"}
    page = Client().get("/tra-cuu", asked).content.decode()
    api = Client().get("/api/v1/lookup", asked).json()
    varying = rf"{plate}|{display(plate, 'moto_old5')}|\d\d:\d\d(:\d\d)?, [\d/]{{10}}|value=\"\w{{64}}\""
    assert api.pop("as_of")
    return re.sub(varying, "·", page), re.sub(varying, "·", str(api))


def test_unknown_in_review_filed_and_dismissed_plates_look_alike(stage: Stage) -> None:
    stage.extracted(Seen(plate="59X134567", track=1))
    stage.reviewed(Seen(plate="59X145678", track=2))
    stage.filed(Seen(plate="59X156789", track=3))
    shapes = {_shape(plate) for plate in ("59X199999", "59X134567", "59X145678", "59X156789")}
    assert len(shapes) == 1


@pytest.mark.parametrize(
    ("plate", "kind"),
    [
        ("", "car"),
        ("59X1", "motorcycle"),
        ("59X1 234", "motorcycle"),
        ("59X1%", "motorcycle"),
        ("59-AA 123.45", "car"),
        ("59-X1 234.56", "boat"),
        ("59-X1 234.56", ""),
        ("' OR 1=1 --", "car"),
        ("x" * 5000, "car"),
    ],
)
def test_a_question_that_fits_no_plate_gets_a_helpful_error(stage: Stage, plate: str, kind: str) -> None:
    stage.notified()
    page = Client().get("/tra-cuu", {"plate": plate, "kind": kind})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    answer = Client().get("/api/v1/lookup", {"plate": plate, "kind": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, "plate")
    assert LookupLog.objects.count() == 0


def test_a_car_is_not_found_as_a_motorcycle(stage: Stage) -> None:
    stage.notified(Seen(plate="51F12345", vehicle="car"))
    assert "51F-123.45" in Client().get("/tra-cuu", {"plate": "51f12345", "kind": "car"}).content.decode()
    assert len(Client().get("/api/v1/lookup", {"plate": "51F12345", "kind": "car"}).json()["records"]) == 1


def test_a_client_that_asks_too_often_waits_and_others_do_not(stage: Stage) -> None:
    client = Client()
    for _question in range(throttle.LOOKUPS):
        assert client.get("/tra-cuu", PLATE).status_code == 200
    refused = client.get("/tra-cuu", PLATE)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "600"
    assert client.get("/api/v1/lookup", PLATE).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").get("/tra-cuu", PLATE).status_code == 200
    forged = client.get("/tra-cuu", PLATE, headers={"x-forwarded-for": "203.0.113.77"})
    assert forged.status_code == 429


def test_all_addresses_of_one_line_are_one_client(stage: Stage) -> None:
    """Whoever has one line of IPv6 has 2^64 addresses; an old address may come in new clothes."""
    for number in range(throttle.LOOKUPS):
        asks = Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
        assert asks.get("/tra-cuu", PLATE).status_code == 200
    assert Client(REMOTE_ADDR="2001:db8:1:2:ffff::1").get("/tra-cuu", PLATE).status_code == 429
    assert Client(REMOTE_ADDR="2001:db8:1:3::1").get("/tra-cuu", PLATE).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "::ffff:203.0.113.9", True),
        ("203.0.113.9", "::ffff:203.0.113.10", False),
        ("unix:", "unix:", True),
        ("unix:", "", False),
    ],
)
def test_a_client_is_known_by_its_address(one: str, other: str, *, same: bool) -> None:
    asks = RequestFactory()
    clients = [throttle.client_of(asks.get("/", REMOTE_ADDR=address)) for address in (one, other)]
    assert (clients[0] == clients[1]) is same


def test_behind_a_proxy_every_client_has_its_own_measure(stage: Stage, settings: Settings) -> None:
    settings.PHATNGUOI_PROXIES = 1
    client = Client(REMOTE_ADDR="127.0.0.1")
    for number in range(throttle.LOOKUPS):
        forged = {"x-forwarded-for": f"198.51.100.{number}, 203.0.113.9"}
        assert client.get("/tra-cuu", PLATE, headers=forged).status_code == 200
    assert client.get("/tra-cuu", PLATE, headers={"x-forwarded-for": "203.0.113.9"}).status_code == 429
    assert client.get("/tra-cuu", PLATE, headers={"x-forwarded-for": "203.0.113.10"}).status_code == 200


def test_the_log_of_look_ups_holds_neither_address_nor_plate(stage: Stage) -> None:
    Client(REMOTE_ADDR="203.0.113.9").get("/tra-cuu", PLATE)
    row = LookupLog.objects.get()
    assert "59X1" not in row.plate
    assert "203" not in row.client[:3]
    assert (len(row.plate), len(row.client), row.found) == (64, 64, 0)
