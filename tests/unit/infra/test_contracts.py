"""The import contracts name every module they are meant for, also the one that was added yesterday."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}
DETECTION = {
    f"detection.{path.stem}" for path in (ROOT / "detection").glob("*.py") if path.stem != "__init__"
}


@pytest.mark.parametrize(("library", "home"), [("ultralytics", "finder"), ("easyocr", "reader")])
def test_a_heavy_library_is_refused_to_all_but_its_home(library: str, home: str) -> None:
    contract = CONTRACTS[f"{library} has one home"]
    assert {name for name in contract["source_modules"] if name.startswith("detection.")} == DETECTION - {
        f"detection.{home}"
    }


def test_every_package_is_installed_and_under_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    listed = set(settings["setuptools"]["packages"])
    there = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in settings["importlinter"]["root_packages"]
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert listed == there
