"""What the demo's world knows: who owns the rendered vehicles, and what a person sees in a photograph."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from detection.evidence import Manifest
from detection.geometry import Box

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ")
_MIDDLE = ("Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Quốc", "Thị Hồng")
_GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khôi", "Lan", "Nga", "Phúc", "Quỳnh", "Trường")
_STREETS = ("Lê Lợi", "Nguyễn Huệ", "Trần Hưng Đạo", "Điện Biên Phủ", "Cách Mạng Tháng Tám", "Võ Văn Kiệt")


@dataclass(frozen=True, slots=True)
class Truth:
    """One rendered vehicle: what a person who looks at the picture would say."""

    plate: str
    vehicle_class: str
    plate_colour: str
    violation: bool
    boxes: dict[int, Box]


def load_truth(path: Path) -> tuple[Truth, ...]:
    """The vehicles of expected.json (samples/README.md)."""
    vehicles = json.loads(path.read_text(encoding="utf-8"))["vehicles"]
    return tuple(
        Truth(
            plate=vehicle["plate"]["text"],
            vehicle_class=vehicle["class"],
            plate_colour=vehicle["plate"]["colour"],
            violation=vehicle["violation"],
            boxes={int(frame): Box(*boxes["vehicle"]) for frame, boxes in vehicle["boxes"].items()},
        )
        for vehicle in vehicles
    )


def seen_in(manifest: Manifest, truth: tuple[Truth, ...]) -> Truth | None:
    """The vehicle that the package's stills show: the demo officers' eyes."""
    best, overlap = None, 0.4
    for still in manifest.stills:
        box = Box(*(float(value) for value in still.vehicle_box))
        for vehicle in truth:
            if still.frame in vehicle.boxes and vehicle.boxes[still.frame].iou(box) > overlap:
                best, overlap = vehicle, vehicle.boxes[still.frame].iou(box)
    return best


def write_registry(path: Path, truth: tuple[Truth, ...]) -> None:
    """An invented owner for each rendered plate; names and numbers are made up by position."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            (
                "plate",
                "vehicle_class",
                "kind",
                "name",
                "id_number",
                "address",
                "plate_colour",
                "valid_from",
                "valid_to",
            )
        )
        for number, vehicle in enumerate(truth):
            name = " ".join((_FAMILY[number % 12], _MIDDLE[number % 8], _GIVEN[(number * 5) % 12]))
            address = f"Số {number + 1} đường {_STREETS[number % 6]}, phường Mẫu, TP. Hồ Chí Minh"
            row = (vehicle.plate, vehicle.vehicle_class, "person", name, f"079{number:09d}", address)
            writer.writerow((*row, vehicle.plate_colour, "2020-01-01", ""))
