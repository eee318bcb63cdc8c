"""Writing, opening and verifying packages; every single change is found and named."""

import json
import multiprocessing
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.evidence import (
    DeviceKey,
    Draft,
    Manifest,
    PackageFault,
    clear_unfinished,
    open_package,
    verify_package,
    write_package,
)
from detection.typed_json import JsonFault

MEMBERS = ("clip.mp4", "frames/before.jpg", "plates/0.png", "readings.json")
FILES = (*MEMBERS, "manifest.json", "manifest.sig")


def test_a_written_package_verifies_and_gives_its_members_back(
    package: Path, draft: Draft, members: dict[str, bytes], device_key: DeviceKey
) -> None:
    found = verify_package(package, {"CAM-DEMO-01": [device_key]})
    assert found.manifest.package_id == package.name == draft.id
    assert {name: found.member(name) for name in members} == members
    assert replace(found.manifest, package_id="", members=()) == Manifest(
        **{name: getattr(draft, name) for name in Draft.__dataclass_fields__}, package_id="", members=()
    )


def test_the_manifest_is_the_fixed_json(package: Path) -> None:
    value = json.loads((package / "manifest.json").read_bytes())
    assert value["format"] == "phatnguoi-evidence"
    assert value["version"] == 1
    assert value["recorded_at"] == "2026-10-25T00:00:12.340Z"
    assert value["vehicle"] == {"class": "motorbike", "colour": "red", "track": 7}
    assert value["suspicion"]["measured"]["phases"][0]["from"] == "2026-10-25T00:00:05.340Z"
    assert [entry["path"] for entry in value["members"]] == list(MEMBERS)
    assert set(value["members"][0]) == {"path", "bytes", "sha256"}
    assert (package / "manifest.json").read_bytes() == rfc8785.dumps(value)
    assert len((package / "manifest.sig").read_bytes()) == 64


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_flipped_bit_anywhere_is_found_and_named(
    package: Path, device_key: DeviceKey, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(FILES))
    whole = (package / name).read_bytes()
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    (package / name).write_bytes(changed)
    try:
        with pytest.raises(PackageFault) as caught:
            verify_package(package, {"CAM-DEMO-01": [device_key]})
    finally:
        (package / name).write_bytes(whole)
    blamed = {"manifest.json", "manifest.sig"} if name.startswith("manifest") else {name}
    assert caught.value.member in blamed
    assert str(package) in str(caught.value)
    assert str(caught.value.member) in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_or_missing_file_is_named(package: Path, device_key: DeviceKey, name: str) -> None:
    whole = (package / name).read_bytes()
    (package / name).write_bytes(whole[:-1])
    with pytest.raises(PackageFault) as truncated:
        verify_package(package, {"CAM-DEMO-01": [device_key]})
    assert truncated.value.member == name
    (package / name).unlink()
    with pytest.raises(PackageFault) as missing:
        verify_package(package, {"CAM-DEMO-01": [device_key]})
    assert (missing.value.code, missing.value.member) == ("missing_member", name)


def test_a_member_changed_after_opening_is_refused_when_read(package: Path) -> None:
    opened = open_package(package)
    (package / "plates/0.png").write_bytes(b"\x89PNG b plate")
    with pytest.raises(PackageFault, match="wrong_digest"):
        opened.member("plates/0.png")
    with pytest.raises(PackageFault, match="missing_member"):
        opened.member("manifest.sig")


def test_only_a_key_of_the_device_valid_that_second_counts(package: Path, device_key: DeviceKey) -> None:
    def code(*keys: DeviceKey) -> str:
        with pytest.raises(PackageFault) as caught:
            verify_package(package, {"CAM-DEMO-01": keys})
        return caught.value.code

    crossed = open_package(package).manifest.recorded_at
    strangers = replace(device_key, public_key=bytes(31) + b"\x01")
    assert code() == "unknown_device"
    assert code(replace(device_key, valid_to=crossed)) == "key_not_valid"
    assert code(replace(device_key, valid_from=crossed + timedelta(milliseconds=1))) == "key_not_valid"
    assert code(strangers) == "bad_signature"
    assert verify_package(package, {"CAM-DEMO-01": [strangers, device_key]})


def test_the_same_act_twice_is_one_package_and_the_first_stays(
    package: Path, draft: Draft, members: dict[str, bytes], device_secret: Ed25519PrivateKey
) -> None:
    before = (package / "manifest.json").read_bytes()
    again = write_package(package.parent, draft, {**members, "clip.mp4": b"another"}, device_secret)
    other = write_package(
        package.parent, replace(draft, vehicle=replace(draft.vehicle, track=8)), members, device_secret
    )
    assert again == package
    assert (package / "manifest.json").read_bytes() == before
    assert other != package
    assert sorted(p.name for p in package.parent.glob("[!.]*")) == sorted([package.name, other.name])


def _write_in_process(spool: Path, draft: Draft, members: dict[str, bytes], secret: bytes) -> None:
    write_package(spool, draft, members, Ed25519PrivateKey.from_private_bytes(secret))


def test_two_processes_at_once_make_one_package(
    tmp_path: Path, draft: Draft, members: dict[str, bytes], device_secret: Ed25519PrivateKey
) -> None:
    context = multiprocessing.get_context("fork")
    arguments = (tmp_path, draft, members, device_secret.private_bytes_raw())
    writers = [context.Process(target=_write_in_process, args=arguments) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    assert [p.name for p in tmp_path.glob("[!.]*")] == [draft.id]
    assert open_package(tmp_path / draft.id)


def test_what_a_killed_writer_left_is_cleared_and_never_visible(package: Path) -> None:
    spool = package.parent
    shutil.copytree(package, spool / ".unfinished-0011")
    (spool / ".unfinished-0011/manifest.sig").unlink()
    clear_unfinished(spool)
    assert sorted(p.name for p in spool.iterdir()) == [".lock", package.name]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda d: replace(d, device=replace(d.device, id="../x")), id="device id as a path"),
        pytest.param(lambda d: replace(d, plate_crops=()), id="member nobody refers to"),
        pytest.param(lambda d: replace(d, plate_crops=("plates/1.png",)), id="reference to nothing"),
        pytest.param(lambda d: replace(d, profile_sha256="AB" * 32), id="digest in capitals"),
        pytest.param(lambda d: replace(d, site=replace(d.site, name="a\x00b")), id="control character"),
        pytest.param(lambda d: replace(d, recorded_at=d.recorded_at.replace(tzinfo=None)), id="naive time"),
    ],
)
def test_a_draft_that_does_not_fit_is_not_written(
    tmp_path: Path,
    draft: Draft,
    members: dict[str, bytes],
    device_secret: Ed25519PrivateKey,
    change: Callable[[Draft], Draft],
) -> None:
    with pytest.raises(JsonFault):
        write_package(tmp_path, change(draft), members, device_secret)
    assert list(tmp_path.iterdir()) == []


def test_decomposed_text_is_written_composed(
    tmp_path: Path, draft: Draft, members: dict[str, bytes], device_secret: Ed25519PrivateKey
) -> None:
    decomposed = replace(draft, site=replace(draft.site, name="Nga\u0303 tu\u031b"))
    path = write_package(tmp_path, decomposed, members, device_secret)
    assert open_package(path).manifest.site.name == "Ngã tư"
