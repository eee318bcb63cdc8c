"""The Vietnamese catalogue is whole and compiled; every word of the law has its label."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from config.locale import update
from portal import event_labels, labels, refusals, words
from workflow import vocabulary
from workflow import words as kinds

ROOT = Path(__file__).resolve().parents[3]
REPAIR = "run: python config/locale/update.py, and translate what it names in config/locale/vi"


def test_every_message_has_a_vietnamese_translation() -> None:
    assert update.missing(update.committed()) == [], REPAIR


def test_the_compiled_catalogue_is_the_source() -> None:
    assert update.MO.read_bytes() == update.compiled(update.committed()), REPAIR


def test_placeholders_survive_translation() -> None:
    for message in update.committed():
        if message.id:
            assert not list(message.check()), message.id


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (labels.STATES, vocabulary.State),
        (labels.PHASES, vocabulary.Phase),
        (labels.ROLES, vocabulary.Role),
        (labels.VERDICTS, vocabulary.Verdict),
        (labels.REJECTION_GROUNDS, vocabulary.RejectionGround),
        (labels.DISMISSAL_GROUNDS, vocabulary.DismissalGround),
        (labels.OUTCOMES, vocabulary.Outcome),
        (labels.CLOCKS, vocabulary.Clock),
        (event_labels.EVENTS, vocabulary.EventType),
        (words.CONCLUSIONS, kinds.Conclusion),
        (words.PAPERS, kinds.Paper),
        (words.DELIVERIES, kinds.Delivered),
        (words.TARGETS, kinds.Target),
        (words.WARNING_GROUNDS, kinds.WarningGround),
        (words.FINDINGS, kinds.Finding),
        (words.OWNER_BASES, kinds.OwnerBasis),
        (words.CLAIMS, kinds.Claim),
        (words.VIOLATOR_BASES, kinds.ViolatorBasis),
        (words.EXPLAINING, kinds.Explaining),
        (words.LICENCES, kinds.Licence),
        (words.COERCING, kinds.Coercing),
        (words.RULINGS, kinds.Ruling),
        (words.TRANSFER_KINDS, kinds.TransferKind),
        (words.TRANSFER_RESULTS, kinds.TransferResult),
    ],
)
def test_every_word_of_the_law_has_a_label(table: dict[str, str], words: type[vocabulary.State]) -> None:
    assert set(table) == set(words)


def _codes(source: Path) -> set[str]:
    """The codes that a module raises: `CaseError(code, …)` and `require(condition, code, …)`."""
    place = {"CaseError": 0, "require": 1}
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in place:
            code = node.args[place[node.func.id]]
            if isinstance(code, ast.Constant):
                found.add(str(code.value))
    return found


def test_every_refusal_of_a_case_has_a_message() -> None:
    raised = set().union(*(_codes(ROOT / folder) for folder in _modules()))
    assert len(raised) > 20
    assert raised <= set(refusals.ERRORS)


def _modules() -> list[Path]:
    return [*(ROOT / "workflow").glob("*.py"), *(ROOT / "portal").glob("*.py")]


def test_vietnamese_is_spoken_and_english_falls_back_to_the_message() -> None:
    label = labels.STATES[vocabulary.State.EXTRACTED]
    with translation.override("vi"):
        assert str(label) == "Chờ thẩm định"
    with translation.override("en"):
        assert str(label) == "Under review"
