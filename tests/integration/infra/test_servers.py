"""The servers and the browser that the other tests stand on are real, private and empty."""

import socket
from pathlib import Path

import psycopg
import pytest
import redis


@pytest.mark.postgres
def test_postgres_is_private_and_not_run_by_root(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("select setting from pg_settings where name = 'data_directory'").fetchone()
    assert row is not None
    assert Path(row[0]).owner() != "root"


@pytest.mark.postgres
@pytest.mark.parametrize("_again", range(2))
def test_every_test_has_an_empty_database(postgres_database: str, _again: int) -> None:
    with psycopg.connect(postgres_database) as connection:
        connection.execute("create table once (n int)")


@pytest.mark.parametrize("_again", range(2))
def test_every_test_has_an_empty_redis(redis_url: str, _again: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.set("once", "1", nx=True)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80)])
def test_the_network_is_closed_to_tests(address: tuple[str, int]) -> None:
    with pytest.raises(pytest.fail.Exception, match="only loopback"):
        socket.create_connection(address, timeout=1)
