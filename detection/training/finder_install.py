"""Put a trained checkpoint into the product: stripped, exported, listed with its SHA-256.

python -m detection.training.finder_install CHECKPOINT [--weights benchmarks/weights]
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from detection.finder import vendor
from detection.weights import WEIGHTS_DIR, enter

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
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(stripped, directory / stripped.name)
        shutil.rmtree(directory / EXPORT, ignore_errors=True)
        shutil.copytree(exported, directory / EXPORT)
    enter(directory, "finder", "finder.pt", [directory / "finder.pt"], LICENCE)
    enter(directory, "finder-openvino", EXPORT, (directory / EXPORT).iterdir(), LICENCE)


def main() -> None:
    """Install one checkpoint."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS_DIR)
    given = parser.parse_args()
    install(given.checkpoint, given.weights)


if __name__ == "__main__":
    main()
