"""Time stamps and revocation: what a paper proves after its signer's certificate ended or was revoked."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from notices.faults import NoticeFault, SigningUnavailable
from notices.render import render_notice
from notices.signing import HttpStamper, Proof, SigningKeys, sign_pdf, verify_pdf
from tests import papers
from tests.archive_rules import RULES, File
from tests.trust_services import PASSWORD, Authority, StampServer, pem, serving, write_p12

START = datetime(2026, 11, 1, tzinfo=UTC)
SIGNED_AT = datetime(2026, 11, 2, 1, 2, 3, tzinfo=UTC)
STAMPED_AT = SIGNED_AT + timedelta(seconds=2)
LATER = START + timedelta(days=800)  # the signers' certificates hold a year, the stamp's authority twenty
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@dataclass
class World:
    """Authorities, a trust directory without lists, two signers, a stamp server that runs."""

    trust: Path
    signers: Authority
    clocks: Authority
    person: SigningKeys
    person_certificate: x509.Certificate
    organisation: SigningKeys
    server: StampServer
    paper: bytes

    @property
    def proof(self) -> Proof:
        return Proof(self.trust, HttpStamper(self.server.address, 5))

    def publish(self, at: datetime = SIGNED_AT - timedelta(hours=1), days: int = 7) -> None:
        """The revocation lists of a moment into the trust directory."""
        (self.trust / "crls").mkdir(exist_ok=True)
        (self.trust / "crls" / "signers.crl").write_bytes(self.signers.list_at(at, days))
        (self.trust / "crls" / "clocks.crl").write_bytes(self.clocks.list_at(at, days))

    def sign(self, *, proof: bool = True) -> bytes:
        return sign_pdf(
            self.paper, self.person, self.organisation, at=SIGNED_AT, proof=self.proof if proof else None
        )

    def code_of(self, pdf: bytes, at: datetime = LATER) -> str:
        with pytest.raises(NoticeFault) as caught:
            verify_pdf(pdf, self.trust, at=at)
        return caught.value.code


@pytest.fixture(scope="module")
def stamp_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return render_notice(papers.bare_notice())


@pytest.fixture
def world(tmp_path: Path, stamp_key: rsa.RSAPrivateKey, paper: bytes) -> Iterator[World]:
    signers, clocks = Authority("CA thử", START), Authority("CA dấu thời gian thử", START)
    trust = tmp_path / "trust"
    for kind, authority in (("signers", signers), ("tsa", clocks)):
        (trust / kind).mkdir(parents=True)
        (trust / kind / "ca.pem").write_bytes(pem(authority.certificate()))
    loaded = []
    for name in ("Nguyễn Văn Ký", "PHÒNG THỬ"):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = signers.issue(name, key, (START, 365))
        loaded.append(
            (SigningKeys.load(write_p12(tmp_path / "k.p12", key, certificate), PASSWORD), certificate)
        )
    stamping = clocks.issue_clock("Đồng hồ thử", stamp_key, (START, 7000))
    with serving(StampServer(stamping, stamp_key, at=STAMPED_AT)) as server:
        (person, certificate), (organisation, _) = loaded
        yield World(trust, signers, clocks, person, certificate, organisation, server, paper)


def test_a_stamped_paper_holds_after_its_signers_certificates_ended(world: World) -> None:
    plain, stamped = world.sign(proof=False), world.sign()
    for status in verify_pdf(stamped, world.trust, at=LATER):
        assert (status.level, status.stamped_at, status.signed_at) == ("B-T", STAMPED_AT, SIGNED_AT)
    # without a stamp nothing proves that it was signed while the certificate held
    assert [status.level for status in verify_pdf(plain, world.trust, at=SIGNED_AT)] == ["B-B", "B-B"]
    assert world.code_of(plain) == "signer_not_valid"


def test_with_revocation_lists_the_proof_is_in_the_paper(world: World) -> None:
    world.publish()
    signed = world.sign()
    for path in (world.trust / "crls").iterdir():
        path.unlink()  # whoever verifies later needs no lists of that time
    assert [status.level for status in verify_pdf(signed, world.trust, at=LATER)] == ["B-LT", "B-LT"]
    with pikepdf.open(BytesIO(signed)) as document:
        assert len(document.Root.DSS.CRLs) == 2
    assert signed.startswith(world.paper)


@pytest.mark.parametrize("listed", [False, True])
def test_every_rule_of_the_archive_holds_with_stamps(world: World, *, listed: bool) -> None:
    if listed:
        world.publish()
    file = File(world.sign())
    for _, rule in RULES.values():
        rule(file)


def test_a_certificate_revoked_before_the_stamp_is_refused(world: World) -> None:
    plain, stamped = world.sign(proof=False), world.sign()
    world.signers.revoke(world.person_certificate, SIGNED_AT - timedelta(minutes=1))
    world.publish(SIGNED_AT + timedelta(days=1))
    assert world.code_of(stamped) == "signer_revoked"
    # an old list still proves a revocation
    assert world.code_of(plain, SIGNED_AT + timedelta(days=30)) == "signer_revoked"
    with pytest.raises(NoticeFault):
        world.sign()


def test_a_revocation_after_the_stamp_does_not_touch_what_was_signed_before(world: World) -> None:
    plain, stamped = world.sign(proof=False), world.sign()
    world.signers.revoke(world.person_certificate, SIGNED_AT + timedelta(days=3))
    world.publish(SIGNED_AT + timedelta(days=4))
    assert verify_pdf(stamped, world.trust, at=LATER)[0].stamped_at == STAMPED_AT
    assert world.code_of(plain, SIGNED_AT + timedelta(days=5)) == "signer_revoked"
    assert verify_pdf(plain, world.trust, at=SIGNED_AT + timedelta(days=2))


def test_a_list_of_somebody_else_revokes_nothing(world: World) -> None:
    signed = world.sign()
    impostor = Authority(world.signers.name, START)  # the same name, another key
    impostor.revoke(world.person_certificate, START)
    (world.trust / "crls").mkdir()
    (world.trust / "crls" / "x.crl").write_bytes(impostor.list_at(SIGNED_AT))
    assert verify_pdf(signed, world.trust, at=LATER)
    (world.trust / "crls" / "x.crl").write_bytes(b"no list")
    assert world.code_of(signed) == "trust_unreadable"


def test_a_stamp_is_believed_of_known_authorities_only(world: World) -> None:
    signed = world.sign()
    known = (world.trust / "tsa" / "ca.pem").read_bytes()
    (world.trust / "tsa" / "ca.pem").unlink()
    assert world.code_of(signed) == "time_stamp"
    # who vouches for signers does not vouch for time, nor the other way round
    (world.trust / "signers" / "clocks.pem").write_bytes(known)
    assert world.code_of(signed) == "time_stamp"
    (world.trust / "signers" / "ca.pem").rename(world.trust / "tsa" / "ca.pem")
    (world.trust / "tsa" / "clocks.pem").write_bytes(known)
    (world.trust / "signers" / "clocks.pem").rename(world.trust / "signers" / "x.pem")
    assert world.code_of(signed) == "unknown_authority"


def test_a_stamp_outside_the_certificates_time_saves_nothing(world: World) -> None:
    """Signed with an ended certificate and a clock of one's own, stamped honestly."""
    world.server.at = LATER
    with pytest.raises(NoticeFault) as caught:
        world.sign()
    assert caught.value.code == "signer_not_valid"


@pytest.mark.parametrize("name", ["signers.pem", "CA-2026.CRL", "all.crl"])
def test_every_list_of_the_directory_is_read(world: World, name: str) -> None:
    """Whatever its file is called, also where it holds several: one passed over lets the revoked pass."""
    signed = world.sign(proof=False)
    world.signers.revoke(world.person_certificate, SIGNED_AT - timedelta(minutes=1))
    lists = [x509.load_der_x509_crl(each.list_at(SIGNED_AT)) for each in (world.clocks, world.signers)]
    (world.trust / "crls").mkdir()
    (world.trust / "crls" / name).write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in lists))
    assert world.code_of(signed, SIGNED_AT + timedelta(days=1)) == "signer_revoked"


def test_a_revoked_or_ended_stamp_authority_is_refused(world: World) -> None:
    signed = world.sign()
    assert world.code_of(signed, START + timedelta(days=7100)) == "time_stamp"
    world.clocks.revoke(world.server.certificate, SIGNED_AT)
    world.publish(SIGNED_AT + timedelta(days=1))
    assert world.code_of(signed) == "time_stamp"


@pytest.mark.parametrize("listed", [False, True], ids=["B-T", "B-LT"])
def test_any_changed_byte_of_a_stamped_paper_is_found(world: World, *, listed: bool) -> None:
    if listed:
        world.publish()
    pdf = sign_pdf(world.paper, world.person, at=SIGNED_AT, proof=world.proof)
    match = _RANGE.search(pdf)
    assert match is not None
    start, end = int(match[1]) + 1, int(match[2]) - 1
    content = bytes.fromhex(pdf[start:end].decode())
    size = 4 + int.from_bytes(content[2:4], "big")
    dice = random.Random(5)
    # the last part of the object is the stamp: nobody else signs it
    positions = [*range(60), *range(60, size, 9), size, len(content) - 1]
    for position in positions:
        changed = bytearray(content)
        changed[position] ^= dice.choice((0x01, 0x20, 0x80))
        with pytest.raises(NoticeFault):
            verify_pdf(pdf[:start] + changed.hex().upper().encode() + pdf[end:], world.trust, at=LATER)
    for position in dice.sample([*range(len(world.paper), start), *range(end, len(pdf))], 60):
        other = bytearray(pdf)
        other[position] ^= 1 << dice.randrange(8)
        with pytest.raises(NoticeFault):
            verify_pdf(bytes(other), world.trust, at=LATER)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 503}, "503"),
        ({"kind": "text/html"}, "text/html"),
        ({"garbage": b"\x30\x03"}, "tsa"),
        ({"garbage": b"x" * 100_000}, "tsa"),
        ({"address": "http://127.0.0.1:9/tsa"}, "127.0.0.1"),
    ],
)
def test_an_authority_that_is_away_is_asked_again_later(
    world: World, fault: dict[str, object], told: str
) -> None:
    for name, value in fault.items():
        setattr(world.server, name, value)
    with pytest.raises(SigningUnavailable, match=told):
        world.sign()


def test_old_or_missing_lists_are_no_proof(world: World) -> None:
    world.publish(SIGNED_AT - timedelta(days=30))
    with pytest.raises(SigningUnavailable) as caught:
        world.sign()
    assert caught.value.code == "proof_incomplete"
    world.publish()
    (world.trust / "crls" / "clocks.crl").unlink()
    with pytest.raises(SigningUnavailable):
        world.sign()


def test_each_signature_asks_once(world: World) -> None:
    proof = world.proof
    for _ in range(3):
        sign_pdf(world.paper, world.person, world.organisation, at=SIGNED_AT, proof=proof)
    assert world.server.asked == 1 + 6  # one more at first, for the size
