"""The shield between review and letter, on the database: lists, certificates, clones, releases, one query."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import packages
from tests.integration.workflow.test_service import OWNER, PLATE, answer, at_the_time, case, lease, review
from tests.packages import Seen, write
from workflow import audit, checks, clock, intake, log, owners, plate_lists, service
from workflow.case import Actor
from workflow.commands import ReleaseHold
from workflow.models import Case, Device, DeviceCertificate, PlateListing, Sighting
from workflow.shield import Registered
from workflow.vocabulary import HoldGround, Role

__all__ = ["at_the_time", "case"]  # fixtures

SAIGON, HA_NOI = (10.7769, 106.7009), (21.0285, 105.8542)
FAR = "CAM-TEST-02"
COMMANDERS = [Actor(f"user:{number}", frozenset({Role.COMMANDER})) for number in (11, 12)]


def grounds(case: Case) -> list[HoldGround]:
    return [hit.ground for hit in log.load(case).hits]


def release(case: Case) -> None:
    for commander in COMMANDERS:
        service.execute(case.pk, ReleaseHold("đã xác minh"), commander)


def ask(body_colour: str = "") -> None:
    found = answer()
    owners.determine_owner(
        lease("determine_owner"),
        owners.RegistryAnswer(OWNER, found.registered_class, "white", clock.now(), body_colour),
    )


def again(case: Case) -> None:
    """What a worker does after a release: it asks the registry once more."""
    owners.determine_owner(lease("file_case"), answer())


@pytest.fixture
def clone(case: Case, camera: Ed25519PrivateKey, tmp_path: Path) -> Case:
    """The same plate, reviewed, an hour later and eleven hundred kilometres away."""
    packages.enrol(camera, device_id=FAR)
    for device, (latitude, longitude) in ((packages.DEVICE, SAIGON), (FAR, HA_NOI)):
        Device.objects.filter(pk=device).update(latitude=latitude, longitude=longitude)
    seen = Seen(at=case.recorded_at + timedelta(minutes=40), device=FAR, track=3)
    other = Case.objects.get(reference=intake.ingest(write(tmp_path / "spool", camera, seen)).reference)
    review(case)
    ask()
    review(other)
    return other


def test_a_clone_holds_both_cases_until_two_persons_cleared_each(case: Case, clone: Case) -> None:
    assert log.load(case).owner is not None
    ask()
    assert grounds(clone) == grounds(case) == [HoldGround.IMPOSSIBLE_TRAVEL]
    release(case)
    release(clone)
    again(clone)
    assert log.load(clone).owner is not None
    assert (grounds(case), grounds(clone)) == ([], [])
    assert [difference for difference in audit.replay() if difference] == []


def test_a_sighting_that_nobody_cleared_holds_again(case: Case, clone: Case) -> None:
    ask()
    release(clone)
    later = Seen(at=clone.recorded_at + timedelta(minutes=10), track=8)
    assert later.device == packages.DEVICE
    Sighting.objects.filter(case=case).update(at=later.at)  # as if a third sighting stood there
    again(clone)
    assert grounds(clone) == [HoldGround.IMPOSSIBLE_TRAVEL]


def test_listed_plates_are_held_for_the_time_of_their_listing(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "stolen.csv"
    file.write_text(
        "plate,valid_from,valid_to,source\n"
        "59-X1 234.56,2026-10-24,2026-10-25,CA Quận 1 số 15/TB\n"
        "59-X1 234.56,2026-01-01,2026-10-24,đã tìm thấy\n",
        encoding="utf-8",
    )
    assert plate_lists.load(PlateListing.Kind.STOLEN, file) == 2
    assert plate_lists.load(PlateListing.Kind.STOLEN, file) == 2
    assert PlateListing.objects.count() == 2
    file.write_text(
        f"plate,valid_from,valid_to,source\n{PLATE},2026-01-01,,QĐ xe ưu tiên\n", encoding="utf-8"
    )
    plate_lists.load(PlateListing.Kind.EXEMPT, file)
    review(case)
    ask()
    assert [(hit.ground, hit.detail) for hit in log.load(case).hits] == [
        (HoldGround.STOLEN, "CA Quận 1 số 15/TB"),
        (HoldGround.EXEMPT, "QĐ xe ưu tiên"),
    ]
    release(case)
    again(case)
    assert log.load(case).owner is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plate;valid_from\n",
        "plate,valid_from,valid_to,source\n59X123456,2026-01-01,,\n",
        "plate,valid_from,valid_to,source\n,2026-01-01,,x\n",
        "plate,valid_from,valid_to,source\n59X123456,1/1/2026,,x\n",
        "plate,valid_from,valid_to,source\n59X123456,2026-02-01,2026-01-01,x\n",
        "plate,valid_from,valid_to,source\n59X123457,2026-01-01,,x\n59X123456,2026-01-01\n",
        'plate,valid_from,valid_to,source\n59X123456,2026-01-01,,"x',
    ],
)
def test_a_list_is_taken_whole_or_not_at_all(db: None, tmp_path: Path, text: str) -> None:
    file = tmp_path / "stolen.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(plate_lists.ListError):
        plate_lists.load(PlateListing.Kind.STOLEN, file)
    assert not PlateListing.objects.exists()


def test_a_certificate_withdrawn_after_intake_holds(case: Case) -> None:
    review(case)
    DeviceCertificate.objects.update(valid_to=case.recorded_at - timedelta(seconds=1))
    ask()
    assert grounds(case) == [HoldGround.CERTIFICATE]


def test_the_body_colour_of_the_registry_is_compared_with_the_camera(case: Case) -> None:
    review(case)
    ask("green")
    assert grounds(case) == [HoldGround.OTHER_BODY_COLOUR]


def test_a_plate_that_is_not_registered_holds_until_the_registry_knows_it(case: Case) -> None:
    review(case)
    owners.determine_owner(lease("determine_owner"), None)
    assert grounds(case) == [HoldGround.NOT_REGISTERED]
    release(case)
    owners.determine_owner(lease("file_case"), None)
    assert grounds(case) == [HoldGround.NOT_REGISTERED]
    release(case)
    again(case)
    assert log.load(case).owner is not None


def test_sightings_are_found_by_one_indexed_query(case: Case, clone: Case) -> None:
    clone.refresh_from_db()
    case.refresh_from_db()
    clone.package.device.site  # noqa: B018  # loaded before we count
    with CaptureQueriesContext(connection) as seen:
        facts = checks.facts_of(clone, packages.CERTIFICATE, Registered("motorcycle"))
    assert [other.case_id for other in facts.elsewhere] == [case.pk]
    about = [query["sql"] for query in seen if "workflow_sighting" in query["sql"]]
    assert len(about) == 1
    with transaction.atomic(), connection.cursor() as cursor:
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {about[0]}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "sighting_plate" in plan
    assert len(seen) <= 5
