"""The command line hands on what it is given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.cli import app


@pytest.mark.parametrize("command", [["migrate"], ["verify", "pyproject.toml"], ["init"], ["replay"]])
def test_a_variable_that_cannot_be_is_told_in_one_line(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", *command],
        env={**os.environ, "PHATNGUOI_ENV": "nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "PHATNGUOI_ENV" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_benchmark_gets_its_options_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "echo.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["bench", "echo", "--cases", "200", "--seed", "7", "plain"])
    assert said.exit_code == 3
    assert capfd.readouterr().out == "['--cases', '200', '--seed', '7', 'plain']\n"
