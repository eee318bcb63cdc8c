"""Train the finder: one command, seeded, resumable.

    nice -n 19 python -m detection.training.finder WORK --coco yolo26n.pt --plates best.pt

Renders junctions, asks the teachers, writes the data set and trains in stages, small pictures first; all
under WORK, outside the checkout. What is done is not done again: a killed run goes on from its last epoch.
`detection.training.finder_install` puts the result into the product, `finder_measure` measures it.
"""

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.finder import LABELS, vendor
from detection.training.composites import composites
from detection.training.photos import ALL_PLACES, DEFAULT_ROOT, Seen
from detection.training.scenes import COCO_VEHICLES, rendered
from detection.training.scenes_build import (
    SEED,
    build,
    close_ups,
    crops,
    labelled_pictures,
    pictures,
    proposals,
)

CHECKOUT = Path(__file__).resolve().parents[2]
RENDERED_SEEDS = range(1001, 1021)  # seeds below 1000 belong to tests and measurements
COCO_STOP_SIGN = 11  # the flat, lettered thing among COCO's classes: a start for "plate"


@dataclass(frozen=True, slots=True)
class Stage:
    """One run: picture size in pixels, epochs, first layers kept as they are, learning rate, batch size.

    `mosaic` is the share of pictures shown as a mosaic of four, `degrees` how far they are turned at most.
    """

    name: str
    image_size: int
    epochs: int
    frozen: int
    rate: float
    mosaic: float
    degrees: float = 6
    batch: int = 16


STAGES = (
    Stage("wide", 416, 4, 10, 1e-3, mosaic=1.0),  # many small things at once
    Stage("whole", 416, 4, 10, 8e-4, mosaic=0.4),  # and plates that fill a picture
    Stage("settle", 416, 2, 10, 4e-4, mosaic=0.2),
    Stage("streets", 416, 4, 10, 8e-4, mosaic=0.5),  # with composites: far, wet, dark, coloured, signs
    Stage("leaning", 416, 8, 6, 7e-4, mosaic=0.5, degrees=16),  # and askew, as from above or from a slope
)
PLAIN_STAGES = 3  # the first, without composites
COMPOSITES = 1000


def five_classes(network: Any) -> Any:
    """Cut a COCO network's last layers down to our classes, keeping what it knows of vehicles.

    The vehicle rows are copied from COCO's own, the plate's from its stop sign: training starts from a
    network that already finds vehicles.
    """
    import torch

    head = network.model[-1]
    if head.nc == len(LABELS):
        return network
    source = {label: index for index, label in COCO_VEHICLES.items()} | {"plate": COCO_STOP_SIGN}
    rows = [source[label] for label in LABELS]
    for branch in (head.cv3, head.one2one_cv3):
        for layers in branch:
            old = layers[-1]
            new = torch.nn.Conv2d(old.in_channels, len(LABELS), 1)
            new.weight = torch.nn.Parameter(old.weight.data[rows].clone())
            new.bias = torch.nn.Parameter(old.bias.data[rows].clone())
            layers[-1] = new
    head.nc = len(LABELS)
    head.no = head.nc + 4 * head.reg_max
    network.nc = head.nc
    network.yaml["nc"] = head.nc
    network.names = dict(enumerate(LABELS))
    return network


def run(stage: Stage, start: Path, data: Path, work: Path) -> Path:
    """Train one stage from the checkpoint `start`; returns its last checkpoint.

    The last, not the vendor's "best": that is the mean over classes, and two of them have a handful of boxes.
    """
    import torch

    yolo = vendor().YOLO
    from ultralytics.models.yolo.detect import DetectionTrainer

    class FiveClassTrainer(DetectionTrainer):  # type: ignore[misc]  # ultralytics publishes no types
        def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002  # the vendor's signature
            # the layout is the same numbers in another order: a third faster on the processors measured
            return five_classes(weights).to(memory_format=torch.channels_last)

        def preprocess_batch(self, batch: Any) -> Any:
            batch = super().preprocess_batch(batch)
            batch["img"] = batch["img"].contiguous(memory_format=torch.channels_last)
            return batch

    folder = work / stage.name
    last, done = folder / "weights" / "last.pt", folder / "done"
    if done.exists():
        return last
    if last.exists():
        yolo(last).train(trainer=FiveClassTrainer, resume=True)
    else:
        yolo(start).train(
            trainer=FiveClassTrainer,
            data=data / "data.yaml",
            project=work,
            name=stage.name,
            exist_ok=True,
            **_options(stage),
        )
    shutil.copyfile(folder / "results.csv", done)
    return last


def _options(stage: Stage) -> dict[str, Any]:
    """How to train, in the vendor's words."""
    return {
        "imgsz": stage.image_size,
        "epochs": stage.epochs,
        "batch": stage.batch,
        "nbs": stage.batch,
        "freeze": stage.frozen,
        "optimizer": "AdamW",
        "lr0": stage.rate,
        "lrf": 0.05,
        "warmup_epochs": 0.3,
        "warmup_bias_lr": 0.0,
        "weight_decay": 5e-4,
        "cos_lr": True,
        "seed": SEED,
        "deterministic": False,
        "amp": False,
        "workers": 0,
        "cache": "ram",
        "plots": False,
        "device": "cpu",
        # far plates and close ones, leaning cameras, night and lamps; no upside-down road
        "mosaic": stage.mosaic,
        "close_mosaic": 1,
        "scale": 0.7,
        "translate": 0.15,
        "degrees": stage.degrees,
        "shear": 3,
        "perspective": 0.0003,
        "hsv_h": 0.02,
        "hsv_s": 0.6,
        "hsv_v": 0.5,
        "fliplr": 0.5,
    }


def render(work: Path) -> list[Path]:
    """Junctions of the training seeds, a frame a second, every third at night; each rendered once."""
    folders = []
    for seed in RENDERED_SEEDS:
        folder = work / "rendered" / str(seed)
        folders.append(folder)
        if (folder / "expected.json").exists():  # written last
            continue
        program = [sys.executable, str(CHECKOUT / "samples" / "make_samples.py"), "--seed", str(seed)]
        options = ["--night" if seed % 3 == 0 else "--day", "--fps", "1", "--seconds", "20", "--no-video"]
        subprocess.run([*program, *options, "--out", str(folder)], check=True)  # noqa: S603  # our own program
    return folders


def main() -> None:
    """Everything from pictures to the last stage's checkpoint, whose path is printed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--coco", type=Path, required=True, help="yolo26n.pt: start and teacher of vehicles")
    parser.add_argument("--plates", type=Path, required=True, help="a plate detector: teacher of plates")
    parser.add_argument("--data", type=Path, default=DEFAULT_ROOT.parent)
    parser.add_argument("--start", type=Path, help="a finder's checkpoint: only the last stage is trained")
    parser.add_argument("--all-places", action="store_true", help=ALL_PLACES)
    arguments = parser.parse_args()
    seen: Seen = "all" if arguments.all_places else "training"
    os.environ.setdefault("YOLO_VERBOSE", "true")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for each other starve on a busy machine
    work: Path = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    junctions = [picture for folder in render(work) for picture in rendered(folder)]
    chosen = pictures(arguments.data, work, seen)
    proposed = proposals(chosen, work, arguments.coco, arguments.plates)
    photographed = labelled_pictures(chosen, proposed)
    everything = photographed + close_ups(photographed, work / "close_ups") + junctions
    everything += crops(arguments.data / "plates", seen)
    streets = everything + composites(photographed + junctions, work / "composites", COMPOSITES, SEED)
    checkpoint = (arguments.start or arguments.coco).resolve()
    for stage in STAGES[-1:] if arguments.start else STAGES:
        pictured = everything if stage in STAGES[:PLAIN_STAGES] else streets
        checkpoint = run(stage, checkpoint, build(pictured, work / stage.name), work / "runs")
    sys.stdout.write(f"{checkpoint}\n")


if __name__ == "__main__":
    main()
