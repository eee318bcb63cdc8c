"""From the reader's scores to the text: what stands there, held to the grammar of plates where that is near.

A reader that has seen a thousand plates still takes 8 for B in the rain; the grammar knows that a car's
serial number has no B. So the text is the likeliest plate, unless what the scores say without any grammar
is far likelier: a sign that reads KARAOKE must not become somebody's number. numpy and the standard library
only.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detection import ctc
from detection.ctc import Classes, Floats, Machine
from detection.plate_forms import Form, forms

# Class k of the scores is ALPHABET[k - 1]. The network says itself where the second row begins.
ROW_BREAK: Final = "/"
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" + ROW_BREAK
# How much likelier, as a natural logarithm, the free text may be than the plate: a factor of 10.
MARGIN: Final = 2.3
# A likelier text than this has no rival: all others together have less.
_NO_RIVAL: Final = 0.5
# Above this a character's own share lies between the text's probability and 1, so an estimate will do.
_CERTAIN: Final = 0.97
# A class that never reaches a fiftieth of the best one's probability is in no likeliest text.
_FREE_BEAM, _FREE_LEAST = 8, 0.02
# Beginnings of two plates of different length compete for long, so a few more are kept; and what the grammar
# asks for may be as unlikely as the margin has it, or several characters together.
_PLATE_BEAM, _PLATE_LEAST = 12, 0.002
# Of what a beam finds, so many get their exact probability: its own order is off by what it gave up.
_WEIGHED: Final = 4
_BREAK: Final = len(ALPHABET)
_NOUGHT: Final = 1
_ANYTHING: Final = Machine((dict.fromkeys(range(1, _BREAK + 1), 0),), (True,))


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the scores of one plate say.

    `text` is A-Z0-9 in reading order, `first_row` how many of its characters stand above the row break (None
    without one), `characters` the probability of each, 0 to 1, if the others are right (`ctc.shares`).
    `log_probability` is the natural logarithm of the probability of the text with its break over all
    alignments, not divided by anything: far below 0, the reading is worth little even if no other is better.
    `free_text` and `free_log_probability` are the likeliest text when nothing has to be a plate.
    """

    text: str
    first_row: int | None
    characters: tuple[float, ...]
    log_probability: float
    free_text: str
    free_log_probability: float


def decode(
    scores: NDArray[np.floating[Any]],
    *,
    lines: int | None = None,
    vehicle: str | None = None,
    colour: str | None = None,
) -> Decoded:
    """The text of one plate.

    Args:
        scores: natural log-probabilities, steps x (1 + len(ALPHABET)); class 0 is CTC's blank.
        lines: rows of the plate, 1 or 2; without it the scores decide, by their row break.
        vehicle: one of `plate_text.VEHICLES`, what carries the plate.
        colour: one of `plate_text.COLOURS`, the plate's background.

    Raises:
        ValueError: scores of another shape or with NaN or +inf, or a hint that is none.
    """
    machine = machine_of(lines, vehicle, colour)
    given = np.asarray(scores, np.float64)
    if given.ndim != 2 or given.shape[1] != 1 + len(ALPHABET):
        raise ValueError(f"scores are steps x {1 + len(ALPHABET)}, not {given.shape}")
    if not len(given):
        return Decoded("", None, (), 0.0, "", 0.0)
    peaks = given.max(axis=1)
    if not (peaks < np.inf).all():
        raise ValueError("scores are not log-probabilities")
    if np.isneginf(peaks).any():
        # A step without any class makes every text impossible.
        return Decoded("", None, (), -np.inf, "", -np.inf)
    free, free_log = _free(given)
    text, log = free, free_log
    if not machine.accepts(free):
        plate, plate_log = _likeliest(given, _plates(given, machine))
        if plate and plate_log >= free_log - MARGIN:
            text, log = plate, plate_log
    return _decoded(given, (text, log), (free, free_log))


def _free(scores: Floats) -> tuple[Classes, float]:
    """The likeliest text of all, with its log-probability."""
    text, _ = ctc.best_path(scores)
    log = float(ctc.log_probabilities(scores, [text])[0])
    if log > np.log(_NO_RIVAL):
        return text, log
    found = ctc.search(scores, _ANYTHING, width=_FREE_BEAM, least=_FREE_LEAST)
    return _likeliest(scores, [text, *found])


def _plates(scores: Floats, machine: Machine) -> list[Classes]:
    return ctc.search(scores, machine, width=_PLATE_BEAM, least=_PLATE_LEAST)


def _likeliest(scores: Floats, texts: list[Classes]) -> tuple[Classes, float]:
    """The likeliest of the first few; nothing, and -inf, if there is none."""
    if not texts:
        return (), -np.inf
    logs = ctc.log_probabilities(scores, texts[: _WEIGHED + 1])
    best = int(logs.argmax())
    return texts[best], float(logs[best])


def _decoded(scores: Floats, chosen: tuple[Classes, float], free: tuple[Classes, float]) -> Decoded:
    text, log = chosen
    characters = _certain(scores, text, log) or tuple(ctc.shares(scores, text).tolist())
    return Decoded(
        text=_written(text),
        first_row=text.index(_BREAK) if _BREAK in text else None,
        characters=tuple(share for share, label in zip(characters, text, strict=True) if label != _BREAK),
        log_probability=log,
        free_text=_written(free[0]),
        free_log_probability=free[1],
    )


def _certain(scores: Floats, text: Classes, log: float) -> tuple[float, ...]:
    """The characters of a text that is all but certain, without the work of `ctc.shares`; or nothing."""
    path, chances = ctc.best_path(scores)
    whole = min(1.0, float(np.exp(log)))
    if whole < _CERTAIN or path != text:
        return ()
    return tuple(min(1.0, max(whole, chance)) for chance in chances)


def _written(text: Classes) -> str:
    return "".join(ALPHABET[label - 1] for label in text if label != _BREAK)


@cache
def machine_of(lines: int | None, vehicle: str | None, colour: str | None) -> Machine:
    """The plates that the hints allow, in classes with their row break; hints and errors as in `decode`."""
    return _machine(forms(lines=lines, vehicle=vehicle, colour=colour))


@cache  # once more, as cars, buses and trucks carry the same plates
def _machine(allowed: tuple[Form, ...]) -> Machine:
    """One state per set of forms still possible."""
    ways = [_Way(form) for form in allowed]
    # Of a way still open: its number, how far it is written, and whether its number has been all noughts.
    start = frozenset((number, 0, True) for number in range(len(ways)))
    states = {start: 0}
    waiting = [start]
    moves: list[dict[int, int]] = []
    for state in waiting:
        reached: dict[int, set[tuple[int, int, bool]]] = {}
        for number, place, noughts in state:
            for label, still in ways[number].onward(place, noughts=noughts):
                reached.setdefault(label, set()).add((number, place + 1, still))
        for items in map(frozenset, reached.values()):
            if items not in states:
                states[items] = len(states)
                waiting.append(items)
        moves.append({label: states[frozenset(items)] for label, items in reached.items()})
    ends = tuple(any(place == len(ways[number].steps) for number, place, _ in state) for state in states)
    return Machine(tuple(moves), ends)


class _Way:
    """A form in classes, its row break among them."""

    def __init__(self, form: Form) -> None:
        steps = [tuple(ALPHABET.index(character) + 1 for character in legal) for legal in form.steps]
        counted_from = len(steps) - form.counted
        if form.first_row is not None:
            steps.insert(form.first_row, (_BREAK,))
            counted_from += form.first_row <= counted_from
        self.steps = steps
        # Where nothing is counted, this is behind the last place.
        self._counted_from = counted_from

    def onward(self, place: int, *, noughts: bool) -> list[tuple[int, bool]]:
        """What may stand at `place`, each with whether the number is all noughts still."""
        if place == len(self.steps):
            return []
        legal = self.steps[place]
        if place < self._counted_from:
            return [(label, True) for label in legal]
        onward = [(label, noughts and label in {_NOUGHT, _BREAK}) for label in legal]
        is_last = place == len(self.steps) - 1
        return [(label, still) for label, still in onward if not (is_last and still)]
