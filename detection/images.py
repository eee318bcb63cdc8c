"""Photographs from the disk to pixels, refusing what would hurt: cut short, not a picture, far too large.

OpenCV answers a truncated JPEG with grey pixels and decodes any size it is given, so the file's header is
read by Pillow first and the data is decoded strictly. The orientation in EXIF is honoured.
"""

import struct
import warnings
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

Image = NDArray[np.uint8]
Code = Literal["empty", "not_an_image", "truncated", "too_large", "unreadable"]

IMAGE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
# 100 million pixels are 300 MB once decoded; no traffic camera comes near.
MAX_PIXELS: Final = 100_000_000
_FORMATS: Final = ("JPEG", "PNG", "BMP", "WEBP", "TIFF")
_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"II*\x00", b"MM\x00*")

_REMEDY: Final[dict[Code, str]] = {
    "empty": "the file has 0 bytes; copy it again from its source",
    "not_an_image": f"this is no picture; give one of {', '.join(sorted(IMAGE_SUFFIXES))}",
    "truncated": "the picture is cut short or damaged; copy it again from its source",
    "too_large": f"more than {MAX_PIXELS // 1_000_000} million pixels; scale it down first",
    "unreadable": "the file cannot be read; check that it exists and its permissions",
}


class ImageError(Exception):
    """A file that gives no picture: `code` says why, `path` which, `detail` what was seen."""

    def __init__(self, code: Code, path: Path, detail: str = "") -> None:
        seen = f" ({detail})" if detail else ""
        super().__init__(f"{path}: {_REMEDY[code]}{seen}")
        self.code: Code = code
        self.path = path
        self.detail = detail


def load_image(path: Path) -> Image:
    """Pixels of a picture, BGR, H x W x 3 uint8, turned as its EXIF says.

    Raises:
        ImageError: the file is missing, empty, no picture, cut short, or above 100 million pixels; the last
            is told from the header, before anything is decoded.
    """
    try:
        if path.stat().st_size == 0:
            raise ImageError("empty", path)
        with warnings.catch_warnings():
            # Pillow warns of large pictures; here they are an error with a file's name.
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            return _decoded(path)
    except UnidentifiedImageError as error:
        raise ImageError("truncated" if _begins_as_picture(path) else "not_an_image", path) from error
    except Pillow.DecompressionBombError as error:
        raise ImageError("too_large", path, str(error)) from error
    except (SyntaxError, ValueError, struct.error) as error:
        # What Pillow's readers raise on a damaged header or chunk.
        raise ImageError("truncated", path, str(error)) from error
    except OSError as error:
        # Pillow tells a short file by a plain OSError; one of the system carries a number.
        code: Code = "unreadable" if error.errno is not None else "truncated"
        raise ImageError(code, path, error.strerror or str(error)) from error


def _decoded(path: Path) -> Image:
    with Pillow.open(path, formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise ImageError("too_large", path, f"{width} x {height}")
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        if turned.mode.startswith("I"):  # grey of 16 or 32 bits
            return np.asarray(cv2.cvtColor(_in_eight_bits(turned), cv2.COLOR_GRAY2BGR), np.uint8)
        rgb = np.asarray(turned.convert("RGB"), np.uint8)
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)


def _in_eight_bits(picture: Pillow.Image) -> Image:
    """Grey scaled by its brightest pixel: Pillow would cut off at 255, and sensors of 12 bits save 16."""
    grey = np.asarray(picture).astype(np.float64)
    scaled = grey * (255 / max(255.0, float(grey.max())))
    return np.asarray(np.clip(np.rint(scaled), 0, 255), np.uint8)


def _begins_as_picture(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(8).startswith(_BEGINNINGS)
