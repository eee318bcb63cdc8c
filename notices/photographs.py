"""Photographs for a page: a plain JPEG byte for byte, not even decoded; anything else as RGB on white."""

import re
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from reportlab.lib.utils import ImageReader

from notices.facts import MAX_PHOTO_PIXELS, Photo
from notices.faults import NoticeFault

# ISO/IEC 10918-1, B.1.1: in the coded picture 0xFF is followed by zero or by a restart, else a marker follows
_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_NEXT = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # begins with one known octet: ten times as fast to search
_END, _SCAN = 0xD9, 0xDA


def photograph(photo: Photo) -> Any:
    """The image as ReportLab takes it.

    Raises:
        NoticeFault: `photo_unreadable` or `photo_too_large`, with the caption; half a photograph is a fault.
    """
    try:
        with Image.open(BytesIO(photo.image), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MAX_PHOTO_PIXELS:
                raise NoticeFault(
                    "photo_too_large", f"{photo.caption}: {image.width} x {image.height} pixels"
                )
            upright = image.getexif().get(0x0112, 1) == 1
            if image.format == "JPEG" and image.mode in ("RGB", "L") and upright:
                if not _is_whole(photo.image):
                    raise NoticeFault("photo_unreadable", f"{photo.caption}: its end is missing")
                return _Jpeg(photo.image)
            image.load()
            return ImageReader(_flattened(image))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NoticeFault("photo_unreadable", f"{photo.caption}: {error}") from error


class _Jpeg(ImageReader):  # type: ignore[misc]  # ReportLab publishes no types
    """A JPEG that goes into the file as it is."""

    def __init__(self, content: bytes) -> None:
        super().__init__(BytesIO(content))
        self._content = content
        self._dataA = None  # no transparency

    def getRGBData(self) -> bytes:  # noqa: N802  # ReportLab names an image by the digest of this
        """What tells this image from another one; decoding it would take longer than the whole notice."""
        return self._content


def _is_whole(jpeg: bytes) -> bool:
    """Whether the segments of the file lead to its end marker."""
    at = 2
    while (found := _MARKER.match(jpeg, at)) is not None:
        marker, at = jpeg[found.end() - 1], found.end()
        if marker == _END:
            return True
        at += int.from_bytes(jpeg[at : at + 2], "big")
        if marker == _SCAN:
            following = _NEXT.search(jpeg, at)
            at = following.start() if following else len(jpeg)
    return False


def _flattened(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        # greys of sixteen bits, of which a conversion would keep the darkest alone
        upright = upright.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    picture = upright.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")
