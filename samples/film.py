"""Frames: everything of one instant laid over the empty junction, then lens and sensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from samples.box_vans import box_van
from samples.cars import car
from samples.ground import background
from samples.motorbikes import motorbike
from samples.panels import Image, Layer, over, paint
from samples.shading import Footprint, Glow, RoadLight
from samples.signal_head import LAMPS, lamp_boxes, signal_panels
from samples.traffic import LIT, Journey, PhaseSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from samples.junction import Plan
    from samples.model import Model

Rectangle = tuple[float, float, float, float]
_SIGNAL = 255  # owner of the signal's pixels; vehicles are numbered from 1 within a frame
_SEEN, _PLATE_SEEN = 0.2, 0.75  # share of the own pixels that must be unhidden
_SMALLEST, _SMALLEST_PLATE = 60, 5.0  # pixels: area of a vehicle, height of a plate
_KEPT_LAYERS = 60


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

    @property
    def footprint(self) -> Footprint:
        body, x = self.journey.vehicle.body, self.journey.x
        half = body.width / 2 * (0.55 if self.journey.vehicle.kind == "motorbike" else 0.98)
        low, high = self.rear + 0.03 * body.length, self.rear + 0.97 * body.length
        return Footprint((x - half, x + half), (low, high), body.height)


@dataclass(frozen=True, eq=False)
class _Laid:
    """A layer in the frame, the owner number of its pixels and how many it painted."""

    state: _State
    layer: Layer
    own: int
    painted: int


class Film:
    """Renders the frames of one clip, each by its number and independent of the others."""

    def __init__(self, plan: Plan, journeys: list[Journey], phases: list[PhaseSpan]) -> None:
        self._plan, self._journeys, self._phases = plan, journeys, phases
        self._empty = background(plan)
        self._road_light = RoadLight(plan.camera, plan.light)
        self._models: dict[int, Model] = {}
        self._layers: dict[tuple[int, float, bool], Layer | None] = {}
        place = np.array(plan.site.signal)
        self._signal = {phase: paint(plan.camera, signal_panels(plan.light, phase), place) for phase in LIT}
        self._lamps = lamp_boxes(plan)
        levels = np.arange(256) / 255
        self._tone = np.clip(255 * levels**plan.light.gamma, 0, 255).astype(np.uint8)
        grain = np.random.default_rng([plan.seed, 23])
        size = (plan.camera.height + 64, plan.camera.width + 64, 3)
        noise = cv2.GaussianBlur(grain.normal(0, 1, size).astype(np.float32), (0, 0), 0.6)
        noise = noise * (plan.light.noise / float(noise.std())) + 128
        self._grain: Image = np.clip(noise, 0, 255).astype(np.uint8)

    def frame(self, index: int) -> Frame:
        """Frame `index` with the boxes of the vehicles in it."""
        phase = next(span.phase for span in self._phases if span.first <= index <= span.last)
        states = sorted(self._states(index), key=lambda state: -state.rear)
        image = self._empty.copy()
        self._road_light.apply(image, [state.footprint for state in states])
        owners: NDArray[np.uint8] = np.zeros(image.shape[:2], np.uint8)
        behind = [state for state in states if state.rear >= self._plan.site.signal[1]]
        laid = self._lay_all(image, owners, behind, 1)
        self._lay_signal(image, owners, phase)
        laid += self._lay_all(image, owners, states[len(behind) :], 1 + len(behind))
        seen = [one for entry in laid if (one := self._seen(entry, owners)) is not None]
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
            self._models[vehicle.number] = make(vehicle).in_light(self._plan.light.gain)
        return self._models[vehicle.number]

    def _lay_all(
        self, image: Image, owners: NDArray[np.uint8], states: list[_State], first: int
    ) -> list[_Laid]:
        laid = []
        for own, state in enumerate(states, first):
            layer = self._layer(state)
            if layer is not None:
                laid.append(_Laid(state, layer, own, _lay(image, owners, layer, own)))
                self._tail_glow(image, state)
        return laid

    def _layer(self, state: _State) -> Layer | None:
        key = (state.journey.vehicle.number, round(state.rear, 4), state.braking)
        if key not in self._layers:
            if len(self._layers) > _KEPT_LAYERS:
                self._layers.clear()  # only those that stand still are asked for again
            panels = self._model(state.journey).panels(braking=state.braking)
            place = np.array([state.journey.x, state.rear, 0.0])
            layer = paint(self._plan.camera, panels, place)
            self._layers[key] = None if layer is None else self._smear(layer, state)
        return self._layers[key]

    def _smear(self, layer: Layer, state: _State) -> Layer:
        """Motion blur of the shutter time along the way the object moves in the image."""
        x, far = state.journey.x, state.rear + state.speed * self._plan.light.shutter
        ends = self._plan.camera.project(np.array([[x, state.rear, 0.8], [x, far, 0.8]]))
        across, down = (ends[1] - ends[0]).tolist()
        length = float(np.hypot(across, down))
        if length < 0.8:
            return layer
        reach = int(np.ceil(length / 2)) + 1
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        for t in np.linspace(-0.5, 0.5, 4 * reach).tolist():
            kernel[round(reach + t * down), round(reach + t * across)] += 1
        picture = cv2.filter2D(layer.picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_CONSTANT)
        return Layer(np.asarray(picture, np.uint8), layer.x, layer.y)

    def _lay_signal(self, image: Image, owners: NDArray[np.uint8], phase: str) -> None:
        layer = self._signal[phase]
        if layer is not None:
            _lay(image, owners, layer, _SIGNAL)
        x1, y1, x2, y2 = self._lamps[phase]
        reach, strength = (4.0, 0.5) if self._plan.light.night else (2.0, 0.3)
        Glow(((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1) / 2 * reach, LAMPS[phase], strength).add_to(image)

    def _tail_glow(self, image: Image, state: _State) -> None:
        if not self._plan.light.night:
            return
        lamps = self._model(state.journey).lamps
        points = self._plan.camera.project(np.array([[state.journey.x + x, state.rear, z] for x, z in lamps]))
        radius = 0.3 * self._plan.camera.focal / self._plan.camera.depth(state.rear)
        for x, y in points.tolist():
            Glow((x, y), radius, (60, 40, 255), 0.4 if state.braking else 0.2).add_to(image)

    def _seen(self, laid: _Laid, owners: NDArray[np.uint8]) -> Seen | None:
        layer = laid.layer
        height, width = layer.picture.shape[:2]
        mine = owners[layer.y : layer.y + height, layer.x : layer.x + width] == laid.own
        if np.count_nonzero(mine) < max(_SMALLEST, _SEEN * laid.painted):
            return None
        columns, rows = np.flatnonzero(mine.any(axis=0)), np.flatnonzero(mine.any(axis=1))
        box = (
            float(layer.x + columns[0]),
            float(layer.y + rows[0]),
            float(layer.x + columns[-1] + 1),
            float(layer.y + rows[-1] + 1),
        )
        return Seen(laid.state.journey.vehicle.number, box, self._plate_box(laid, owners))

    def _plate_box(self, laid: _Laid, owners: NDArray[np.uint8]) -> Rectangle | None:
        state, camera = laid.state, self._plan.camera
        place = np.array([state.journey.x, state.rear, 0.0])
        corners = camera.project(self._model(state.journey).plate.corners + place)
        (x1, y1), (x2, y2) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        if x1 < 0 or y1 < 0 or x2 > camera.width or y2 > camera.height or y2 - y1 < _SMALLEST_PLATE:
            return None
        patch = owners[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))] == laid.own
        return (x1, y1, x2, y2) if patch.mean() >= _PLATE_SEEN else None

    def _sensor(self, image: Image, index: int) -> Image:
        rng = np.random.default_rng([self._plan.seed, 31, index])
        soft = cv2.GaussianBlur(image, (0, 0), self._plan.light.blur)
        soft = cv2.LUT(soft, self._tone)
        down, right = rng.integers(0, 64, 2).tolist()
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
