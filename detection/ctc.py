"""Arithmetic of CTC scores: the probability of a text, the likeliest texts, the doubt in each character.

Scores are T steps x C classes of natural log-probabilities, class 0 the blank. A text is a sequence of
classes from 1 on; many paths write it: every class once or more, blanks between at will, and at least one
blank between two equal ones (Graves et al., ICML 2006). numpy and the standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Classes: TypeAlias = tuple[int, ...]
# Per beginning: its probability with a blank last, with its own last class last, and the machine's state.
Beams: TypeAlias = dict[Classes, tuple[float, float, int]]

# Sums are brought back to size every so many steps: a double holds eight steps of 1e-38 each.
_RESCALED: Final = 8
# A beginning this much less likely than the best path of all, which counts 1, is given up.
_LEAST_PREFIX: Final = 1e-6
# So many classes are tried at a step, at most.
_TRIED: Final = 8
_NONE: Final = (0.0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class Machine:
    """What texts are allowed: `moves[state][class]` is the next state; state 0 begins, `ends` may end."""

    moves: tuple[dict[int, int], ...]
    ends: tuple[bool, ...]

    def accepts(self, text: Sequence[int]) -> bool:
        """Whether the text is one of those allowed."""
        state = 0
        for label in text:
            if label not in self.moves[state]:
                return False
            state = self.moves[state][label]
        return self.ends[state]


def best_path(scores: Floats) -> tuple[Classes, tuple[float, ...]]:
    """The text of the likeliest path, with the highest probability that each of its characters reaches."""
    path = scores.argmax(axis=1)
    chances = np.exp(scores[np.arange(len(path)), path])
    text: list[int] = []
    best: list[float] = []
    before = 0
    for label, chance in zip(path.tolist(), chances.tolist(), strict=True):
        if label and label == before:
            best[-1] = max(best[-1], chance)
        elif label:
            text.append(label)
            best.append(chance)
        before = label
    return tuple(text), tuple(best)


def log_probabilities(scores: Floats, texts: Sequence[Classes]) -> Floats:
    """Natural log of each text's probability over all its paths; -inf where it is nothing.

    Nothing is also what lies 300 powers of ten below the best path. Wants at least one step, and at each a
    score above -inf. The paths are summed from both ends at once and meet in the middle, which takes half
    as many turns.
    """
    count, lengths = len(texts), np.array([len(text) for text in texts])
    labels = np.zeros((2, count, lengths.max()), np.intp)
    for row, text in enumerate(texts):
        labels[0, row, : len(text)] = text
        labels[1, row, : len(text)] = text[::-1]
    peaks = scores.max(axis=1)
    chances = np.exp(scores - peaks[:, None])
    begun, left = len(chances) // 2, (len(chances) + 1) // 2
    sums, scales, jumps = _forward(np.stack((chances[:left], chances[::-1][:left])), labels)
    ahead = sums[begun, 0]
    # The second half, written backwards, turned round: place 2 + s of a text is its place 2 + 2 L - s.
    places = np.arange(ahead.shape[1] + 2)
    turned = 2 * lengths[:, None] + 4 - places
    behind = np.take_along_axis(sums[left, 1], turned.clip(0, ahead.shape[1] - 1), axis=1)
    behind[(turned < 2) | (places < 2)] = 0.0
    entered = behind[:, :-2] + behind[:, 1:-1]
    entered[:, :-2] += jumps[0, :, 2:] * behind[:, 2:-2]
    with np.errstate(divide="ignore"):
        whole = np.log((ahead * entered).sum(axis=1))
    return np.asarray(whole + scales[begun, 0] + scales[left, 1] + peaks.sum(), np.float64)


def search(scores: Floats, machine: Machine, *, width: int, least: float) -> list[Classes]:
    """The likeliest texts that the machine allows, best first, as far as `width` beginnings at a time show.

    A class below `least`, against the best one of its step, is not tried at that step.

    Prefix beam search (Hannun et al., 2014), in which the machine takes the place of the language model. What
    it finds is worth its exact `log_probabilities`: the beam's own sums lack what was given up on the way.
    """
    chances = np.exp(scores - scores.max(axis=1)[:, None])
    # Of noise everything is likely; there the first few have to do.
    first = 1 + np.argpartition(chances[:, 1:], -_TRIED, axis=1)[:, -_TRIED:]
    likely = np.take_along_axis(chances, first, axis=1) > least
    tried: list[list[int]] = [[] for _ in chances]
    for step, place in np.argwhere(likely).tolist():
        tried[step].append(int(first[step, place]))
    beams: Beams = {(): (1.0, 0.0, 0)}
    for row, labels in zip(chances.tolist(), tried, strict=True):
        beams = _step(beams, row, labels, machine)
        if len(beams) > width:
            beams = dict(nlargest(width, beams.items(), key=_mass))
    return [text for text, beam in sorted(beams.items(), key=_mass, reverse=True) if machine.ends[beam[2]]]


def shares(scores: Floats, text: Classes) -> Floats:
    """How sure each character is, given that the others are right, 0 to 1.

    The probability of the text as a share of all texts that have another class at that place or leave the
    place out, each over all of its paths. This is exact, wants no list of rivals and no one alignment; it
    does not see a character too many or two errors at once, which the probability of the whole pays for.
    """
    chances = np.exp(scores - scores.max(axis=1)[:, None])
    steps, length = len(chances), len(text)
    labels = np.array(text, np.intp)
    both = np.stack((labels, labels[::-1]))[:, None]
    sums, scales, _ = _forward(np.stack((chances, chances[::-1])), both)
    # Before place i after t steps: on the blank, on the character before. After it from step t on: the same.
    ahead, behind = sums[:, 0, 0], sums[::-1, 1, 0]
    blank_in, own_in = ahead[:, 2::2][:, :length], ahead[:, 1::2][:, :length]
    blank_out, own_out = behind[:, 2::2][:, :length][:, ::-1], behind[:, 1::2][:, :length][:, ::-1]
    weight = scales[:, 0, 0] + scales[::-1, 1, 0]
    weight = np.exp(weight - weight.max())[:, None]
    before, after = np.append(0, labels[:-1]), np.append(labels[1:], 0)
    every = np.arange(1, chances.shape[1])
    entering = blank_in[:-1, :, None] + own_in[:-1, :, None] * (every != before[:, None])
    leaving = blank_out[1:, :, None] + own_out[1:, :, None] * (every != after[:, None])
    staying = np.empty_like(entering)
    now = np.zeros(entering.shape[1:])
    shrunk = np.exp(scales[:-1, 0, 0] - scales[1:, 0, 0])
    for step in range(steps):
        now += entering[step]
        now *= chances[step, 1:] * shrunk[step]
        staying[step] = now
    replaced = (staying * leaving * weight[1:, :, None]).sum(axis=0)
    left_out = ((blank_in + own_in * (before != after)) * own_out * weight).sum(axis=0)
    own = replaced[np.arange(length), labels - 1]
    total = replaced.sum(axis=1) + left_out
    share: Floats = np.divide(own, total, out=np.zeros(length), where=total > 0)
    return share.clip(0.0, 1.0)


def _forward(chances: Floats, labels: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Sums over the beginnings of all paths of G x N texts (`labels`, G x N x L), by chances G x T x C.

    Returns the sums, (T + 1) x G x N x (2 L + 3), the logs of their scales, (T + 1) x G x N, and where a path
    may come to a place by jumping over a blank, G x N x (2 L + 3). Along the last axis: a place that is never
    filled, the start (filled before the first step only), then blank, character, blank ... of the text.
    """
    add, multiply = np.add, np.multiply
    groups, count, length = labels.shape
    steps, places = chances.shape[1], 2 * length + 3
    emitted = np.zeros((steps, groups, count, places))
    emitted[..., 2::2] = chances[:, :, 0].T[:, :, None, None]
    for group in range(groups):
        emitted[:, group, :, 3::2] = chances[group][:, labels[group]]
    jumps = np.zeros((groups, count, places))
    jumps[..., 3:4] = 1.0
    jumps[..., 5::2] = labels[..., 1:] != labels[..., :-1]
    sums = np.zeros((steps + 1, groups, count, places))
    sums[0, ..., 1] = 1.0
    scales = np.zeros((steps + 1, groups, count))
    # The texts of a step end to end: what spills over to the next one falls on places that emit nothing.
    flat, factors, jumped = sums.reshape(steps + 1, -1), emitted.reshape(steps, -1), jumps.ravel()[2:]
    rows = zip(flat[:-1, :-2], flat[:-1, 1:-1], flat[:-1, 2:], flat[1:, 2:], factors[:, 2:], strict=True)
    for step, (before_last, last, same, now, factor) in enumerate(rows, 1):
        multiply(before_last, jumped, now)
        add(now, last, now)
        add(now, same, now)
        multiply(now, factor, now)
        if step % _RESCALED == 0:
            size = sums[step].max(axis=-1)
            size[size <= 0] = 1.0
            sums[step] /= size[..., None]
            scales[step:] += np.log(size)
    return sums, scales, jumps


def _step(beams: Beams, row: list[float], labels: list[int], machine: Machine) -> Beams:
    """The beginnings one step on: each stays as it is, or grows by a class that the machine allows."""
    stay = row[0]
    grown: Beams = {}
    for text, (blank, own, state) in beams.items():
        whole = blank + own
        last = text[-1] if text else 0
        repeated = own * row[last]
        if text in grown:
            repeated += grown[text][1]
        if whole * stay + repeated > _LEAST_PREFIX:
            grown[text] = (whole * stay, repeated, state)
        moves = machine.moves[state]
        for label in labels:
            gain = (blank if label == last else whole) * row[label]
            if gain > _LEAST_PREFIX and label in moves:
                longer = (*text, label)
                before = grown.get(longer, _NONE)
                grown[longer] = (before[0], before[1] + gain, moves[label])
    return grown


def _mass(item: tuple[Classes, tuple[float, float, int]]) -> float:
    return item[1][0] + item[1][1]
