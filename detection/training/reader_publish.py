"""Puts trained weights where the program loads them: `… -m detection.training.reader_publish --state DIR`.

`--weights benchmarks/weights`: where they are measured instead (`benchmarks/reading.py`).

Writes the checkpoint and easyocr's description of the network beside it, the network's OpenVINO export for
processors, and the SHA-256 of all into the manifest.
"""

import argparse
import shutil
from pathlib import Path

import torch

from detection import reader_network
from detection.decoding import ALPHABET
from detection.exported import forbid_telemetry
from detection.reader_network import HEIGHT, WIDTH, Model
from detection.training.reader import NETWORK
from detection.weights import WEIGHTS_DIR, enter

FOLDER = "reader"
EXPORT = "reader_openvino_model"
LICENCE = "AGPL-3.0-or-later"


def publish(checkpoint: Path, weights: Path = WEIGHTS_DIR) -> None:
    """Copy `checkpoint` (a `best.pth` of training) into `weights`, export it, list both in the manifest."""
    folder = weights / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = reader_network.__name__  # easyocr finds the module and both files by one name
    shutil.copyfile(checkpoint, folder / f"{name}.pth")
    sizes = "".join(
        f"  {key}: {NETWORK[key]}\n" for key in ("input_channel", "output_channel", "hidden_size")
    )
    description = (
        f"network_params:\n{sizes}imgH: {HEIGHT}\nlang_list:\n  - 'en'\ncharacter_list: {ALPHABET}\n"
    )
    (folder / f"{name}.yaml").write_text(description, encoding="utf-8")
    network = Model(**NETWORK)
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network.load_state_dict({key.removeprefix("module."): value for key, value in saved.items()})
    export(network, weights / EXPORT)
    enter(weights, "reader", FOLDER, [folder / f"{name}.pth", folder / f"{name}.yaml"], LICENCE)
    enter(weights, "reader-openvino", EXPORT, (weights / EXPORT).iterdir(), LICENCE)


def export(network: torch.nn.Module, folder: Path) -> None:
    """Write `reader.xml` and `reader.bin` into `folder`: the network for any number of pictures at once."""
    forbid_telemetry()
    import openvino

    # Two pictures: a batch of one would be taken for a fixed size by whoever folds it into another.
    pictures = torch.zeros(2, 1, HEIGHT, WIDTH)
    exported = openvino.convert_model(network.eval(), example_input=pictures, input=[-1, 1, HEIGHT, WIDTH])
    folder.mkdir(exist_ok=True)
    openvino.save_model(exported, folder / "reader.xml", compress_to_fp16=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that the training wrote")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_DIR)
    given = parser.parse_args()
    publish(given.state / "best.pth", given.weights)


if __name__ == "__main__":
    main()
