"""Pictures that are not what they seem must fail with a name and a reason, before they cost anything."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from detection.images import ImageError, load_image


def _picture(path: Path, size: tuple[int, int] = (60, 40)) -> Path:
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 255, (size[1], size[0], 3)).astype(np.uint8)
    assert cv2.imwrite(str(path), pixels)
    return path


def _png_claiming(path: Path, width: int, height: int) -> Path:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def _refusal(path: Path) -> ImageError:
    with pytest.raises(ImageError) as caught:
        load_image(path)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return caught.value


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
def test_lossless_pictures_keep_their_pixels(tmp_path: Path, suffix: str) -> None:
    path = _picture(tmp_path / f"a{suffix}")
    expected = cv2.imread(str(path))
    assert expected is not None
    assert np.array_equal(load_image(path), expected)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "CMYK"])
def test_every_kind_of_colour_becomes_bgr(tmp_path: Path, mode: str) -> None:
    suffix = ".jpg" if mode == "CMYK" else ".png"
    Pillow.new("RGB", (30, 20), (200, 10, 10)).convert(mode).save(tmp_path / f"a{suffix}")
    image = load_image(tmp_path / f"a{suffix}")
    assert image.shape == (20, 30, 3)
    assert image.dtype == np.uint8


@pytest.mark.parametrize(
    ("name", "dtype", "brightest"),
    [
        ("a.png", np.uint16, 65535),
        ("a.png", np.uint16, 4095),
        ("a.tif", np.int32, 65535),
        ("a.tif", np.int32, 255),
    ],
)
def test_more_than_eight_bits_of_grey_keep_their_shades(
    tmp_path: Path, name: str, dtype: type, brightest: int
) -> None:
    """Also the twelve bits of a sensor that are saved as sixteen."""
    shades = np.tile(np.linspace(0, brightest, 256), (20, 1))
    Pillow.fromarray(shades.astype(dtype)).save(tmp_path / name)
    image = load_image(tmp_path / name)
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - np.arange(256).reshape(1, 256, 1)).max() <= 1


def test_the_orientation_of_the_camera_is_honoured(tmp_path: Path) -> None:
    picture = Pillow.new("RGB", (40, 20), (0, 0, 0))
    picture.paste((255, 255, 255), (0, 0, 8, 8))
    exif = picture.getexif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    picture.save(tmp_path / "a.png", exif=exif)
    image = load_image(tmp_path / "a.png")
    assert image.shape == (40, 20, 3)
    assert image[3, 16].tolist() == [255, 255, 255]


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_picture_cut_short_is_an_error_not_grey_pixels(tmp_path: Path, suffix: str, share: float) -> None:
    path = _picture(tmp_path / f"a{suffix}", (200, 150))
    data = path.read_bytes()
    path.write_bytes(data[: max(16, int(len(data) * share))])
    assert _refusal(path).code == "truncated"


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.touch()
    assert _refusal(path).code == "empty"


@pytest.mark.parametrize("content", [b"hello\n", b"GIF89a" + b"\0" * 50, b"\0" * 5000])
def test_a_file_that_is_no_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert _refusal(path).code == "not_an_image"


@pytest.mark.parametrize("size", [(20000, 20000), (10001, 10000), (100_000_001, 1)])
def test_a_huge_picture_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    # The data is far too short for the size: an attempt to decode it would say "truncated".
    error = _refusal(_png_claiming(tmp_path / "a.png", *size))
    assert error.code == "too_large"


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none.jpg").code == "unreadable"
    assert _refusal(tmp_path).code == "unreadable"
