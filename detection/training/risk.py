"""Judged readings, what a threshold on their confidence does, and whether the confidence is true; drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from detection.judgement import UNSURE
from detection.training.reader_measure import Rate

WRONG_SHARE: Final = 0.005
# A threshold with fewer readings above it proves nothing about one in two hundred.
LEAST_ACCEPTED: Final = 200
BINS: Final = 10


class Reading(Protocol):
    """What is judged of a `detection.reading.PlateReading`."""

    @property
    def text(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def characters(self) -> tuple[float, ...]: ...
    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading against the truth. `group`: "clean", a look, or "foreign".

    `fits`: nothing but its confidence could keep it from being accepted. `characters`: for a text of the
    right length every character's probability and whether it is right.
    """

    group: str
    confidence: float
    exact: bool
    fits: bool
    characters: tuple[tuple[float, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """What a threshold does: of `plates` so many accepted, of those so many wrong."""

    threshold: float
    plates: int
    accepted: int
    wrong: int

    def to_row(self) -> dict[str, float | int]:
        coverage, risk = Rate(self.accepted, self.plates), Rate(self.wrong, self.accepted).to_json()
        counts = {"plates": self.plates, "accepted": self.accepted, "coverage": round(coverage.share, 4)}
        shares = {"wrong_share": risk["rate"], "wilson_low": risk["low"], "wilson_high": risk["high"]}
        return {"threshold": self.threshold, **counts, "wrong": self.wrong, **shares}


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about one probability: how many, what they promise on average, how many came true."""

    low: float
    high: float
    count: int
    promised: float
    right: int


def judged(group: str, reading: Reading | None, text: str) -> Judged:
    """A reading, or None where no plate was found, against the true text."""
    if reading is None:
        return Judged(group, 0.0, exact=False, fits=False)
    characters: tuple[tuple[float, bool], ...] = ()
    if len(reading.text) == len(text) == len(reading.characters):
        right = (a == b for a, b in zip(reading.text, text, strict=True))
        characters = tuple(zip(reading.characters, right, strict=True))
    fits = reading.reason is None or reading.reason in UNSURE
    return Judged(group, reading.confidence, reading.text == text, fits, characters)


def risk_at(threshold: float, found: Sequence[Judged]) -> Risk:
    accepted = [one for one in found if one.fits and one.confidence >= threshold]
    return Risk(threshold, len(found), len(accepted), sum(not one.exact for one in accepted))


def chosen(risks: Iterable[Risk]) -> Risk | None:
    """The least threshold with few enough wrong readings above it; None if there is none."""
    for risk in sorted(risks, key=lambda risk: risk.threshold):
        if risk.accepted >= LEAST_ACCEPTED and risk.wrong <= WRONG_SHARE * risk.accepted:
            return risk
    return None


def reliability(predictions: Iterable[tuple[float, bool]]) -> list[Bin]:
    """Ten bins of predicted probability; a probability that keeps its promise lies on the diagonal."""
    parts: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for chance, right in predictions:
        parts[min(BINS - 1, max(0, int(chance * BINS)))].append((chance, right))
    return [
        Bin(
            number / BINS,
            (number + 1) / BINS,
            len(part),
            round(sum(chance for chance, _ in part) / len(part), 4) if part else 0.0,
            sum(right for _, right in part),
        )
        for number, part in enumerate(parts)
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of promise and truth, weighted by the bins' counts."""
    total = sum(one.count for one in bins)
    return sum(abs(one.promised * one.count - one.right) for one in bins) / total if total else 0.0


def draw(path: Path, risks: Sequence[Risk], best: Risk | None, bins: Mapping[str, Sequence[Bin]]) -> None:
    """The wrong share over the accepted share, and promised against true probability, side by side."""
    # Comes with ultralytics; a second to import, and only this figure needs it.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_risk(left, [risk for risk in risks if risk.accepted], best)
    right.plot([0, 1], [0, 1], color="grey", linewidth=1, label="kept promise")
    for name, part in bins.items():
        full = [one for one in part if one.count]
        right.plot([one.promised for one in full], [one.right / one.count for one in full], "o-", label=name)
    for one in bins["text"]:
        right.annotate(str(one.count), ((one.low + one.high) / 2, 0.02), ha="center", fontsize=7)
    right.set(xlabel="predicted probability (counts of texts below)", ylabel="share exact", ylim=(0, 1.02))
    right.set_title("Reliability")
    right.legend()
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _draw_risk(axes: Any, risks: Sequence[Risk], best: Risk | None) -> None:
    intervals = [Rate(risk.wrong, risk.accepted).to_json() for risk in risks]
    coverage = [100 * risk.accepted / risk.plates for risk in risks]
    low, high = ([100 * interval[end] for interval in intervals] for end in ("low", "high"))
    axes.fill_between(coverage, low, high, alpha=0.2, label="95 % (Wilson)")
    axes.plot(coverage, [100 * interval["rate"] for interval in intervals], label="accepted and wrong")
    axes.axhline(100 * WRONG_SHARE, color="grey", linewidth=1, linestyle="--")
    if best is not None:
        at = 100 * best.accepted / best.plates, 100 * best.wrong / best.accepted
        axes.plot(*at, "o", color="black")
        axes.annotate(
            f"threshold {best.threshold:g}", at, xytext=(-8, 12), textcoords="offset points", ha="right"
        )
    axes.set(xlabel="accepted, % of all plates", ylabel="wrong, % of accepted", ylim=(0, None))
    axes.set_title("Risk and coverage")
    axes.legend()
