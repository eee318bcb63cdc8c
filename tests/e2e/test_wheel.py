"""The wheel is the whole product: built, installed outside the checkout, it finds all its own files there."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
    "packages"
]
TOP_LEVEL = {name.partition(".")[0] for name in PACKAGES}


@dataclass(frozen=True)
class Installation:
    """The files it was made from, its content, and the folder it was installed into."""

    sources: tuple[PurePosixPath, ...]
    members: frozenset[str]
    target: Path
    home: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program against this installation, away from the checkout."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.home,
            # ahead of the checkout's editable install, and with this venv's libraries behind it
            env=os.environ | {"PYTHONPATH": str(self.target), "PHATNGUOI_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )

    def phatnguoi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command."""
        return self.run(str(self.target / "bin" / "phatnguoi"), *arguments)

    def answer(self, program: str) -> str:
        """What a short program prints; it has to end well."""
        done = self.run("-c", program)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def _tracked() -> tuple[PurePosixPath, ...]:
    """Files of the checkout that git knows or would add: what a commit of today holds."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(PurePosixPath(name) for name in names.split("\0") if name and (ROOT / name).is_file())


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # setuptools leaves build/ behind, and would pack an old one
    sources = _tracked()
    for name in sources:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", folder, source], check=True
    )
    (wheel,) = folder.glob("*.whl")
    target, home = folder / "target", folder / "home"
    home.mkdir()
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", target, wheel], check=True)
    return Installation(sources, frozenset(zipfile.ZipFile(wheel).namelist()), target, home)


def test_every_file_of_the_packages_is_in_it(installed: Installation) -> None:
    ours = {str(path) for path in installed.sources if path.parts[0] in TOP_LEVEL and len(path.parts) > 1}
    for_translators = {name for name in ours if "/locale/" in name and not name.endswith(".mo")}
    assert ours - for_translators - installed.members == set()


def test_nothing_else_is_in_it(installed: Installation) -> None:
    top = {PurePosixPath(name).parts[0] for name in installed.members}
    (information,) = top - TOP_LEVEL
    assert information.endswith(".dist-info")
    assert any(name.endswith("licenses/LICENSE") for name in installed.members)


def test_command_runs_outside_the_checkout(installed: Installation) -> None:
    assert Path(installed.answer("import config; print(config.__file__)")).is_relative_to(installed.target)
    done = installed.phatnguoi("--help")
    assert done.returncode == 0, done.stderr
    for command in ("read", "watch", "ingest", "verify", "replay", "init", "migrate", "serve", "worker"):
        assert command in done.stdout


@pytest.mark.camera
def test_weights_are_loaded_from_it(installed: Installation) -> None:
    photograph = installed.home / "noise.png"
    noise = np.random.default_rng(7).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    assert cv2.imwrite(str(photograph), noise)
    done = installed.phatnguoi("read", str(photograph), "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line).keys() == {"file", "plates", "ms"}


def test_fonts_are_found_in_it(installed: Installation) -> None:
    fonts = "import notices, pathlib; print(*(pathlib.Path(notices.__file__).parent / 'fonts').glob('*.ttf'))"
    assert len(installed.answer(fonts).split()) >= 2


SET_UP = (
    "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import django; django.setup()\n"
)


def test_templates_and_static_files_are_found_in_it(installed: Installation) -> None:
    program = f"""{SET_UP}
from pathlib import Path
from django.contrib.staticfiles import finders
from django.template.loader import get_template
import portal
folder = Path(portal.__file__).parent
for template in (folder / "templates").rglob("*.html"):
    get_template(str(template.relative_to(folder / "templates")))
static = [str(path.relative_to(folder / "static")) for path in folder.glob("static/**/*") if path.is_file()]
assert static
assert all(finders.find(path) for path in static)
print(folder)
"""
    assert Path(installed.answer(program)).is_relative_to(installed.target)


def test_translations_are_compiled_in_it(installed: Installation) -> None:
    catalogues = {name for name in installed.members if name.endswith(".mo")}
    assert catalogues
    program = f"""{SET_UP}
from django.utils import translation
from gettext import GNUTranslations
import config, pathlib
(catalogue, *_) = pathlib.Path(config.__file__).parent.glob("locale/*/LC_MESSAGES/django.mo")
messages = GNUTranslations(catalogue.open("rb"))._catalog
message, translated = next((k, v) for k, v in messages.items() if isinstance(k, str) and k and v and v != k)
translation.activate(catalogue.parts[-3])
assert translation.gettext(message) == translated
"""
    installed.answer(program)
