"""A certificate authority, its revocation lists and a time stamping authority, for tests alone."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

PASSWORD = "mật khẩu thử"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass
class Authority:
    """A root with an EC key, the certificates it issued and those it revoked."""

    name: str
    start: datetime
    days: int = 7300
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    revoked: dict[int, datetime] = field(default_factory=dict)

    @property
    def subject(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])

    def certificate(self) -> x509.Certificate:
        """Self-signed; the same key gives another certificate each time, so keep the first."""
        return self._built(
            self.subject, self.key.public_key(), (self.start, self.days), authority=True, commits=False
        )

    def issue(
        self,
        name: str,
        key: Key,
        validity: tuple[datetime, int],
        *,
        commits: bool = True,
        purposes: Sequence[x509.ObjectIdentifier] = (),
    ) -> x509.Certificate:
        """A certificate over a key; one that `commits` and names no other purpose is a signer's."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return self._built(
            subject, key.public_key(), validity, authority=False, commits=commits, purposes=purposes
        )

    def issue_clock(self, name: str, key: Key, validity: tuple[datetime, int]) -> x509.Certificate:
        """A certificate over a time stamping authority's key."""
        return self.issue(name, key, validity, commits=False, purposes=[ExtendedKeyUsageOID.TIME_STAMPING])

    def revoke(self, certificate: x509.Certificate, at: datetime) -> None:
        self.revoked[certificate.serial_number] = at

    def list_at(self, at: datetime, days: int = 7) -> bytes:
        """The revocation list of a moment, DER."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.subject)
            .last_update(at)
            .next_update(at + timedelta(days=days))
        )
        for serial, when in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when).build()
            builder = builder.add_revoked_certificate(entry)
        return (
            builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(x509.CRLNumber(1), critical=False)
            .sign(self.key, SHA256())
            .public_bytes(Encoding.DER)
        )

    def _built(
        self,
        subject: x509.Name,
        key: Any,
        validity: tuple[datetime, int],
        *,
        authority: bool,
        commits: bool,
        purposes: Sequence[x509.ObjectIdentifier] = (),
    ) -> x509.Certificate:
        start, days = validity
        usage = x509.KeyUsage(
            digital_signature=not authority,
            content_commitment=commits,
            key_cert_sign=authority,
            crl_sign=authority,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
        return builder.sign(self.key, SHA256())


def write_p12(path: Path, key: Key, certificate: x509.Certificate) -> Path:
    """A PKCS#12 file with the password of this module."""
    encryption = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, encryption))
    return path


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


@dataclass
class StampServer:
    """An RFC 3161 authority at an address; its clock is set by the test, and it can be told to misbehave."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: int = 200
    kind: str = "application/timestamp-reply"
    garbage: bytes | None = None
    address: str = ""
    asked: int = 0

    def answer(self, question: bytes) -> bytes:
        self.asked += 1
        if self.garbage is not None:
            return self.garbage
        stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER)),
            asn1_keys.PrivateKeyInfo.load(
                self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            ),
            fixed_dt=self.at,
        )
        answer: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump()
        return answer


@contextmanager
def serving(server: StampServer) -> Iterator[StampServer]:
    """The authority on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            body = server.answer(question)
            self.send_response(server.status)
            self.send_header("Content-Type", server.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server.address = f"http://127.0.0.1:{listener.server_address[1]}/tsa"
        thread = threading.Thread(target=listener.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()
