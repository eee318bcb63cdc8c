"""The plans of a fault run by their names; what each means stands in `ways` and `ways_decided`.

Nothing of the product is imported here: whoever watches a run needs the names alone.
"""

from typing import Final

# What the persons do with the case of package n: PLANS[n % len(PLANS)].
PLANS: Final = (
    "paid",
    "dismissed_after_notice",
    "twin",  # the same act in a second package: the later case is rejected as its duplicate
    "paid_in_parts_and_too_much",
    "rejected",
    "adjudicated",
    "paid_after_dismissal",
    "unknown_plate",
    "silent",  # the owner never comes: warned on day 20, time-barred in the end
    "paid_before_service",
    "joined",  # two acts of one vehicle in one handling, paid in two sums that are too much
    "joined_one_revoked",  # the same, and one of the acts is struck out after the first sum
    "report_coerced",  # a citizen's report, returned mail, form 04, nobody pays, enforced by force
    "report_refused",  # a citizen's report that is not proven
    "handed_over_and_back",  # form 03/73 after the notice, and the file comes back
    "handed_over",  # after the notice and a warning; the other unit sanctions nobody
    "handed_over_unfiled",  # before the notice; the other unit sanctions
    "another_owner",  # warned, then somebody else is the owner; a nominated driver pays
    "received_paid_late",  # another unit's file; warned, suspended, paid late with interest
    "never_paid",  # warned on all three grounds, coercion ordered, the enforcement lapses
    "revoked",  # paid and closed, then the complaint is right
    "amended",  # paid, then the complaint is right in part
)
JOINED: Final = frozenset({"joined", "joined_one_revoked"})
SENT_IN: Final = {"report_coerced": "report", "report_refused": "report", "received_paid_late": "transfer"}
# In these a second package of the camera comes with the first one.
DOUBLED: Final = JOINED | {"twin"}


def cases_of(count: int, first: int = 0) -> int:
    """How many cases so many plans make, each package one."""
    played = [PLANS[number % len(PLANS)] for number in range(first, first + count)]
    return count + sum(plan in DOUBLED for plan in played)
