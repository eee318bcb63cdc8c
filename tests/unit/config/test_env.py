"""The environment table: typing errors and impossible values stop the start and name the variable."""

from pathlib import Path
from urllib.parse import quote

import pytest

from config.env import TABLE, EnvError, read

PRODUCTION = {
    "PHATNGUOI_ENV": "production",
    "PHATNGUOI_DATABASE_URL": "postgresql://db/phatnguoi",
    "PHATNGUOI_REDIS_URL": "redis://broker/0",
    "PHATNGUOI_SECRET_KEY": "x" * 50,
    "PHATNGUOI_UNIT_ADDRESS": "Số 1",
    "PHATNGUOI_PAYMENT_PLACE": "Kho bạc",
}


def test_an_empty_environment_is_one_machine_with_every_variable_set() -> None:
    env = read({})
    assert env["PHATNGUOI_ENV"] == "local"
    assert env.home == Path("var").resolve()
    assert set(env.values) == {variable.name for variable in TABLE}


def test_an_empty_value_is_the_default() -> None:
    assert read({"PHATNGUOI_LANGUAGE": ""})["PHATNGUOI_LANGUAGE"] == "vi"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHATNGUOI_ENV", "prod"),
        ("PHATNGUOI_LANGUAGE", "fr"),
        ("PHATNGUOI_APPOINTMENT_DAYS", "soon"),
        ("PHATNGUOI_DATABSE_URL", "postgresql://db/x"),
        ("PHATNGUOI_POST", "ftp://post.example"),
        ("PHATNGUOI_POST", "https://user:secret@post.example"),
        ("PHATNGUOI_POST", "https://post.example/v1?token=secret"),
        ("PHATNGUOI_LICENCE", "https:///v1"),
        ("PHATNGUOI_TSA", "tsa"),
        ("PHATNGUOI_TSA", "https://user:secret@tsa.example"),
        ("PHATNGUOI_PUBLIC_URL", "https://phatnguoi.example" + "x" * 60),
        ("PHATNGUOI_PUBLIC_URL", "phatnguoi.example"),
        ("PHATNGUOI_PUBLIC_URL", "https://phatnguoi.example/"),
        ("PHATNGUOI_PUBLIC_URL", "https://phatnguoi.example/tra-cuu"),
        ("PHATNGUOI_PUBLIC_URL", "https://PhatNguoi.example"),
        ("PHATNGUOI_ALLOWED_HOSTS", "phatnguoi.example, localhost"),
        ("PHATNGUOI_ALLOWED_HOSTS", "https://phatnguoi.example"),
        ("PHATNGUOI_DATABASE_URL", "sqlite:////srv/centre.sqlite3"),
        ("PHATNGUOI_DATABASE_URL", "mysql://db/x"),
        ("PHATNGUOI_DATABASE_URL", "db"),
        ("PHATNGUOI_DATABASE_URL", "postgresql://db"),
        ("PHATNGUOI_DATABASE_URL", "postgresql://db:far/x"),
        ("PHATNGUOI_REDIS_URL", "broker:6379"),
        ("PHATNGUOI_REDIS_URL", "http://broker/0"),
        ("PHATNGUOI_REDIS_URL", "redis://broker:99999/0"),
        ("PHATNGUOI_UNKEYED", "post,lottery"),
        ("PHATNGUOI_DECISION_HOURS", "49"),
        ("PHATNGUOI_DECISION_HOURS", "soon"),
        ("PHATNGUOI_GATEWAY_SECONDS", "60"),
        ("PHATNGUOI_GATEWAY_SECONDS", "soon"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(EnvError, match=name):
        read({name: value})


@pytest.mark.parametrize("sign", ["/", "12/", "#", "?"])
def test_a_password_that_breaks_an_address_is_refused_and_not_told(sign: str) -> None:
    """Else another machine is asked for, or a trace shows half of it."""
    with pytest.raises(EnvError, match="PHATNGUOI_DATABASE_URL") as refused:
        read({"PHATNGUOI_DATABASE_URL": f"postgresql://centre:{sign}geheim@db:5432/centre"})
    assert "geheim" not in str(refused.value)
    quoted = f"postgresql://centre:{quote(sign + 'geheim', safe='')}@db:5432/centre"
    assert read({"PHATNGUOI_DATABASE_URL": quoted})["PHATNGUOI_DATABASE_URL"] == quoted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHATNGUOI_DATABASE_URL", "postgresql:///centre?host=/run/postgresql"),
        ("PHATNGUOI_DATABASE_URL", "postgres://centre@[::1]/centre?sslmode=require"),
        ("PHATNGUOI_REDIS_URL", "rediss://:gei%2Fheim@broker:6379/0"),
        ("PHATNGUOI_PUBLIC_URL", "http://127.0.0.1:8000"),
        ("PHATNGUOI_ALLOWED_HOSTS", ".phatnguoi.example,[::1],10.0.0.7"),
    ],
)
def test_addresses_as_they_are_written_elsewhere_are_taken(name: str, value: str) -> None:
    assert read({name: value})[name] == value


def test_production_is_taken_when_whole() -> None:
    assert read(PRODUCTION)["PHATNGUOI_ENV"] == "production"


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "PHATNGUOI_ENV"])
def test_production_refuses_a_missing_piece_by_name(name: str) -> None:
    with pytest.raises(EnvError, match=name):
        read({key: value for key, value in PRODUCTION.items() if key != name})


def test_production_refuses_a_moved_clock() -> None:
    with pytest.raises(EnvError, match="PHATNGUOI_CLOCK_FILE"):
        read({**PRODUCTION, "PHATNGUOI_CLOCK_FILE": "clock"})


def test_a_body_is_a_folder_or_an_address() -> None:
    env = read({"PHATNGUOI_POST": "https://post.example/v1", "PHATNGUOI_LICENCE": "/srv/licence"})
    assert env.gateway("post") == "https://post.example/v1"
    assert env.gateway("licence") == Path("/srv/licence")
    assert env.gateway("treasury") == env.home / "treasury"


def test_production_speaks_to_nobody_without_encryption() -> None:
    assert read({"PHATNGUOI_POST": "http://127.0.0.1:8001"}).gateway("post") == "http://127.0.0.1:8001"
    with pytest.raises(EnvError, match="PHATNGUOI_POST"):
        read({**PRODUCTION, "PHATNGUOI_POST": "http://127.0.0.1:8001"})
