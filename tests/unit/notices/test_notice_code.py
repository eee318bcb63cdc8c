"""The code on a notice: signed, small, bound to its notice code and to the printed facts."""

import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import fields, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from notices.facts import NoticeFacts, PaperNumber
from notices.faults import NoticeFault
from notices.notice_code import CodeKey, PrintedFacts, load_code_keys, read_seal, split_address
from notices.paper_text import printed_facts, qr_address
from notices.render import render_notice, render_withdrawal
from tests import papers

URL = "https://phatnguoi.example"
CODE = "PN2026-000005"


@pytest.fixture
def key(tmp_path: Path) -> CodeKey:
    return CodeKey.ensure(tmp_path / "keys" / "notice-code.pem", tmp_path / "trust")


def printed(facts: NoticeFacts) -> PrintedFacts:
    return PrintedFacts.of(facts.paper, facts.vehicle, facts.act)


def seal_of(address: str) -> str:
    found = split_address(address)
    assert found is not None
    assert found[0] == CODE
    return found[1]


def test_a_code_says_what_was_signed_and_is_small(key: CodeKey, tmp_path: Path) -> None:
    facts = printed(papers.notice())
    address = key.address(URL, CODE, facts)
    assert len(address) < 200
    assert address == key.address(URL, CODE, facts)
    stated = read_seal(CODE, seal_of(address), load_code_keys(tmp_path / "trust"))
    assert (stated.code, stated.digest) == (CODE, facts.digest())


@pytest.mark.parametrize("name", [entry.name for entry in fields(PrintedFacts)])
def test_every_printed_fact_is_vouched_for_and_how_lines_break_is_not(name: str) -> None:
    facts = printed(papers.notice())
    assert replace(facts, **{name: getattr(facts, name) + "1"}).digest() != facts.digest()
    assert replace(facts, **{name: getattr(facts, name).replace(" ", " \r\n")}).digest() == facts.digest()


def test_facts_do_not_run_into_each_other() -> None:
    facts = printed(papers.notice())
    moved = replace(facts, place=facts.place + facts.act[:5], act=facts.act[5:])
    assert moved.digest() != facts.digest()


def test_any_changed_byte_of_a_code_is_refused(key: CodeKey, tmp_path: Path) -> None:
    keys = load_code_keys(tmp_path / "trust")
    seal = seal_of(key.address(URL, CODE, printed(papers.notice())))
    octets = urlsafe_b64decode(seal + "==")
    codes = set()
    for position in range(len(octets)):
        changed = bytearray(octets)
        changed[position] ^= 1
        with pytest.raises(NoticeFault) as caught:
            read_seal(CODE, urlsafe_b64encode(changed).rstrip(b"=").decode(), keys)
        codes.add(caught.value.code)
    assert codes == {"code_unreadable", "code_key_unknown", "code_forged"}


@pytest.mark.parametrize("seal", ["", "ễ", "AAAA", "A" * 135, "A" * 400, "!!!!"])
def test_nonsense_is_no_code(key: CodeKey, tmp_path: Path, seal: str) -> None:
    with pytest.raises(NoticeFault) as caught:
        read_seal(CODE, seal, load_code_keys(tmp_path / "trust"))
    assert caught.value.code == "code_unreadable"


def test_a_code_is_worth_nothing_for_another_notice(key: CodeKey, tmp_path: Path) -> None:
    seal = seal_of(key.address(URL, CODE, printed(papers.notice())))
    with pytest.raises(NoticeFault) as caught:
        read_seal("PN2026-000006", seal, load_code_keys(tmp_path / "trust"))
    assert caught.value.code == "code_forged"


def test_old_codes_hold_after_the_key_was_changed(key: CodeKey, tmp_path: Path) -> None:
    facts = printed(papers.notice())
    old = seal_of(key.address(URL, CODE, facts))
    first = set((tmp_path / "trust" / "notices").iterdir())
    (tmp_path / "keys" / "notice-code.pem").unlink()
    new = seal_of(
        CodeKey.ensure(tmp_path / "keys" / "notice-code.pem", tmp_path / "trust").address(URL, CODE, facts)
    )
    keys = load_code_keys(tmp_path / "trust")
    assert len(keys) == 2
    assert read_seal(CODE, old, keys) == read_seal(CODE, new, keys)
    assert old != new
    # a key that was stolen is taken out of the trust directory
    for file in (tmp_path / "trust" / "notices").iterdir():
        if file not in first:
            file.unlink()
    with pytest.raises(NoticeFault) as caught:
        read_seal(CODE, new, load_code_keys(tmp_path / "trust"))
    assert caught.value.code == "code_key_unknown"


def test_the_key_is_private_and_made_once(key: CodeKey, tmp_path: Path) -> None:
    file = tmp_path / "keys" / "notice-code.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    CodeKey.ensure(file, tmp_path / "trust")
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["notice-code.pem"]
    (public,) = (tmp_path / "trust" / "notices").iterdir()
    assert b"PRIVATE" not in public.read_bytes()
    file.write_bytes(public.read_bytes())
    with pytest.raises(NoticeFault, match="phatnguoi init"):
        CodeKey.load(file)


@pytest.mark.parametrize(
    "address",
    [
        "https://phatnguoi.example/tra-cuu",
        "https://a.example/tra-cuu/X",
        "https://a.example/tra-cuu/X/Y?d=A",
        "x",
    ],
)
def test_other_addresses_are_no_codes(address: str) -> None:
    assert split_address(address) is None


def test_a_draft_has_no_code() -> None:
    draft = replace(papers.notice(), paper=PaperNumber("TB-PC08", "TP. Hồ Chí Minh"))
    with pytest.raises(NoticeFault):
        printed(draft)


def _nasty() -> NoticeFacts:
    """Long texts with hyphens, several pages, a demo's banner, a second sending."""
    full = papers.notice()
    words = "Đường Nguyễn Thị Minh Khai - Cách Mạng Tháng Tám, tại ngã sáu Dân Chủ; hướng Q.3 - Q.10 "
    act = replace(full.act, place=(words * 12)[:1200], behaviour=("Không chấp hành hiệu lệnh - " * 40)[:1100])
    paper = PaperNumber("TB-PC08-Đ6", "TP. Hồ Chí Minh", 12345, date(2026, 1, 2))
    return replace(full, act=act, paper=paper, demo=True)


@pytest.mark.parametrize(
    "facts", [papers.notice(), papers.bare_notice(), _nasty()], ids=["full", "bare", "nasty"]
)
def test_the_paper_gives_back_what_its_code_was_made_for(key: CodeKey, facts: NoticeFacts) -> None:
    address = key.address(URL, CODE, printed(facts))
    pdf = render_notice(replace(facts, qr_text=address))
    read = printed_facts(pdf)
    assert read is not None
    assert read.digest() == printed(facts).digest()
    assert qr_address(pdf) == address
    for other in (
        replace(facts, act=replace(facts.act, at=facts.act.at + timedelta(seconds=1))),
        replace(facts, vehicle=replace(facts.vehicle, plate="51F-123.46")),
    ):
        changed = printed_facts(render_notice(replace(other, qr_text=address)))
        assert changed is not None
        assert changed.digest() != read.digest()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_scanned_is_what_the_link_says(tmp_path: Path, seed: int) -> None:
    """The drawn symbol, read by a decoder that knows nothing of us.

    The keys are fixed, and so are the symbols. OpenCV's older detector loses one of eleven made-up ones, and
    one of thirty of segno's own, with nothing wrong in either; this one read 1,800 of 1,800.
    """
    file = tmp_path / "key.pem"
    secret = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    file.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    address = CodeKey.load(file).address(URL, CODE, printed(papers.notice()))
    pdf = render_notice(replace(papers.notice(), qr_text=address))
    document = pypdfium2.PdfDocument(pdf)
    page = np.asarray(document[1].render(scale=300 / 72).to_pil().convert("L"))
    document.close()
    found, _points, _straight = cv2.QRCodeDetectorAruco().detectAndDecode(page)
    assert found == address


def test_a_letter_without_qr_has_no_code() -> None:
    letter = render_withdrawal(papers.withdrawal())
    assert printed_facts(letter) is None
    assert qr_address(letter) is None
    assert printed_facts(_blank()) is None


def _blank() -> bytes:
    document, buffer = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("read", [printed_facts, qr_address])
def test_a_damaged_file_is_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(NoticeFault) as caught:
        read(b"%PDF-1.4 junk")
    assert caught.value.code == "pdf_unreadable"
