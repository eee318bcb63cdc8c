"""Packages made to hurt: every one is a PackageFault with its code, the path and the member named."""

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection import container
from detection.evidence import DeviceKey, Manifest, PackageFault, open_package, verify_package
from detection.typed_json import JsonFault


def fault_of(path: Path) -> PackageFault:
    with pytest.raises(PackageFault) as caught:
        open_package(path)
    assert str(path) in str(caught.value)
    return caught.value


def zipped(package: Path, name: str = "package.zip", method: int = zipfile.ZIP_STORED) -> Path:
    """The package's tree as a ZIP beside the spool."""
    target = package.parent.parent / name
    with zipfile.ZipFile(target, "w", method) as archive:
        for file in sorted(package.rglob("*")):
            archive.write(file, file.relative_to(package).as_posix())
    return target


def edit(package: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the manifest and writes it canonically again, as a forger would."""
    value = json.loads((package / "manifest.json").read_bytes())
    change(value)
    (package / "manifest.json").write_bytes(rfc8785.dumps(value))


def test_a_stored_zip_is_the_same_package(package: Path, device_key: DeviceKey) -> None:
    found = verify_package(zipped(package), {"CAM-DEMO-01": [device_key]})
    assert found.manifest == open_package(package).manifest
    assert found.member("readings.json") == b"[]"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bits_in_a_zip_never_pass_unnoticed(
    package: Path, device_key: DeviceKey, data: st.DataObject
) -> None:
    """A bit of the ZIP's own clothing (a time stamp) may change nothing; then it is the same package."""
    path = zipped(package)
    whole = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    path.write_bytes(whole)
    try:
        found = verify_package(path, {"CAM-DEMO-01": [device_key]})
    except PackageFault:
        return
    original = open_package(package)
    assert found.manifest_bytes == original.manifest_bytes
    assert all(found.member(m.path) == original.member(m.path) for m in original.manifest.members)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_truncated_zip_is_a_fault(package: Path, data: st.DataObject) -> None:
    path = zipped(package)
    path.write_bytes(path.read_bytes()[: data.draw(st.integers(0, path.stat().st_size - 1))])
    assert fault_of(path).code in {"zip_damaged", "not_a_package"}


@settings(max_examples=200, deadline=None)
@given(raw=st.one_of(st.binary(max_size=200), st.from_regex(rb"\{.*\}", fullmatch=True)))
def test_no_bytes_make_the_manifest_parser_fail_otherwise(raw: bytes) -> None:
    with pytest.raises(JsonFault):
        Manifest.from_bytes(raw)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(package: Path) -> None:
    (package / "clip.mp4").write_bytes(bytes(10 * 2**20))
    path = zipped(package, method=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    fault = fault_of(path)
    assert (fault.code, fault.member) == ("compressed", "clip.mp4")


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")  # zipfile warns; an attacker does not care
def test_duplicate_zip_names(package: Path) -> None:
    path = zipped(package)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("readings.json", b"[1]")
    assert (fault_of(path).code, fault_of(path).member) == ("duplicate_name", "readings.json")


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jpg",
        "/etc/passwd",
        "frames/../../x.jpg",
        "frames\\x.jpg",
        "FRAMES/a.jpg",
        "a\x00.jpg",
        "note.txt",
    ],
)
def test_names_that_no_package_may_hold_in_a_zip(package: Path, name: str) -> None:
    path = zipped(package)
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, b"evil")
    assert fault_of(path).code == "bad_name"


def test_a_link_in_a_zip(package: Path) -> None:
    path = zipped(package)
    entry = zipfile.ZipInfo("frames/link.jpg")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, "/etc/passwd")
    assert (fault_of(path).code, fault_of(path).member) == ("symlink", "frames/link.jpg")


def test_too_many_zip_entries_are_not_even_listed(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1000):
            archive.writestr(f"frames/{number}.jpg", b"")
    assert fault_of(path).code == "too_many_members"


def test_bytes_hidden_before_or_behind_a_zip(package: Path) -> None:
    path = zipped(package)
    whole = path.read_bytes()
    path.write_bytes(whole + b"more")
    assert fault_of(path).code == "zip_damaged"
    path.write_bytes(b"PK\x03\x04" + whole)
    assert fault_of(path).code == "zip_damaged"


def test_links_pipes_and_strangers_in_a_directory(package: Path) -> None:
    link = package / "frames/link.jpg"
    link.symlink_to("/etc/passwd")
    assert fault_of(package).code == "symlink"
    link.unlink()
    (package / "plates").rename(package / "elsewhere")
    (package / "plates").symlink_to(package / "elsewhere")
    assert fault_of(package).code in {"symlink", "bad_name"}
    (package / "plates").unlink()
    (package / "elsewhere").rename(package / "plates")
    os.mkfifo(package / "frames/pipe.jpg")
    assert (fault_of(package).code, fault_of(package).member) == ("not_a_file", "frames/pipe.jpg")
    (package / "frames/pipe.jpg").unlink()
    (package / "notes.txt").touch()
    assert fault_of(package).code == "bad_name"
    (package / "notes.txt").rename(package / "frames/extra.jpg")
    assert (fault_of(package).code, fault_of(package).member) == ("extra_member", "frames/extra.jpg")


def test_a_member_that_became_a_link_or_pipe_after_opening(package: Path) -> None:
    opened = open_package(package)
    member = package / "readings.json"
    member.rename(package.parent / "moved.json")
    member.symlink_to(package.parent / "moved.json")
    with pytest.raises(PackageFault, match="unreadable"):
        opened.member("readings.json")
    member.unlink()
    os.mkfifo(member)
    with pytest.raises(PackageFault, match="not_a_file"):
        opened.member("readings.json")


def test_paths_that_are_no_package(tmp_path: Path, package: Path) -> None:
    assert fault_of(tmp_path / "nowhere").code == "not_found"
    (tmp_path / "empty").touch()
    assert fault_of(tmp_path / "empty").code == "not_a_package"
    (tmp_path / "link").symlink_to(package)
    assert fault_of(tmp_path / "link").code == "symlink"
    os.mkfifo(tmp_path / "pipe")
    assert fault_of(tmp_path / "pipe").code == "not_a_package"
    (tmp_path / "folder").mkdir()
    assert (fault_of(tmp_path / "folder").code, fault_of(tmp_path / "folder").member) == (
        "missing_member",
        "manifest.json",
    )


def test_absurd_sizes(package: Path) -> None:
    with (package / "clip.mp4").open("r+b") as stream:
        stream.truncate(container.MAX_MEMBER_BYTES + 1)  # sparse: costs no disk
    assert (fault_of(package).code, fault_of(package).member) == ("too_large", "clip.mp4")
    (package / "clip.mp4").write_bytes(b"a clip")
    with (package / "manifest.json").open("r+b") as stream:
        stream.truncate(2**21)
    assert (fault_of(package).code, fault_of(package).member) == ("too_large", "manifest.json")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("unknown_version", lambda m: m.update(version=2)),
        ("unknown_version", lambda m: m.update(version=True)),
        ("unknown_version", lambda m: m.update(format="other")),
        ("manifest_invalid", lambda m: m.update(extra=1)),
        ("manifest_invalid", lambda m: m.pop("clock")),
        ("manifest_invalid", lambda m: m.update(package_id="another")),
        ("manifest_invalid", lambda m: m["clock"].update(offset_ms="0")),
        ("manifest_invalid", lambda m: m["clock"].update(offset_ms=True)),
        ("manifest_invalid", lambda m: m["reading"].update(confidence="high")),
        ("manifest_invalid", lambda m: m.update(recorded_at="2026-10-25T07:00:12.340+07:00")),
        ("manifest_invalid", lambda m: m.update(recorded_at="2026-13-25T00:00:12.340Z")),
        ("manifest_invalid", lambda m: m["site"].update(name="Nga\u0303")),
        ("manifest_invalid", lambda m: m["site"].update(name="x" * 2000)),
        ("manifest_invalid", lambda m: m["members"][0].update(path="../../etc/passwd")),
        ("manifest_invalid", lambda m: m["members"][0].update(sha256="0")),
        ("manifest_invalid", lambda m: m["members"][0].update(bytes=-1)),
        ("manifest_invalid", lambda m: m["members"].reverse()),
        ("manifest_invalid", lambda m: m["members"].append(m["members"][-1])),
        ("manifest_invalid", lambda m: m["stills"][0].update(vehicle_box=[1, 2, 3])),
        ("manifest_invalid", lambda m: m["stills"][0].update(role="during")),
        ("manifest_invalid", lambda m: m["suspicion"].update(act="jaywalking")),
        ("wrong_size", lambda m: m["members"][0].update(bytes=7)),
    ],
)
def test_manifests_that_do_not_fit(
    package: Path, code: str, change: Callable[[dict[str, Any]], object]
) -> None:
    edit(package, change)
    fault = fault_of(package)
    assert fault.code == code
    assert fault.member is not None


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("manifest_invalid", b'"offset_ms":0', b'"offset_ms":NaN'),
        ("manifest_invalid", b'"offset_ms":0', b'"offset_ms":0,"offset_ms":0'),
        ("manifest_invalid", b'"offset_ms":0', b'"offset_ms":' + b"9" * 5000),
        ("manifest_invalid", b'"offset_ms":0', b'"offset_ms":1e999'),
        ("manifest_invalid", b'"offset_ms":0', b'"offset_ms":' + b"[" * 100_000),
        ("manifest_invalid", b"NT-01", b"NT-\xff1"),
        ("manifest_invalid", b"NT-01", b"NT-\\ud800"),
        ("not_canonical", b'"offset_ms":0', b'"offset_ms": 0'),
        ("not_canonical", b"0.93", b"0.930"),
    ],
)
def test_json_that_parsers_disagree_about(package: Path, code: str, old: bytes, new: bytes) -> None:
    path = package / "manifest.json"
    path.write_bytes(path.read_bytes().replace(old, new))
    assert (fault_of(package).code, fault_of(package).member) == (code, "manifest.json")


def test_a_forger_without_the_key_is_found(package: Path, device_key: DeviceKey) -> None:
    edit(package, lambda m: m["reading"].update(text="30A99999"))
    (package / "manifest.sig").write_bytes(
        Ed25519PrivateKey.generate().sign((package / "manifest.json").read_bytes())
    )
    with pytest.raises(PackageFault, match="bad_signature") as caught:
        verify_package(package, {"CAM-DEMO-01": [device_key]})
    assert caught.value.member == "manifest.sig"
