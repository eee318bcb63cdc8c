"""From the reader's scores to the text: what stands there, held to the grammar of plates where that is near.

A reader that has seen a thousand plates still takes 8 for B in the rain; the grammar knows that a car's
serial number has no B. So the text is the likeliest plate, unless what the scores say without any grammar
is far likelier: a sign that reads KARAOKE must not become somebody's number. numpy and the standard library
only.
"""

from collections.abc import Sequence
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
    scores: Sequence[NDArray[np.floating[Any]]],
    *,
    lines: int | None = None,
    vehicle: str | None = None,
    colour: str | None = None,
) -> Decoded:
    """The text of one plate, of one cut of it or of several.

    Each cut proposes its likeliest texts; the one that all cuts together find likeliest is the answer, and
    its probabilities are the means over the cuts (geometric for the text): a cut that sees something else
    costs the answer its share.

    Args:
        scores: of each cut natural log-probabilities, steps x (1 + len(ALPHABET)); class 0 is CTC's blank.
        lines: rows of the plate, 1 or 2; without it the scores decide, by their row break.
        vehicle: one of `plate_text.VEHICLES`, what carries the plate.
        colour: one of `plate_text.COLOURS`, the plate's background.

    Raises:
        ValueError: no cut, scores of another shape or with NaN or +inf, or a hint that is none.
    """
    machine = machine_of(lines, vehicle, colour)
    if not scores:
        raise ValueError("a plate is read on one cut at least")
    cuts = [_checked(cut) for cut in scores]
    if not all(len(cut) for cut in cuts):
        return Decoded("", None, (), 0.0, "", 0.0)
    if any(np.isneginf(cut.max(axis=1)).any() for cut in cuts):
        # A step without any class makes every text impossible.
        return Decoded("", None, (), -np.inf, "", -np.inf)
    free = _likeliest(cuts, [text for cut in cuts for text in _free(cut)])
    chosen = free
    if not machine.accepts(free[0]):
        plate = _likeliest(cuts, [text for cut in cuts for text in _plates(cut, machine)])
        if plate[0] and plate[1] >= free[1] - MARGIN:
            # Several cuts may like a plate best that no cut alone proposed as its own likeliest text.
            chosen, free = plate, max(free, plate, key=lambda found: found[1])
    return _decoded(cuts, chosen, free)


def _checked(scores: NDArray[np.floating[Any]]) -> Floats:
    given = np.asarray(scores, np.float64)
    if given.ndim != 2 or given.shape[1] != 1 + len(ALPHABET):
        raise ValueError(f"scores are steps x {1 + len(ALPHABET)}, not {given.shape}")
    if len(given) and not (given.max(axis=1) < np.inf).all():
        raise ValueError("scores are not log-probabilities")
    return given


def _free(scores: Floats) -> list[Classes]:
    """The likeliest texts of all, best first."""
    text, _ = ctc.best_path(scores)
    if float(ctc.log_probabilities(scores, [text])[0]) > np.log(_NO_RIVAL):
        return [text]
    return [text, *ctc.search(scores, _ANYTHING, width=_FREE_BEAM, least=_FREE_LEAST)[:_WEIGHED]]


def _plates(scores: Floats, machine: Machine) -> list[Classes]:
    return ctc.search(scores, machine, width=_PLATE_BEAM, least=_PLATE_LEAST)[:_WEIGHED]


def _likeliest(cuts: Sequence[Floats], texts: Sequence[Classes]) -> tuple[Classes, float]:
    """The text with the highest mean log-probability over the cuts, and that; nothing, and -inf, of none."""
    tried = list(dict.fromkeys(texts))
    if not tried:
        return (), -np.inf
    logs = np.mean([ctc.log_probabilities(cut, tried) for cut in cuts], axis=0)
    best = int(logs.argmax())
    return tried[best], float(logs[best])


def _decoded(cuts: Sequence[Floats], chosen: tuple[Classes, float], free: tuple[Classes, float]) -> Decoded:
    text, log = chosen
    seen = [np.asarray(_certain(cut, text, log) or ctc.shares(cut, text), np.float64) for cut in cuts]
    shares = np.mean(seen, axis=0).tolist()
    return Decoded(
        text=_written(text),
        first_row=text.index(_BREAK) if _BREAK in text else None,
        characters=tuple(share for share, label in zip(shares, text, strict=True) if label != _BREAK),
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
