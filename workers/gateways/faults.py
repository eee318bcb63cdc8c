"""How a body outside can fail. What is none of these is a fault of ours.

workers/policy.py says what is done about each.
"""


class GatewayUnavailable(Exception):  # noqa: N818  # the word of the design (ARCHITECTURE §3)
    """No answer, or one that may be better later; a repeat does no harm. The message says what to mend.

    `may_have_acted`: it may have done what was asked all the same.
    """

    may_have_acted = False


class BadAnswer(GatewayUnavailable):
    """An answer that is none: half, or of another shape. A repeat does no harm, and helps rarely."""

    may_have_acted = True


class BadContent(BadAnswer):
    """The answer came, and says what cannot be, or too much: of what is asked day by day, that day only."""


class GatewayRefused(Exception):  # noqa: N818  # as above
    """The body will never take this message; nothing was done. The message gives its reason."""

    may_have_acted = False


class UnknownOutcome(Exception):  # noqa: N818  # as above
    """It may have acted, and cannot be asked: a person must find out before anything is done again."""
