"""One demo authority, one signed paper, and certificates of an authority nobody knows."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notices.render import render_notice
from notices.signing import DemoAuthority, SigningKeys, create_demo_authority, sign_pdf
from tests import papers

PASSWORD = "mật khẩu thử"
MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
SIGNED_AT = datetime(2026, 11, 2, 1, 2, 3, tzinfo=UTC)
CHECKED_AT = datetime(2026, 11, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """A trust directory, keys that it vouches for, and a paper before and after signing."""

    authority: DemoAuthority
    trust: Path
    person: SigningKeys
    organisation: SigningKeys
    paper: bytes
    signed_once: bytes
    signed_twice: bytes


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    home = tmp_path_factory.mktemp("office")
    authority = create_demo_authority(
        home / "keys", person="Nguyễn Thị Mẫu", organisation=papers.UNIT, password=PASSWORD, at=MADE_AT
    )
    trust = home / "trust"
    (trust / "signers").mkdir(parents=True)
    shutil.copyfile(authority.certificate, trust / "signers" / "demo-ca.pem")
    person = SigningKeys.load(authority.person, PASSWORD)
    organisation = SigningKeys.load(authority.organisation, PASSWORD)
    paper = render_notice(papers.bare_notice())
    return Office(
        authority,
        trust,
        person,
        organisation,
        paper,
        sign_pdf(paper, person, at=SIGNED_AT),
        sign_pdf(paper, person, organisation, at=SIGNED_AT),
    )
