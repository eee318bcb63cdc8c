"""The command line hands on what it is given."""

import os
import pty
import pwd
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config import cli, cli_base
from config.cli import app


def refused(command: list[str], **variables: str) -> str:
    """What a command says on standard error that ends before it began."""
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", *command],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("command", [["migrate"], ["verify", "pyproject.toml"], ["init"], ["replay"]])
def test_a_variable_that_cannot_be_is_told_in_one_line(command: list[str]) -> None:
    assert "PHATNGUOI_ENV" in refused(command, PHATNGUOI_ENV="nonsense")


@pytest.mark.parametrize("command", [["init"], ["replay"]])
def test_a_database_that_is_away_is_told_in_one_line(command: list[str], tmp_path: Path) -> None:
    said = refused(
        command,
        PHATNGUOI_HOME=str(tmp_path),
        PHATNGUOI_SECRET_KEY="k" * 50,
        PHATNGUOI_DATABASE_URL="postgresql://centre:geheim@127.0.0.1:1/centre",
    )
    assert "PHATNGUOI_DATABASE_URL" in said
    assert "geheim" not in said


def test_a_home_that_cannot_be_made_or_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "file" in refused(["init"], PHATNGUOI_HOME=str(tmp_path / "file"))
    assert "nowhere" in refused(["replay"], PHATNGUOI_HOME=str(tmp_path / "nowhere"))


def test_the_log_of_requests_tells_no_plate_that_somebody_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses hold plates and the codes of notices, and stand as referrers beside every style sheet."""
    began: list[list[str]] = []
    monkeypatch.setattr(cli, "_ready", lambda: None)
    monkeypatch.setattr(os, "execv", lambda _program, command: began.append(command))
    CliRunner().invoke(app, ["serve"])
    line = began[0][began[0].index("--access-logformat") + 1]
    assert "%(U)s" in line
    assert not any(atom in line for atom in ("%(r)s", "%(q)s", "%(f)s", "{referer}i"))


def test_a_password_typed_at_a_terminal_is_asked_for_and_not_shown() -> None:
    ours, theirs = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-c", "from config import cli_base; print(cli_base.password())"],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        start_new_session=True,  # else it would ask at the terminal of whoever runs the tests
    )
    os.close(theirs)
    shown = os.read(ours, 1000)
    os.write(ours, b"mat-khau-dai\n")
    told, _nothing = asking.communicate()
    shown += os.read(ours, 1000)
    assert told == b"mat-khau-dai\n"
    assert shown.decode().startswith("Mật khẩu")
    assert b"mat-khau" not in shown


def test_an_account_that_has_no_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that runs as some number: no line of passwd, no variable."""

    def unknown(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert cli_base.who() == f"cli:{os.getuid()}"


def test_a_benchmark_gets_its_options_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "echo.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["bench", "echo", "--cases", "200", "--seed", "7", "plain"])
    assert said.exit_code == 3
    assert capfd.readouterr().out == "['--cases', '200', '--seed', '7', 'plain']\n"
