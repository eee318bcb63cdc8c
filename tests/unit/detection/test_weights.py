"""Nothing is loaded that is not byte for byte what was committed."""

import hashlib
import json
from pathlib import Path

import pytest

from detection.weights import MANIFEST_NAME, WEIGHTS_DIR, WeightsError, enter, path_of, weights_of

CONTENT = bytes(range(256)) * 8


def entry(path: str, files: dict[str, bytes]) -> dict[str, object]:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return {"path": path, "files": digests, "licence": "AGPL-3.0-only"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    files = {"one.pt": CONTENT, "folder/a.bin": b"a" * 10, "folder/b.xml": b"<b/>"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    table = {
        "one": entry("one.pt", {"one.pt": CONTENT}),
        "several": entry("folder", {name: files[name] for name in ("folder/a.bin", "folder/b.xml")}),
        "none": entry("one.pt", {}),
        "odd": {"path": "one.pt"},
    }
    (tmp_path / MANIFEST_NAME).write_text(json.dumps({"format": 1, "weights": table}))
    return tmp_path


def test_intact_weights_give_what_a_loader_needs(directory: Path) -> None:
    assert path_of("one", directory) == directory / "one.pt"
    assert path_of("several", directory) == directory / "folder"


@pytest.mark.parametrize("position", [0, 1000, len(CONTENT) - 1])
def test_a_flipped_bit_is_refused(directory: Path, position: int) -> None:
    changed = bytearray(CONTENT)
    changed[position] ^= 1
    (directory / "one.pt").write_bytes(changed)
    with pytest.raises(WeightsError, match=r"one\.pt: has SHA-256 .* Reinstall the package") as caught:
        path_of("one", directory)
    assert caught.value.path == directory / "one.pt"
    assert path_of("several", directory)  # the other network is not affected


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"\0"])
def test_a_file_of_another_length_is_refused(directory: Path, content: bytes) -> None:
    (directory / "one.pt").write_bytes(content)
    with pytest.raises(WeightsError, match=r"one\.pt: has SHA-256"):
        path_of("one", directory)


def test_every_file_of_a_folder_is_checked(directory: Path) -> None:
    (directory / "folder" / "b.xml").write_bytes(b"<c/>")
    with pytest.raises(WeightsError, match=r"b\.xml: has SHA-256"):
        path_of("several", directory)


def test_a_missing_file_is_named(directory: Path) -> None:
    (directory / "one.pt").unlink()
    with pytest.raises(WeightsError, match=r"one\.pt: cannot be read \(No such file"):
        path_of("one", directory)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("unheard-of", "lists no weights named 'unheard-of' .*none, odd, one, several"),
        ("odd", "entry 'odd' is malformed"),
        ("none", "entry 'none' lists no files"),
    ],
)
def test_an_entry_that_proves_nothing_is_refused(directory: Path, name: str, problem: str) -> None:
    with pytest.raises(WeightsError, match=problem):
        path_of(name, directory)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2, "weights": {}}', '{"format": 1}', '{"format": 1, "weights": []}']
)
def test_a_broken_manifest_is_named(directory: Path, text: str) -> None:
    (directory / MANIFEST_NAME).write_text(text)
    with pytest.raises(WeightsError, match=MANIFEST_NAME):
        path_of("one", directory)


def test_no_manifest_is_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"weights\.json: cannot be read"):
        path_of("one", tmp_path)


def test_the_digest_of_several_files_is_that_of_their_checksum_lines(directory: Path) -> None:
    lines = "".join(
        f"{hashlib.sha256((directory / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("folder/a.bin", "folder/b.xml")
    )
    assert weights_of("several", directory).sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert weights_of("one", directory).sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_every_committed_network_is_intact_and_every_file_is_listed() -> None:
    names = json.loads((WEIGHTS_DIR / MANIFEST_NAME).read_text(encoding="utf-8"))["weights"]
    assert {"finder", "finder-openvino"} <= set(names)
    listed = {WEIGHTS_DIR / file for name in names for file, _ in weights_of(name).files}
    for name in names:
        assert path_of(name).exists()
    found = {path for path in WEIGHTS_DIR.rglob("*") if path.is_file() and path.name != MANIFEST_NAME}
    assert found == listed


def test_an_entered_file_is_found_again_beside_the_others(directory: Path) -> None:
    (directory / "new").mkdir()
    (directory / "new" / "a.bin").write_bytes(b"new")
    (directory / "odd.pt").write_bytes(CONTENT)
    enter(directory, "new", "new", (directory / "new").iterdir(), "AGPL-3.0-or-later")
    enter(directory, "odd", "odd.pt", [directory / "odd.pt"], "AGPL-3.0-only")
    assert path_of("new", directory) == directory / "new"
    assert path_of("odd", directory) == directory / "odd.pt"
    assert path_of("one", directory) == directory / "one.pt"
    (directory / "new" / "a.bin").write_bytes(b"old")
    with pytest.raises(WeightsError, match=r"a\.bin: has SHA-256"):
        path_of("new", directory)
