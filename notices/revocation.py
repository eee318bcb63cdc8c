"""Revocation lists (X.509 CRL): `crls/` of the trust directory, and those that a paper brings along.

A list is believed when the authority that issued the certificate signed it. A revocation is for ever, so an
old list still proves it; that a certificate was *not* revoked is proven for the time of the list alone.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from notices.faults import NoticeFault

_PEM = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)


def read_lists(trust: Path) -> list[bytes]:
    """The lists of a trust directory as DER: of every file but hidden ones, PEM with several lists too.

    Raises:
        NoticeFault: `trust_unreadable`; a list that is passed over would let a revoked signer pass.
    """
    found = []
    for path in sorted((trust / "crls").glob("[!.]*")):
        try:
            content = path.read_bytes()
            written = _PEM.findall(content)
            lists = map(x509.load_pem_x509_crl, written) if written else [x509.load_der_x509_crl(content)]
            found += [each.public_bytes(Encoding.DER) for each in lists]
        except (OSError, ValueError) as error:
            raise NoticeFault("trust_unreadable", f"{path}: {error}") from error
    return found


def refuse_revoked(path: Sequence[x509.Certificate], lists: Iterable[bytes], at: datetime, code: str) -> None:
    """Raise `code` when a certificate of a path (root first) was revoked at that moment or before."""
    for issuer, certificate in pairwise(path):
        for listed in _by(issuer, lists):
            entry = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and entry.revocation_date_utc <= at:
                name = certificate.subject.rfc4514_string()
                raise NoticeFault(code, f"{name}: revoked at {entry.revocation_date_utc}")


def is_covered(path: Sequence[x509.Certificate], lists: Iterable[bytes], at: datetime) -> bool:
    """Whether for each certificate below the root a list was in force at that moment."""
    lists = list(lists)
    return all(
        any(
            listed.last_update_utc <= at
            and listed.next_update_utc is not None
            and at <= listed.next_update_utc
            for listed in _by(issuer, lists)
        )
        for issuer in path[:-1]
    )


def _by(issuer: x509.Certificate, lists: Iterable[bytes]) -> list[x509.CertificateRevocationList]:
    """The lists that an authority signed."""
    found = []
    for content in lists:
        listed = x509.load_der_x509_crl(content)
        if listed.issuer != issuer.subject:
            continue
        try:
            if listed.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # an authority's key
                found.append(listed)
        except (InvalidSignature, UnsupportedAlgorithm, TypeError):
            continue
    return found
