"""The steps, and the faults that lean on the database, once more on a real PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.postgres
@pytest.mark.skipif("PHATNGUOI_DATABASE_URL" in os.environ, reason="this is the run on PostgreSQL")
def test_the_workers_hold_on_postgresql_too(postgres_url: str) -> None:
    here = Path(__file__).parent
    modules = "test_steps or test_way or test_money or test_reconcile or test_printing"
    chosen = f"{modules} or whole_tree or many_times or successor"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, str(here)],
        env={**os.environ, "PHATNGUOI_DATABASE_URL": postgres_url},
        cwd=here.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    print(run.stdout[-4000:])  # noqa: T201  # shown by pytest when this fails, and in CI's log
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout
