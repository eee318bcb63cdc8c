"""Put a trained checkpoint into the product: stripped, exported, listed with its SHA-256.

python -m detection.training.finder_install CHECKPOINT
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from detection.finder import vendor
from detection.weights import FORMAT, MANIFEST_NAME, WEIGHTS_DIR

LICENCE = "AGPL-3.0-only"  # that of the checkpoint training started from
EXPORT = "finder_openvino_model"  # the vendor tells the format by this ending


def install(checkpoint: Path, directory: Path = WEIGHTS_DIR) -> None:
    """Write `finder.pt`, its OpenVINO export and both entries of the manifest.

    The checkpoint keeps half-precision weights only: no optimizer, no paths of the machine it was trained on.
    """
    import torch

    ultralytics = vendor()
    from ultralytics.nn.tasks import load_checkpoint

    network, whole = load_checkpoint(checkpoint)
    network.args = {"task": "detect", "data": "detection.training.finder"}
    network.pt_path = "finder.pt"
    network.criterion = None
    kept = {"model": network.half(), "train_args": network.args, "epoch": -1, "date": whole["date"]}
    kept |= {"version": whole["version"], "license": LICENCE}
    with tempfile.TemporaryDirectory() as scratch:
        stripped = Path(scratch) / "finder.pt"
        torch.save(kept, stripped)
        # any size and batch in one file; half-precision weights, computed in the processor's own precision
        exported = Path(ultralytics.YOLO(stripped).export(format="openvino", dynamic=True, half=True))
        shutil.copyfile(stripped, directory / stripped.name)
        shutil.rmtree(directory / EXPORT, ignore_errors=True)
        shutil.copytree(exported, directory / EXPORT)
    _list(directory, "finder", "finder.pt", [directory / "finder.pt"])
    _list(directory, "finder-openvino", EXPORT, sorted((directory / EXPORT).iterdir()))


def _list(directory: Path, name: str, path: str, files: list[Path]) -> None:
    """Replace one entry of the manifest; the others are another network's."""
    manifest = directory / MANIFEST_NAME
    document = json.loads(manifest.read_text(encoding="utf-8"))
    if document["format"] != FORMAT:
        raise ValueError(f"{manifest} is not of format {FORMAT}")
    digests = {
        file.relative_to(directory).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }
    document["weights"][name] = {"path": path, "files": digests, "licence": LICENCE}
    temporary = manifest.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(manifest)


def main() -> None:
    """Install one checkpoint."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    install(parser.parse_args().checkpoint)


if __name__ == "__main__":
    main()
