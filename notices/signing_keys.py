"""Who signs: a certificate and its private key, loaded once and used for many papers.

Keys come from PKCS#12 here, or from a token (`notices.token_keys`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeGuard

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from notices.faults import NoticeFault
from notices.signature_image import SignatureImage

DEMO_UNIT = "DEMO - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
DIGEST = "sha256"
_MIN_RSA_BITS, _MIN_EC_BITS = 2048, 256
# of a certificate that names no other purpose; what nations or makers call signing is not in one list
_NO_SIGNING = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.TIME_STAMPING,
    ExtendedKeyUsageOID.OCSP_SIGNING,
}
_USABLE = f"papers are signed with EC >= {_MIN_EC_BITS} or RSA >= {_MIN_RSA_BITS} bits"


class KeySigner(Signer):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """PyHanko's own signer reads the private key again for each signature; with RSA that is most of it.

    `reserved` is the room that its signatures need in a file, once it is known.
    """

    def __init__(self, certificate: Any, chain: list[Any], sign: Callable[[bytes], bytes], room: int) -> None:
        super().__init__(
            signing_cert=certificate,
            cert_registry=SimpleCertificateStore.from_certs(chain),
            # the verifier has the root in its trust directory; a root in the file would prove nothing
            embed_roots=False,
        )
        self._sign, self._room = sign, room
        self.reserved: int | None = None

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: FBT001, FBT002  # pyHanko's own parameter
    ) -> bytes:
        if digest_algorithm != DIGEST:
            raise NoticeFault("weak_algorithm", f"papers are signed with {DIGEST}, not {digest_algorithm}")
        return bytes(self._room) if dry_run else self._sign(data)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """A signer: name and organisation from the certificate, its validity, and the key (never printed).

    `image` is the ink signature or the seal, where the installation has one.
    """

    name: str
    organisation: str | None
    valid_from: datetime
    valid_to: datetime
    demo: bool
    signer: Any = field(repr=False)
    image: SignatureImage | None = None

    @classmethod
    def load(cls, path: Path, password: str) -> "SigningKeys":
        """Reads a PKCS#12 file.

        Raises:
            NoticeFault: `key_unreadable` when the file, its password or the kind of key is not usable.
        """
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode())
        except (OSError, ValueError) as error:
            raise NoticeFault("key_unreadable", f"{path}: {error}") from error
        if key is None or certificate is None:
            raise NoticeFault("key_unreadable", f"{path} lacks a private key or its certificate")
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise NoticeFault("key_unreadable", f"{path}: {_USABLE}")
        return signer_of(certificate, chain, _in_memory(key), str(path))

    def check_valid(self, at: datetime) -> None:
        """Raises `signer_not_valid` outside the certificate's validity."""
        if not self.valid_from <= at <= self.valid_to:
            raise NoticeFault(
                "signer_not_valid",
                f"{self.name}: the certificate holds from {self.valid_from} to {self.valid_to}, not at {at}",
            )


def signer_of(
    certificate: x509.Certificate,
    chain: list[x509.Certificate],
    sign: Callable[[bytes], bytes],
    where: str,
) -> SigningKeys:
    """A signer of any kind of key.

    Args:
        certificate: of the signer.
        chain: the authorities between it and a root.
        sign: makes an ECDSA (DER) or RSA PKCS#1 v1.5 signature over SHA-256 of what it is given.
        where: the key's place, for messages.

    Raises:
        NoticeFault: `key_unreadable`: another kind of key, a short one, or a certificate for something else.
    """
    if not is_for_signing(certificate):
        raise NoticeFault("key_unreadable", f"{where}: its certificate is not for signing papers (key usage)")
    public = certificate.public_key()
    if not is_strong(public):
        raise NoticeFault("key_unreadable", f"{where}: {_USABLE}")
    octets = (public.key_size + 7) // 8
    # the largest signature: DER adds at most nine bytes to the two numbers of ECDSA
    room = octets if isinstance(public, rsa.RSAPublicKey) else 2 * octets + 9
    return SigningKeys(
        name=subject_attribute(certificate, NameOID.COMMON_NAME) or "",
        organisation=subject_attribute(certificate, NameOID.ORGANIZATION_NAME),
        valid_from=certificate.not_valid_before_utc,
        valid_to=certificate.not_valid_after_utc,
        demo=is_demo_certificate(certificate),
        signer=KeySigner(_converted(certificate), [_converted(entry) for entry in chain], sign, room),
    )


def _in_memory(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: key.sign(data, padding.PKCS1v15(), SHA256())
    return lambda data: key.sign(data, ec.ECDSA(SHA256()))


def is_demo(keys: SigningKeys) -> bool:
    """Whether these keys belong to a demo; a production installation refuses them."""
    return keys.demo


def is_demo_certificate(certificate: x509.Certificate) -> bool:
    return subject_attribute(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME) == DEMO_UNIT


def is_strong(key: object) -> TypeGuard[rsa.RSAPublicKey | ec.EllipticCurvePublicKey]:
    """Whether a public key is of a kind and length with which papers are signed."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= _MIN_RSA_BITS
    return isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= _MIN_EC_BITS


def is_for_signing(certificate: x509.Certificate) -> bool:
    """Whether its authority issued a certificate for signing papers (RFC 5280, 4.2.1.3 and 4.2.1.12).

    It lets commit to contents, and not only answer for a server, for programs, time or revocation.
    """
    kinds = {entry.oid: entry.value for entry in certificate.extensions}
    usage = kinds.get(x509.KeyUsage.oid)
    purposes = kinds.get(x509.ExtendedKeyUsage.oid)
    commits = not isinstance(usage, x509.KeyUsage) or usage.content_commitment
    return commits and not (isinstance(purposes, x509.ExtendedKeyUsage) and _NO_SIGNING.issuperset(purposes))


def subject_attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str | None:
    """The first value of a subject's attribute, such as its common name."""
    values = certificate.subject.get_attributes_for_oid(oid)
    return str(values[0].value) if values else None


def _converted(certificate: x509.Certificate) -> Any:
    return next(iter(load_certs_from_pemder_data(certificate.public_bytes(Encoding.DER))))
