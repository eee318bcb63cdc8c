"""`phatnguoi verify` on notices: what it tells somebody who holds the paper, fault by fault."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config import verify
from config.cli import app
from notices.facts import NoticeFacts
from notices.faults import NoticeFault
from notices.notice_code import CodeKey, PrintedFacts
from notices.render import render_notice
from notices.signing import SigningKeys, create_demo_authority, sign_pdf
from tests import papers
from tests.integration.notices.conftest import PASSWORD, Office

CODE = "PN2026-000005"
URL = "https://phatnguoi.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Keys that hold today: the command asks the clock on the wall."""
    home = tmp_path_factory.mktemp("today")
    authority = create_demo_authority(
        home / "keys", person="Nguyễn Thị Mẫu", organisation=papers.UNIT, password=PASSWORD
    )
    (home / "trust" / "signers").mkdir(parents=True)
    shutil.copy(authority.certificate, home / "trust" / "signers")
    person, organisation = (
        SigningKeys.load(path, PASSWORD) for path in (authority.person, authority.organisation)
    )
    return Office(authority, home / "trust", person, organisation, b"", b"", b"")


@pytest.fixture
def key(office: Office, tmp_path: Path) -> CodeKey:
    return CodeKey.ensure(tmp_path / "notice-code.pem", office.trust)


def coded(key: CodeKey, facts: NoticeFacts, of: NoticeFacts | None = None) -> NoticeFacts:
    """A notice with its code, or with the code of another one."""
    other = of or facts
    printed = PrintedFacts.of(other.paper, other.vehicle, other.act)
    return replace(facts, qr_text=key.address(URL, CODE, printed))


def told(office: Office, tmp_path: Path, pdf: bytes, trust: Path | None = None) -> tuple[int, str]:
    """Status and line of the command, from another folder and without a network."""
    file = tmp_path / "notice.pdf"
    file.write_bytes(pdf)
    done = CliRunner().invoke(app, ["verify", str(file), "--trust", str(trust or office.trust)])
    return done.exit_code, done.output


def test_a_good_notice_names_its_signers_and_its_code(office: Office, key: CodeKey, tmp_path: Path) -> None:
    pdf = sign_pdf(render_notice(coded(key, papers.notice())), office.person, office.organisation)
    status, line = told(office, tmp_path, pdf)
    assert status == 0
    for text in ("Nguyễn Thị Mẫu [DEMO]", papers.UNIT, CODE):
        assert text in line


def test_the_code_of_another_notice_is_found(office: Office, key: CodeKey, tmp_path: Path) -> None:
    """Good signatures, a good code, and they do not belong together."""
    facts = papers.notice()
    other = replace(facts, vehicle=replace(facts.vehicle, plate="51F-999.99"))
    pdf = sign_pdf(render_notice(coded(key, facts, of=other)), office.person, office.organisation)
    status, line = told(office, tmp_path, pdf)
    assert (status, "code_of_another_notice" in line) == (1, True)
    assert "mã QR thuộc về một thông báo khác" in line


def test_a_forged_code_and_a_strangers_code_are_found(office: Office, key: CodeKey, tmp_path: Path) -> None:
    facts = coded(key, papers.notice())
    forged = replace(facts, qr_text=facts.qr_text[:-3] + ("AAA" if facts.qr_text[-3:-1] != "AA" else "BBA"))
    stranger = coded(CodeKey.ensure(tmp_path / "stranger.pem", tmp_path / "elsewhere"), papers.notice())
    for faulty, code in ((forged, "code_"), (stranger, "code_key_unknown")):
        status, line = told(office, tmp_path, sign_pdf(render_notice(faulty), office.person))
        assert (status, code in line) == (1, True), line


def test_a_strangers_signature_is_found(office: Office, key: CodeKey, tmp_path: Path) -> None:
    other = create_demo_authority(
        tmp_path / "other", person="Nguyễn Thị Mẫu", organisation=papers.UNIT, password=PASSWORD
    )
    pdf = sign_pdf(render_notice(coded(key, papers.notice())), SigningKeys.load(other.person, PASSWORD))
    status, line = told(office, tmp_path, pdf)
    assert (status, "unknown_authority" in line) == (1, True)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda pdf: pdf[:3000] + bytes([pdf[3000] ^ 1]) + pdf[3001:], "altered"),
        (lambda pdf: pdf + b"\n", "updated_after_signing"),
        (lambda _pdf: b"", "not_signed"),
    ],
)
def test_a_changed_paper_is_found(
    office: Office, key: CodeKey, tmp_path: Path, spoil: Callable[[bytes], bytes], code: str
) -> None:
    pdf = sign_pdf(render_notice(coded(key, papers.notice())), office.person, office.organisation)
    status, line = told(office, tmp_path, spoil(pdf))
    assert (status, f"[{code}:" in line) == (1, True), line


def test_an_empty_trust_directory_is_told(office: Office, key: CodeKey, tmp_path: Path) -> None:
    pdf = sign_pdf(render_notice(coded(key, papers.notice())), office.person)
    status, line = told(office, tmp_path, pdf, trust=tmp_path / "nothing")
    assert (status, "trust_unreadable" in line) == (1, True)


def test_a_notice_is_known_by_its_bytes_and_a_folder_is_none(
    office: Office, key: CodeKey, tmp_path: Path
) -> None:
    bare, folder = tmp_path / "notice", tmp_path / "folder.pdf"
    bare.write_bytes(sign_pdf(render_notice(coded(key, papers.notice())), office.person))
    folder.mkdir()
    for path, status in ((bare, 0), (folder, 1)):
        done = CliRunner().invoke(app, ["verify", str(path), "--trust", str(office.trust)])
        assert (done.exit_code, len(done.output.splitlines())) == (status, 1)


def test_every_fault_of_a_signed_file_has_its_words() -> None:
    """A new code of `notices.faults` must be told to people as well."""
    of_files = (NoticeFault.__doc__ or "").partition("signed files:")[2]
    codes = [word.strip("`,.- \n") for word in of_files.split() if word.startswith("`")]
    unsaid = verify._fault("no such code")
    aside = {"no_signature_place", "already_signed"}  # they belong to signing
    assert [code for code in codes if code not in aside and verify._fault(code) == unsaid] == []
