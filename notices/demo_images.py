"""The demo's ink signature and seal, drawn here and marked DEMO; the same every time."""

from importlib.resources import as_file, files
from io import BytesIO
from math import sin

from PIL import Image, ImageDraw, ImageFont

SEAL_MM = 36.0
_BLUE, _RED = (11, 61, 145, 255), (192, 0, 0, 255)
_CLEAR = (255, 255, 255, 0)
_SEAL, _SIGNATURE = 425, (520, 240)  # pixels: 300 dpi of 36 mm, and of a signature's place


def signature(name: str) -> bytes:
    """PNG of a blue wave over DEMO and the name."""
    wide, high = _SIGNATURE
    image = Image.new("RGBA", _SIGNATURE, _CLEAR)
    draw = ImageDraw.Draw(image)
    seed = sum(map(ord, name))
    wave = [
        (x, high * 0.42 + 70 * sin(x / (19 + seed % 7)) * (1 - x / wide)) for x in range(20, wide - 20, 2)
    ]
    draw.line(wave, fill=_BLUE, width=7, joint="curve")
    draw.text((wide / 2, high * 0.42), "DEMO", font=_font(72), fill=_BLUE, anchor="mm")
    draw.text((wide / 2, high * 0.85), name[:40], font=_font(30), fill=_BLUE, anchor="mm")
    return _png(image)


def seal() -> bytes:
    """PNG of two red rings around DEMO and the words of every demo paper."""
    image = Image.new("RGBA", (_SEAL, _SEAL), _CLEAR)
    draw = ImageDraw.Draw(image)
    for inset, width in ((4, 9), (52, 4)):
        draw.ellipse((inset, inset, _SEAL - inset, _SEAL - inset), outline=_RED, width=width)
    middle = _SEAL / 2
    draw.text((middle, middle - 20), "DEMO", font=_font(88), fill=_RED, anchor="mm")
    draw.text((middle, middle + 48), "KHÔNG CÓ", font=_font(30), fill=_RED, anchor="mm")
    draw.text((middle, middle + 84), "GIÁ TRỊ PHÁP LÝ", font=_font(30), fill=_RED, anchor="mm")
    return _png(image)


def _font(size: int) -> ImageFont.FreeTypeFont:
    with as_file(files("notices") / "fonts" / "LiberationSerif-Bold.ttf") as path:
        return ImageFont.truetype(str(path), size)


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
