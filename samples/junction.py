"""What a seed decides about the place, the light and the camera before anything is painted."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from samples.optics import Camera, Pose, aim
from samples.traffic import Slot, Timetable

HEAD_WIDTH, LAMP_STEP, LAMP_RADIUS = 0.30, 0.25, 0.095


@dataclass(frozen=True, slots=True)
class Site:
    """The road in metres. The carriageway of the approach spans X from `left` to `right`.

    `mouth` and `far` are the Y of the near and far edge of the street that crosses; `signal` is (X, Y, Z)
    of the middle of the amber lamp; `two_way` puts an opposite carriageway on the left.
    """

    left: float
    right: float
    divide: float
    mouth: float
    far: float
    signal: tuple[float, float, float]
    two_way: bool


@dataclass(frozen=True, slots=True)
class Light:
    """Weather and sensor. `sun` is the shadow's (X, Y) shift per metre of height, None when overcast.

    `gain` is the brightness of what is not lit by itself, `tint` its BGR colour cast, `shutter` in seconds,
    `noise` the standard deviation in grey levels, `blur` the radius of the lens in pixels, `gamma` the
    exponent of the sensor's tone curve.
    """

    night: bool
    sun: tuple[float, float] | None
    gain: float
    tint: tuple[float, float, float]
    shutter: float
    noise: float
    blur: float
    wet: bool
    haze: float
    gamma: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything fixed for one clip."""

    seed: int
    camera: Camera
    site: Site
    light: Light
    timetable: Timetable
    slots: tuple[Slot, ...]


def plan(seed: int, size: tuple[int, int], *, night: bool | None = None) -> Plan:
    """The junction of that seed. `night` None lets the seed decide (one clip in four is at night)."""
    rng = random.Random(f"{seed}/plan")
    site = _site(rng)
    camera = _camera(rng, size, site)
    site = _with_signal(rng, site, camera)
    dark = rng.random() < 0.25
    light = _light(rng, size[1] / 720, night=dark if night is None else night)
    green, amber, red = rng.uniform(3.6, 4.6), 3.0, rng.uniform(9.8, 11.0)
    timetable = Timetable(green, amber, red, rng.uniform(0.2, 1.0))
    cars = (site.left + site.divide) / 2 - 0.05
    bikes = site.right - site.divide
    lanes = tuple(Slot(site.divide + bikes * share, "motorbike") for share in (0.1, 0.48, 0.84))
    return Plan(seed, camera, site, light, timetable, (Slot(cars, "car"), *lanes))


def _site(rng: random.Random) -> Site:
    left, divide, right = -rng.uniform(2.5, 2.8), rng.uniform(-0.15, 0.1), rng.uniform(2.15, 2.4)
    mouth = rng.uniform(3.4, 5.0)
    return Site(
        left, right, divide, mouth, mouth + rng.uniform(6.5, 10.0), (0.0, 0.0, 0.0), rng.random() < 0.6
    )


def _camera(rng: random.Random, size: tuple[int, int], site: Site) -> Camera:
    height = rng.uniform(4.6, 6.2)
    distance = height / math.tan(math.radians(rng.uniform(8.6, 11.0)))
    x = rng.uniform(0.2, 2.4)
    aim_x = (site.left + site.right) / 2 + rng.uniform(0.15, 0.35)
    pose = Pose(
        x=x,
        distance=distance,
        height=height,
        yaw=math.atan((aim_x - x) / distance),
        roll=math.radians(rng.uniform(-1.0, 1.0)),
        plate_px=rng.uniform(28.0, 31.0) * size[1] / 720,
        nearest_y=-rng.uniform(5.8, 6.6),
    )
    return aim(pose, size)


def _with_signal(rng: random.Random, site: Site, camera: Camera) -> Site:
    """The signal beside the kerb, as high as the image shows it."""
    x, y = site.right + rng.uniform(0.28, 0.36), rng.uniform(0.3, 1.2)
    step = 1 / camera.focal * math.hypot(camera.pose.distance + y, camera.pose.height)
    z = 3.0
    while _row(camera, x, y, z + LAMP_STEP + 0.2) < 6:
        z -= step
    return Site(site.left, site.right, site.divide, site.mouth, site.far, (x, y, z), site.two_way)


def _row(camera: Camera, x: float, y: float, z: float) -> float:
    row = camera.matrix @ (x, y, z, 1.0)
    return float(row[1] / row[2])


def _light(rng: random.Random, scale: float, *, night: bool) -> Light:
    blur = rng.uniform(0.45, 0.8) * scale
    gamma, wet = rng.uniform(0.85, 1.2), rng.random() < 0.25
    if night:
        return Light(
            night=True,
            sun=None,
            gain=rng.uniform(0.3, 0.45),
            tint=rng.choice(((0.82, 0.96, 1.08), (1.05, 1.0, 0.96), (0.9, 1.0, 1.02))),
            shutter=1 / 160,
            noise=rng.uniform(4.0, 7.0),
            blur=blur,
            wet=wet,
            haze=0.0,
            gamma=min(1.0, gamma),
        )
    sun = None
    if not wet and rng.random() < 0.75:
        bearing, length = rng.uniform(0, 2 * math.pi), rng.uniform(0.35, 1.1)
        sun = (length * math.cos(bearing), length * math.sin(bearing))
    warm = rng.uniform(-0.06, 0.06)
    return Light(
        night=False,
        sun=sun,
        gain=rng.uniform(0.88, 1.08) if sun else rng.uniform(0.75, 0.95),
        tint=(1 - warm, 1.0, 1 + warm),
        shutter=1 / 500,
        noise=rng.uniform(1.0, 2.6),
        blur=blur,
        wet=wet,
        haze=rng.uniform(0, 0.1),
        gamma=gamma,
    )
