"""Images of an ink signature and of a seal (NĐ 30/2020 Phụ lục I): PNG on transparent ground, blue and red.

An image is checked and packed once, when its signer's key is loaded; each paper then takes the packed bytes.
"""

import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from notices.faults import NoticeFault

BLUE, RED = "blue", "red"
_POINTS_PER_MM = 72 / 25.4
_MAX_BYTES, _MAX_SIDE = 4 * 1024 * 1024, 5000
# the decree asks 200 dpi of a scan; more than 300 only makes every paper larger
_LEAST_DPI, _MOST_DPI = 200, 300
_LEAST_MM, _MOST_MM = 10.0, 60.0
# room for an ink signature, a little less than its place in the paper (`notices.drawing`)
_SIGNATURE_MM = (46.0, 23.0)
# a pixel counts as ground below, as ink above
_GROUND, _INK = 8, 128
_LEAST_GROUND = 0.1


@dataclass(frozen=True, slots=True)
class SignatureImage:
    """Width and height on paper in points; RGB and alpha of the pixels, each compressed by zlib."""

    width: float
    height: float
    pixels: tuple[int, int]
    colours: bytes = field(repr=False)
    alpha: bytes = field(repr=False)


def load_image(path: Path, colour: str, millimetres: float | None = None) -> SignatureImage:
    """Read the image of a seal (of a true width) or of an ink signature (as large as its place allows).

    Args:
        path: a PNG with transparent ground.
        colour: BLUE for a person, RED for the organisation.
        millimetres: the true width; a seal's must be given, a signature's is made smaller where it must fit.

    Raises:
        NoticeFault: `image_unusable`, with what to do.
    """
    try:
        content = path.read_bytes()
        if len(content) > _MAX_BYTES:
            raise _unusable(path, f"it has {len(content)} bytes; at most {_MAX_BYTES} are taken")
        with Image.open(BytesIO(content), formats=("PNG",)) as image:
            if max(image.size) > _MAX_SIDE:
                raise _unusable(
                    path, f"it is {image.width} x {image.height}, at most {_MAX_SIDE} pixels a side"
                )
            picture = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise _unusable(path, f"it is no PNG that can be read ({error})") from error
    _check_ground(path, picture)
    _check_colour(path, picture, colour)
    wide, high = picture.size
    if colour == BLUE:
        # not larger than its place, whatever is asked
        millimetres = min(_SIGNATURE_MM[0], _SIGNATURE_MM[1] * wide / high, millimetres or _MOST_MM)
    elif millimetres is None or not _LEAST_MM <= millimetres <= _MOST_MM:
        raise _unusable(path, f"image_mm, its true width, is {_LEAST_MM:.0f} to {_MOST_MM:.0f} millimetres")
    dpi = wide / millimetres * 25.4
    if dpi < _LEAST_DPI:
        raise _unusable(path, f"it has {dpi:.0f} dpi at {millimetres:.0f} mm: scan it at {_LEAST_DPI} dpi")
    if dpi > _MOST_DPI:
        scale = _MOST_DPI / dpi
        smaller = (round(wide * scale), max(round(high * scale), 1))
        # with premultiplied colours, or the ground's colour would shine through at every edge
        picture = picture.convert("RGBa").resize(smaller, Image.Resampling.LANCZOS).convert("RGBA")
    width = millimetres * _POINTS_PER_MM
    return SignatureImage(
        width,
        width * high / wide,
        picture.size,
        zlib.compress(picture.convert("RGB").tobytes(), 9),
        zlib.compress(picture.getchannel("A").tobytes(), 9),
    )


def _unusable(path: Path, why: str) -> NoticeFault:
    return NoticeFault("image_unusable", f"{path}: {why}")


def _check_ground(path: Path, picture: Image.Image) -> None:
    counts = picture.getchannel("A").histogram()
    if sum(counts[:_GROUND]) < _LEAST_GROUND * sum(counts):
        raise _unusable(path, "its ground is not transparent: save the image as PNG without a background")
    if not sum(counts[_INK:]):
        raise _unusable(path, "nothing can be seen on it")


def _check_colour(path: Path, picture: Image.Image, colour: str) -> None:
    """The mean of what is ink must be of the colour that the decree wants."""
    alpha = picture.getchannel("A").point(lambda value: 255 if value >= _INK else 0)
    red, green, blue = (
        sum(value * count for value, count in enumerate(picture.getchannel(name).histogram(alpha)))
        for name in "RGB"
    )
    strong, others = (blue, (red, green)) if colour == BLUE else (red, (blue, green))
    if strong <= 1.2 * max(others):
        raise _unusable(path, f"it is not {colour}: a person's signature is blue, an organisation's seal red")
