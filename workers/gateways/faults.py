"""How a body outside can fail. What is none of these is a fault of ours."""


class GatewayUnavailable(Exception):  # noqa: N818  # the word of the design (ARCHITECTURE §3)
    """No answer, or one that may be better later; nothing was done. The message says what to mend."""


class UnknownOutcome(Exception):  # noqa: N818  # the word of the design (ARCHITECTURE §3)
    """It may have acted, and cannot be asked: a person must find out before anything is done again."""
