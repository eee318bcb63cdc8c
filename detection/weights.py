"""The networks this program ships: which files they are, and proof that nobody changed them.

Loading a PyTorch checkpoint can run code stored in it, so no file under `detection/weights/` is given to
a loader before its SHA-256 equals the one committed in `weights.json`.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEIGHTS_DIR = Path(__file__).with_name("weights")
MANIFEST_NAME = "weights.json"
FORMAT = 1


class WeightsError(Exception):
    """Weights are missing, changed or not listed; the message names the file and says what to do."""

    def __init__(self, path: Path, problem: str) -> None:
        """Keep the file's `path` and the `problem`; the remedy is the same for every problem."""
        super().__init__(f"{path}: {problem}. Reinstall the package or check the file out of git again.")
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Weights:
    """One entry of the manifest.

    `path` is what a loader gets: a file, or a folder for formats of several files. `files` pairs every
    file, relative to the weights folder, with its SHA-256 in hex. `licence` is an SPDX expression.
    """

    name: str
    path: Path
    files: tuple[tuple[str, str], ...]
    licence: str

    @property
    def sha256(self) -> str:
        """Hex digest that names these weights: the file's own, or of the `sha256sum` lines of several."""
        if len(self.files) == 1:
            return self.files[0][1]
        lines = "".join(f"{digest}  {file}\n" for file, digest in sorted(self.files))
        return hashlib.sha256(lines.encode()).hexdigest()


def weights_of(name: str, directory: Path = WEIGHTS_DIR) -> Weights:
    """Return the manifest's entry `name`; raises WeightsError when it cannot be read or has no such entry."""
    manifest = directory / MANIFEST_NAME
    entries = _entries(manifest)
    if name not in entries:
        raise WeightsError(manifest, f"lists no weights named {name!r} (it has {', '.join(sorted(entries))})")
    entry = entries[name]
    try:
        files = tuple((str(file), str(digest)) for file, digest in entry["files"].items())
        return Weights(name, directory / entry["path"], files, entry["licence"])
    except (KeyError, TypeError, AttributeError) as error:
        raise WeightsError(manifest, f"entry {name!r} is malformed ({error!r})") from error


def path_of(name: str, directory: Path = WEIGHTS_DIR) -> Path:
    """Return the file or folder to load for `name` after checking every byte of it.

    Raises WeightsError naming the first file that is missing, unreadable or not the committed one.
    """
    weights = weights_of(name, directory)
    if not weights.files:
        raise WeightsError(directory / MANIFEST_NAME, f"entry {name!r} lists no files")
    for file, expected in weights.files:
        path = directory / file
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise WeightsError(path, f"cannot be read ({error.strerror})") from error
        if found != expected:
            raise WeightsError(path, f"has SHA-256 {found}, not {expected}: it was changed or cut short")
    return weights.path


def enter(directory: Path, name: str, path: str, files: Iterable[Path], licence: str) -> None:
    """Write the entry `name` into the manifest of `directory`, which is made if it is not there.

    `path` is what a loader gets, relative to the folder; `files` lie in it. For trainings only.
    """
    manifest = directory / MANIFEST_NAME
    entries = _entries(manifest) if manifest.exists() else {}
    digests = {
        file.relative_to(directory).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(files)
    }
    entries[name] = {"path": path, "files": digests, "licence": licence}
    temporary = manifest.with_suffix(".tmp")
    document = {"format": FORMAT, "weights": dict(sorted(entries.items()))}
    temporary.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(manifest)


def _entries(manifest: Path) -> dict[str, Any]:
    try:
        document = json.loads(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsError(manifest, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise WeightsError(manifest, f"is not JSON ({error})") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise WeightsError(manifest, f"is not a manifest of format {FORMAT}")
    entries = document.get("weights")
    if not isinstance(entries, dict):
        raise WeightsError(manifest, "has no table of weights")
    return entries
