"""Keys for a demo: authorities and their signers, new in every installation, refused in production.

An authority's private key is thrown away after its signers' certificates are signed: nobody can make another.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from notices import demo_images
from notices.faults import NoticeFault
from notices.keyring import ORGANISATION_FILE
from notices.signing_keys import DEMO_UNIT, SigningKeys

_AUTHORITY_DAYS = 3650
_SIGNER_DAYS = 1095
# a machine whose clock runs a little behind must still find the new certificates valid
_BEFORE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DemoAuthority:
    """Where the demo's keys are: the authority's certificate (PEM) and two PKCS#12 files."""

    certificate: Path
    person: Path
    organisation: Path


def create_demo_authority(
    directory: Path, *, person: str, organisation: str, password: str, at: datetime | None = None
) -> DemoAuthority:
    """Makes the demo's authority and signers (EC P-256) in `directory`, or finds those made before.

    Args:
        directory: made if missing.
        person: name of the person who signs, without "DEMO".
        organisation: name of the organisation.
        password: of both PKCS#12 files.
        at: beginning of validity; the present if not given.

    Raises:
        NoticeFault: `key_unreadable` when keys made before do not open with `password`.
    """
    paths = DemoAuthority(directory / "demo-ca.pem", directory / "person.p12", directory / "organisation.p12")
    # the authority's certificate is written last: where it stands, the others are whole
    if paths.certificate.exists():
        for path in (paths.person, paths.organisation):
            SigningKeys.load(path, password)
        return paths
    directory.mkdir(parents=True, exist_ok=True)
    authority = _issue({paths.person: person, paths.organisation: organisation}, organisation, password, at)
    _write(paths.certificate, authority.public_bytes(Encoding.PEM))
    return paths


@dataclass(frozen=True, slots=True)
class DemoSigner:
    """Whom a demo's key is for. `officer` is the account that signs with it; empty for the organisation."""

    file: str
    name: str
    organisation: str
    officer: str = ""


def create_demo_signer(
    directory: Path, signer: DemoSigner, password_file: Path, *, at: datetime | None = None
) -> Path:
    """Makes one signer of a keyring (`notices.keyring`), vouched for by an authority of its own.

    Args:
        directory: of the keyring; made if missing.
        signer: whom the key is for.
        password_file: of the PKCS#12 file, in the same directory.
        at: beginning of validity; the present if not given.

    Returns:
        The authority's certificate (PEM), for the trust directory.
    """
    stem = directory / signer.file
    entry, certificate = stem.with_name(f"{signer.file}.toml"), stem.with_name(f"{signer.file}-ca.pem")
    # the keyring's file is written last: where it stands, the others are whole
    if not entry.exists():
        directory.mkdir(parents=True, exist_ok=True)
        keys = stem.with_name(f"{signer.file}.p12")
        password = password_file.read_text(encoding="utf-8").strip()
        authority = _issue({keys: signer.name}, signer.organisation, password, at)
        _write(certificate, authority.public_bytes(Encoding.PEM))
        image = stem.with_name(f"{signer.file}.png")
        seal = entry.name == ORGANISATION_FILE
        _write(image, demo_images.seal() if seal else demo_images.signature(signer.name))
        lines = {
            "officer": signer.officer,
            "key": keys.name,
            "password_file": password_file.name,
            "image": image.name,
            "image_mm": demo_images.SEAL_MM if seal else None,
        }
        # texts and numbers of JSON are those of TOML
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items() if value)
        _write(entry, text.encode())
    return certificate


def _issue(
    signers: dict[Path, str], organisation: str, password: str, at: datetime | None
) -> x509.Certificate:
    """Writes a PKCS#12 file for each name and gives the certificate of their authority."""
    start = (at or datetime.now(UTC)) - _BEFORE
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("DEMO CA", organisation)
    authority = _signed(
        _builder(authority_name, authority_name, authority_key.public_key(), (start, _AUTHORITY_DAYS)),
        authority_key,
        is_authority=True,
    )
    for path, name in signers.items():
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(
            _builder(_name(name, organisation), authority_name, key.public_key(), (start, _SIGNER_DAYS)),
            authority_key,
            is_authority=False,
        )
        stored = pkcs12.serialize_key_and_certificates(
            b"demo", key, certificate, None, BestAvailableEncryption(password.encode())
        )
        _write(path, stored)
    return authority


def _name(common: str, organisation: str) -> x509.Name:
    if not common or not organisation:
        raise NoticeFault("authority_incomplete", "a demo signer needs a name and an organisation")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(organisation)),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMO_UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(common)),
        ]
    )


def _cut(text: str) -> str:
    """At most 64, the limit of X.520; it means characters, the library counts bytes."""
    return text.encode()[:64].decode(errors="ignore").strip()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, validity: tuple[datetime, int]
) -> x509.CertificateBuilder:
    start, days = validity
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _signed(
    builder: x509.CertificateBuilder,
    authority: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    limit = 0 if is_authority else None
    return (
        builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=limit), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False
        )
        .sign(authority, SHA256())
    )


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, readable by the owner alone."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
