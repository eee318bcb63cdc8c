"""Is this paper whole, and signed by somebody we know? Answered offline, by the exported trust directory.

Two layers. First the bytes: the signatures' byte ranges must cover the file from its first to its last byte
but for the signature containers, each of which must hold exactly one canonical CMS object; so a changed byte
and an appended update are found before any of the file is believed. Then pyHanko proves digest, signature,
chain and what the second signature changed.
"""

import logging
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import DisallowedAlgorithmError
from pyhanko_certvalidator import ValidationContext

from notices.container import only_object, stamp_of
from notices.drawing import ORGANISATION_PLACE, PERSON_PLACE
from notices.faults import NoticeFault
from notices.notice_code import load_code_keys, read_seal, split_address
from notices.paper_text import printed_facts, qr_address
from notices.revocation import is_covered, read_lists, refuse_revoked
from notices.signing_keys import is_demo_certificate, is_for_signing, is_strong, subject_attribute

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_CONTAINER = re.compile(rb"<((?:[0-9A-F]{2})+)>")
# the first revision is the renderer's, each further one a signature
_RENDERED_REVISIONS = 1
_PLACES = (PERSON_PLACE, ORGANISATION_PLACE)
# how parsers fail on a file that somebody made to look signed; their own errors are ValueError and PdfError
_PARSER_FAULTS = (
    *(PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError),
    *(ArithmeticError, RecursionError, zlib.error, x509.DuplicateExtension),
)
# refused papers are told by NoticeFault; without a handler pyHanko's log would print tracebacks
logging.getLogger("pyhanko").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class SignatureStatus:
    """One good signature: its place in the paper, who made it, when by the signer's word, if a demo's.

    `stamped_at` is the time by an authority's word; `level` the PAdES baseline: B-B, B-T or B-LT.
    """

    place: str
    name: str
    organisation: str | None
    signed_at: datetime
    demo: bool
    stamped_at: datetime | None = None
    level: str = "B-B"


@dataclass(frozen=True, slots=True)
class _Trust:
    """Who may vouch for signers, who for time, and the revocation lists: the directory's and the paper's."""

    signers: list[Any]
    stampers: list[Any]
    lists: list[bytes]
    stored: list[bytes]
    moment: datetime


def verify_pdf(pdf: bytes, trust: Path, *, at: datetime | None = None) -> list[SignatureStatus]:
    """The paper's signatures, in the order they were made, when every one of them holds.

    Args:
        pdf: the file, byte for byte.
        trust: the exported trust directory: `signers/*.pem` vouch for signers, `tsa/*.pem` for time stamps,
            the files in `crls/` say whose certificates were revoked.
        at: the moment for which certificates are judged, the present if not given. A signature with a time
            stamp is judged for the time of the stamp, and the stamp for the moment. A baseline B-B signature
            proves no time of its own: after its certificate's end it is refused.

    Raises:
        NoticeFault: `not_signed`, `altered`, `updated_after_signing`, `seal_missing`, `pdf_unreadable`,
            `not_for_signing`, `unknown_authority`, `signer_not_valid`, `signer_revoked`, `time_stamp`,
            `weak_algorithm` or `trust_unreadable`.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    known = authorities(trust, "signers")
    if not known:
        raise NoticeFault("trust_unreadable", f"{trust / 'signers'} holds no certificate (*.pem)")
    ends = list(_signed_ends(pdf))
    signatures, stored = _signatures(pdf, ends)
    judged = _Trust(known, authorities(trust, "tsa"), read_lists(trust), stored, moment)
    return [_proved(signature, judged) for signature in signatures]


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


def authorities(trust: Path, kind: str) -> list[Any]:
    """The certificates of a kind in a trust directory: `signers` or `tsa`.

    Raises:
        NoticeFault: `trust_unreadable`.
    """
    found: list[Any] = []
    for path in sorted((trust / kind).glob("*.pem")):
        try:
            found.extend(load_certs_from_pemder_data(path.read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise NoticeFault("trust_unreadable", f"{path}: {error}") from error
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
        if covered.digest() not in only_object(content):
            raise NoticeFault("altered", f"the first {end} bytes of the file are not those that were signed")
        yield end
    if end < len(pdf):
        raise NoticeFault("updated_after_signing", f"{len(pdf) - end} bytes follow what was signed")
    if end > len(pdf):
        raise NoticeFault("altered", f"{end - len(pdf)} bytes of what was signed are missing")


def _signatures(pdf: bytes, ends: list[int]) -> tuple[list[Any], list[bytes]]:
    """The same signatures as pyHanko sees them: exactly those, and one per revision after the renderer's.

    The revocation lists that were stored with them come along; they lie inside what was signed.
    """
    try:
        reader = PdfFileReader(BytesIO(pdf))
        signatures = list(reader.embedded_signatures)
        revisions = int(reader.xrefs.total_revisions)
        found = [int(signature.byte_range[2]) + int(signature.byte_range[3]) for signature in signatures]
        places = [str(signature.field_name) for signature in signatures]
        empty = [name for name, _value, _field in enumerate_sig_fields(reader, filled_status=False)]
        stored = _stored_lists(reader.root)
    except _PARSER_FAULTS as error:
        raise NoticeFault("pdf_unreadable", f"{type(error).__name__}: {error}") from error
    if found != ends or places != list(_PLACES[: len(places)]):
        raise NoticeFault("altered", "the signatures in the file are not those of a paper")
    if revisions != _RENDERED_REVISIONS + len(signatures):
        raise NoticeFault("updated_after_signing", "the file holds a revision that is no signature")
    if empty:
        # the first signature keeps the place of a second one: such a file was cut off behind the first
        raise NoticeFault("seal_missing", f"nobody signed at {', '.join(empty)}")
    return signatures, stored


def _stored_lists(root: Any) -> list[bytes]:
    """The revocation lists in a paper's security store (ISO 32000-2, 12.8.4.3)."""
    # of pyHanko's dictionaries, item access alone resolves references
    if "/DSS" not in root or "/CRLs" not in root["/DSS"]:
        return []
    return [bytes(entry.get_object().data) for entry in root["/DSS"]["/CRLs"]]


def _proved(signature: Any, trust: _Trust) -> SignatureStatus:
    """Digest, signature value, chain, time stamp and later changes, by pyHanko; revocation by the lists."""
    try:
        certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
        name, organisation = (
            subject_attribute(certificate, oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        )
        token = stamp_of(signature.signer_info)
        # believed only when the stamp itself holds, see below
        judged_at = (
            token["content"]["encap_content_info"]["content"].parsed["gen_time"].native if token else None
        )
        judged_at = judged_at or trust.moment
        context = ValidationContext(trust_roots=trust.signers, allow_fetching=False, moment=judged_at)
        stamps = ValidationContext(trust_roots=trust.stampers, allow_fetching=False, moment=trust.moment)
        status = validate_pdf_signature(signature, context, stamps)
        embedded = {entry.dump() for entry in signature.other_embedded_certs}
        # names are compared without regard to case; here the issuer must be named byte for byte
        named = _names_signer(signature.signer_info, signature.signer_cert)
        _refuse_unfit(certificate, f"{name}")
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
    stamp_path = _proved_stamp(token, status.timestamp_validity, trust, f"{name}") if token else None
    signed_at = status.signer_reported_dt
    for when in (signed_at, judged_at):
        if when is None or not certificate.not_valid_before_utc <= when <= certificate.not_valid_after_utc:
            raise NoticeFault("signer_not_valid", f"{name}: the certificate was not valid at {when}")
    if not status.trusted:
        raise NoticeFault("unknown_authority", f"{name}: no authority in the trust directory vouches for it")
    path = _path(status)
    if not embedded <= {entry.public_bytes(Encoding.DER) for entry in path}:
        raise NoticeFault("altered", f"{name}: the signature carries a certificate that is not in its chain")
    refuse_revoked(path, [*trust.lists, *trust.stored], judged_at, "signer_revoked")
    covered = stamp_path and all(is_covered(each, trust.stored, judged_at) for each in (path, stamp_path))
    return SignatureStatus(
        place=signature.field_name,
        name=name or "",
        organisation=organisation,
        signed_at=signed_at.astimezone(UTC),
        demo=is_demo_certificate(certificate),
        stamped_at=judged_at.astimezone(UTC) if stamp_path else None,
        level=("B-LT" if covered else "B-T") if stamp_path else "B-B",
    )


def _refuse_unfit(certificate: x509.Certificate, name: str) -> None:
    if not is_strong(certificate.public_key()):
        raise NoticeFault("weak_algorithm", f"{name}: the key is too short")
    if not is_for_signing(certificate):
        raise NoticeFault("not_for_signing", f"{name}: the certificate was issued for something else")


def _proved_stamp(token: Any, status: Any, trust: _Trust, name: str) -> list[x509.Certificate]:
    """The certificates that vouch for a time stamp, the root first, when the stamp holds."""
    if status is None or not (status.intact and status.valid):
        raise NoticeFault("altered", f"{name}: the time stamp does not fit the signature")
    if not status.trusted:
        raise NoticeFault(
            "time_stamp", f"{name}: no authority in the trust directory (tsa/) vouches for the time stamp now"
        )
    path = _path(status)
    signed = token["content"]
    embedded = {entry.chosen.dump() for entry in signed["certificates"]}
    (signer,) = signed["signer_infos"]
    known = embedded <= {entry.public_bytes(Encoding.DER) for entry in path}
    if not known or not _names_signer(signer, status.signing_cert):
        raise NoticeFault("altered", f"{name}: the time stamp names somebody who did not make it")
    refuse_revoked(path, [*trust.lists, *trust.stored], trust.moment, "time_stamp")
    return path


def _names_signer(signer: Any, certificate: Any) -> bool:
    """Whether a signer is named by the bytes of its certificate."""
    named = signer["sid"]
    if named.name != "issuer_and_serial_number":
        return bool(named.chosen.native == certificate.key_identifier)
    return bool(
        named.chosen["issuer"].dump() == certificate.issuer.dump()
        and named.chosen["serial_number"].native == certificate.serial_number
    )


def _path(status: Any) -> list[x509.Certificate]:
    """The chain of a good signature, the root first."""
    return [
        x509.load_der_x509_certificate(entry.dump())
        for entry in status.validation_path.iter_certs(include_root=True)
    ]
