"""The recognition network that easyocr loads by this module's name: corners, rectification, two rows, CTC.

The picture of a plate is stretched to 64 x 192 pixels. A small first part finds the plate's four corners,
looks again at the plate straightened by these and corrects them, and the plate is straightened to 48 x 160;
convolutions leave two rows of features, upper and lower, which are read one after the other, so a two-row
plate comes out top row first, with a mark where its second row begins. Straightening by a learned sampling
grid is the spatial transformer of Jaderberg et al. (NIPS 2015), here with supervision of the corners where a
drawn plate's are known; looking again through what was found is that of Lin and Lucey (CVPR 2017); self-
attention between the features of a plate is that of SVTR (Du et al., IJCAI 2022).
"""

from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from detection.decoding import ALPHABET

# What a crop is stretched to, and what the plate inside is straightened to, pixels.
HEIGHT: Final = 64
WIDTH: Final = 192
STRAIGHT: Final = (48, 160)
# How much of the straightened picture stays around the plate's corners, each side.
_RIM: Final = 0.05
_HEADS: Final = 5
_COLUMNS: Final = STRAIGHT[1] // 4


class Model(nn.Module):
    """Grey pictures B x 1 x 64 x 192 in [-1, 1] → scores B x 80 x classes; class 0 is CTC's blank.

    The names of the class and of its parameters are those that easyocr asks for.
    """

    def __init__(self, input_channel: int, output_channel: int, hidden_size: int, num_class: int) -> None:
        super().__init__()
        self.corners = Corners(input_channel)
        self.features = nn.Sequential(
            _convolution(input_channel, 24, stride=(2, 2)),
            _convolution(24, 64, stride=(2, 2)),
            _Residual(64),
            _convolution(64, 128, stride=(2, 1)),
            _Residual(128),
            _convolution(128, output_channel, stride=(3, 1)),
        )
        self.place = nn.Parameter(torch.zeros(1, 2 * _COLUMNS, output_channel))
        self.context = nn.Sequential(*(_Attention(output_channel, hidden_size) for _ in range(2)))
        self.scores = nn.Sequential(nn.LayerNorm(output_channel), nn.Linear(output_channel, num_class))

    def forward(self, pictures: Tensor, text: Tensor | None = None) -> Tensor:
        """Scores before softmax. `text` is what easyocr hands over; CTC has no use for it."""
        del text
        return self.read(straightened(pictures, self.outlines(pictures)[1], STRAIGHT))

    def outlines(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The corners as first found, and as corrected by a second look; see `Corners`."""
        first = self.corners(pictures)
        closer = self.corners(straightened(pictures, first, (HEIGHT, WIDTH)))
        x, y = _seen(first, _inside(closer[..., 0]), _inside(closer[..., 1]))
        return first, torch.stack([x, y], dim=2)

    def read(self, plates: Tensor) -> Tensor:
        """Scores of straightened plates B x 1 x 48 x 160."""
        found = self.features(_levelled(plates))
        steps = found.flatten(2).transpose(1, 2) + self.place
        return cast("Tensor", self.scores(self.context(steps)))


class Corners(nn.Module):
    """Where the plate's corners are: B x 1 x 64 x 192 → B x 4 x 2.

    (x, y) from -1 to 1 over the picture, clockwise from top left.
    """

    def __init__(self, input_channel: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _convolution(input_channel, 24, stride=(2, 2)),
            _convolution(24, 48, stride=(2, 2)),
            _Residual(48),
            _convolution(48, 64, stride=(2, 2)),
            _Residual(64),
            _convolution(64, 64, stride=(2, 2)),
        )
        last = nn.Linear(160, 8)
        self.moves = nn.Sequential(nn.Linear(64 * 4 * 12, 160), nn.ReLU(inplace=True), last)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        inset = 0.88
        start = torch.tensor([[-inset, -inset], [inset, -inset], [inset, inset], [-inset, inset]])
        self.register_buffer("start", start, persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """The corners."""
        moves = self.moves(self.features(_levelled(pictures)).flatten(1)).reshape(-1, 4, 2)
        return cast("Tensor", self.start + moves)


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, found: Tensor) -> Tensor:
        return functional.relu(found + self.inner(found))


class _Attention(nn.Module):
    """One layer of self-attention over the 80 places of a plate, and a small network at each."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.taken = nn.Linear(width, 3 * width)
        self.given = nn.Linear(width, width)
        self.own = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, steps: Tensor) -> Tensor:
        batch, count, width = steps.shape
        parts = self.taken(self.norm(steps)).reshape(batch, count, 3, _HEADS, width // _HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value)
        steps = steps + self.given(seen.transpose(1, 2).reshape(batch, count, width))
        return cast("Tensor", steps + self.own(self.norm2(steps)))


def _levelled(pictures: Tensor) -> Tensor:
    """Each picture by its own brightness and contrast: night and glare look like day to the rest."""
    mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
    spread = pictures.std(dim=(1, 2, 3), keepdim=True)
    return (pictures - mean) / (spread + 0.05)


def _convolution(inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def straightened(pictures: Tensor, corners: Tensor, size: tuple[int, int]) -> Tensor:
    """The plates with `corners` (B x 4 x 2, see `Corners`), seen from the front: B x 1 x height x width."""
    height, width = size
    across = torch.arange(width, dtype=corners.dtype, device=corners.device)
    down = torch.arange(height, dtype=corners.dtype, device=corners.device)
    u, v = _inside((2 * across + 1) / width - 1), _inside((2 * down + 1) / height - 1)
    x, y = _seen(corners, u.repeat(height).unsqueeze(0), v.repeat_interleave(width).unsqueeze(0))
    grid = torch.stack([x, y], dim=2).reshape(-1, height, width, 2)
    return functional.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _inside(place: Tensor) -> Tensor:
    """From -1 to 1 over a straightened picture → 0 to 1 between the plate's corners."""
    return ((place + 1) / 2 - _RIM) / (1 - 2 * _RIM)


def _seen(corners: Tensor, u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Where the places (u, v) of the plates, 0 to 1, 1 x N or B x N, lie in the pictures: x and y, B x N.

    The projective map of the unit square onto a quadrangle in closed form (Heckbert, 1989, §2.2.3).
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (
        (corners[:, index, :1], corners[:, index, 1:]) for index in range(4)
    )
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    # Corners that fold over would divide by nothing; they are wrong anyway and must only not end the run.
    area = torch.where(area.abs() < 0.05, torch.full_like(area, 0.05), area)
    g, h = (sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area
    # A tilt beyond these is no plate's; the bound keeps the line of the horizon out of the picture.
    g, h = g.clamp(-0.7, 0.7), h.clamp(-0.7, 0.7)
    depth = (g * u + h * v + 1).clamp_min(0.2)
    x = ((x1 - x0 + g * x1) * u + (x3 - x0 + h * x3) * v + x0) / depth
    y = ((y1 - y0 + g * y1) * u + (y3 - y0 + h * y3) * v + y0) / depth
    return x, y


def encode(text: str) -> Tensor:
    """Classes of a text, 1-based, int64."""
    return torch.tensor([ALPHABET.index(character) + 1 for character in text], dtype=torch.int64)
