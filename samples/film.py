"""Frames: everything of one instant laid over the empty junction, then lens and sensor."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.cars import box_van, car
from samples.junction import Plan
from samples.model import Model
from samples.motorbikes import motorbike
from samples.optics import Points
from samples.panels import Image, Layer, over, paint
from samples.scenery import LAMPS, background, lamp_boxes, signal_panels
from samples.traffic import LIT, Journey, PhaseSpan

Rectangle = tuple[float, float, float, float]
_SIGNAL = 255
_SEEN, _PLATE_SEEN = 0.2, 0.75  # share of the own pixels that must be unhidden
_SMALLEST_PLATE = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A vehicle as the frame shows it: box of its unhidden pixels, and of its plate if that is unhidden."""

    number: int
    vehicle: Rectangle
    plate: Rectangle | None


@dataclass(frozen=True, eq=False)
class Frame:
    """BGR picture and who is in it."""

    image: Image
    seen: list[Seen]


@dataclass(frozen=True, slots=True)
class _State:
    journey: Journey
    rear: float
    speed: float
    braking: bool


class Film:
    """Renders the frames of one clip, each by its number and independent of the others."""

    def __init__(self, plan: Plan, journeys: list[Journey], phases: list[PhaseSpan]) -> None:
        self._plan, self._journeys, self._phases = plan, journeys, phases
        self._empty = background(plan)
        self._models: dict[int, Model] = {}
        self._layers: dict[tuple[int, float, bool], Layer | None] = {}
        self._signal = {
            phase: paint(
                plan.camera,
                signal_panels(plan.light, phase),
                np.array(plan.site.signal),
                (plan.light.gain, 1.0),
            )
            for phase in LIT
        }
        self._lamps = lamp_boxes(plan)
        grain = np.random.default_rng([plan.seed, 23])
        size = (plan.camera.height + 64, plan.camera.width + 64, 3)
        noise = cv2.GaussianBlur(grain.normal(0, 1, size).astype(np.float32), (0, 0), 0.6)
        noise *= plan.light.noise / max(1e-6, float(noise.std()))
        self._grain: Image = np.clip(noise + 128, 0, 255).astype(np.uint8)

    def frame(self, index: int) -> Frame:
        """Frame `index` with the boxes of the vehicles in it."""
        phase = next(span.phase for span in self._phases if span.first <= index <= span.last)
        states = sorted(self._states(index), key=lambda state: -state.rear)
        image = self._empty.copy()
        self._shadows(image, states)
        owners: NDArray[np.uint8] = np.zeros(image.shape[:2], np.uint8)
        layers: list[tuple[_State, Layer, int]] = []
        signal_done = False
        for state in states:
            if not signal_done and state.rear < self._plan.site.signal[1]:
                self._lay_signal(image, owners, phase)
                signal_done = True
            layer = self._layer(state)
            if layer is not None:
                own = len(layers) + 1
                layers.append((state, layer, _lay(image, owners, layer, own)))
        if not signal_done:
            self._lay_signal(image, owners, phase)
        self._glow(image, states, phase)
        seen = [s for i, entry in enumerate(layers) if (s := self._seen(entry, owners, i + 1)) is not None]
        return Frame(self._sensor(image, index), seen)

    def _states(self, index: int) -> list[_State]:
        states = []
        for journey in self._journeys:
            at = index - journey.first_frame
            if not 0 <= at < len(journey.front_y):
                continue
            speed, before = journey.speed[at], journey.speed[max(0, at - 2)]
            braking = speed < before - 0.15 or speed < 0.3
            rear = journey.front_y[at] - journey.vehicle.body.length
            if rear > -self._plan.camera.pose.distance * 0.7:
                states.append(_State(journey, rear, speed, braking))
        return states

    def _model(self, journey: Journey) -> Model:
        vehicle = journey.vehicle
        if vehicle.number not in self._models:
            make = {"motorbike": motorbike, "car": car}.get(vehicle.kind, box_van)
            self._models[vehicle.number] = make(vehicle)
        return self._models[vehicle.number]

    def _layer(self, state: _State) -> Layer | None:
        key = (state.journey.vehicle.number, round(state.rear, 4), state.braking)
        if key not in self._layers:
            if len(self._layers) > 60:  # only those that stand still are asked for again
                self._layers.clear()
            model, light = self._model(state.journey), self._plan.light
            panels = model.braking if state.braking else model.panels
            place = np.array([state.journey.x, state.rear, 0.0])
            layer = paint(self._plan.camera, panels, place, (light.gain, max(light.gain, 0.85)))
            self._layers[key] = None if layer is None else self._smear(layer, state)
        return self._layers[key]

    def _smear(self, layer: Layer, state: _State) -> Layer:
        """Motion blur of the shutter time along the way the object moves in the image."""
        x, far = state.journey.x, state.rear + state.speed * self._plan.light.shutter
        ends = self._plan.camera.project(np.array([[x, state.rear, 0.8], [x, far, 0.8]]))
        step = ends[1] - ends[0]
        length = float(np.hypot(*step))
        if length < 0.8:
            return layer
        reach = int(np.ceil(length / 2)) + 1
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        for t in np.linspace(-0.5, 0.5, 4 * reach):
            kernel[round(reach + float(t * step[1])), round(reach + float(t * step[0]))] += 1
        picture = cv2.filter2D(layer.picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_CONSTANT)
        return Layer(np.asarray(picture, np.uint8), layer.x, layer.y)

    def _lay_signal(self, image: Image, owners: NDArray[np.uint8], phase: str) -> None:
        layer = self._signal[phase]
        if layer is not None:
            _lay(image, owners, layer, _SIGNAL)

    def _shadows(self, image: Image, states: list[_State]) -> None:
        """Darken the road under the vehicles and where they keep the sun off."""
        mask = np.zeros((image.shape[0] // 2, image.shape[1] // 2), np.uint8)
        sun = self._plan.light.sun
        for state in states:
            body, y = state.journey.vehicle.body, state.rear
            half = body.width / 2 * (0.55 if state.journey.vehicle.kind == "motorbike" else 1.0)
            x = state.journey.x
            foot = np.array([[x + i * half, y + j * body.length, 0.0] for i in (-1, 1) for j in (0.02, 0.98)])
            self._shade(mask, foot, 150)
            if sun is not None:
                shift = np.array([sun[0], sun[1], 0.0]) * body.height * 0.92
                self._shade(mask, np.concatenate([foot, foot + shift]), 105)
        soft = cv2.resize(
            cv2.GaussianBlur(mask, (0, 0), 3.0 if sun else 7.0), (image.shape[1], image.shape[0])
        )
        keep = cv2.cvtColor(cv2.bitwise_not(soft), cv2.COLOR_GRAY2BGR)
        cv2.multiply(image, keep, dst=image, scale=1 / 255)

    def _shade(self, mask: Image, ground: Points, depth: int) -> None:
        ground = ground.copy()
        ground[:, 1] = np.maximum(ground[:, 1], -self._plan.camera.pose.distance * 0.75)
        hull = cv2.convexHull((self._plan.camera.project(ground) / 2).astype(np.float32)).astype(np.int32)
        fresh = np.zeros_like(mask)
        cv2.fillConvexPoly(fresh, hull, depth)
        np.maximum(mask, fresh, out=mask)

    def _glow(self, image: Image, states: list[_State], phase: str) -> None:
        x1, y1, x2, y2 = self._lamps[phase]
        scale = (x2 - x1) / 2
        night = self._plan.light.night
        _blob(
            image,
            ((x1 + x2) / 2, (y1 + y2) / 2),
            scale * (5.0 if night else 2.2),
            LAMPS[phase],
            0.55 if night else 0.3,
        )
        if not night:
            return
        for state in states:
            model, vehicle = self._model(state.journey), state.journey.vehicle
            points = np.array([[state.journey.x + x, state.rear, z] for x, z in model.lamps])
            size = 0.45 * self._plan.camera.focal / self._plan.camera.depth(state.rear)
            for point in self._plan.camera.project(points):
                _blob(
                    image,
                    (float(point[0]), float(point[1])),
                    size,
                    (60, 40, 255),
                    0.5 if state.braking else 0.25,
                )
            ahead = np.array([[state.journey.x, state.rear + vehicle.body.length + 4.0, 0.0]])
            spot = self._plan.camera.project(ahead)[0]
            _blob(image, (float(spot[0]), float(spot[1])), size * 5, (150, 190, 205), 0.22, flat=0.3)

    def _seen(self, entry: tuple[_State, Layer, int], owners: NDArray[np.uint8], own: int) -> Seen | None:
        state, layer, painted = entry
        height, width = layer.picture.shape[:2]
        mine = owners[layer.y : layer.y + height, layer.x : layer.x + width] == own
        if painted == 0 or np.count_nonzero(mine) < max(60, _SEEN * painted):
            return None
        columns, rows = np.flatnonzero(mine.any(axis=0)), np.flatnonzero(mine.any(axis=1))
        box = (
            float(layer.x + columns[0]),
            float(layer.y + rows[0]),
            float(layer.x + columns[-1] + 1),
            float(layer.y + rows[-1] + 1),
        )
        return Seen(state.journey.vehicle.number, box, self._plate_box(state, owners, own))

    def _plate_box(self, state: _State, owners: NDArray[np.uint8], own: int) -> Rectangle | None:
        model, camera = self._model(state.journey), self._plan.camera
        corners = camera.project(
            model.panels[model.plate].corners + np.array([state.journey.x, state.rear, 0.0])
        )
        (x1, y1), (x2, y2) = corners.min(axis=0), corners.max(axis=0)
        if x1 < 0 or y1 < 0 or x2 > camera.width or y2 > camera.height or y2 - y1 < _SMALLEST_PLATE:
            return None
        patch = owners[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))] == own
        if patch.mean() < _PLATE_SEEN:
            return None
        return float(x1), float(y1), float(x2), float(y2)

    def _sensor(self, image: Image, index: int) -> Image:
        rng = np.random.default_rng([self._plan.seed, 31, index])
        soft = cv2.GaussianBlur(image, (0, 0), self._plan.light.blur)
        down, right = rng.integers(0, 64, 2)
        grain = self._grain[down : down + image.shape[0], right : right + image.shape[1]]
        return np.asarray(cv2.addWeighted(soft, 1.0, grain, 1.0, -128.0), np.uint8)


def _lay(image: Image, owners: NDArray[np.uint8], layer: Layer, own: int) -> int:
    """Lay the layer over the image, note its pixels as `own`; how many there are."""
    height, width = layer.picture.shape[:2]
    window = (slice(layer.y, layer.y + height), slice(layer.x, layer.x + width))
    over(image[window], layer.picture)
    solid = layer.picture[..., 3] > 127
    owners[window][solid] = own
    return int(np.count_nonzero(solid))


def _blob(
    image: Image,
    centre: tuple[float, float],
    radius: float,
    colour: tuple[float, float, float],
    strength: float,
    *,
    flat: float = 1.0,
) -> None:
    """Add a soft spot of light, in place."""
    left, top = int(max(0, centre[0] - radius)), int(max(0, centre[1] - radius * flat))
    right, bottom = (
        int(min(image.shape[1], centre[0] + radius)),
        int(min(image.shape[0], centre[1] + radius * flat)),
    )
    if right - left < 2 or bottom - top < 2:
        return
    rows, columns = np.mgrid[top:bottom, left:right].astype(np.float32)
    distance = ((columns - centre[0]) / radius) ** 2 + ((rows - centre[1]) / (radius * flat)) ** 2
    fall = np.clip(1 - distance, 0, 1) ** 2 * strength
    window = image[top:bottom, left:right]
    window[:] = np.clip(window + fall[..., None] * np.array(colour, np.float32), 0, 255).astype(np.uint8)
