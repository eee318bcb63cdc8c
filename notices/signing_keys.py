"""Who signs: a certificate and its private key, loaded once from PKCS#12 and used for many papers."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from notices.faults import NoticeFault
from notices.signature_image import SignatureImage

DEMO_UNIT = "DEMO - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
DIGEST = "sha256"
_MIN_RSA_BITS = 2048


class _CachedKeySigner(Signer):  # type: ignore[misc]  # pyHanko is not followed by the type checker
    """PyHanko's own signer reads the private key again for each signature; with RSA that is most of it."""

    def __init__(
        self, certificate: Any, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, chain: list[Any]
    ) -> None:
        super().__init__(
            signing_cert=certificate,
            cert_registry=SimpleCertificateStore.from_certs(chain),
            # the verifier has the root in its trust directory; a root in the file would prove nothing
            embed_roots=False,
        )
        self._key = key

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: FBT001, FBT002  # pyHanko's own parameter
    ) -> bytes:
        if digest_algorithm != DIGEST:
            raise NoticeFault("weak_algorithm", f"papers are signed with {DIGEST}, not {digest_algorithm}")
        if dry_run:
            # room for the largest signature: DER adds at most nine bytes to the two numbers of ECDSA
            octets = (self._key.key_size + 7) // 8
            return bytes(octets if isinstance(self._key, rsa.RSAPrivateKey) else 2 * octets + 9)
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), SHA256())
        return self._key.sign(data, ec.ECDSA(SHA256()))


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
        if isinstance(key, rsa.RSAPrivateKey):
            usable = key.key_size >= _MIN_RSA_BITS
        else:
            usable = isinstance(key, ec.EllipticCurvePrivateKey)
        if not usable:
            raise NoticeFault(
                "key_unreadable", f"{path}: papers are signed with EC or RSA >= {_MIN_RSA_BITS} bits"
            )
        # narrowed above; mypy cannot follow the flag
        signer = _CachedKeySigner(_converted(certificate), key, [_converted(entry) for entry in chain])  # type: ignore[arg-type]
        return cls(
            name=subject_attribute(certificate, NameOID.COMMON_NAME) or "",
            organisation=subject_attribute(certificate, NameOID.ORGANIZATION_NAME),
            valid_from=certificate.not_valid_before_utc,
            valid_to=certificate.not_valid_after_utc,
            demo=is_demo_certificate(certificate),
            signer=signer,
        )

    def check_valid(self, at: datetime) -> None:
        """Raises `signer_not_valid` outside the certificate's validity."""
        if not self.valid_from <= at <= self.valid_to:
            raise NoticeFault(
                "signer_not_valid",
                f"{self.name}: the certificate holds from {self.valid_from} to {self.valid_to}, not at {at}",
            )


def is_demo(keys: SigningKeys) -> bool:
    """Whether these keys belong to a demo; a production installation refuses them."""
    return keys.demo


def is_demo_certificate(certificate: x509.Certificate) -> bool:
    return subject_attribute(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME) == DEMO_UNIT


def subject_attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str | None:
    """The first value of a subject's attribute, such as its common name."""
    values = certificate.subject.get_attributes_for_oid(oid)
    return str(values[0].value) if values else None


def _converted(certificate: x509.Certificate) -> Any:
    return next(iter(load_certs_from_pemder_data(certificate.public_bytes(Encoding.DER))))
