"""Device keys: private ones stay private, public ones go to the trust directory and come back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from detection.evidence import DeviceKey, load_device_keys, save_device_key
from detection.keys import KeyFault, create_private_key, load_private_key, public_bytes


def test_a_private_key_is_stored_for_its_owner_alone_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys/device.pem"
    key = create_private_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert public_bytes(load_private_key(path)) == public_bytes(key)
    with pytest.raises(KeyFault, match="exists"):
        create_private_key(path)
    assert public_bytes(load_private_key(path)) == public_bytes(key)


def test_private_key_files_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "device.pem"

    def code() -> str:
        with pytest.raises(KeyFault, match=str(path)) as caught:
            load_private_key(path)
        return caught.value.code

    assert code() == "not_found"
    path.write_text("no key")
    path.chmod(0o600)
    assert code() == "not_a_key"
    other = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert code() == "not_a_key"
    path.unlink()
    create_private_key(path)
    path.chmod(0o640)
    assert code() == "open_to_others"


def test_device_keys_go_and_come_back_with_their_history(tmp_path: Path, device_key: DeviceKey) -> None:
    newer = replace(device_key, public_key=bytes(31) + b"\x01", valid_from=device_key.valid_to)
    newer = replace(newer, valid_to=newer.valid_from + timedelta(days=365), demo=False)
    save_device_key(tmp_path, newer)
    path = save_device_key(tmp_path, device_key)
    save_device_key(tmp_path, device_key)
    assert path == tmp_path / "devices/CAM-DEMO-01.json"
    assert load_device_keys(tmp_path) == {"CAM-DEMO-01": (device_key, newer)}
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_a_damaged_trust_directory_is_an_error_that_names_the_file(
    tmp_path: Path, device_key: DeviceKey
) -> None:
    with pytest.raises(KeyFault, match="no such trust directory"):
        load_device_keys(tmp_path / "nowhere")
    assert load_device_keys(tmp_path) == {}
    path = save_device_key(tmp_path, device_key)
    whole = path.read_bytes()
    for damaged in (
        b"",
        whole[:-5],
        whole.replace(b"CAM-DEMO-01", b"CAM-DEMO-02"),
        whole.replace(b'":"', b'":"zz'),
    ):
        path.write_bytes(damaged)
        with pytest.raises(KeyFault, match="CAM-DEMO-01"):
            load_device_keys(tmp_path)
    with pytest.raises(KeyFault, match="bad_id"):
        save_device_key(tmp_path, replace(device_key, device_id="../x"))
