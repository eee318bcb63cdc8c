"""Gateways by HTTP against a real server that misbehaves on purpose."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests import misbehaving as m
from tests.certificates import self_signed
from workers.gateways.bodies import FolderBody, HttpBody, Message, body
from workers.gateways.faults import BadAnswer, GatewayRefused, GatewayUnavailable, UnknownOutcome
from workers.gateways.http import _TRIES, Client
from workers.gateways.post import HttpPost, Letter
from workers.gateways.registry import HttpRegistry
from workers.gateways.treasury import HttpTreasury
from workflow.owners import RegistryAnswer

AT = datetime(2026, 10, 25, 0, 0, 0, 240_000, tzinfo=UTC)
MESSAGE = Message(
    "PN2026-000001-9-abcdef", "PN2026-000001", "WarningIssued", AT, {"lý do": "quá hạn", "n": 2}
)
LETTER = Letter("PN2026-000001-9-abcdef", "PN2026-000001", b"%PDF-1.7")


@pytest.fixture
def out(settings: Settings, tmp_path: Path) -> Iterator[m.Outside]:
    settings.PHATNGUOI_GATEWAY_SECONDS = m.PATIENCE
    settings.PHATNGUOI_HOME = tmp_path
    with m.outside() as server:
        yield server


def keyed(out: m.Outside) -> HttpBody:
    return HttpBody(Client("inspection", out.url), keyed=True)


def unkeyed(out: m.Outside) -> HttpBody:
    out.honours_keys = False
    return HttpBody(Client("inspection", out.url), keyed=False)


def test_a_message_is_told_with_its_key_and_the_receipt_is_read(out: m.Outside) -> None:
    receipt = keyed(out).tell(MESSAGE)
    assert (receipt.number, out.acted) == ("N000001", [MESSAGE.key])
    assert out.headers[0]["Idempotency-Key"] == MESSAGE.key
    assert out.bodies[0] == {
        "key": MESSAGE.key,
        "reference": "PN2026-000001",
        "kind": "WarningIssued",
        "at": "2026-10-25T00:00:00.240Z",
        "facts": {"lý do": "quá hạn", "n": 2},
    }


def test_the_same_message_again_gives_the_first_receipt(out: m.Outside) -> None:
    first = keyed(out).tell(MESSAGE)
    assert keyed(out).tell(MESSAGE) == first  # answered by 409
    assert out.acted == [MESSAGE.key]


@pytest.mark.parametrize(
    "fault",
    [
        m.says(500),
        m.says(503),
        m.acts_and_says(502),
        m.acts_and_says_half,
        m.acts_and_is_silent,
        m.is_silent,
        m.drips,
        m.resets,
    ],
)
def test_a_keyed_call_is_repeated_and_finds_it_done_once(out: m.Outside, fault: m.Behaviour) -> None:
    out.will.append(fault)
    receipt = keyed(out).tell(MESSAGE)
    assert (receipt.number, out.acted) == ("N000001", [MESSAGE.key])
    assert len(out.asked) == 2


@pytest.mark.parametrize(
    "fault",
    [
        m.says(500),
        m.acts_and_says(502),
        m.acts_and_says_half,
        m.acts_and_is_silent,
        m.is_silent,
        m.drips,
        m.resets,
        m.acts_and_says(201, b'{"ok": true}'),
        m.acts_and_says(201, b"x" * 200_000),
    ],
)
def test_a_body_without_keys_is_never_told_twice(out: m.Outside, fault: m.Behaviour) -> None:
    body = unkeyed(out)
    out.will.append(fault)
    with pytest.raises(UnknownOutcome):
        body.tell(MESSAGE)
    assert len(out.asked) == 1


@pytest.mark.parametrize("status", [503, 429])
def test_a_body_without_keys_that_says_it_did_nothing_is_told_again(out: m.Outside, status: int) -> None:
    body = unkeyed(out)
    out.will.append(m.says(status))
    assert body.tell(MESSAGE).number == "N000001"
    assert out.acted == [MESSAGE.key]


@pytest.mark.parametrize("kind", [keyed, unkeyed])
def test_nobody_there_is_unavailable_for_every_body(out: m.Outside, kind: object) -> None:
    gone = HttpBody(Client("inspection", "http://127.0.0.1:1"), keyed=kind is keyed)
    with pytest.raises(GatewayUnavailable, match="cannot be reached"):
        gone.tell(MESSAGE)


def test_a_body_that_stays_silent_is_given_up_after_a_few_tries(out: m.Outside) -> None:
    out.will.extend([m.is_silent] * 9)
    with pytest.raises(BadAnswer, match="no whole answer"):
        keyed(out).tell(MESSAGE)
    assert len(out.asked) == _TRIES


@pytest.mark.parametrize(
    ("receipt", "match"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[]", "object"),
        (b'{"key":"K","number":"1"}', "lacks accepted_at"),
        (b'{"key":"K","number":1,"accepted_at":"2026-10-25T00:00:00.000Z"}', "number must be"),
        (b'{"key":"other","number":"1","accepted_at":"2026-10-25T00:00:00.000Z"}', "another one"),
        (b'{"key":"K","number":"1","accepted_at":"2999-10-25T00:00:00.000Z"}', "future"),
        (b'{"key":"K","number":"1","accepted_at":"2026-10-25 00:00"}', "accepted_at"),
        (b'{"key":"K","number":"","accepted_at":"2026-10-25T00:00:00.000Z"}', "number"),
        (b'{"key":"K","key":"K","number":"1","accepted_at":"2026-10-25T00:00:00.000Z"}', "twice"),
        (b'{"key":"K","number":"1","accepted_at":"2026-10-25T00:00:00.000Z","x":1}', "unknown keys"),
        (b'{"key":"K","number":"1","accepted_at":"2026-10-25T00:00:00.000Z","facts":{"a":[1]}}', "facts"),
    ],
)
def test_a_receipt_that_cannot_be_is_no_receipt(out: m.Outside, receipt: bytes, match: str) -> None:
    out.will.append(m.says(200, receipt.replace(b'"K"', json.dumps(MESSAGE.key).encode())))
    with pytest.raises(BadAnswer, match=match):
        keyed(out).tell(MESSAGE)


def test_a_huge_answer_is_not_read_to_its_end(out: m.Outside) -> None:
    out.will.extend([m.says(200, b"[" * 5_000_000)] * _TRIES)
    with pytest.raises(BadAnswer, match="more than 65536 bytes"):
        keyed(out).tell(MESSAGE)


@pytest.mark.parametrize("status", [400, 410, 413, 422])
def test_what_is_refused_for_good_carries_its_reason(out: m.Outside, status: int) -> None:
    out.will.append(m.says(status, '{"reason": "xe không phải kiểm định"}'.encode()))
    with pytest.raises(GatewayRefused, match=f"{status}.*xe không phải kiểm định"):
        keyed(out).tell(MESSAGE)
    assert len(out.asked) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_token_or_address_is_for_a_person_to_mend_and_loses_nothing(
    out: m.Outside, status: int
) -> None:
    out.will.append(m.says(status))
    with pytest.raises(GatewayUnavailable, match=str(status)):
        keyed(out).tell(MESSAGE)
    assert len(out.asked) == 1


def test_a_redirect_is_never_followed(out: m.Outside, tmp_path: Path) -> None:
    (tmp_path / "keys" / "gateways").mkdir(parents=True)
    (tmp_path / "keys" / "gateways" / "inspection.token").write_text("s3cret\n")
    with m.outside() as thief:
        out.will.append(m.says(307, location=f"{thief.url}/messages"))
        with pytest.raises(GatewayUnavailable, match="points elsewhere") as fault:
            keyed(out).tell(MESSAGE)
        assert thief.asked == []
    assert out.headers[0]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in str(fault.value)


def test_only_a_certificate_that_is_trusted_is_spoken_to(
    settings: Settings, tmp_path: Path, out: m.Outside
) -> None:
    certificate, key = self_signed(tmp_path)
    with m.outside(tls=(certificate, key)) as secure:
        with pytest.raises(GatewayUnavailable, match="not to be trusted"):
            unkeyed(secure).tell(MESSAGE)
        (tmp_path / "keys" / "gateways").mkdir(parents=True)
        (tmp_path / "keys" / "gateways" / "ca.pem").write_bytes(certificate.read_bytes())
        assert unkeyed(secure).tell(MESSAGE).number == "N000001"
        assert secure.acted == [MESSAGE.key]


def test_what_the_licence_body_answers_besides_is_given_on(out: m.Outside) -> None:
    out.act(MESSAGE.key, {"left": 8})
    assert keyed(out).tell(MESSAGE).facts == {"left": 8}


def test_settings_choose_folder_or_address_and_who_honours_keys(
    settings: Settings, tmp_path: Path, out: m.Outside
) -> None:
    settings.PHATNGUOI_INSPECTION = tmp_path / "inspection"
    settings.PHATNGUOI_LICENCE, settings.PHATNGUOI_REGISTRATION = out.url, out.url
    settings.PHATNGUOI_UNKEYED = frozenset({"licence"})
    assert body("inspection") == FolderBody(tmp_path / "inspection")
    assert body("licence") == HttpBody(Client("licence", out.url), keyed=False)
    assert body("registration") == HttpBody(Client("registration", out.url), keyed=True)


def test_a_folder_takes_a_message_once_per_key(tmp_path: Path) -> None:
    first = FolderBody(tmp_path).tell(MESSAGE)
    assert FolderBody(tmp_path).tell(MESSAGE) == first
    [told] = (tmp_path / "out").iterdir()
    assert json.loads((told / "message.json").read_text())["facts"] == {"lý do": "quá hạn", "n": 2}


def test_the_post_takes_a_letter_whole(out: m.Outside) -> None:
    post = HttpPost(Client("post", out.url), keyed=True)
    assert post.send(LETTER).number == post.send(LETTER).number
    assert out.acted == [LETTER.key]
    assert out.bodies[0]["pdf"] == "JVBERi0xLjc="
    assert out.bodies[0]["enclosed"] == []


def test_the_posts_reports_of_a_day(out: m.Outside) -> None:
    post = HttpPost(Client("post", out.url), keyed=True)
    out.pages["/v1/reports?day=2026-10-25"] = b'{"reports": [{"post_number": "N1"}]}'
    assert post.reports(date(2026, 10, 25)) == [{"post_number": "N1"}]
    out.pages["/v1/reports?day=2026-10-25"] = b"[]"
    with pytest.raises(BadAnswer, match="reports of a day"):
        post.reports(date(2026, 10, 25))


OWNER = {
    "plate": "51F-123.45",
    "vehicle_class": "car",
    "kind": "person",
    "name": "Lê Văn Cũ",
    "id_number": "079000000001",
    "address": "2 đường Số 1",
    "plate_colour": "white",
    "valid_from": "2020-01-01",
    "valid_to": "",
}


def ask(out: m.Outside, *owners: dict[str, str]) -> RegistryAnswer | None:
    out.pages["/v1/owners"] = json.dumps({"owners": owners}).encode()
    return HttpRegistry(Client("registry", out.url)).look_up("51F12345", "car", AT)


def test_the_registry_answers_for_the_plate_that_was_asked(out: m.Outside) -> None:
    answer = ask(out, OWNER)
    assert answer is not None
    assert answer.person.name == "Lê Văn Cũ"
    assert out.asked == ["POST /v1/owners"]  # no plate in an address
    assert out.bodies == [{"plate": "51F12345"}]
    assert ask(out) is None


@pytest.mark.parametrize(
    "change", [{"plate": "51F-999.99"}, {"kind": "nobody"}, {"name": ""}, {"valid_from": "01/01/2020"}]
)
def test_an_owner_that_cannot_be_is_no_answer(out: m.Outside, change: dict[str, str]) -> None:
    with pytest.raises(BadAnswer):
        ask(out, OWNER | change)


def test_two_owners_on_one_day_are_no_answer(out: m.Outside) -> None:
    with pytest.raises(BadAnswer, match="two owners"):
        ask(out, OWNER, OWNER | {"name": "Người Khác"})


HEADER = "transaction,decision_number,amount,paid_at\n"
LINE = "T1,01/QĐ-XPHC,5000000,2026-10-25T08:00:00+07:00\n"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (HEADER + LINE, "no TOTAL"),
        (HEADER + LINE + "TOTAL,2,10000000\n", "but holds 1 lines and 5000000"),
        (HEADER + LINE + "TOTAL,1,5000000", "no TOTAL"),  # cut short before its last break
        (HEADER + "TOTAL,1,5000000\n", "holds 0 lines"),
        ("a,b\n", "first line"),
    ],
)
def test_a_statement_that_does_not_add_up_is_not_taken(out: m.Outside, text: str, match: str) -> None:
    treasury = HttpTreasury(Client("treasury", out.url))
    out.pages["/v1/statements?day=2026-10-25"] = text.encode()
    with pytest.raises(BadAnswer, match=match):
        treasury.statement(date(2026, 10, 25))
    out.pages["/v1/statements?day=2026-10-25"] = (HEADER + LINE + "TOTAL,1,5000000\n").encode()
    assert treasury.statement(date(2026, 10, 25)) == HEADER + LINE + "TOTAL,1,5000000\n"
