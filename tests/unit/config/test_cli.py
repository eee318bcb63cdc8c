"""The command line hands on what it is given."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.cli import app


def test_a_benchmark_gets_its_options_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "echo.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["bench", "echo", "--cases", "200", "--seed", "7", "plain"])
    assert said.exit_code == 3
    assert capfd.readouterr().out == "['--cases', '200', '--seed', '7', 'plain']\n"
