"""Gather every training picture, ask the teachers about it, and write the data set that ultralytics reads.

Only places on the training side of `split.json` are opened; rendered junctions have seeds from 1000 on.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from detection.finder import LABELS, Image, vendor
from detection.geometry import Box
from detection.images import load_image
from detection.training.outlines import Outlines
from detection.training.photos import Seen, foreign_plates, photographs, training_crops
from detection.training.scenes import (
    COCO_PERSON,
    COCO_VEHICLES,
    Labelled,
    Proposal,
    agreed_boxes,
)

SEED = 20261122
LARGEST = 1280  # pixels of the longer side kept: the network never sees more than 640 of a whole picture
MIN_CLOSE_UP = 30  # pixels of a plate's width: a smaller one would be a blur
CROP_MARGIN = 0.02  # the plate crops show a little more than the plate

# Pictures of a place in one epoch, and how often each: one garage lane holds 62 % of the photographs and
# must not hold 62 % of the loss.
SHARES: dict[str, tuple[int, int]] = {
    "greenparking_bike_laneA": (120, 1),
    "greenparking_car_lane": (64, 1),
    "hcm_carpark_phone_video": (51, 1),
    "hcm_carpark_phone": (27, 4),
    **dict.fromkeys(("tgmt_AQUA1", "tgmt_AQUA2", "tgmt_AQUA4", "tgmt_AQUA5", "tgmt_AQUA7"), (60, 1)),
    "foreign_us": (70, 1),
    "foreign_br": (40, 1),
    "foreign_eu": (60, 1),
    "crops": (60, 1),
    "rendered": (260, 1),
    "close_up": (260, 1),
    "composite": (1000, 1),
}
EVERYTHING = (10_000, 1)
CLIPS = {  # clips of training places: every how many frames
    "hn_giangvo_langha_redlight_16h15.mp4": 16,
    "hn_lythuongkiet_hangbai_redlight_16h30.mp4": 16,
    "vn_intersections_screenrec.mp4": 10,
    "vn_oneway_clip_20f.mp4": 4,
    "vn_oneway_clip_5f.mp4": 2,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture before the teachers: plates boxed by people, whether those are all, and their vehicles."""

    path: Path
    scene: str
    plates: tuple[Box, ...]
    complete: bool
    vehicles: tuple[str, ...] = ()


def pictures(data: Path, work: Path, seen: Seen = "training") -> list[Picture]:
    """Everything real that training may see under `data` (the folder with plates/, traffic/ and video/)."""
    found = [
        Picture(
            photo.path,
            photo.scene,
            tuple(plate.box for plate in photo.plates),
            photo.complete,
            tuple(plate.vehicle for plate in photo.plates),
        )
        for photo in photographs(data / "plates", side=seen)
    ]
    found += [
        Picture(plate.path, f"foreign_{plate.region}", (plate.box,), complete=False)
        for plate in foreign_plates(data / "plates")
    ]
    found += [
        Picture(path, "traffic", (), complete=False) for path in sorted((data / "traffic" / "img").iterdir())
    ]
    for name, step in CLIPS.items():
        frames = clip_frames(data / "video" / name, step, work / "clips")
        found += [Picture(path, f"clip_{Path(name).stem}", (), complete=False) for path in frames]
    return _thinned(found)


def clip_frames(video: Path, step: int, folder: Path) -> Iterator[Path]:
    """Every `step`-th frame of a clip, written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    capture = cv2.VideoCapture(str(video))
    number = 0
    while (read := capture.read())[0]:
        if number % step == 0:
            path = folder / f"{video.stem}_{number:04d}.jpg"
            cv2.imwrite(str(path), read[1], [cv2.IMWRITE_JPEG_QUALITY, 95])
            yield path
        number += 1
    capture.release()


def proposals(chosen: Iterable[Picture], work: Path, coco: Path, plates: Path) -> dict[Path, list[Proposal]]:
    """What the teachers see in each picture; kept in `work/proposals.json`, so that a killed run goes on."""
    store = work / "proposals.json"
    known: dict[str, list[list[Any]]] = json.loads(store.read_text()) if store.exists() else {}
    teachers = vendor().YOLO(coco), vendor().YOLO(plates)
    answer = {}
    for count, picture in enumerate(chosen, start=1):
        key = str(picture.path)
        if key not in known:
            known[key] = [
                [each.kind, each.box.x1, each.box.y1, each.box.x2, each.box.y2, each.confidence]
                for each in _asked(picture, *teachers)
            ]
        answer[picture.path] = [Proposal(kind, Box(*corners), sure) for kind, *corners, sure in known[key]]
        if count % 50 == 0:
            _replace(store, json.dumps(known))
    _replace(store, json.dumps(known))
    return answer


def labelled_pictures(chosen: Iterable[Picture], seen: dict[Path, list[Proposal]]) -> list[Labelled]:
    """Each picture with the boxes to train on."""
    found = []
    for picture in chosen:
        image = load_image(picture.path)
        boxes = agreed_boxes(picture.plates, seen[picture.path], complete=picture.complete)
        if picture.scene.startswith("greenparking") and all(label == "plate" for label, _ in boxes):
            continue  # a vehicle stands in every picture of these lanes: the teacher missed it
        boxes = _as_people_say(boxes, picture)
        found.append(Labelled(picture.path, picture.scene, (image.shape[0], image.shape[1]), tuple(boxes)))
    return found


def build(labelled: Iterable[Labelled], work: Path) -> Path:
    """Write pictures, labels, lists and `data.yaml` under `work/data`; returns that folder.

    A twelfth of every place, and every twelfth rendered frame, only chooses the best epoch.
    """
    folder, outlines = work / "data", Outlines()
    lists: dict[str, list[str]] = {"train": [], "val": []}
    by_scene: dict[str, list[Labelled]] = {}
    for each in labelled:
        by_scene.setdefault(each.scene, []).append(each)
    for scene, group in sorted(by_scene.items()):
        random.Random(SEED).shuffle(group)
        most, times = SHARES.get(scene, EVERYTHING)
        for number, each in enumerate(group[:most]):
            path = _write(each, folder, outlines)
            chosen_for_val = number % 12 == 11 and not scene.startswith("clip")
            lists["val" if chosen_for_val else "train"] += [str(path)] * (1 if chosen_for_val else times)
    for name, paths in lists.items():
        (folder / f"{name}.txt").write_text("\n".join(paths) + "\n")
    names = "".join(f"  {number}: {name}\n" for number, name in enumerate(LABELS))
    (folder / "data.yaml").write_text(f"path: {folder}\ntrain: train.txt\nval: val.txt\nnames:\n{names}")
    return folder


def _thinned(found: list[Picture]) -> list[Picture]:
    """No more of a place than twice its share: the teachers are slow."""
    kept = []
    for scene in sorted({picture.scene for picture in found}):
        group = [picture for picture in found if picture.scene == scene]
        random.Random(SEED).shuffle(group)
        kept += group[: 2 * SHARES.get(scene, EVERYTHING)[0]]
    return kept


def _asked(picture: Picture, coco: Any, plates: Any) -> Iterator[Proposal]:
    """Both teachers' boxes, the COCO network's at two sizes: far and near vehicles."""
    image = load_image(picture.path)
    sizes = (416, 640) if max(image.shape[:2]) < 700 else (640, LARGEST)
    classes = [COCO_PERSON, *COCO_VEHICLES]
    for size in sizes:
        boxes = coco.predict(image, imgsz=size, conf=0.2, classes=classes, verbose=False)[0].boxes
        for label, corners, sure in zip(boxes.cls, boxes.xyxy.tolist(), boxes.conf, strict=True):
            yield Proposal(COCO_VEHICLES.get(int(label), "person"), Box(*corners), float(sure))
    if not picture.complete:
        boxes = plates.predict(image, imgsz=sizes[-1], conf=0.25, verbose=False)[0].boxes
        for corners, sure in zip(boxes.xyxy.tolist(), boxes.conf, strict=True):
            yield Proposal("plate", Box(*corners), float(sure))


def _as_people_say(boxes: list[tuple[str, Box]], picture: Picture) -> list[tuple[str, Box]]:
    """Where a person wrote what carries the plate, that is the class of the vehicle around it."""
    said = list(zip(picture.plates, picture.vehicles, strict=False))
    return [
        next(
            (
                (kind, box)
                for plate, kind in said
                if label != "plate" and kind in LABELS and _holds(box, plate)
            ),
            (label, box),
        )
        for label, box in boxes
    ]


def _holds(vehicle: Box, plate: Box) -> bool:
    return plate.intersection(vehicle) > 0.9 * plate.area


def close_ups(labelled: Iterable[Labelled], folder: Path) -> list[Labelled]:
    """Parts of pictures that a plate fills to a fifth or a half: nobody photographed enough of them.

    One for every picture whose plates people boxed, with one of MIN_CLOSE_UP pixels or more, upright or
    lying as the dice fall.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(SEED)
    found = []
    for picture in labelled:
        plates = [box for label, box in picture.boxes if label == "plate" and box.width >= MIN_CLOSE_UP]
        if not plates or picture.scene.startswith(("traffic", "clip")):
            continue
        plate = dice.choice(plates)
        width = plate.width * dice.uniform(1.8, 5)
        height = max(width * dice.choice((0.7, 1.0, 1.5)), 1.5 * plate.height)
        left = plate.centre[0] - width * dice.uniform(0.3, 0.7)
        top = plate.centre[1] - height * dice.uniform(0.3, 0.7)
        window = Box(left, top, left + width, top + height).clipped(picture.size[1], picture.size[0])
        found.append(_part(picture, window, folder / f"{picture.scene}_{picture.path.stem}.jpg"))
    return found


def _part(picture: Labelled, window: Box, path: Path) -> Labelled:
    """The window of a picture as a picture, with what at least half of it shows of each box."""
    x1, y1, x2, y2 = window.as_ints()
    if not path.exists():
        part = load_image(picture.path)[y1:y2, x1:x2]
        cv2.imwrite(str(path), part, [cv2.IMWRITE_JPEG_QUALITY, 94])
    boxes = []
    for label, box in picture.boxes:
        shown = Box(box.x1 - x1, box.y1 - y1, box.x2 - x1, box.y2 - y1).clipped(x2 - x1, y2 - y1)
        covers = shown.area > 0.5 * (x2 - x1) * (y2 - y1)
        if shown.area > 0.5 * box.area or (covers and label != "plate"):
            boxes.append((label, shown))
    return Labelled(path, "close_up", (y2 - y1, x2 - x1), tuple(boxes))


def crops(root: Path, seen: Seen = "training") -> list[Labelled]:
    """Pictures that one plate fills."""
    found = []
    for crop in training_crops(root, seen):
        height, width = load_image(crop.path).shape[:2]
        box = Box(0, 0, width, height).grown(-CROP_MARGIN, -CROP_MARGIN)
        found.append(Labelled(crop.path, "crops", (height, width), (("plate", box),)))
    return found


def _write(picture: Labelled, folder: Path, outlines: Outlines) -> Path:
    """One picture and its label file, shrunk to what training needs; written once."""
    stem = f"{picture.scene}_{picture.path.parent.parent.name}_{picture.path.stem}"
    path = folder / "images" / f"{stem}.jpg"
    label = folder / "labels" / f"{stem}.txt"
    for each in (path, label):
        each.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        image = load_image(picture.path)
        shrink = LARGEST / max(image.shape[:2])
        small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        shown = _stamped(
            np.asarray(small, np.uint8) if shrink < 1 else image, random.Random(f"{SEED} {stem}")
        )
        cv2.imwrite(str(path), shown, [cv2.IMWRITE_JPEG_QUALITY, 94])
    label.write_text(outlines.lines(picture, load_image(path)))
    return path


def _stamped(image: Image, dice: random.Random) -> Image:
    """Every other picture with a date burnt into an edge, as cameras do: text that is no plate."""
    if dice.random() < 0.5:
        return image
    height, width = image.shape[:2]
    date = f"{dice.randint(1, 28):02}/{dice.randint(1, 12):02}/{dice.randint(2005, 2026)}"
    text = f"{date} {dice.randint(0, 23):02}:{dice.randint(0, 59):02}" + dice.choice(("", ":07", ":52"))
    font = dice.choice((cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN))
    scale = dice.uniform(0.25, 0.9) * width / cv2.getTextSize(text, font, 1, 1)[0][0]
    thickness = max(1, round(scale * dice.uniform(1, 2.5)))
    (wide, high), _ = cv2.getTextSize(text, font, scale, thickness)
    left = dice.choice((4, max(4, width - wide - 4)))
    bottom = dice.choice((high + 6, height - 6, height - 6))
    colour = dice.choice(((0, 0, 230), (255, 255, 255), (0, 230, 255), (20, 20, 20)))
    stamped = image.copy()
    cv2.putText(stamped, text, (left, bottom), font, scale, colour, thickness, cv2.LINE_AA)
    return stamped


def _replace(path: Path, text: str) -> None:
    """Write whole or not at all."""
    path.with_suffix(".tmp").write_text(text)
    path.with_suffix(".tmp").replace(path)
