"""The code on a notice: what it says, signed, in the QR that opens the page "is this notice real?".

The QR holds an address, `<public address>/tra-cuu/<notice code>?d=<seal>`. The seal is base64url of one
version byte, four bytes that name the key, the SHA-256 of the facts which a citizen can compare on paper, and
an Ed25519 signature over notice code and digest. The key belongs to the installation; its public half is
exported as `notices/*.pem` of the trust directory, where the old ones stay when a new one is made.
"""

import hashlib
import os
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from notices.facts import Act, PaperNumber, Vehicle
from notices.faults import NoticeFault
from notices.wording import act_text, act_time, decree_date, full_number

LOOK_UP = "/tra-cuu/"
_VERSION = 1
_KEY_BYTES, _DIGEST_BYTES, _SIGNATURE_BYTES = 4, 32, 64
_SEAL_BYTES = 1 + _KEY_BYTES + _DIGEST_BYTES + _SIGNATURE_BYTES
# what is signed for one purpose is worth nothing for another
_FACTS_CONTEXT, _SEAL_CONTEXT = "phatnguoi notice facts 1", "phatnguoi notice seal 1"


@dataclass(frozen=True, slots=True)
class PrintedFacts:
    """What a citizen can compare on paper, in the words of the paper; never who the owner is."""

    number: str
    dated: str
    plate: str
    time: str
    place: str
    act: str

    @classmethod
    def of(cls, paper: PaperNumber, vehicle: Vehicle, act: Act) -> "PrintedFacts":
        """The words of a numbered paper.

        Raises:
            NoticeFault: `number_and_date`: a draft has no code.
        """
        if paper.dated is None:
            raise NoticeFault("number_and_date", "a draft has neither number nor code")
        dated = decree_date(paper.dated)
        return cls(full_number(paper), dated, vehicle.plate, act_time(act.at), act.place, act_text(act))

    def digest(self) -> bytes:
        """SHA-256 of the facts, one a line, without blanks: how lines break on paper does not matter."""
        lines = ["".join(unicodedata.normalize("NFC", value).split()) for value in astuple(self)]
        return hashlib.sha256("\n".join([_FACTS_CONTEXT, *lines]).encode()).digest()


@dataclass(frozen=True, slots=True)
class NoticeCode:
    """What a QR says when its signature holds: the notice's code and the digest of its facts."""

    code: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class CodeKey:
    """The installation's key for codes; four bytes of the SHA-256 of its public half name it."""

    _key: Ed25519PrivateKey

    @classmethod
    def load(cls, path: Path) -> "CodeKey":
        """Raises `key_unreadable`."""
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise NoticeFault("key_unreadable", f"{path}: {error}; run: phatnguoi init") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise NoticeFault("key_unreadable", f"{path}: codes of notices are signed with Ed25519")
        return cls(key)

    @classmethod
    def ensure(cls, path: Path, trust: Path) -> "CodeKey":
        """The key, made where there is none, with its public half in the trust directory."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            key = Ed25519PrivateKey.generate()
            _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
        made = cls.load(path)
        public = made._key.public_key()  # noqa: SLF001  # of this class
        (trust / "notices").mkdir(parents=True, exist_ok=True)
        file = trust / "notices" / f"{_name(public).hex()}.pem"
        if not file.exists():
            _write(file, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
        return made

    def address(self, public_url: str, code: str, facts: PrintedFacts) -> str:
        """The text of a notice's QR."""
        digest = facts.digest()
        seal = (
            bytes([_VERSION]) + _name(self._key.public_key()) + digest + self._key.sign(_signed(code, digest))
        )
        return f"{public_url}{LOOK_UP}{code}?d={urlsafe_b64encode(seal).rstrip(b'=').decode()}"


def load_code_keys(trust: Path) -> dict[bytes, Ed25519PublicKey]:
    """Every exported key by its name.

    Raises:
        NoticeFault: `trust_unreadable`.
    """
    found = {}
    for path in sorted((trust / "notices").glob("*.pem")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise NoticeFault("trust_unreadable", f"{path}: {error}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise NoticeFault("trust_unreadable", f"{path}: codes of notices are signed with Ed25519")
        found[_name(key)] = key
    return found


def split_address(address: str) -> tuple[str, str] | None:
    """Notice code and seal of a QR's text; None where it is no address of a look-up page."""
    parts = urlsplit(address)
    _, found, code = parts.path.rpartition(LOOK_UP)
    seals = parse_qs(parts.query).get("d", [])
    return (code, seals[0]) if found and code and "/" not in code and len(seals) == 1 else None


def read_seal(code: str, seal: str, keys: Mapping[bytes, Ed25519PublicKey]) -> NoticeCode:
    """What a code says, if one of the keys signed it.

    Raises:
        NoticeFault: `code_unreadable`, `code_key_unknown` or `code_forged`.
    """
    try:
        octets = urlsafe_b64decode(seal.encode("ascii") + b"=" * (-len(seal) % 4))
    except (UnicodeEncodeError, Base64Error) as error:
        raise NoticeFault("code_unreadable", f"the code of {code} is no base64url") from error
    canonical = urlsafe_b64encode(octets).rstrip(b"=").decode() == seal
    if not canonical or len(octets) != _SEAL_BYTES or octets[0] != _VERSION:
        raise NoticeFault("code_unreadable", f"the code of {code} is not of a kind that this program knows")
    name, rest = octets[1 : 1 + _KEY_BYTES], octets[1 + _KEY_BYTES :]
    digest, signature = rest[:_DIGEST_BYTES], rest[_DIGEST_BYTES:]
    key = keys.get(name)
    if key is None:
        raise NoticeFault(
            "code_key_unknown", f"no key {name.hex()} for codes of notices stands in the trust directory"
        )
    try:
        key.verify(signature, _signed(code, digest))
    except InvalidSignature as error:
        raise NoticeFault(
            "code_forged", f"the code of {code} was not made by the key that it names"
        ) from error
    return NoticeCode(code, digest)


def _signed(code: str, digest: bytes) -> bytes:
    return f"{_SEAL_CONTEXT}\n{code}\n".encode() + digest


def _name(key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).digest()[:_KEY_BYTES]


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all; the first of two at once stays."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
