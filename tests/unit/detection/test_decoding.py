"""Scores to text: the grammar decides where it is near, and makes no plate of what is none."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection import ctc
from detection.ctc import Floats
from detection.decoding import ALPHABET, MARGIN, ROW_BREAK, Decoded, decode
from detection.plate_forms import forms
from detection.plate_text import is_known

CLASSES = 1 + len(ALPHABET)
STEPS = 80
LEAST = 1e-7


def scores_of(
    text: str, sure: float = 0.995, doubts: dict[int, dict[str, float]] | None = None, steps: int = STEPS
) -> Floats:
    """Scores that say `text`, row break included, each character for two steps with probability `sure`.

    `doubts` gives, by place in `text`, other characters their probabilities; what is left is the character's.
    "" among them is the blank.
    """
    chances = np.full((steps, CLASSES), LEAST)
    chances[:, 0] = 1.0
    places = np.linspace(1, steps - 3, len(text)).astype(int)
    for index, (character, place) in enumerate(zip(text, places, strict=True)):
        others = (doubts or {}).get(index, {"": 1.0 - sure})
        for step in (place, place + 1):
            chances[step] = LEAST
            for other, chance in others.items():
                chances[step, ALPHABET.index(other) + 1 if other else 0] += chance
            chances[step, ALPHABET.index(character) + 1] += 1.0 - sum(others.values())
    return np.asarray(np.log(chances / chances.sum(axis=1, keepdims=True)), np.float64)


def read(scores: Floats, **hints: Any) -> Decoded:
    """One cut."""
    return decode([scores], **hints)


def shown(reading: Decoded) -> str:
    """The text with its row break, as the scores have it."""
    row = reading.first_row
    return reading.text if row is None else reading.text[:row] + ROW_BREAK + reading.text[row:]


def check(reading: Decoded) -> None:
    """What holds of every answer."""
    assert ROW_BREAK not in reading.text + reading.free_text
    assert len(reading.characters) == len(reading.text)
    assert all(0.0 <= share <= 1.0 for share in reading.characters)
    assert reading.log_probability <= reading.free_log_probability <= 1e-6
    assert reading.first_row is None or 0 <= reading.first_row <= len(reading.text)


@st.composite
def legal_plates(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(forms()))
    text = "".join(draw(st.sampled_from(legal)) for legal in form.steps)
    if form.counted and not text[-form.counted :].strip("0"):
        text = text[:-1] + "1"
    row = form.first_row
    return text if row is None else text[:row] + ROW_BREAK + text[row:]


@settings(max_examples=60, deadline=None)
@given(text=legal_plates(), sure=st.sampled_from([0.999, 0.9, 0.7]))
def test_a_clear_plate_is_read(text: str, sure: float) -> None:
    reading = read(scores_of(text, sure))
    check(reading)
    assert shown(reading) == text
    assert reading.free_text == reading.text
    assert reading.log_probability == reading.free_log_probability


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_the_grammar_chose_is_a_plate_and_near(data: st.DataObject) -> None:
    text = data.draw(legal_plates())
    places = data.draw(st.sets(st.integers(0, len(text) - 1), min_size=1, max_size=3))
    doubts = {
        # not the break: two of them are no text that `shown` could write
        place: {data.draw(st.sampled_from(ALPHABET[:-1])): data.draw(st.floats(0.05, 0.95))}
        for place in places
    }
    scores = scores_of(text, doubts=doubts)
    reading = read(scores)
    check(reading)
    rows = 1 if reading.first_row is None else 2
    legal = is_known(reading.text, lines=rows, first_row=reading.first_row)
    assert legal or (reading.text, reading.log_probability) == (
        reading.free_text,
        reading.free_log_probability,
    )
    assert reading.log_probability >= reading.free_log_probability - MARGIN
    if legal:
        classes = tuple(ALPHABET.index(character) + 1 for character in shown(reading))
        assert reading.log_probability == pytest.approx(ctc.log_probabilities(scores, [classes])[0])
    own = tuple(ALPHABET.index(character) + 1 for character in text)
    near = ctc.log_probabilities(scores, [own])[0] >= reading.free_log_probability - MARGIN
    assert legal or not near, "a plate within the margin was not found"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.45, "51F12845"), (0.25, "51F12845"), (0.02, "51F12B45")],
)
def test_the_grammar_settles_what_is_near_and_not_what_is_far(share: float, text: str) -> None:
    reading = read(scores_of("51F12B45", doubts={5: {"8": share}}))
    check(reading)
    assert (reading.text, reading.free_text) == (text, "51F12B45")
    assert reading.free_log_probability > reading.log_probability or reading.text == reading.free_text
    # The doubt stays to be seen: the grammar made nobody surer of the picture.
    assert reading.characters[5] < 0.6 or text == "51F12B45"
    assert min(reading.characters[:5] + reading.characters[6:]) > 0.98


@pytest.mark.parametrize("text", ["KARAOKE", "HOTLINE0909", "0909123456", "HONDA", "BAOVE/24H", "51F12B4C"])
@pytest.mark.parametrize("sure", [0.99, 0.8, 0.6])
def test_a_sign_becomes_no_plate(text: str, sure: float) -> None:
    reading = read(scores_of(text, sure))
    check(reading)
    assert shown(reading) == text
    assert reading.free_text == reading.text


@pytest.mark.parametrize(
    ("hints", "text"),
    [
        ({}, "59X1/2345"),
        ({"vehicle": "motorbike"}, "59X1/2345"),
        ({"vehicle": "car"}, "59X/12345"),
        ({"colour": "yellow"}, "59X/12345"),
        ({"lines": 2}, "59X1/2345"),
    ],
)
def test_vehicle_and_colour_steer_the_row_break(hints: dict[str, str | int], text: str) -> None:
    # Somewhere about the fourth character the row breaks; before or after it is a matter of 0.4 to 0.6.
    chances = np.exp(scores_of("59X/1/2345"))
    at = np.flatnonzero(chances[:, -1] > 0.5)
    for steps, share in ((at[:2], 0.4), (at[2:], 0.6)):
        chances[steps] = LEAST
        chances[steps, 0], chances[steps, -1] = 1.0 - share, share
    reading = read(np.log(chances), **hints)
    check(reading)
    assert shown(reading) == text


def test_rows_steer_what_may_follow() -> None:
    # A break that is as good as not there: one row is a car, two rows have a break.
    scores = scores_of("51F/12345", doubts={3: {"": 0.55}})
    assert shown(read(scores, lines=2)) == "51F/12345"
    assert shown(read(scores, lines=1)) == "51F12345"


def test_colour_steers_the_letter() -> None:
    scores = scores_of("51S12345", doubts={2: {"B": 0.35}})
    assert read(scores).text == "51S12345"
    assert read(scores, colour="blue").text == "51B12345"


def test_a_hint_that_the_scores_contradict_changes_nothing() -> None:
    reading = read(scores_of("59X1/23456"), vehicle="car", lines=1)
    assert shown(reading) == "59X1/23456"


def test_equal_neighbours_are_two() -> None:
    assert read(scores_of("51F55555")).text == "51F55555"


def test_a_break_in_a_doubtful_text_is_not_a_character() -> None:
    reading = read(scores_of("AB/CD/E", 0.7))
    check(reading)
    assert (reading.text, reading.first_row) == ("ABCDE", 2)


def test_a_character_too_many_to_fit_is_doubted() -> None:
    reading = read(scores_of("51F12345", doubts={4: {"": 0.6, "7": 0.1}}))
    check(reading)
    assert reading.characters[4] == min(reading.characters) < 0.9
    assert min(reading.characters[:4] + reading.characters[5:]) > 0.98


@pytest.mark.parametrize("steps", [0, 1, 5, STEPS])
def test_blank_scores_are_an_empty_text(steps: int) -> None:
    reading = read(scores_of("", steps=steps)) if steps > 2 else read(scores_of("", steps=5)[:steps])
    assert (reading.text, reading.first_row, reading.characters, reading.free_text) == ("", None, (), "")
    assert reading.log_probability == pytest.approx(0.0, abs=1e-3)
    assert reading.free_log_probability == reading.log_probability


def test_too_few_steps_for_a_plate_are_read_as_they_are() -> None:
    scores = scores_of("51F12345")
    reading = read(scores[np.exp(scores[:, 0]) < 0.5][:4], vehicle="car")
    check(reading)
    assert reading.text == "51"


def test_impossible_scores_are_worth_nothing() -> None:
    reading = read(np.full((4, CLASSES), -np.inf))
    assert (reading.text, reading.log_probability, reading.free_log_probability) == ("", -np.inf, -np.inf)


def test_certain_scores_hold_infinities() -> None:
    scores = np.full((12, CLASSES), -np.inf)
    scores[:, 0] = 0.0
    for step, character in enumerate("51F12345"):
        scores[step] = -np.inf
        scores[step, ALPHABET.index(character) + 1] = 0.0
    reading = read(scores.astype(np.float32))
    assert reading == Decoded("51F12345", None, (1.0,) * 8, 0.0, "51F12345", 0.0)
    assert read(scores[:, ::-1]).text == read(scores[:, ::-1], vehicle="car").text


@pytest.mark.parametrize(
    ("scores", "hints"),
    [
        (np.zeros((4, CLASSES - 1)), {}),
        (np.zeros(CLASSES), {}),
        (np.full((4, CLASSES), np.nan), {}),
        (np.full((4, CLASSES), np.inf), {}),
        (np.zeros((4, CLASSES)), {"lines": 3}),
        (np.zeros((4, CLASSES)), {"vehicle": "tank"}),
        (np.zeros((4, CLASSES)), {"colour": "green"}),
    ],
)
def test_what_are_no_scores_is_refused(scores: Floats, hints: dict[str, str | int]) -> None:
    with pytest.raises(ValueError, match=r"scores|must be"):
        read(scores, **hints)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), evenness=st.sampled_from([0.01, 0.1, 1.0]))
def test_noise_is_survived(seed: int, evenness: float) -> None:
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.full(CLASSES, evenness), size=40)
    with np.errstate(divide="ignore"):
        check(read(np.log(chances)))


def test_cuts_of_a_plate_are_weighed_together() -> None:
    sure = scores_of("51F12345")
    doubtful = scores_of("51F12345", doubts={6: {"7": 0.7}})
    assert read(doubtful).text == "51F12375"
    both = decode([sure, doubtful])
    check(both)
    assert both.text == "51F12345"
    assert both.log_probability < read(sure).log_probability
    assert min(both.characters) == both.characters[6] < 0.7


def test_a_cut_that_sees_something_else_takes_the_certainty() -> None:
    both = decode([scores_of("51F12345", 0.9), scores_of("29A67890", 0.9)])
    check(both)
    assert both.text in {"51F12345", "29A67890"}
    assert np.exp(both.log_probability) < 0.01


def test_no_cut_is_no_reading() -> None:
    with pytest.raises(ValueError, match="one cut"):
        decode([])
