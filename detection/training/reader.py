"""Trains the reader: `python -m detection.training.reader --state DIR --steps N`.

Seeded and resumable: started again with the same state folder it goes on where the last checkpoint stands.
The folder gets `state.pt` (everything needed to go on), `curve.csv` and, whenever the validation of the
training side improves, `best.pth`: the file that easyocr loads.
"""

import argparse
import csv
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import cos, pi
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, get_args

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from detection.decoding import ALPHABET
from detection.reader_network import HEIGHT, STRAIGHT, WIDTH, Model, encode, straightened
from detection.training.photos import ALL_PLACES, DEFAULT_ROOT, Seen
from detection.training.reader_data import Example, Supply, batch, drawn_example
from detection.training.reader_looks import PHOTOGRAPHED, RENDERED, Floats, Grey, look

LOG = logging.getLogger("reader")
Part = Literal["corners", "reading"]
NETWORK = {"input_channel": 1, "output_channel": 160, "hidden_size": 192, "num_class": len(ALPHABET) + 1}
BATCH = 64
PEAK_RATE = 1.5e-3
WARM_UP = 300
# A corner off by a tenth of the picture counts as much as one and a half characters' doubt at the start.
CORNERS_WEIGHT = 3.0
VALIDATED_EVERY = 250
MOST_DOUBT = 20.0


@dataclass(frozen=True, slots=True)
class Score:
    """Share of texts read exactly: real one-row and two-row plates, real and drawn ones under full changes.

    `doubt` is the mean loss of a plate, each counted up to `MOST_DOUBT` so that the few nobody can read do
    not rule. It picks the checkpoint: misread plates are too few to tell two networks apart.
    """

    one_row: float
    two_row: float
    changed: float
    drawn: float
    doubt: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to train in all, at which rate at its highest, from which weights, if any, and on what.

    `pseudo`: a file of `detection.training.pseudo_labels`. `only`: the part that learns, the other stays.
    """

    steps: int
    photographs: Path
    rate: float = PEAK_RATE
    start: Path | None = None
    pseudo: Path | None = None
    seen: Seen = "training"
    only: Part | None = None

    def supply(self, seed: int) -> Supply:
        """Its training pictures."""
        return Supply(self.photographs, seed, self.pseudo, self.seen, only_drawn=self.only == "corners")


def rate_at(step: int, plan: Plan) -> float:
    """Learning rate: a short warm-up, then a cosine down to a fiftieth."""
    if step < WARM_UP:
        return plan.rate * (step + 1) / WARM_UP
    done = min(1.0, (step - WARM_UP) / max(1, plan.steps - WARM_UP))
    return plan.rate * (0.02 + 0.98 * (1 + cos(pi * done)) / 2)


def tensor_of(pictures: Grey) -> Tensor:
    """B x 64 x 192 uint8 → B x 1 x 64 x 192 in [-1, 1], as easyocr hands them over."""
    return torch.from_numpy(pictures).unsqueeze(1).float().div_(127.5).sub_(1.0)


def greedy(scores: Tensor) -> list[str]:
    """Texts of the best path, repeats and blanks removed."""
    texts = []
    for path in scores.argmax(dim=2).tolist():
        kept = [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]
        texts.append("".join(ALPHABET[c - 1] for c in kept))
    return texts


def loss_of(scores: Tensor, texts: Sequence[str], reduction: str) -> Tensor:
    """CTC loss of log-probabilities B x steps x classes: of each text ("none") or the mean per character."""
    lengths = torch.tensor([len(text) for text in texts])
    taken = torch.full((len(texts),), scores.shape[1], dtype=torch.int64)
    wanted = torch.cat([encode(text) for text in texts])
    return functional.ctc_loss(
        scores.transpose(0, 1), wanted, taken, lengths, reduction=reduction, zero_infinity=True
    )


def _misplaced(placed: Tensor, known: Tensor) -> Tensor:
    """How far corners, B x 4 x 2, lie from those that are known; the others are NaN."""
    far = functional.smooth_l1_loss(placed, known.nan_to_num(), reduction="none", beta=0.1)
    return (far * known.isfinite()).sum() / known.isfinite().sum().clamp_min(1)


def plain_view(example: Example, margin: float = 0.08) -> Grey:
    """The labelled box, a little wider, stretched to the input: what the finished program would see."""
    left, top = example.corners.min(axis=0)
    right, bottom = example.corners.max(axis=0)
    dx, dy = margin * (right - left), margin * (bottom - top)
    height, width = example.picture.shape
    x1, y1 = max(0, round(left - dx)), max(0, round(top - dy))
    part = example.picture[y1 : min(height, round(bottom + dy)), x1 : min(width, round(right + dx))]
    return np.asarray(cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)


class Validation:
    """Fixed pictures: the training side's own real plates for it, as they are and changed, and drawn ones."""

    def __init__(self, examples: Sequence[Example], seed: int) -> None:
        rng = np.random.default_rng(seed)
        drawn = [drawn_example(rng) for _ in range(300)]
        grounds = rng.integers(0, 255, (300, 4, 6)).astype(np.uint8)
        shown = [look(d.picture, d.corners, RENDERED, g, rng)[0] for d, g in zip(drawn, grounds, strict=True)]
        changed = [look(e.picture, e.corners, PHOTOGRAPHED, None, rng)[0] for e in examples]
        self._pictures = np.stack([plain_view(e) for e in examples] + changed + shown)
        self._texts = [e.text for e in [*examples, *examples]] + [d.text for d in drawn]
        self._groups = [str(e.lines) for e in examples] + ["changed"] * len(examples) + ["drawn"] * len(drawn)

    def score(self, model: nn.Module) -> Score:
        model.eval()
        read: list[str] = []
        doubts: list[Tensor] = []
        with torch.inference_mode():
            for start in range(0, len(self._pictures), 64):
                scores = model(tensor_of(self._pictures[start : start + 64])).log_softmax(2)
                read += greedy(scores)
                doubts.append(loss_of(scores, self._texts[start : start + 64], "none").clamp(max=MOST_DOUBT))
        model.train()

        def share(group: str) -> float:
            hits = [a == b for a, b, g in zip(read, self._texts, self._groups, strict=True) if g == group]
            return sum(hits) / max(1, len(hits))

        return Score(
            share("1"), share("2"), share("changed"), share("drawn"), float(torch.cat(doubts).mean())
        )


class Training:
    """One run: network, its running average, optimiser, and the step it stands at."""

    def __init__(self, folder: Path, plan: Plan, seed: int) -> None:
        torch.manual_seed(seed)
        self.folder, self.plan, self.seed = folder, plan, seed
        self.step, self.best = 0, MOST_DOUBT
        # Channels last is a third faster on a processor.
        self.model = Model(**NETWORK).to(memory_format=torch.channels_last)
        if plan.start is not None:
            weights = torch.load(plan.start, weights_only=True)
            self.model.load_state_dict({key.removeprefix("module."): each for key, each in weights.items()})
        if plan.only == "reading":
            self.model.corners.eval()
        averaging = get_ema_multi_avg_fn(0.998)  # type: ignore[no-untyped-call]  # torch gives no type
        self.average = AveragedModel(self.model, multi_avg_fn=averaging, use_buffers=True)
        self.optimiser = torch.optim.AdamW(self.model.parameters(), lr=plan.rate, weight_decay=0.02)
        if (folder / "state.pt").exists():
            state = torch.load(folder / "state.pt", weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.best = state["step"], state["best"]

    def advance(self, pictures: Grey, corners: Floats, texts: Sequence[str]) -> float:
        """One step; returns the loss of the texts, or of the corners where only they learn."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, self.plan)
        shown, known = tensor_of(pictures), torch.from_numpy(corners)
        misplaced = text_loss = torch.zeros(())
        with torch.set_grad_enabled(self.plan.only != "reading"):
            outlines = self.model.outlines(shown)
            for each in outlines:
                misplaced = misplaced + _misplaced(each, known)
        if self.plan.only != "corners":
            # Corners learn where they are known and nowhere else: what would read a text of the training side
            # a little better pulls them off the plate.
            straight = straightened(shown, outlines[1].detach(), STRAIGHT)
            text_loss = loss_of(self.model.read(straight).log_softmax(2), texts, "mean")
        total = text_loss + CORNERS_WEIGHT / 2 * misplaced
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]  # torch gives no type
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimiser.step()
        self.average.update_parameters(self.model)
        self.step += 1
        return float((total if self.plan.only == "corners" else text_loss).detach())

    def record(self, loss: float, score: Score) -> None:
        """Append to the curve, keep the best weights, save the state; no file is ever seen half written."""
        curve = self.folder / "curve.csv"
        is_new = not curve.exists()
        with curve.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if is_new:
                writer.writerow(["step", "loss", "one_row", "two_row", "changed", "drawn", "doubt"])
            numbers = (loss, score.one_row, score.two_row, score.changed, score.drawn, score.doubt)
            writer.writerow([self.step, *(f"{number:.4f}" for number in numbers)])
        if score.doubt < self.best:
            self.best = score.doubt
            # easyocr cuts the first seven letters off every key.
            weights = {f"module.{key}": value for key, value in self.average.module.state_dict().items()}
            _save(weights, self.folder / "best.pth")
        state = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "best": self.best,
        }
        _save(state, self.folder / "state.pt")


def _save(content: dict[str, Any], path: Path) -> None:
    beside = path.with_suffix(".part")
    torch.save(content, beside)
    beside.replace(path)


_supply: Supply | None = None  # of the painting process


def _begin_painting(seed: int, plan: Plan) -> None:
    global _supply  # noqa: PLW0603  # the process serves nothing else
    cv2.setNumThreads(1)
    _supply = plan.supply(seed)


def _paint(size: int) -> tuple[Grey, Floats, Sequence[str]]:
    if _supply is None:
        raise RuntimeError("painting has not begun")
    return batch(_supply, size)


def train(folder: Path, plan: Plan, seed: int) -> None:
    """Train as planned; may be stopped at any time and called again with the same plan."""
    folder.mkdir(parents=True, exist_ok=True)
    training, steps = Training(folder, plan, seed), plan.steps
    validation = Validation(plan.supply(seed).validation, seed)
    since, losses = time.monotonic(), []
    # Painted in a process of its own: threads would wait for each other's hold on the interpreter.
    with ProcessPoolExecutor(
        1, get_context("spawn"), _begin_painting, (seed + training.step, plan)
    ) as painter:
        following = painter.submit(_paint, BATCH)
        while training.step < steps:
            ready, following = following.result(), painter.submit(_paint, BATCH)
            losses.append(training.advance(*ready))
            if training.step % VALIDATED_EVERY == 0 or training.step == steps:
                score, loss = validation.score(training.average), float(np.mean(losses))
                training.record(loss, score)
                pace = len(losses) / (time.monotonic() - since)
                LOG.info("%d/%d loss %.3f %s %.2f steps/s", training.step, steps, loss, score, pace)
                since, losses = time.monotonic(), []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--state", type=Path, required=True, help="folder of checkpoints, outside the checkout"
    )
    parser.add_argument("--steps", type=int, default=7600)
    parser.add_argument("--rate", type=float, default=PEAK_RATE, help="learning rate at its highest")
    parser.add_argument("--start", type=Path, help="weights to start from, such as the shipped ones")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--photographs", type=Path, default=DEFAULT_ROOT)
    parser.add_argument("--pseudo", type=Path, help="what detection.training.pseudo_labels wrote")
    parser.add_argument(
        "--only", choices=get_args(Part), help="the part that learns; corners learn from drawn plates alone"
    )
    parser.add_argument("--all-places", action="store_true", help=ALL_PLACES)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(1)
    seen: Seen = "all" if given.all_places else "training"
    plan = Plan(given.steps, given.photographs, given.rate, given.start, given.pseudo, seen, given.only)
    train(given.state, plan, given.seed)


if __name__ == "__main__":
    main()
