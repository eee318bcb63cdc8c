"""One plate text out of the readings of many frames, with the ballots kept so that a person can see why.

Frames that agree weigh most, as one lucky frame must not accuse anybody; between texts that as many frames
read, the sharper and surer ones decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from detection.plate_text import display, is_known, kind_of

# A reading surer than this may be leaned on; chosen on plates of the training side (docs/models/reader.md).
ACCEPTED_CONFIDENCE: Final = 0.95
# Two frames can share one error, yet seldom do: the least that is an agreement at all.
FRAMES_TO_AGREE: Final = 2
# A sure frame misreads a character or two; one that differs in more has seen another vehicle's plate.
MISREAD_MOST: Final = 2
# The winner has more than half of the ballots' weight, or the frames do not agree.
MAJORITY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one frame says. `text` is A-Z0-9 ("" where nothing was read), `confidence` 0 to 1.

    `sharpness` is the variance of the crop's Laplacian, in grey levels squared, or any other measure that is
    the same for all ballots of a vote.
    """

    frame: int
    text: str
    confidence: float
    sharpness: float
    lines: int = 1
    first_row: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The agreed text; `accepted` says whether a case may lean on it, `reason` why not.

    Reasons: "no_text" (no frame read any), "not_vietnamese" (no plate has such a text), "one_frame" (fewer
    than two frames say so), "frames_differ" (no majority, or a sure frame shows another plate),
    "low_confidence" (no frame was sure).
    """

    text: str
    kind: str
    display: str
    lines: int
    confidence: float
    accepted: bool
    reason: str | None
    ballots: tuple[Ballot, ...]


def vote(ballots: Sequence[Ballot], *, vehicle: str | None = None, colour: str | None = None) -> Verdict:
    """Count the ballots of one vehicle.

    Args:
        ballots: one per frame that shows the plate; an empty sequence is a vote without text.
        vehicle: what carries the plate, one of `plate_text.VEHICLES`.
        colour: the plate's background, one of `plate_text.COLOURS`.

    Raises:
        ValueError: two ballots of one frame, or an unknown vehicle or colour.
    """
    frames = [ballot.frame for ballot in ballots]
    if len(frames) != len(set(frames)):
        raise ValueError("a frame votes once")
    read = [ballot for ballot in ballots if ballot.text]
    if not read:
        return Verdict("", "unknown", "", 1, 0.0, accepted=False, reason="no_text", ballots=tuple(ballots))
    sharpest = max(ballot.sharpness for ballot in read)
    weights: dict[str, float] = {}
    for ballot in read:
        weights[ballot.text] = weights.get(ballot.text, 0.0) + _weight(ballot, sharpest)
    text = max(weights, key=lambda name: (_agreeing(read, name), weights[name], name))
    winners = [ballot for ballot in read if ballot.text == text]
    lines, first_row = _form(winners)
    hints = {"lines": lines, "first_row": first_row}
    kind = kind_of(text, vehicle=vehicle, colour=colour, **hints)
    share = weights[text] / sum(weights.values()) if sum(weights.values()) > 0 else 0.0
    reason = None
    if not is_known(text, vehicle=vehicle, colour=colour, **hints):
        reason = "not_vietnamese"
    elif len(winners) < FRAMES_TO_AGREE:
        reason = "one_frame"
    elif share <= MAJORITY or any(_is_of_another(ballot, text) for ballot in read):
        reason = "frames_differ"
    elif all(ballot.confidence < ACCEPTED_CONFIDENCE for ballot in winners):
        reason = "low_confidence"
    confidence = share * max(ballot.confidence for ballot in winners)
    return Verdict(text, kind, display(text, kind), lines, confidence, reason is None, reason, tuple(ballots))


def _weight(ballot: Ballot, sharpest: float) -> float:
    # A frame half as sharp as the best still knows something: sharpness counts by its square root.
    sharp = (ballot.sharpness / sharpest) ** 0.5 if sharpest > 0 else 1.0
    return sharp * ballot.confidence


def _agreeing(ballots: Sequence[Ballot], text: str) -> int:
    return sum(ballot.text == text for ballot in ballots)


def _is_of_another(ballot: Ballot, text: str) -> bool:
    """Whether a frame is sure of a text that nobody reads for the other."""
    return ballot.confidence >= ACCEPTED_CONFIDENCE and _changes(ballot.text, text) > MISREAD_MOST


def _changes(one: str, other: str) -> int:
    """Characters to put in, leave out or change from one text to the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for count, character in enumerate(one, start=1):
        before, row[0] = row[0], count
        for place, wanted in enumerate(other, start=1):
            changed = before + (character != wanted)
            before = row[place]
            row[place] = min(changed, row[place] + 1, row[place - 1] + 1)
    return row[-1]


def _form(winners: Sequence[Ballot]) -> tuple[int, int | None]:
    """Rows and place of the row break, as most of the agreeing frames see them."""
    forms = [(ballot.lines, ballot.first_row) for ballot in winners]
    return max(forms, key=lambda form: (forms.count(form), form[0]))
