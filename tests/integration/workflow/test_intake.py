"""Packages into cases: once, twice, twice at once, spoiled, unknown, out of certificate."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from pytest_django import Settings

from notices.facts import MAX_PHOTO_BYTES
from tests.packages import Seen, enrol, picture, write
from workflow import files, intake
from workflow.models import Case, Device, OutboxItem, Package, Quarantine


def test_a_package_becomes_one_case_with_its_work_and_its_files(
    camera: Ed25519PrivateKey, tmp_path: Path
) -> None:
    result = intake.ingest(write(tmp_path / "spool", camera))
    case = Case.objects.get(reference=result.reference)
    assert (result.status, case.state) == ("opened", "collected")
    assert [item.task for item in OutboxItem.objects.all()] == ["extract"]
    assert files.get(f"{case.package.path}/frames/at.jpg")[:2] == b"\xff\xd8"


@pytest.mark.parametrize("name", ["reader", "reader-openvino"])
def test_the_weights_that_read_the_plate_are_kept_whatever_ran_them(
    camera: Ed25519PrivateKey, tmp_path: Path, name: str
) -> None:
    intake.ingest(write(tmp_path / "spool", camera, Seen(reader=name)))
    assert Package.objects.get().reader == "ef" * 32


def test_the_same_package_again_is_a_duplicate(camera: Ed25519PrivateKey, tmp_path: Path) -> None:
    path = write(tmp_path / "spool", camera)
    first, second = intake.ingest(path), intake.ingest(path)
    assert (second.status, second.reference) == ("duplicate", first.reference)
    assert Case.objects.count() == 1


def test_four_at_once_make_one_case(camera: Ed25519PrivateKey, tmp_path: Path) -> None:
    path = write(tmp_path / "spool", camera)

    def take(_: int) -> str:
        try:
            return intake.ingest(path).status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(take, range(4)))
    assert statuses == ["duplicate", "duplicate", "duplicate", "opened"]
    assert (Case.objects.count(), Package.objects.count()) == (1, 1)


def test_a_flipped_bit_is_quarantined_by_name_and_the_rest_goes_on(
    camera: Ed25519PrivateKey, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    bad = write(spool, camera)
    good = write(spool, camera, Seen(plate="59X154321", track=8, at=datetime(2026, 10, 25, 0, 1, tzinfo=UTC)))
    member = bad / "frames" / "at.jpg"
    content = bytearray(member.read_bytes())
    content[100] ^= 1
    member.write_bytes(content)
    results = {result.path: result for result in map(intake.ingest, intake.packages_in(spool))}
    assert results[good].status == "opened"
    assert results[bad].status == "quarantined"
    assert "frames/at.jpg" in results[bad].detail
    entry = Quarantine.objects.get()
    assert (Path(entry.path) / bad.name / "frames" / "at.jpg").read_bytes() == bytes(content)
    intake.ingest(bad)
    assert Quarantine.objects.count() == 1


def test_a_package_of_an_unknown_camera_can_be_released_once_the_camera_is_enrolled(
    committed_db: None, home: Path, secret: Ed25519PrivateKey, tmp_path: Path
) -> None:
    path = write(tmp_path / "spool", secret)
    assert intake.ingest(path).code == "unknown_device"
    shutil.rmtree(path)
    enrol(secret)
    released = intake.release(Quarantine.objects.get().pk, "user:1", "đã đăng ký")
    assert released.status == "opened"
    assert Quarantine.objects.get().resolution == "released"


def test_a_release_that_does_not_come_to_its_end_leaves_the_entry_open(
    committed_db: None, home: Path, secret: Ed25519PrivateKey, tmp_path: Path
) -> None:
    intake.ingest(write(tmp_path / "spool", secret))
    enrol(secret)
    entry = Quarantine.objects.get()
    evidence = files.root() / "evidence"
    evidence.parent.mkdir(parents=True, exist_ok=True)
    evidence.write_text("no folder")  # the store takes nothing
    with pytest.raises(OSError, match="evidence"):
        intake.release(entry.pk, "user:1", "đã đăng ký")
    entry.refresh_from_db()
    assert (entry.resolved_at, Case.objects.count()) == (None, 0)
    evidence.unlink()
    assert intake.release(entry.pk, "user:1", "đã sửa kho").status == "opened"


def test_an_act_outside_the_certificate_is_no_case(camera: Ed25519PrivateKey, tmp_path: Path) -> None:
    device = Device.objects.get()
    device.certificates.update(valid_to=datetime(2026, 10, 24, tzinfo=UTC))
    result = intake.ingest(write(tmp_path / "spool", camera))
    assert (result.status, result.code) == ("quarantined", "certificate_invalid")


@pytest.mark.parametrize(
    ("seen", "named"),
    [
        (Seen(at_line=b"no picture"), "frames/at.jpg"),
        (Seen(at_line=picture("at", "JPEG")[:-2]), "frames/at.jpg"),
        (Seen(at_line=picture("at", "JPEG") + bytes(MAX_PHOTO_BYTES)), "frames/at.jpg"),
        (Seen(further=9), "13 photographs"),
    ],
    ids=["no picture", "cut off", "too large", "too many"],
)
def test_evidence_that_no_notice_could_show_is_quarantined_before_it_has_a_number(
    camera: Ed25519PrivateKey, tmp_path: Path, seen: Seen, named: str
) -> None:
    result = intake.ingest(write(tmp_path / "spool", camera, seen))
    assert (result.status, result.code) == ("quarantined", "unprintable")
    assert named in result.detail
    assert not Case.objects.exists()


def test_twelve_photographs_are_taken(camera: Ed25519PrivateKey, tmp_path: Path) -> None:
    assert intake.ingest(write(tmp_path / "spool", camera, Seen(further=8))).status == "opened"


def test_one_id_with_two_contents_is_a_conflict(camera: Ed25519PrivateKey, tmp_path: Path) -> None:
    intake.ingest(write(tmp_path / "a", camera, Seen()))
    result = intake.ingest(write(tmp_path / "b", camera, replace(Seen(), plate="59X199999")))
    assert (result.status, result.code) == ("quarantined", "id_conflict")


def test_production_takes_nothing_from_a_demo_camera(
    committed_db: None, home: Path, secret: Ed25519PrivateKey, tmp_path: Path, settings: Settings
) -> None:
    enrol(secret, demo=True)
    settings.PHATNGUOI_ENV = "production"
    assert intake.ingest(write(tmp_path / "spool", secret)).code == "unknown_device"


def test_rubbish_is_quarantined_not_raised(camera: Ed25519PrivateKey, tmp_path: Path) -> None:
    empty = tmp_path / "empty.zip"
    empty.touch()
    folder = tmp_path / "folder"
    folder.mkdir()
    no_text = tmp_path / os.fsdecode(b"caf\xe9.zip")
    no_text.write_bytes(b"x")
    for path in (empty, folder, no_text):
        result = intake.ingest(path)
        assert result.status == "quarantined"
        assert path.stem[:3] in result.detail


def test_what_has_no_content_is_not_quarantined(camera: Ed25519PrivateKey, tmp_path: Path) -> None:
    """A copy of /dev/zero would fill the disk, and an entry without a copy could never be released."""
    pipe = tmp_path / "pipe.zip"
    os.mkfifo(pipe)
    for path in (tmp_path / "missing", pipe, Path("/dev/zero")):
        with pytest.raises(FileNotFoundError, match=path.name):
            intake.ingest(path)
    assert not Quarantine.objects.exists()


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_a_spoiled_manifest_or_signature_is_quarantined(
    camera: Ed25519PrivateKey, tmp_path: Path, name: str
) -> None:
    path = write(tmp_path / "spool", camera)
    content = bytearray((path / name).read_bytes())
    content[-3] ^= 4
    (path / name).write_bytes(content)
    assert intake.ingest(path).status == "quarantined"
