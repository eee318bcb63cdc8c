"""CTC arithmetic against brute force over all paths."""

import math
from itertools import groupby, product

import numpy as np
import pytest

from detection import ctc
from detection.ctc import Classes, Floats, Machine

ANYTHING = Machine(({1: 0, 2: 0, 3: 0},), (True,))


def _scores(steps: int, classes: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    return np.log(rng.dirichlet(np.full(classes, 0.7), size=steps))


def _by_brute_force(scores: Floats) -> dict[Classes, float]:
    steps, classes = scores.shape
    texts: dict[Classes, float] = {}
    for path in product(range(classes), repeat=steps):
        text = tuple(label for label, _ in groupby(path) if label)
        chance = float(np.exp(scores[range(steps), path].sum()))
        texts[text] = texts.get(text, 0.0) + chance
    return texts


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("steps", [1, 2, 5, 6])
def test_probabilities_are_the_sums_over_all_paths(steps: int, seed: int) -> None:
    scores = _scores(steps, 4, seed)
    expected = _by_brute_force(scores)
    texts = [*expected, (1,) * (steps + 1), (2,) * steps]
    found = np.exp(ctc.log_probabilities(scores, texts))
    assert found == pytest.approx([expected.get(text, 0.0) for text in texts], rel=1e-9)
    # One by one is the same as all at once.
    for text, chance in zip(texts[:9], found, strict=False):
        assert np.exp(ctc.log_probabilities(scores, [text])[0]) == pytest.approx(chance, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_beam_finds_the_likeliest_text(seed: int) -> None:
    scores = _scores(6, 4, seed)
    expected = _by_brute_force(scores)
    found = ctc.search(np.hstack([scores, np.full((6, 5), -np.inf)]), ANYTHING, width=40, least=1e-6)
    assert found[0] == max(expected, key=expected.__getitem__)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("seed", range(4))
def test_a_machine_is_kept_to(seed: int) -> None:
    one_then_two = Machine(({1: 1}, {1: 1, 2: 2}, {}), (False, False, True))
    scores = np.hstack([_scores(6, 4, seed), np.full((6, 5), -np.inf)])
    found = ctc.search(scores, one_then_two, width=40, least=1e-6)
    assert found
    assert all(text[-1] == 2 and set(text[:-1]) == {1} for text in found)
    allowed = {text: c for text, c in _by_brute_force(scores[:, :4]).items() if one_then_two.accepts(text)}
    assert found[0] == max(allowed, key=allowed.__getitem__)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("text", [(1,), (1, 1), (1, 2), (2, 1, 2), (3, 3, 1)])
def test_a_share_is_the_texts_among_its_neighbours(text: Classes, seed: int) -> None:
    scores = _scores(6, 4, seed)
    every = _by_brute_force(scores)
    for place, share in enumerate(ctc.shares(scores, text)):
        rivals = [(*text[:place], other, *text[place + 1 :]) for other in (1, 2, 3)]
        rivals.append(text[:place] + text[place + 1 :])
        assert share == pytest.approx(every[text] / sum(every[rival] for rival in rivals), rel=1e-9)


def test_long_and_unlikely_texts_do_not_vanish() -> None:
    scores = np.full((400, 4), -40.0)
    scores[:, 0] = 0.0
    text = (1, 2) * 6
    (log,) = ctc.log_probabilities(scores, [text])
    # Twelve single steps of -40 each at any of 400 places, all others blank; longer runs add next to nothing.
    assert log == pytest.approx(-480 + math.log(math.comb(400, 12)), abs=1e-6)
    assert np.isfinite(ctc.shares(scores, text)).all()


def test_what_cannot_be_has_no_probability() -> None:
    scores = np.log(
        np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]), where=[True, True, False], out=np.full((2, 3), -np.inf)
    )
    assert np.isneginf(ctc.log_probabilities(scores, [(2,), (1, 1), (1, 2, 1)])).all()
    assert ctc.shares(scores, (2,)).tolist() == [0.0]
    assert ctc.shares(scores, ()).tolist() == []


def test_the_best_path_keeps_each_characters_highest_chance() -> None:
    scores = np.log(
        np.array([[0.1, 0.8, 0.1], [0.05, 0.9, 0.05], [0.6, 0.3, 0.1], [0.1, 0.7, 0.2], [0.2, 0.2, 0.6]])
    )
    text, chances = ctc.best_path(scores)
    assert text == (1, 1, 2)
    assert chances == pytest.approx((0.9, 0.7, 0.6))
