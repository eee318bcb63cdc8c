"""Is this paper whole, and signed by somebody we know? Answered offline, by the exported trust directory.

Two layers. First the bytes: the signatures' byte ranges must cover the file from its first to its last byte
but for the signature containers, each of which must hold exactly one canonical CMS object; so a changed byte
and an appended update are found before any of the file is believed. Then pyHanko proves digest, signature,
chain and what the second signature changed.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import DisallowedAlgorithmError
from pyhanko_certvalidator import ValidationContext

from notices.drawing import ORGANISATION_PLACE, PERSON_PLACE
from notices.faults import NoticeFault
from notices.notice_code import load_code_keys, read_seal, split_address
from notices.paper_text import printed_facts, qr_address
from notices.signing_keys import DIGEST, is_demo_certificate, subject_attribute

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_CONTAINER = re.compile(rb"<((?:[0-9A-F]{2})+)>")
# the first revision is the renderer's, each further one a signature
_RENDERED_REVISIONS = 1
_PLACES = (PERSON_PLACE, ORGANISATION_PLACE)
# how parsers fail on a file that somebody made to look signed; their own errors are ValueError and PdfError
_PARSER_FAULTS = (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError)
# refused papers are told by NoticeFault; without a handler pyHanko's log would print tracebacks
logging.getLogger("pyhanko").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class SignatureStatus:
    """One good signature: its place in the paper, who made it, when by the signer's word, if a demo's."""

    place: str
    name: str
    organisation: str | None
    signed_at: datetime
    demo: bool


def verify_pdf(pdf: bytes, trust: Path, *, at: datetime | None = None) -> list[SignatureStatus]:
    """The paper's signatures, in the order they were made, when every one of them holds.

    Args:
        pdf: the file, byte for byte.
        trust: the exported trust directory; the authorities are `signers/*.pem` in it.
        at: the moment for which certificates are judged, the present if not given. A baseline B-B signature
            proves no time of its own: after its certificate's end it is refused.

    Raises:
        NoticeFault: `not_signed`, `altered`, `updated_after_signing`, `pdf_unreadable`, `unknown_authority`,
            `signer_not_valid`, `weak_algorithm` or `trust_unreadable`.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    authorities = _authorities(trust)
    ends = list(_signed_ends(pdf))
    return [_proved(signature, authorities, moment) for signature in _signatures(pdf, ends)]


def verify_code(pdf: bytes, trust: Path) -> str | None:
    """The notice code in the QR of a paper, when it was made for what the paper says; None without a QR.

    Asked after `verify_pdf`: only a file that a known signer vouches for is given to further parsers.

    Args:
        pdf: the file, byte for byte.
        trust: the exported trust directory; the keys are `notices/*.pem` in it.

    Raises:
        NoticeFault: `code_unreadable`, `code_key_unknown`, `code_forged`, `code_of_another_notice`,
            `pdf_unreadable` or `trust_unreadable`.
    """
    address = qr_address(pdf)
    found = split_address(address) if address else None
    if found is None:
        return None
    stated = read_seal(*found, load_code_keys(trust))
    facts = printed_facts(pdf)
    if facts is None or facts.digest() != stated.digest:
        raise NoticeFault(
            "code_of_another_notice",
            f"the QR was made for {stated.code} and does not fit what the paper says",
        )
    return stated.code


def _authorities(trust: Path) -> list[Any]:
    found: list[Any] = []
    for path in sorted((trust / "signers").glob("*.pem")):
        try:
            found.extend(load_certs_from_pemder_data(path.read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise NoticeFault("trust_unreadable", f"{path}: {error}") from error
    if not found:
        raise NoticeFault("trust_unreadable", f"{trust / 'signers'} holds no certificate (*.pem)")
    return found


def _signed_ends(pdf: bytes) -> Iterator[int]:
    """Where each signature's revision ends, by the bytes alone; the last one must end with the file."""
    ranges = [tuple(map(int, match)) for match in _BYTE_RANGE.findall(pdf)]
    if not ranges:
        raise NoticeFault("not_signed", "the file carries no signature")
    end = 0
    for first, second, length in ranges:
        hole = _CONTAINER.fullmatch(pdf, first, second)
        if hole is None or second + length <= end:
            raise NoticeFault("altered", f"the signature container at byte {first} is damaged")
        end = second + length
        content = bytes.fromhex(hole.group(1).decode("ascii"))
        covered = sha256(pdf[:first])
        covered.update(pdf[second:end])
        # a cheap first proof, before any parser sees the file: the digest stands in the signed attributes
        if covered.digest() not in _only_object(content):
            raise NoticeFault("altered", f"the first {end} bytes of the file are not those that were signed")
        yield end
    if end < len(pdf):
        raise NoticeFault("updated_after_signing", f"{len(pdf) - end} bytes follow what was signed")
    if end > len(pdf):
        raise NoticeFault("altered", f"{end - len(pdf)} bytes of what was signed are missing")


def _only_object(content: bytes) -> bytes:
    """The CMS object at the start of a container; zeros alone may follow, for nobody signs the padding.

    Of a CMS object too, only a part is signed. So it must be the one encoding that `notices.signing` writes
    of what it says; left free are certificates, signed attributes and signature, which prove each other.
    """
    try:
        stated = cms.ContentInfo.load(content)
        signed = stated["content"]
        (signer,) = signed["signer_infos"]
        digest = {"algorithm": DIGEST}
        signer["version"], signer["digest_algorithm"] = "v1", digest
        expected = cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": "v1",
                        "digest_algorithms": [digest],
                        "encap_content_info": {"content_type": "data"},
                        "certificates": signed["certificates"],
                        "signer_infos": [signer],
                    }
                ),
            }
        ).dump()
    except _PARSER_FAULTS as error:
        raise NoticeFault("altered", f"a signature container is damaged: {error}") from error
    if not content.startswith(expected) or any(content[len(expected) :]):
        raise NoticeFault("altered", "a signature container holds something else than one signature of ours")
    return bytes(expected)


def _signatures(pdf: bytes, ends: list[int]) -> list[Any]:
    """The same signatures as pyHanko sees them: exactly those, and one per revision after the renderer's."""
    try:
        reader = PdfFileReader(BytesIO(pdf))
        signatures = list(reader.embedded_signatures)
        revisions = int(reader.xrefs.total_revisions)
        found = [int(signature.byte_range[2]) + int(signature.byte_range[3]) for signature in signatures]
        places = [str(signature.field_name) for signature in signatures]
    except _PARSER_FAULTS as error:
        raise NoticeFault("pdf_unreadable", f"{type(error).__name__}: {error}") from error
    if found != ends or places != list(_PLACES[: len(places)]):
        raise NoticeFault("altered", "the signatures in the file are not those of a paper")
    if revisions != _RENDERED_REVISIONS + len(signatures):
        raise NoticeFault("updated_after_signing", "the file holds a revision that is no signature")
    return signatures


def _proved(signature: Any, authorities: list[Any], moment: datetime) -> SignatureStatus:
    """Digest, signature value, chain and later changes, by pyHanko."""
    context = ValidationContext(trust_roots=authorities, allow_fetching=False, moment=moment)
    try:
        certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
        name, organisation = (
            subject_attribute(certificate, oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        )
        status = validate_pdf_signature(signature, context)
        embedded = {entry.dump() for entry in signature.other_embedded_certs}
        # names are compared without regard to case; here the issuer must be named byte for byte
        named = signature.signer_info["sid"].chosen["issuer"].dump() == signature.signer_cert.issuer.dump()
    except DisallowedAlgorithmError as error:
        raise NoticeFault("weak_algorithm", str(error)) from error
    except _PARSER_FAULTS as error:
        raise NoticeFault("altered", f"a signature container is damaged: {error}") from error
    if not (status.intact and status.valid and named):
        raise NoticeFault("altered", f"{name}: the signature does not fit the file")
    if not status.docmdp_ok:
        raise NoticeFault(
            "updated_after_signing", f"{name}: the file was changed in a way the signature forbids"
        )
    signed_at = status.signer_reported_dt
    for when in (signed_at, moment):
        if when is None or not certificate.not_valid_before_utc <= when <= certificate.not_valid_after_utc:
            raise NoticeFault("signer_not_valid", f"{name}: the certificate was not valid at {when}")
    if not status.trusted:
        raise NoticeFault("unknown_authority", f"{name}: no authority in the trust directory vouches for it")
    if not embedded <= {entry.dump() for entry in status.validation_path.iter_certs(include_root=True)}:
        raise NoticeFault("altered", f"{name}: the signature carries a certificate that is not in its chain")
    return SignatureStatus(
        place=signature.field_name,
        name=name or "",
        organisation=organisation,
        signed_at=signed_at.astimezone(UTC),
        demo=is_demo_certificate(certificate),
    )
