"""Keys on a token: a real PKCS#11 library (SoftHSM) signs, and only with what fits together."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from notices.faults import NoticeFault, SigningUnavailable
from notices.signing import DemoSigner, Keyring, SigningKeys, create_demo_signer, sign_pdf, verify_pdf
from notices.token_keys import Token, load_token_keys
from tests import papers
from tests.integration.notices.conftest import CHECKED_AT, MADE_AT, SIGNED_AT, Office
from tests.servers import INSTALL
from tests.trust_services import Authority, Key, pem

pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 of the extra [dev] is not installed")

LIBRARIES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
)
PIN, LABEL = "123456", "PC08"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SoftHSM with a folder of its own; the library reads its settings once in a process."""
    library = next((path for path in LIBRARIES if path.exists()), None)
    if library is None or shutil.which("softhsm2-util") is None:
        pytest.fail(INSTALL.format("softhsm2"))
    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home}/tokens\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "654321"],
        check=True,
        capture_output=True,
    )
    yield str(library)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("CA của thẻ", MADE_AT)


def put_key(tmp_path: Path, label: str, key: Key) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    number = label.encode().hex()
    subprocess.run(
        [
            *("softhsm2-util", "--import", file, "--token", LABEL, "--pin", PIN),
            *("--label", label, "--id", number),
        ],
        check=True,
        capture_output=True,
    )


# in a process of its own: whoever closes such a session logs out every other one of its process
_PUT = """
import sys, pkcs11
from pkcs11.util.x509 import decode_x509_certificate
library, token, pin, label, content = sys.argv[1:]
entry = decode_x509_certificate(bytes.fromhex(content))
entry |= {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True}
with pkcs11.lib(library).get_token(token_label=token).open(user_pin=pin, rw=True) as session:
    session.create_object(entry)
"""


def put_certificate(library: str, label: str, certificate: x509.Certificate) -> None:
    content = certificate.public_bytes(Encoding.DER).hex()
    subprocess.run([sys.executable, "-c", _PUT, library, LABEL, PIN, label, content], check=True)
    pkcs11.lib(library).reinitialize()  # or this process does not see what another one put


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(library: str) -> None:
    pkcs11.lib(library).reinitialize()


def trust_of(tmp_path: Path, authority: Authority, root: x509.Certificate) -> Path:
    (tmp_path / "trust" / "signers").mkdir(parents=True)
    (tmp_path / "trust" / "signers" / "ca.pem").write_bytes(pem(root))
    return tmp_path / "trust"


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_key_on_a_token_signs_like_one_in_a_file(
    library: str, authority: Authority, office: Office, tmp_path: Path, kind: str
) -> None:
    key: Key = (
        ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
    )
    root = authority.certificate()
    put_key(tmp_path, kind, key)
    put_certificate(library, kind, authority.issue("Nguyễn Văn Thẻ", key, (MADE_AT, 90)))
    keys = load_token_keys(Token(library, LABEL, kind), PIN)
    assert (keys.name, keys.demo) == ("Nguyễn Văn Thẻ", False)
    trust = trust_of(tmp_path, authority, root)
    for _ in range(3):
        signed = sign_pdf(office.paper, keys, keys, at=SIGNED_AT)
        assert [status.name for status in verify_pdf(signed, trust, at=CHECKED_AT)] == ["Nguyễn Văn Thẻ"] * 2


def test_a_signers_file_names_its_token(library: str, authority: Authority, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    put_key(tmp_path, "ring", key)
    put_certificate(library, "ring", authority.issue("Trần Thị Thẻ", key, (MADE_AT, 90)))
    (tmp_path / "password").write_text("mật khẩu", encoding="utf-8")
    create_demo_signer(
        tmp_path, DemoSigner("organisation", papers.UNIT, papers.UNIT), tmp_path / "password", at=MADE_AT
    )
    (tmp_path / "pin").write_text(PIN + "\n")
    entry = tmp_path / "the.toml"
    entry.write_text(
        f'key = "ring"\ntoken = "{LABEL}"\ntoken_library = "{library}"\npassword_file = "pin"\n',
        encoding="utf-8",
    )
    assert Keyring.load(tmp_path).person("Trần Thị Thẻ").valid_to == MADE_AT + timedelta(days=90)
    entry.write_text(f'key = "ring"\ntoken = "{LABEL}"\npassword_file = "pin"\n', encoding="utf-8")
    with pytest.raises(NoticeFault, match="token_library"):
        Keyring.load(tmp_path).person("Trần Thị Thẻ")


def test_a_key_without_its_own_certificate_is_refused(
    library: str, authority: Authority, tmp_path: Path
) -> None:
    """A certificate of somebody else under the same label would sign in their name."""
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    put_key(tmp_path, "mixed", key)
    with pytest.raises(NoticeFault, match="0 certificates labelled mixed"):
        load_token_keys(Token(library, LABEL, "mixed"), PIN)
    put_certificate(library, "mixed", authority.issue("Người khác", other, (MADE_AT, 90)))
    with pytest.raises(NoticeFault, match="do not belong together"):
        load_token_keys(Token(library, LABEL, "mixed"), PIN)
    put_certificate(library, "mixed", authority.issue("Người khác", key, (MADE_AT, 90)))
    with pytest.raises(NoticeFault, match="2 certificates"):
        load_token_keys(Token(library, LABEL, "mixed"), PIN)


@pytest.mark.parametrize(
    ("where", "pin"),
    [
        (Token("/nowhere/lib.so", LABEL, "ec"), PIN),
        (Token("", "no such token", "ec"), PIN),
        (Token("", LABEL, "no such key"), PIN),
        (Token("", LABEL, "ec"), "000000"),
    ],
)
def test_what_is_not_there_is_named(library: str, where: Token, pin: str) -> None:
    where = Token(where.library or library, where.token, where.key)
    with pytest.raises(NoticeFault) as caught:
        load_token_keys(where, pin)
    assert caught.value.code == "key_unreadable"
    assert pin not in str(caught.value)


def _kept(library: str, authority: Authority, tmp_path: Path, label: str) -> SigningKeys:
    key = ec.generate_private_key(ec.SECP256R1())
    put_key(tmp_path, label, key)
    put_certificate(library, label, authority.issue("Lê Văn Thẻ", key, (MADE_AT, 90)))
    return load_token_keys(Token(library, LABEL, label), PIN)


def test_a_token_that_went_away_is_looked_for_again(
    library: str, authority: Authority, office: Office, tmp_path: Path
) -> None:
    keys = _kept(library, authority, tmp_path, "drawn")
    pkcs11.lib(library).reinitialize()  # every session is lost, as when the card is drawn
    with pytest.raises(SigningUnavailable) as caught:
        sign_pdf(office.paper, keys, at=SIGNED_AT)
    assert caught.value.code == "token_unavailable"
    assert sign_pdf(office.paper, keys, at=SIGNED_AT).startswith(office.paper)


def test_two_signers_share_a_token(
    library: str, authority: Authority, office: Office, tmp_path: Path
) -> None:
    for name in ("Một", "Hai"):
        key = ec.generate_private_key(ec.SECP256R1())
        put_key(tmp_path, name, key)
        put_certificate(library, name, authority.issue(name, key, (MADE_AT, 90)))
    loaded = [load_token_keys(Token(library, LABEL, name), PIN) for name in ("Một", "Hai")]
    assert sign_pdf(office.paper, *loaded, at=SIGNED_AT).startswith(office.paper)


def test_each_process_opens_the_token_itself(
    library: str, authority: Authority, office: Office, tmp_path: Path
) -> None:
    """Workers fork after the keys were looked at."""
    keys = _kept(library, authority, tmp_path, "forked")
    child = os.fork()
    if child == 0:
        try:
            sign_pdf(office.paper, keys, at=SIGNED_AT)
        except BaseException:  # noqa: BLE001  # the child must not go on as a test run
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert sign_pdf(office.paper, keys, at=SIGNED_AT)
