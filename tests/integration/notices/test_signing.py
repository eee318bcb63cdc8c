"""Signed papers: good ones are believed, and no changed, extended or foreign one is."""

import random
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata

from notices.faults import NoticeFault
from notices.render import render_notice, render_withdrawal
from notices.signing import SigningKeys, _TimedSigner, create_demo_authority, is_demo, sign_pdf, verify_pdf
from notices.signing_keys import KeySigner, _converted, _in_memory
from tests import papers
from tests.integration.notices.conftest import CHECKED_AT, MADE_AT, PASSWORD, SIGNED_AT, Office
from tests.trust_services import Authority, pem, write_p12

_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def code_of(pdf: bytes, trust: Path, at: datetime = CHECKED_AT) -> str:
    """The code of the fault for which a file is refused."""
    with pytest.raises(NoticeFault) as caught:
        verify_pdf(pdf, trust, at=at)
    return caught.value.code


def write_keys(
    path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
) -> Path:
    """A self-signed signer, real in everything but the authority."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Người lạ")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(MADE_AT)
        .not_valid_after(MADE_AT + timedelta(days=90))
        .add_extension(usage, critical=True)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256())
    )
    encryption = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, encryption))
    return path


def test_one_and_two_signatures_are_believed(office: Office) -> None:
    (person,) = verify_pdf(office.signed_once, office.trust, at=CHECKED_AT)
    assert (person.place, person.name, person.organisation) == (
        "signature-person",
        "Nguyễn Thị Mẫu",
        papers.UNIT,
    )
    assert person.signed_at == SIGNED_AT
    assert person.demo
    first, second = verify_pdf(office.signed_twice, office.trust, at=CHECKED_AT)
    assert first == person
    assert (second.place, second.name) == ("signature-organisation", papers.UNIT)


def test_a_signature_only_adds_to_the_rendered_paper(office: Office) -> None:
    assert office.signed_once.startswith(office.paper)
    assert office.signed_twice.startswith(office.paper)


def test_the_signatures_are_seen_in_the_signature_block(office: Office) -> None:
    with pikepdf.open(BytesIO(office.signed_twice)) as document:
        fields = {str(field.T): field for field in document.Root.AcroForm.Fields}
        boxes = {name: [float(edge) for edge in field.Rect] for name, field in fields.items()}
        assert all(field.AP.N.Resources for field in fields.values())
        assert str(fields["signature-person"].V.SubFilter) == "/ETSI.CAdES.detached"
    person, organisation = boxes["signature-person"], boxes["signature-organisation"]
    assert organisation[2] <= person[0]
    document = pypdfium2.PdfDocument(office.paper)
    text = document[0].get_textpage()
    name = text.search(papers.SIGNER.name).get_next()
    assert name is not None
    left, _, right, top = text.get_charbox(name[0])
    document.close()
    assert top <= person[1] + 4
    assert organisation[0] <= left <= right <= person[2]


def test_a_withdrawal_letter_is_signed_the_same_way(office: Office) -> None:
    letter = sign_pdf(render_withdrawal(papers.withdrawal()), office.person, at=SIGNED_AT)
    assert len(verify_pdf(letter, office.trust, at=CHECKED_AT)) == 1


def test_any_changed_byte_is_found(office: Office) -> None:
    dice = random.Random(7)
    for pdf in (office.signed_once, office.signed_twice):
        for position in dice.sample(range(len(pdf)), 60):
            changed = bytearray(pdf)
            changed[position] ^= 1 << dice.randrange(8)
            with pytest.raises(NoticeFault):
                verify_pdf(bytes(changed), office.trust, at=CHECKED_AT)


def test_any_changed_byte_of_the_signature_itself_is_found(office: Office) -> None:
    """Nobody signs the container: what is not proven in it must be of one form only."""
    pdf = office.signed_once
    (match,) = _RANGE.finditer(pdf)
    start, end = int(match[1]) + 1, int(match[2]) - 1
    content = bytes.fromhex(pdf[start:end].decode())
    size = 4 + int.from_bytes(content[2:4], "big")
    dice = random.Random(11)
    # the outer fields, then every seventh byte of certificate, attributes and signature, then the padding
    positions = [*range(60), *range(60, size, 17), size, len(content) - 1]
    for position in positions:
        changed = bytearray(content)
        changed[position] ^= dice.choice((0x01, 0x20, 0x80))
        with pytest.raises(NoticeFault):
            verify_pdf(pdf[:start] + changed.hex().upper().encode() + pdf[end:], office.trust, at=CHECKED_AT)
    assert code_of(pdf[:start] + pdf[start:end].lower() + pdf[end:], office.trust) == "altered"


@pytest.mark.parametrize("appended", [b"\n", b"%%EOF\n", b"trailer << >>"])
def test_appended_bytes_are_refused(office: Office, appended: bytes) -> None:
    assert code_of(office.signed_twice + appended, office.trust) == "updated_after_signing"


def _annotated(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_an_incremental_update_after_signing_is_refused(office: Office) -> None:
    assert code_of(_annotated(office.signed_once), office.trust) == "updated_after_signing"


@pytest.mark.parametrize("own_revision", [True, False], ids=["own revision", "with the signature"])
def test_an_update_hidden_under_a_later_signature_is_refused(office: Office, *, own_revision: bool) -> None:
    """Somebody with good keys changes a signed paper and signs it again."""
    first = _TimedSigner(
        PdfSignatureMetadata(field_name="signature-person", md_algorithm="sha256"),
        office.person.signer,
        new_field_spec=SigFieldSpec("signature-person"),
        at=SIGNED_AT,
    )
    signed = first.sign_pdf(IncrementalPdfFileWriter(BytesIO(office.paper))).getvalue()
    assert verify_pdf(signed, office.trust, at=CHECKED_AT)
    writer = IncrementalPdfFileWriter(BytesIO(_annotated(signed) if own_revision else signed))
    if not own_revision:
        writer.root["/Lang"] = pdf_string("en")
        writer.update_root()
    second = _TimedSigner(
        PdfSignatureMetadata(field_name="signature-organisation", md_algorithm="sha256"),
        office.organisation.signer,
        new_field_spec=SigFieldSpec("signature-organisation"),
        at=SIGNED_AT,
    )
    forged = second.sign_pdf(writer).getvalue()
    assert code_of(forged, office.trust) == "updated_after_signing"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda pdf: pdf[:-1], "altered"),
        (lambda pdf: pdf[: len(pdf) // 2], "not_signed"),
        (lambda _pdf: b"", "not_signed"),
        (lambda _pdf: b"not a PDF", "not_signed"),
        (lambda _pdf: b"/ByteRange [0 9999999999 9999999999 1]", "altered"),
        (lambda _pdf: b"/ByteRange [0 37 41 0]             <00>", "altered"),
    ],
    ids=["last byte", "half", "empty", "text", "far range", "no CMS"],
)
def test_damaged_files_are_refused(office: Office, spoil: Callable[[bytes], bytes], code: str) -> None:
    assert code_of(spoil(office.signed_once), office.trust) == code


def _made_to_look_signed(pdf: bytes, spoilt: bytes) -> bytes:
    """Other bytes of the same length with their digest in the container: the first proof believes them."""
    first, second, _length = map(int, _RANGE.findall(pdf)[0])
    was, now = (sha256(each[:first] + each[second:]).hexdigest().upper().encode() for each in (pdf, spoilt))
    return spoilt.replace(was, now)


@pytest.mark.parametrize(
    ("store", "outlines"),
    [
        (b"/DSS 1.2.3", b"null"),
        (b"/DSS {outlines} 0 R", b"{outlines} 0 R"),
        (b"/DSS {outlines} 0 R", b"<< /CRLs [ {stream} 0 R ] >>"),
    ],
    ids=["no number", "a loop", "a broken stream"],
)
def test_a_hand_made_file_on_which_a_parser_fails_is_refused(
    office: Office, store: bytes, outlines: bytes
) -> None:
    pdf = office.signed_once
    _, _, name = _found(rb"/Outlines (\d+) 0 R", pdf)
    *_, stream = _found(rb"\n(\d+) 0 obj\n<< /Filter /FlateDecode[^>]*>>\nstream\n", pdf)
    begins, ends, _ = _found(rb"\n%b 0 obj\n<< [^>]*>>\nstream\n" % stream + b"(..)", pdf)
    spoilt = pdf[:begins] + b"no" + pdf[ends:]
    for place, text in (
        (rb"\n%b 0 obj\n(.*?)\nendobj" % name, outlines),
        (rb".*(/PageMode /UseNone)", store),  # in the latest catalog
    ):
        start, end, _ = _found(place, pdf)
        written = text.replace(b"{outlines}", name).replace(b"{stream}", stream)
        assert len(written) <= end - start
        spoilt = spoilt[:start] + written.ljust(end - start) + spoilt[end:]
    assert code_of(_made_to_look_signed(pdf, spoilt), office.trust) == "pdf_unreadable"


def _found(pattern: bytes, pdf: bytes) -> tuple[int, int, bytes]:
    """Where the group of a pattern stands, and what it is."""
    found = re.search(pattern, pdf, re.DOTALL)
    assert found is not None
    return *found.span(1), found[1]


def test_a_paper_cut_off_before_its_seal_is_refused(office: Office) -> None:
    """Up to the end of the first signature all is good; the place of the second one stands empty."""
    ranges = re.findall(rb"/ByteRange\s*\[\s*0\s+\d+\s+(\d+)\s+(\d+)", office.signed_twice)
    end = sum(map(int, ranges[0]))
    assert len(ranges) == 2
    assert code_of(office.signed_twice[:end], office.trust) == "seal_missing"


def test_an_unsigned_paper_is_refused(office: Office) -> None:
    assert code_of(office.paper, office.trust) == "not_signed"


def test_a_signer_of_an_unknown_authority_is_refused(office: Office, tmp_path: Path) -> None:
    other = create_demo_authority(
        tmp_path / "other", person="Nguyễn Thị Mẫu", organisation=papers.UNIT, password=PASSWORD, at=MADE_AT
    )
    signed = sign_pdf(office.paper, SigningKeys.load(other.person, PASSWORD), at=SIGNED_AT)
    assert code_of(signed, office.trust) == "unknown_authority"
    stranger = SigningKeys.load(
        write_keys(tmp_path / "k.p12", ec.generate_private_key(ec.SECP256R1())), PASSWORD
    )
    assert code_of(sign_pdf(office.paper, stranger, at=SIGNED_AT), office.trust) == "unknown_authority"


def test_a_trust_directory_without_authorities_is_an_error(office: Office, tmp_path: Path) -> None:
    assert code_of(office.signed_once, tmp_path) == "trust_unreadable"
    (tmp_path / "signers").mkdir()
    (tmp_path / "signers" / "a.pem").write_text(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    )
    assert code_of(office.signed_once, tmp_path) == "trust_unreadable"


@pytest.mark.parametrize("at", [MADE_AT - timedelta(days=1), MADE_AT + timedelta(days=1100)])
def test_a_signer_outside_its_validity_neither_signs_nor_is_believed(office: Office, at: datetime) -> None:
    with pytest.raises(NoticeFault) as caught:
        sign_pdf(office.paper, office.person, at=at)
    assert caught.value.code == "signer_not_valid"
    assert code_of(office.signed_once, office.trust, at) == "signer_not_valid"


def test_a_paper_is_signed_once(office: Office) -> None:
    for signed in (office.signed_once, office.signed_twice):
        with pytest.raises(NoticeFault) as caught:
            sign_pdf(signed, office.person, at=SIGNED_AT)
        assert caught.value.code == "already_signed"


@pytest.mark.parametrize(("pdf", "code"), [(b"", "pdf_unreadable"), (b"%PDF-1.4 junk", "pdf_unreadable")])
def test_only_papers_are_signed(office: Office, pdf: bytes, code: str) -> None:
    with pytest.raises(NoticeFault) as caught:
        sign_pdf(pdf, office.person, at=SIGNED_AT)
    assert caught.value.code == code


def test_a_foreign_pdf_has_no_place_for_a_signature(office: Office) -> None:
    document, buffer = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.save(buffer)
    with pytest.raises(NoticeFault) as caught:
        sign_pdf(buffer.getvalue(), office.person, at=SIGNED_AT)
    assert caught.value.code == "no_signature_place"


def test_rsa_keys_sign_and_are_marked_no_demo(office: Office, tmp_path: Path) -> None:
    keys = SigningKeys.load(write_keys(tmp_path / "rsa.p12", rsa.generate_private_key(65537, 2048)), PASSWORD)
    assert not is_demo(keys)
    assert is_demo(office.person)
    signed = sign_pdf(office.paper, keys, at=SIGNED_AT)
    # the chain is judged after digest and signature value: these hold
    assert code_of(signed, office.trust) == "unknown_authority"


def test_unusable_keys_are_refused(office: Office, tmp_path: Path) -> None:
    certificate_only = tmp_path / "cert.p12"
    loaded = x509.load_pem_x509_certificate(office.authority.certificate.read_bytes())
    certificate_only.write_bytes(
        pkcs12.serialize_key_and_certificates(b"c", None, loaded, None, NoEncryption())
    )
    junk = tmp_path / "junk.p12"
    junk.write_bytes(b"junk")
    edwards = write_keys(tmp_path / "ed.p12", ed25519.Ed25519PrivateKey.generate())
    short = write_keys(tmp_path / "short.p12", ec.generate_private_key(ec.SECP224R1()))
    for path, password in (
        (office.authority.person, "falsch"),
        (tmp_path / "missing.p12", PASSWORD),
        (certificate_only, ""),
        (junk, PASSWORD),
        (edwards, PASSWORD),
        (short, PASSWORD),
    ):
        with pytest.raises(NoticeFault, match=path.name) as caught:
            SigningKeys.load(path, password)
        assert caught.value.code == "key_unreadable"
        assert "PRIVATE" not in str(caught.value)


def test_demo_authority_is_made_once_and_kept_private(tmp_path: Path) -> None:
    def make(password: str = PASSWORD) -> bytes:
        made = create_demo_authority(
            tmp_path / "keys", person="Người ký", organisation=papers.UNIT * 4, password=password
        )
        assert {stat.S_IMODE(path.stat().st_mode) for path in (made.person, made.organisation)} == {0o600}
        return made.person.read_bytes() + made.certificate.read_bytes()

    first = make()
    assert make() == first
    with pytest.raises(NoticeFault) as caught:
        make("other")
    assert caught.value.code == "key_unreadable"
    # killed before the authority's certificate was written: made anew, whole
    (tmp_path / "keys" / "demo-ca.pem").unlink()
    (tmp_path / "keys" / "person.p12.tmp").write_bytes(b"half")
    assert make() != first
    keys = SigningKeys.load(tmp_path / "keys" / "person.p12", PASSWORD)
    assert keys.demo
    assert keys.valid_from <= datetime.now(UTC) <= keys.valid_to
    assert "signer=" not in repr(keys)


def test_keys_are_reused_for_many_papers(office: Office) -> None:
    papers_signed = [
        sign_pdf(render_notice(papers.bare_notice()), office.person, at=SIGNED_AT) for _ in range(3)
    ]
    assert len({signed[: len(office.paper)] for signed in papers_signed}) == 1
    for signed in papers_signed:
        assert verify_pdf(signed, office.trust, at=CHECKED_AT)


@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(ec.SECP192R1()), rsa.generate_private_key(65537, 1024)],  # noqa: S505  # too short
    ids=["ec", "rsa"],
)
def test_a_key_that_is_too_short_is_not_believed(
    office: Office, tmp_path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    authority = Authority("CA thử", MADE_AT)
    (tmp_path / "signers").mkdir()
    (tmp_path / "signers" / "ca.pem").write_bytes(pem(authority.certificate()))
    certificate = authority.issue("Người ký", key, (MADE_AT, 90))
    signer = KeySigner(_converted(certificate), [], _in_memory(key), 128)
    signed = sign_pdf(office.paper, replace(office.person, signer=signer), at=SIGNED_AT)
    assert code_of(signed, tmp_path) == "weak_algorithm"


@pytest.mark.parametrize(
    ("commits", "purposes", "signs"),
    [
        (True, [], True),
        (True, [ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.SERVER_AUTH], True),
        (True, [x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")], True),
        (False, [], False),
        (True, [ExtendedKeyUsageOID.SERVER_AUTH], False),
        (True, [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING], False),
    ],
    ids=["plain", "mail and server", "documents", "no commitment", "server", "stamps and code"],
)
def test_only_a_certificate_for_signing_signs_and_is_believed(
    office: Office,
    tmp_path: Path,
    *,
    commits: bool,
    purposes: list[x509.ObjectIdentifier],
    signs: bool,
) -> None:
    """What an authority issued for a server or for log-ins does not speak for a person."""
    authority, key = Authority("CA thử", MADE_AT), ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "signers").mkdir()
    (tmp_path / "signers" / "ca.pem").write_bytes(pem(authority.certificate()))
    certificate = authority.issue("Người ký", key, (MADE_AT, 90), commits=commits, purposes=purposes)
    file = write_p12(tmp_path / "k.p12", key, certificate)
    fitting = authority.issue("Người ký", key, (MADE_AT, 90))
    keys = SigningKeys.load(write_p12(tmp_path / "good.p12", key, fitting), PASSWORD)
    if signs:
        assert verify_pdf(
            sign_pdf(office.paper, SigningKeys.load(file, PASSWORD), at=SIGNED_AT), tmp_path, at=CHECKED_AT
        )
        return
    with pytest.raises(NoticeFault, match="not for signing") as caught:
        SigningKeys.load(file, PASSWORD)
    assert caught.value.code == "key_unreadable"
    signer = KeySigner(_converted(certificate), [], keys.signer._sign, keys.signer._room)
    signed = sign_pdf(office.paper, replace(keys, signer=signer), at=SIGNED_AT)
    assert code_of(signed, tmp_path) == "not_for_signing"
