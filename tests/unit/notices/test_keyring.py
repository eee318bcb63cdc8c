"""The folder of the signers: each paper gets the key of the one whose name it bears, or none."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notices.faults import NoticeFault
from notices.signing import DemoSigner, Keyring, create_demo_signer

UNIT = "PHÒNG THỬ"
MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)


def add(folder: Path, file: str, name: str, officer: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text("mật khẩu\n", encoding="utf-8")
    create_demo_signer(folder, DemoSigner(file, name, UNIT, officer), folder / "password", at=MADE_AT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    add(tmp_path / "signing", "organisation", UNIT)
    return tmp_path / "signing"


def code_of(folder: Path, name: str, officer: str = "") -> str:
    with pytest.raises(NoticeFault) as caught:
        Keyring.load(folder).person(name, officer)
    return caught.value.code


def test_the_key_is_the_one_whose_certificate_bears_the_name(folder: Path) -> None:
    add(folder, "a", "Nguyễn Văn Ký")
    add(folder, "b", "Trần Thị Ký")
    ring = Keyring.load(folder)
    assert ring.organisation.name == UNIT
    assert [key.name for key in ring.keys] == [UNIT, "Nguyễn Văn Ký", "Trần Thị Ký"]
    asked = unicodedata.normalize("NFD", "NGUYỄN  VĂN KÝ")
    assert ring.person(asked).name == ring.person("Nguyễn Văn Ký", "kyduyet").name == "Nguyễn Văn Ký"


@pytest.mark.parametrize("name", ["Nguyễn Văn Kỷ", "Nguyen Van Ky", "", UNIT])
def test_nobody_signs_for_somebody_else(folder: Path, name: str) -> None:
    """Another tone is another person; the seal is no person's key."""
    add(folder, "a", "Nguyễn Văn Ký")
    assert code_of(folder, name) == "no_key_for_signer"


def test_two_persons_of_one_name_are_told_apart_by_their_accounts(folder: Path) -> None:
    add(folder, "a", "Nguyễn Văn Ký", "ky1")
    add(folder, "b", "Nguyễn Văn Ký", "ky2")
    ring = Keyring.load(folder)
    assert ring.person("Nguyễn Văn Ký", "ky1") != ring.person("Nguyễn Văn Ký", "ky2")
    assert code_of(folder, "Nguyễn Văn Ký", "ky3") == "no_key_for_signer"
    assert code_of(folder, "Nguyễn Văn Ký") == "no_key_for_signer"
    # an account is bound to its name as well
    assert code_of(folder, "Trần Thị Ký", "ky1") == "no_key_for_signer"


def test_two_keys_that_nothing_tells_apart_sign_nothing(folder: Path) -> None:
    add(folder, "a", "Nguyễn Văn Ký")
    add(folder, "b", "Nguyễn Văn Ký")
    with pytest.raises(NoticeFault, match=r"a\.toml, b\.toml all name Nguyễn Văn Ký: write the account"):
        Keyring.load(folder).person("Nguyễn Văn Ký", "ky1")


def test_a_file_says_how_a_certificate_writes_a_name(folder: Path) -> None:
    add(folder, "a", "TP. Nguyen Van Ky 0123")
    file = folder / "a.toml"
    file.write_text(file.read_text(encoding="utf-8") + 'name = "Nguyễn Văn Ký"\n', encoding="utf-8")
    assert Keyring.load(folder).person("Nguyễn Văn Ký").name == "TP. Nguyen Van Ky 0123"
    assert code_of(folder, "TP. Nguyen Van Ky 0123") == "no_key_for_signer"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("key = ", "a.toml"),
        ('keys = "a.p12"\npassword_file = "password"\n', "keys is no setting"),
        ('password_file = "password"\n', "key is missing"),
        ('key = 7\npassword_file = "password"\n', "key must be a text"),
        ('key = "a.p12"\npassword_file = "password"\nimage_mm = "36"\n', "image_mm must be a number"),
        ('key = "a.p12"\npassword_file = "password"\nimage = "organisation.png"\n', "not blue"),
        ('key = "a.p12"\npassword_file = "missing"\n', "missing"),
        ('key = "missing.p12"\npassword_file = "password"\n', "missing.p12"),
    ],
)
def test_a_file_that_is_not_understood_is_named_and_the_others_sign(
    folder: Path, text: str, told: str
) -> None:
    add(folder, "a", "Nguyễn Văn Ký")
    add(folder, "b", "Trần Thị Ký")
    (folder / "a.toml").write_text(text, encoding="utf-8")
    ring = Keyring.load(folder)
    [refused] = ring.refused
    assert str(refused).startswith("a.toml: ")
    assert told in str(refused)
    assert ring.person("Trần Thị Ký").name == "Trần Thị Ký"
    with pytest.raises(NoticeFault, match=told) as caught:
        ring.person("Nguyễn Văn Ký")
    assert caught.value.code == "no_key_for_signer"


def test_a_namesake_does_not_sign_for_the_account_of_a_refused_file(folder: Path) -> None:
    add(folder, "a", "Nguyễn Văn Ký", "ky1")
    add(folder, "b", "Nguyễn Văn Ký")
    (folder / "a.p12").unlink()
    ring = Keyring.load(folder)
    with pytest.raises(NoticeFault, match=r"a\.p12"):
        ring.person("Nguyễn Văn Ký", "ky1")
    assert ring.person("Nguyễn Văn Ký", "ky2").name == "Nguyễn Văn Ký"


@pytest.mark.parametrize("text", ["key = ", 'password_file = "password"\n'])
def test_without_its_seal_nobody_signs(folder: Path, text: str) -> None:
    (folder / "organisation.toml").write_text(text, encoding="utf-8")
    with pytest.raises(NoticeFault, match=r"organisation\.toml"):
        Keyring.load(folder)


def test_without_a_seal_there_is_no_keyring(tmp_path: Path) -> None:
    with pytest.raises(NoticeFault, match=r"organisation\.toml is missing"):
        Keyring.load(tmp_path)


def test_of_a_seal_the_true_size_must_be_said(folder: Path) -> None:
    file = folder / "organisation.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("image_mm", "#"), encoding="utf-8")
    with pytest.raises(NoticeFault, match="how many millimetres wide"):
        Keyring.load(folder)


def test_a_demo_signer_is_made_once_and_whole(folder: Path) -> None:
    first = (folder / "organisation.p12").read_bytes()
    add(folder, "organisation", UNIT)
    assert (folder / "organisation.p12").read_bytes() == first
    (folder / "organisation.toml").unlink()  # killed before it was written
    add(folder, "organisation", UNIT)
    assert Keyring.load(folder).organisation.demo
