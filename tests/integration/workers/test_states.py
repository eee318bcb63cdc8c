"""A process folds each event of a case once, and trusts what it remembers only as far as the chain says."""

from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.integration.workers.conftest import Centre
from workers import states
from workflow import log, service
from workflow.commands import PlaceHold
from workflow.models import Case


@pytest.fixture
def case(centre: Centre) -> Case:
    states._ended.clear()
    reviewed = centre.reviewed(centre.case())
    return Case.objects.get(pk=reviewed.pk)


def test_what_happened_since_is_added(case: Case, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = states.state_of(case)
    assert first == log.load(case)
    with django_assert_num_queries(0):
        assert states.state_of(case) is first
    service.execute(case.pk, PlaceHold("x", ()), service.WORKER)
    moved = Case.objects.get(pk=case.pk)
    with django_assert_num_queries(1):
        later = states.state_of(moved)
    assert (later, later.hold) == (log.load(moved), "x")


def test_a_state_of_another_past_is_not_built_upon(case: Case) -> None:
    true = log.load(case)
    states.remember(case.pk, "f" * 64, replace(true, version=true.version - 1, hold="of another past"))
    assert states.state_of(case) == true
    states.remember(case.pk, "f" * 64, replace(true, version=true.version + 7))
    assert states.state_of(case) == true


def test_what_was_not_used_for_long_is_forgotten(case: Case) -> None:
    states.state_of(case)
    for number in range(1, 1000):
        states.remember(-number, "f" * 64, log.load(case))
    assert case.pk not in states._ended
    assert len(states._ended) < 1000
