"""Keys that never leave their token (smart card, HSM): PKCS#11, through python-pkcs11 (extra `[pkcs11]`)."""

import hashlib
import os
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from notices.faults import NoticeFault, SigningUnavailable
from notices.signing_keys import SigningKeys, signer_of

_TRIED = b"phatnguoi: does this key belong to this certificate?"


@dataclass(frozen=True, slots=True)
class Token:
    """Where a key is: the maker's library, the token's label, the label of key and certificate."""

    library: str
    token: str
    key: str


class _TokenKey:
    """A private key on a token; opened again in each process and after a fault."""

    def __init__(self, where: Token, pin: str) -> None:
        self._where, self._pin = where, pin
        self._session: Any = None
        self._key: Any = None
        self._process = 0
        self.elliptic = True

    def certificates(self) -> dict[str, list[x509.Certificate]]:
        """The certificates on the token by label."""
        import pkcs11

        found: dict[str, list[x509.Certificate]] = {}
        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
        for entry in self._opened().get_objects(wanted):
            certificate = x509.load_der_x509_certificate(entry[pkcs11.Attribute.VALUE])
            found.setdefault(str(entry[pkcs11.Attribute.LABEL]), []).append(certificate)
        return found

    def sign(self, data: bytes) -> bytes:
        """An ECDSA (DER) or RSA PKCS#1 v1.5 signature over SHA-256.

        Raises:
            SigningUnavailable: the token is away; the next signature looks for it again.
        """
        import pkcs11

        try:
            self._opened()
            if not self.elliptic:
                return bytes(self._key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
            raw = self._key.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        except pkcs11.PKCS11Error as error:
            self._session = None
            told = f"{self._where.token}: {type(error).__name__} {error}"
            raise SigningUnavailable("token_unavailable", told) from error
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def _opened(self) -> Any:
        import pkcs11

        if self._session is not None and self._process == os.getpid():
            return self._session
        library = pkcs11.lib(self._where.library)
        if self._process not in (0, os.getpid()):
            library.reinitialize()  # a library must not be used across a fork
        self._process = os.getpid()
        token = library.get_token(token_label=self._where.token)
        try:
            self._session = token.open(user_pin=self._pin)
        except pkcs11.UserAlreadyLoggedIn:
            # a process logs in once for all keys of a token
            self._session = token.open()
        self._key = self._session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self._where.key)
        return self._session


def load_token_keys(where: Token, pin: str) -> SigningKeys:
    """A signer whose key is on a token, beside its certificate.

    Raises:
        NoticeFault: `key_unreadable` when library, token, PIN, key or certificate are not usable.
    """
    try:
        import pkcs11
    except ImportError as error:
        told = f'keys on tokens need: pip install "phat-nguoi[pkcs11]" ({error})'
        raise NoticeFault("key_unreadable", told) from error
    key = _TokenKey(where, pin)
    try:
        known = key.certificates()
    except (pkcs11.PKCS11Error, OSError, RuntimeError, ValueError) as error:
        told = f"{where.library}, token {where.token}, key {where.key}: {type(error).__name__} {error}"
        raise NoticeFault("key_unreadable", told) from error
    named = known.get(where.key, [])
    if len(named) != 1:
        raise NoticeFault(
            "key_unreadable", f"{where.token} holds {len(named)} certificates labelled {where.key}, not one"
        )
    (certificate,) = named
    key.elliptic = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    if not _belongs(certificate, key.sign(_TRIED)):
        raise NoticeFault(
            "key_unreadable", f"{where.token}: key and certificate {where.key} do not belong together"
        )
    others = [entry for entries in known.values() for entry in entries]
    return signer_of(certificate, _chain(certificate, others), key.sign, where.token)


def _belongs(certificate: x509.Certificate, signature: bytes) -> bool:
    public = certificate.public_key()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, _TRIED, ec.ECDSA(SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, _TRIED, padding.PKCS1v15(), SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _chain(certificate: x509.Certificate, known: list[x509.Certificate]) -> list[x509.Certificate]:
    """The issuers of a certificate that are on the token, up to a root."""
    chain: list[x509.Certificate] = []
    while certificate.issuer != certificate.subject:
        issuers = [each for each in known if each.subject == certificate.issuer and each not in chain]
        if not issuers:
            break
        certificate = issuers[0]
        chain.append(certificate)
    return chain
