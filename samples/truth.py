"""What the simulation knows, written down: `camera.toml` and `expected.json`, both format 1."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from samples.signal_head import lamp_boxes
from samples.traffic import Journey, PhaseSpan, is_borderline, is_violation

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from samples.film import Frame, Rectangle
    from samples.junction import Plan

_ROAD_METRES = ((-2.0, -4.0), (2.0, -4.0), (2.0, 6.0), (-2.0, 6.0))


@dataclass(frozen=True, slots=True)
class Clip:
    """What was rendered: `start` is the aware time of frame 0."""

    plan: Plan
    journeys: list[Journey]
    phases: list[PhaseSpan]
    fps: float
    start: datetime

    @property
    def count(self) -> int:
        return self.phases[-1].last + 1


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes by vehicle number and frame, collected while rendering."""

    by_vehicle: dict[int, dict[int, tuple[Rectangle, Rectangle | None]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def note(self, index: int, frame: Frame) -> None:
        """Keep the boxes of frame `index`."""
        for seen in frame.seen:
            self.by_vehicle[seen.number][index] = (seen.vehicle, seen.plate)


def _pixels(clip: Clip, points: list[tuple[float, float]]) -> list[list[float]]:
    world = np.array([[x, y, 0.0] for x, y in points])
    return [[round(float(x), 2), round(float(y), 2)] for x, y in clip.plan.camera.project(world)]


def _inside(clip: Clip, points: list[list[float]]) -> list[list[float]]:
    """The part of a convex polygon that lies in the picture."""
    width, height = clip.plan.camera.width, clip.plan.camera.height
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    _, part = cv2.intersectConvexConvex(np.array(points, np.float32), frame)
    return [[round(float(x), 2), round(float(y), 2)] for x, y in part.reshape(-1, 2)]


def camera_toml(clip: Clip) -> str:
    """The camera profile of the clip."""
    plan = clip.plan
    site, camera = plan.site, plan.camera
    lamps = {name: [round(v, 1) for v in box] for name, box in lamp_boxes(plan).items()}
    line = _pixels(clip, [(site.left, 0.0), (site.right, 0.0)])
    # A little wider than the lanes: handlebars and mirrors reach over the kerb.
    low, high = plan.camera.pose.nearest_y, site.far
    left, right = site.left - 0.3, site.right + 0.15
    approach = _inside(clip, _pixels(clip, [(left, low), (right, low), (right, high), (left, high)]))
    return f"""# Rendered by samples/make_samples.py, seed {plan.seed}.
# The road's Y grows into the junction; the stop line is Y = 0.
format = 1

[device]
id = "CAM-DEMO-01"
certificate = "DEMO-0001"

[site]
code = "NT-01"
name = "Ngã tư mẫu Nguyễn Văn A - Trần Thị B, phường Mẫu, TP. Hồ Chí Minh"

[frames]
width = {camera.width}
height = {camera.height}
fps = {clip.fps}
start = {clip.start.isoformat()}

[clock]
source = "simulated"
offset_ms = 0
error_ms = 20

[signal]
red = {lamps["red"]}
amber = {lamps["amber"]}
green = {lamps["green"]}
grace_s = 0.5
right_on_red = false

[stop_line]
from = {line[0]}
to = {line[1]}

[road]
image = {_pixels(clip, list(_ROAD_METRES))}
metres = {[list(point) for point in _ROAD_METRES]}

[approach]
polygon = {approach}
"""


def _crossing(clip: Clip, seconds: float | None) -> int | None:
    """The first frame that shows the crossing done, None if the clip does not show it."""
    if seconds is None:
        return None
    frame = int(np.ceil(seconds * clip.fps - 1e-9))
    return frame if 0 <= frame < clip.count and seconds >= 0 else None


def _vehicle(clip: Clip, journey: Journey, boxes: Boxes) -> dict[str, object]:
    vehicle, plate, table = journey.vehicle, journey.vehicle.plate, clip.plan.timetable
    front, rear = _crossing(clip, journey.front_at), _crossing(clip, journey.rear_at)
    phase = None if front is None or journey.front_at is None else table.phase(journey.front_at)[0]
    return {
        "id": vehicle.number,
        "class": vehicle.kind,
        "colour": vehicle.colour,
        "plate": {
            "text": plate.text,
            "kind": plate.kind,
            "lines": plate.lines,
            "colour": plate.colour,
            "display": plate.display,
        },
        "boxes": {
            str(index): {"vehicle": _rounded(body), "plate": None if small is None else _rounded(small)}
            for index, (body, small) in sorted(boxes.by_vehicle.get(vehicle.number, {}).items())
        },
        "front_crosses_frame": front,
        "rear_crosses_frame": rear,
        "phase_at_crossing": phase,
        "violation": front is not None and rear is not None and is_violation(journey, table),
        "borderline": front is not None and is_borderline(journey, table),
    }


def _rounded(box: Rectangle) -> list[float]:
    return [round(value, 1) for value in box]


def write_truth(clip: Clip, boxes: Boxes, folder: Path) -> None:
    """Write `camera.toml` and `expected.json` into `folder`; vehicles never in the picture are left out."""
    (folder / "camera.toml").write_text(camera_toml(clip), encoding="utf-8")
    camera = clip.plan.camera
    shown = [j for j in clip.journeys if boxes.by_vehicle.get(j.vehicle.number)]
    expected = {
        "format": 1,
        "seed": clip.plan.seed,
        "frames": {
            "count": clip.count,
            "fps": clip.fps,
            "width": camera.width,
            "height": camera.height,
            "start": clip.start.isoformat(),
        },
        "signal": [{"phase": s.phase, "from_frame": s.first, "to_frame": s.last} for s in clip.phases],
        "vehicles": [_vehicle(clip, journey, boxes) for journey in shown],
    }
    text = json.dumps(expected, ensure_ascii=False, separators=(",", ":"))
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
