"""Puts trained weights where the program loads them: `… -m detection.training.reader_publish --state DIR`.

Writes the checkpoint and easyocr's description of the network beside it, and their SHA-256 into the manifest.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

from detection import reader_network
from detection.reader_network import ALPHABET, HEIGHT
from detection.training.reader import NETWORK
from detection.weights import MANIFEST_NAME, WEIGHTS_DIR

FOLDER = "reader"


def publish(checkpoint: Path, weights: Path = WEIGHTS_DIR) -> None:
    """Copy `checkpoint` (a `best.pth` of training) into `weights` and list it in the manifest."""
    folder = weights / FOLDER
    folder.mkdir(exist_ok=True)
    name = reader_network.__name__  # easyocr finds the module and both files by one name
    shutil.copyfile(checkpoint, folder / f"{name}.pth")
    sizes = "".join(
        f"  {key}: {NETWORK[key]}\n" for key in ("input_channel", "output_channel", "hidden_size")
    )
    description = (
        f"network_params:\n{sizes}imgH: {HEIGHT}\nlang_list:\n  - 'en'\ncharacter_list: {ALPHABET}\n"
    )
    (folder / f"{name}.yaml").write_text(description, encoding="utf-8")
    manifest = weights / MANIFEST_NAME
    document = json.loads(manifest.read_text(encoding="utf-8"))
    files = sorted(folder.iterdir())
    document["weights"]["reader"] = {
        "path": FOLDER,
        "files": {
            f"{FOLDER}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
            for file in files
            if file.suffix in {".pth", ".yaml"}
        },
        "licence": "AGPL-3.0-or-later",
    }
    manifest.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that the training wrote")
    publish(parser.parse_args().state / "best.pth")


if __name__ == "__main__":
    main()
