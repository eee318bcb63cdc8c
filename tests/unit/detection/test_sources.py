"""Frames with their times from folders and videos; what cannot be used is refused by name."""

import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detection.camera import CameraProfile, load_profile
from detection.sources import FrameSource, SourceFault

FPS, SIZE, COUNT = 10.0, (160, 120), 30
START = datetime(2026, 10, 25, tzinfo=UTC)
PROFILE = """\
format = 1
device = {id = "CAM", certificate = "C"}
site = {code = "S", name = "S"}
frames = {width = 160, height = 120, fps = 10.0, start = 2026-10-25T07:00:00+07:00}
clock = {source = "gps", offset_ms = 250, error_ms = 0}
signal = {red = [1, 1, 9, 9], amber = [1, 11, 9, 19], green = [1, 21, 9, 29], grace_s = 0.5}
stop_line = {from = [40, 40], to = [100, 40]}
approach = {polygon = [[40, 40], [100, 40], [140, 119], [0, 119]]}
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
