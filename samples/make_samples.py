"""Render a Vietnamese junction: frames, video, camera profile and the truth about every vehicle.

    python samples/make_samples.py --seed 7 --out var/samples/7

The same arguments give the same frames, byte for byte.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


from samples.film import Film
from samples.junction import plan
from samples.simulation import TrafficError, simulate
from samples.traffic import Demand, phase_spans
from samples.truth import Boxes, Clip, write_truth

JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Order:
    """What to render; `night` None lets the seed decide."""

    seed: int
    out: Path
    seconds: float
    size: tuple[int, int]
    fps: float
    start: datetime
    night: bool | None
    video: bool
    frames: bool


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    size = int(width), int(height)
    if not (320 <= size[0] <= 3840 and 180 <= size[1] <= 2160) or size[0] % 2 or size[1] % 2:
        raise argparse.ArgumentTypeError(f"{text}: even numbers from 320x180 to 3840x2160")
    return size


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 3600:
        raise argparse.ArgumentTypeError(f"{text}: a number above 0 and below 3600")
    return number


def _start(text: str) -> datetime:
    start = datetime.fromisoformat(text)
    if start.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: give the offset too, as in 2026-10-25T07:00:00+07:00")
    return start


def parse(arguments: list[str]) -> Order:
    """The order of a command line; argparse ends the program on a wrong one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to; made if it is not there")
    parser.add_argument("--seconds", type=_positive, default=20.0)
    parser.add_argument("--size", type=_size, default=(1280, 720), metavar="WxH")
    parser.add_argument("--fps", type=_positive, default=12.5)
    parser.add_argument("--start", type=_start, default=_start("2026-10-25T07:00:00+07:00"), metavar="ISO")
    light = parser.add_mutually_exclusive_group()
    light.add_argument("--night", dest="night", action="store_const", const=True, default=None)
    light.add_argument("--day", dest="night", action="store_const", const=False)
    parser.add_argument("--no-video", dest="video", action="store_false")
    parser.add_argument("--no-frames", dest="frames", action="store_false")
    return Order(**vars(parser.parse_args(arguments)))


def render(order: Order) -> Clip:
    """Render and write everything; what was rendered.

    Raises:
        TrafficError: the seed gives no traffic with the wanted acts.
        OSError: the folder cannot be written.
    """
    junction = plan(order.seed, order.size, night=order.night)
    demand = Demand(order.seed, order.seconds, order.fps, junction.timetable, junction.slots)
    clip = Clip(junction, simulate(demand), phase_spans(demand), order.fps, order.start)
    film, boxes = Film(junction, clip.journeys, clip.phases), Boxes()
    folder = order.out / "frames" if order.frames else order.out
    folder.mkdir(parents=True, exist_ok=True)
    for stale in (order.out / "frames").glob("*.jpg"):
        stale.unlink()  # a shorter clip must not keep the tail of a longer one
    video = _writer(order) if order.video else None
    for index in range(clip.count):
        frame = film.frame(index)
        boxes.note(index, frame)
        if order.frames:
            _, jpeg = cv2.imencode(".jpg", frame.image, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
            (folder / f"{index:06d}.jpg").write_bytes(jpeg.tobytes())
        if video is not None:
            video.write(frame.image)
    if video is not None:
        video.release()
    write_truth(clip, boxes, order.out)
    return clip


def _writer(order: Order) -> cv2.VideoWriter:
    path = order.out / "video.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), order.fps, order.size)
    if not writer.isOpened():
        raise OSError(f"{path}: this OpenCV cannot write MPEG-4 video; use --no-video")
    return writer


def main() -> int:
    """Command line."""
    order = parse(sys.argv[1:])
    try:
        clip = render(order)
    except (TrafficError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"{order.out}: {clip.count} frames, {len(clip.journeys)} vehicles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
