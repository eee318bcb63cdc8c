"""Frames with their times from folders and videos; what cannot be used is refused by name."""

import struct
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detection.camera import CameraProfile, load_profile
from detection.sources import Frame, FrameSource, SourceFault, StreamClock

FPS, SIZE, COUNT = 10.0, (160, 120), 30
START = datetime(2026, 10, 25, tzinfo=UTC)
PROFILE = """\
format = 1
device = {id = "CAM", certificate = "C"}
site = {code = "S", name = "S"}
frames = {width = 160, height = 120, fps = 10.0, start = 2026-10-25T07:00:00+07:00}
clock = {source = "gps", offset_ms = 250, error_ms = 0}
stop_line = {from = [40, 40], to = [100, 40]}
approach = {polygon = [[40, 40], [100, 40], [140, 119], [0, 119]]}
[signal]
red = [1, 1, 9, 9]
amber = [1, 11, 9, 19]
green = [1, 21, 9, 29]
grace_s = 0.5
right_on_red = false
[road]
image = [[40, 40], [100, 40], [140, 119], [0, 119]]
metres = [[0, 0], [8, 0], [8, -15], [0, -15]]
"""


@pytest.fixture
def profile(tmp_path: Path) -> CameraProfile:
    path = tmp_path / "camera.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return load_profile(path)


def picture(number: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A frame that shows its number as its grey level."""
    rng = np.random.default_rng(number)
    return np.clip(rng.normal(number * 7, 2, (size[1], size[0], 3)), 0, 255).astype(np.uint8)


def video(path: Path, code: str, *, fps: float = FPS, size: tuple[int, int] = SIZE) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), fps, size)
    assert writer.isOpened()
    for number in range(COUNT):
        writer.write(picture(number, size))
    writer.release()
    return path


def boxes(data: bytes) -> dict[bytes, bytes]:
    """The top-level boxes of an MP4 file."""
    found, at = {}, 0
    while at < len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        found[data[at + 4 : at + 8]] = data[at : at + length]
        at += length
    return found


def streamable(path: Path) -> bytes:
    """The MP4 with its index in front, as cameras and downloads have it: then a cut file still opens."""
    parts = boxes(path.read_bytes())
    moov = bytearray(parts[b"moov"])
    at = moov.index(b"stco") + 8
    for n in range(struct.unpack(">I", moov[at : at + 4])[0]):
        place = at + 4 + 4 * n
        moov[place : place + 4] = struct.pack(
            ">I", struct.unpack(">I", moov[place : place + 4])[0] + len(moov)
        )
    return (
        parts[b"ftyp"]
        + bytes(moov)
        + b"".join(b for name, b in parts.items() if name not in (b"ftyp", b"moov"))
    )


def test_a_folder_gives_its_images_by_number_and_refuses_the_rest_by_name(
    tmp_path: Path, profile: CameraProfile
) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in (0, 1, 2, 5, 9, 10):
        cv2.imwrite(str(folder / f"shot-{number}.png"), picture(number))
    (folder / "shot-3.jpg").write_bytes(b"")
    (folder / "shot-4.jpg").write_text("not a picture")
    (folder / "shot-6.png").write_bytes((folder / "shot-5.png").read_bytes()[:-400])
    cv2.imwrite(str(folder / "shot-7.jpg"), picture(7, (320, 240)))
    bomb = struct.pack(">II5B", 20_000, 20_000, 8, 2, 0, 0, 0)
    (folder / "shot-8.png").write_bytes(_png(bomb))
    (folder / "camera.toml").write_text("ignored")
    source = FrameSource(str(folder), profile)
    frames = list(source)
    assert [frame.index for frame in frames] == [0, 1, 2, 5, 9, 10]
    assert [frame.at for frame in frames] == [
        START + timedelta(seconds=n / FPS, milliseconds=250) for n in (0, 1, 2, 5, 9, 10)
    ]
    assert [round(float(frame.image.mean()) / 7) for frame in frames] == [0, 1, 2, 5, 9, 10]
    named = {refusal.name: refusal.code for refusal in source.refusals}
    assert named == {
        "shot-3.jpg": "empty",
        "shot-4.jpg": "not_an_image",
        "shot-6.png": "truncated",
        "shot-7.jpg": "wrong_size",
        "shot-8.png": "too_large",
    }
    assert source.refused.total() == 5


def _png(header: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def test_names_without_numbers_go_by_their_order(tmp_path: Path, profile: CameraProfile) -> None:
    for name in ("b", "a", "c"):
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture(1))
    assert [frame.index for frame in FrameSource(str(tmp_path), profile)] == [0, 1, 2]


def test_the_list_of_refusals_stays_short_however_many_there_are(
    tmp_path: Path, profile: CameraProfile
) -> None:
    cv2.imwrite(str(tmp_path / "0.png"), picture(1))
    for number in range(1, 300):
        (tmp_path / f"{number}.jpg").touch()
    source = FrameSource(str(tmp_path), profile)
    assert len(list(source)) == 1
    assert source.refused == {"empty": 299}
    assert len(source.refusals) == 100


@pytest.mark.parametrize(("name", "code"), [("a.mp4", "mp4v"), ("a.avi", "MJPG"), ("a.mkv", "MJPG")])
def test_a_video_gives_every_frame_with_its_time(
    tmp_path: Path, profile: CameraProfile, name: str, code: str
) -> None:
    source = FrameSource(str(video(tmp_path / name, code)), profile)
    frames = list(source)
    assert [frame.index for frame in frames] == list(range(COUNT))
    assert frames[10].at == START + timedelta(seconds=1, milliseconds=250)
    assert source.refused == {}


def test_what_is_cut_from_a_frame_keeps_its_pixels_while_others_are_decoded(
    tmp_path: Path, profile: CameraProfile
) -> None:
    parts = []
    for frame in FrameSource(str(video(tmp_path / "a.avi", "MJPG")), profile):
        part = frame.image[10:60, 20:90][::2, :, 1]
        parts.append((part, part.copy()))
    assert len(parts) == COUNT
    for part, copy in parts:
        np.testing.assert_array_equal(part, copy)


def respaced(path: Path, *spacings: tuple[int, int]) -> Path:
    """The MP4 with time stamps of its own: so many frames, each that many hundredths of its frame's time."""
    data = path.read_bytes()
    at, chain = 0, []
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts"):
        at = data.index(name, at) - 4
        chain.append(at)
    old, _, entries, _, spacing = struct.unpack(">I4s4xIII", data[at : at + 24])
    assert entries == 1
    table = b"".join(struct.pack(">II", count, spacing * share // 100) for count, share in spacings)
    stts = struct.pack(">I4s4xI", 16 + len(table), b"stts", len(spacings)) + table
    changed = bytearray(data[:at] + stts + data[at + old :])
    for box in chain[:-1]:
        length = struct.unpack(">I", data[box : box + 4])[0] + len(stts) - old
        changed[box : box + 4] = struct.pack(">I", length)
    path.write_bytes(changed)
    return path


def test_the_frames_of_a_video_have_the_times_that_it_says_itself(
    tmp_path: Path, profile: CameraProfile
) -> None:
    """Fifteen frames at 20 and fifteen at 6.7 a second are 10 a second on the average, and never 10."""
    path = respaced(video(tmp_path / "a.mp4", "mp4v"), (15, 50), (15, 150))
    frames = list(FrameSource(str(path), profile))
    assert [frame.index for frame in frames] == list(range(COUNT))
    since = [(frame.at - START).total_seconds() - 0.25 for frame in frames]
    assert since == pytest.approx([min(n, 15) * 0.05 + max(n - 15, 0) * 0.15 for n in range(COUNT)])


class Capture:
    """What OpenCV is to a camera: it has these time stamps (in ms) and frames."""

    def __init__(self, stamps: Iterable[float], size: tuple[int, int] = SIZE) -> None:
        self._stamps, self._stamp, self._image = iter(stamps), 0.0, picture(1, size)

    def __call__(self, *_: object) -> "Capture":
        return self

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self, _: NDArray[np.uint8] | None = None) -> tuple[bool, NDArray[np.uint8] | None]:
        stamp = next(self._stamps, None)
        if stamp is None:
            return False, None
        self._stamp = stamp
        return True, self._image

    def get(self, wanted: int) -> float:
        sizes = {cv2.CAP_PROP_FRAME_WIDTH: SIZE[0], cv2.CAP_PROP_FRAME_HEIGHT: SIZE[1]}
        return {**sizes, cv2.CAP_PROP_POS_MSEC: self._stamp, cv2.CAP_PROP_FPS: FPS}.get(wanted, 0.0)

    def release(self) -> None:
        pass


def seconds_of(frames: Iterable[Frame]) -> list[float]:
    times = [frame.at for frame in frames]
    return [(at - times[0]).total_seconds() for at in times]


@pytest.mark.parametrize(
    ("stamps", "expected", "refused"),
    [
        pytest.param([0, 0, 0, 0], [0, 0.1, 0.2, 0.3], {}, id="no time stamps: by number"),
        pytest.param([400, 500, 700], [0, 0.1, 0.3], {}, id="they begin later"),
        pytest.param([0, 100, 50, 100, 200], [0, 0.1, 0.2], {"no_time": 2}, id="they go back"),
    ],
)
def test_time_never_stands_nor_goes_back_in_a_video(
    profile: CameraProfile,
    monkeypatch: pytest.MonkeyPatch,
    stamps: list[float],
    expected: list[float],
    refused: dict[str, int],
) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", Capture(stamps))
    source = FrameSource(__file__, profile)  # some file
    assert seconds_of(source) == pytest.approx(expected)
    assert source.refused == refused


def clocked(*frames: tuple[float, float]) -> list[float | None]:
    """Seconds of the wall clock and of the stream's stamps, frame by frame, to the times they get."""
    clock = StreamClock()
    times = [clock.at(START + timedelta(seconds=now), timedelta(seconds=stamp)) for now, stamp in frames]
    return [None if at is None else round((at - START).total_seconds(), 3) for at in times]


@pytest.mark.parametrize(
    ("frames", "times"),
    [
        pytest.param([(0, 5), (0.13, 5.1), (0.2, 5.2)], [0, 0.1, 0.2], id="by the stream's stamps"),
        pytest.param(
            [(0, 5), (1.5, 5.1), (1.51, 5.2), (1.52, 5.3)], [0, 0.1, 0.2, 0.3], id="late, in a burst"
        ),
        pytest.param([(0, 5), (3, 8), (3.1, 8.1)], [0, 3, 3.1], id="frames lost"),
        pytest.param(
            [(0, 5), (0.1, 0), (0.9, 0.8), (1.1, 1), (1.2, 1.1)], [0, None, None, 1.1, 1.2], id="reset"
        ),
        pytest.param([(0, 5), (0.1, 9), (1.1, 10), (1.2, 10.1)], [0, None, 1.1, 1.2], id="stamps jump ahead"),
        pytest.param([(0, 5), (9, 5.1), (9.1, 5.2)], [0, 9, 9.1], id="far too late"),
        pytest.param([(0, 0), (0.5, 0), (1, 0), (1.5, 0), (2, 0)], [0, None, 1, None, 2], id="no stamps"),
    ],
)
def test_a_stream_is_timed_by_its_own_stamps_and_a_break_is_longer_than_any_suspicion_bears(
    frames: list[tuple[float, float]], times: list[float | None]
) -> None:
    assert clocked(*frames) == times


def test_the_frames_of_a_stream_are_as_far_apart_as_the_camera_says(
    profile: CameraProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are delivered all at once here."""
    monkeypatch.setattr(cv2, "VideoCapture", Capture([700, 720, 770, 800, 100]))
    source = FrameSource("rtsp://127.0.0.1/live", profile)
    frames = list(source)
    assert seconds_of(frames) == pytest.approx([0, 0.02, 0.07, 0.1])
    assert abs(datetime.now(UTC) + timedelta(milliseconds=250) - frames[0].at) < timedelta(seconds=5)
    assert source.refused == {"no_time": 1, "stream_lost": 1}


def test_a_stream_of_another_size_is_a_fault_and_not_refused_for_ever(
    profile: CameraProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", Capture(count(step=100), (320, 240)))
    source = FrameSource("rtsp://admin:secret@127.0.0.1/live", profile)
    with pytest.raises(SourceFault, match="are 320 x 240, the profile says 160 x 120") as caught:
        list(source)
    assert "secret" not in str(caught.value)
    assert source.refused.total() < 100


def test_a_video_that_ends_mid_frame_gives_what_is_whole(tmp_path: Path, profile: CameraProfile) -> None:
    whole = streamable(video(tmp_path / "whole.mp4", "mp4v"))
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole)
    assert len(list(FrameSource(str(path), profile))) == COUNT
    path.write_bytes(whole[: len(whole) * 2 // 3])
    source = FrameSource(str(path), profile)
    frames = list(source)
    assert COUNT // 3 < len(frames) < COUNT
    assert [round(float(frame.image.mean()) / 7) for frame in frames] == list(range(len(frames)))
    assert source.refused == {"truncated": 1}
    assert "cut.mp4" in source.refusals[0].detail
    # cut within the very last frame: the decoder still delivers it, patched up
    path.write_bytes(whole[:-30])
    source = FrameSource(str(path), profile)
    assert len(list(source)) < COUNT
    assert source.refused == {"truncated": 1}


def test_a_cut_avi_gives_what_is_whole(tmp_path: Path, profile: CameraProfile) -> None:
    path = video(tmp_path / "cut.avi", "MJPG")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = FrameSource(str(path), profile)
    assert 0 < len(list(source)) < COUNT
    assert source.refused == {"truncated": 1}


def complaint(source: Path, profile: CameraProfile) -> str:
    with pytest.raises(SourceFault) as caught:
        list(FrameSource(str(source), profile))
    assert str(source) in str(caught.value)
    return str(caught.value)


def test_sources_of_which_nothing_can_be_used(tmp_path: Path, profile: CameraProfile) -> None:
    assert "no such" in complaint(tmp_path / "nowhere", profile)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no images" in complaint(empty, profile)
    (empty / "0.jpg").touch()
    assert "none of 1 images" in complaint(empty, profile)
    nothing = tmp_path / "nothing.mp4"
    nothing.touch()
    assert "is empty" in complaint(nothing, profile)
    nothing.write_text("not a video")
    assert "cannot be opened" in complaint(nothing, profile)
    headless = video(tmp_path / "headless.mp4", "mp4v")
    headless.write_bytes(headless.read_bytes()[:-500])
    assert "cannot be opened" in complaint(headless, profile)


def test_a_video_of_another_camera_is_refused_whole(tmp_path: Path, profile: CameraProfile) -> None:
    assert "320 x 240" in complaint(video(tmp_path / "large.mp4", "mp4v", size=(320, 240)), profile)
    assert "25.000 frames per second" in complaint(video(tmp_path / "fast.mp4", "mp4v", fps=25), profile)


def test_a_camera_that_does_not_answer_is_a_fault_without_its_password(profile: CameraProfile) -> None:
    with pytest.raises(SourceFault, match="no answer") as caught:
        list(FrameSource("rtsp://admin:secret@127.0.0.1:9/live", profile))
    assert "secret" not in str(caught.value)
    assert "127.0.0.1/live" in str(caught.value)
