"""Vehicles driven over the road of a made-up camera, as it would see them."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from detection.camera import CameraProfile
from detection.geometry import Box
from detection.places import Observation, observe
from detection.signals import Phase, Span

START = datetime(2026, 10, 25, tzinfo=UTC)
FPS = 12.5
PIXELS = {"car": (150, 130), "motorbike": (60, 130), "bus": (200, 230), "truck": (190, 200)}
PROFILE = """\
format = 1
device = {id = "CAM", certificate = "C"}
site = {code = "S", name = "S"}
frames = {width = 1280, height = 720, fps = 12.5, start = 2026-10-25T07:00:00+07:00}
clock = {source = "simulated", offset_ms = 0, error_ms = 0}
stop_line = {from = [400, 360], to = [880, 360]}
approach = {polygon = [[380, 360], [900, 360], [1180, 719], [100, 719]]}
[signal]
red = [1, 1, 9, 9]
amber = [1, 11, 9, 19]
green = [1, 21, 9, 29]
grace_s = 0.5
right_on_red = false
[road]
image = [[400, 360], [880, 360], [1120, 660], [160, 660]]
metres = [[0, 0], [8, 0], [8, -15], [0, -15]]
"""
Drive = Callable[[float], tuple[float, float]]  # seconds to X, Y of the rear wheels


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def signal(*changes: tuple[Phase, float], until: float = 60.0) -> list[Span]:
    """Spans that begin at the given seconds and last, on all frames but the last, until the next."""
    ends = [start for _, start in changes[1:]] + [until]
    return [
        Span(phase, at(start), at(end - 1 / FPS)) for (phase, start), end in zip(changes, ends, strict=True)
    ]


RED = signal(("green", 0), ("amber", 7), ("red", 10), ("green", 30))


def drive(
    profile: CameraProfile,
    label: str,
    path: Drive,
    *,
    seconds: tuple[float, float],
    noise: float = 0.5,
    across: float = 0.0,
) -> list[Observation]:
    """What the camera would see of a drive; a vehicle below the frame is cut, or not seen at all.

    `noise` and `across` are how far, in pixels, the boxes tremble along and across the road.
    """
    image = np.array(profile.road.image, np.float32)
    back = cv2.getPerspectiveTransform(np.array(profile.road.metres, np.float32), image)
    rng, sideways = random.Random(7), random.Random(8)
    seen = []
    for frame in range(round(seconds[0] * FPS), round(seconds[1] * FPS)):
        ((x, y),) = cv2.perspectiveTransform(np.array([[path(frame / FPS)]], np.float64), back)[0]
        x, y = x + sideways.gauss(0, across), y + rng.gauss(0, noise)
        width, height = PIXELS[label]
        if y - height > profile.frames.height or y < 0:
            continue
        box = Box(x - width / 2, y - height, x + width / 2, y).clipped(1280, 720)
        seen.append(observe(profile, frame, at(frame / FPS), box))
    return seen


def steady(speed: float, crosses: float, x: float = 4.0) -> Drive:
    """Rear wheels over the line at second `crosses`, at constant speed (m/s)."""
    return lambda t: (x, speed * (t - crosses))


def halting(speed: float, y: float, leaves: float, arrives: float) -> Drive:
    """Drives to Y = y, stands, drives on."""

    def path(t: float) -> tuple[float, float]:
        return 4.0, y + speed * min(0.0, t - arrives) + speed * max(0.0, t - leaves)

    return path
