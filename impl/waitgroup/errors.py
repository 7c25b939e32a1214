"""The error that is ours; the others are Python's own: OverflowError, TypeError, ValueError."""


class NegativeCounterError(ValueError):
    """More units were taken from a group than it had. The call that raises this has changed nothing."""
