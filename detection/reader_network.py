"""The recognition network that easyocr loads by this module's name: convolutions, one LSTM, CTC.

The picture of a plate is stretched to 48 x 128 pixels. Two rows of features are left of it, and they are
read one after the other, so a two-row plate comes out top row first, with a mark where its second row
begins, and a one-row plate without.
"""

from typing import Final, cast

import torch
from torch import Tensor, nn

# Class k of the scores is ALPHABET[k - 1]. The network says itself where the second row begins.
ROW_BREAK: Final = "/"
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" + ROW_BREAK
HEIGHT: Final = 48
WIDTH: Final = 128


class Model(nn.Module):
    """Grey pictures B x 1 x 48 x 128 in [-1, 1] → scores B x 64 x classes; class 0 is CTC's blank.

    The names of the class and of its parameters are those that easyocr asks for.
    """

    def __init__(self, input_channel: int, output_channel: int, hidden_size: int, num_class: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *_convolution(input_channel, 16, stride=(2, 2)),
            *_convolution(16, 32, stride=(2, 2)),
            *_convolution(32, 64),
            nn.MaxPool2d((2, 1)),
            *_convolution(64, 96),
            *_convolution(96, 96),
            *_convolution(96, output_channel),
            nn.MaxPool2d((3, 1)),
        )
        self.context = nn.LSTM(output_channel, hidden_size, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.scores = nn.Linear(2 * hidden_size, num_class)

    def forward(self, pictures: Tensor, text: Tensor | None = None) -> Tensor:
        """Scores before softmax. `text` is what easyocr hands over; CTC has no use for it."""
        del text
        # Each picture by its own brightness and contrast: night and glare look like day to the rest.
        mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
        spread = pictures.std(dim=(1, 2, 3), keepdim=True)
        found = self.features((pictures - mean) / (spread + 0.05))
        batch, channels = found.shape[:2]
        steps = found.permute(0, 2, 3, 1).reshape(batch, -1, channels)
        context, _ = self.context(steps)
        return cast("Tensor", self.scores(self.dropout(context)))


def _convolution(inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def encode(text: str) -> Tensor:
    """Classes of a text, 1-based, int64."""
    return torch.tensor([ALPHABET.index(character) + 1 for character in text], dtype=torch.int64)
