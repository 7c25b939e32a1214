"""The errors that are ours; the others are Python's own: OverflowError, TypeError, ValueError, RuntimeError."""

from os import path


class NegativeCounterError(ValueError):
    """More units were taken from a group than it had. The call that raises this has changed nothing."""


class ClosedError(RuntimeError):
    """A unit was to be added to a group that is closed. The call that raises this has changed nothing."""


def raise_unless_ours(error: Exception) -> None:
    """Raise the error again unless it was raised in a function of this package, by a step that was refused.

    A signal handler or a finalizer can raise an error of the same type just before or just after a step, and that is
    for the caller. Then the traceback leads out of this package.
    """
    trace = error.__traceback__
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(FOLDER):
            raise error
        trace = trace.tb_next


#: Where the functions of this package come from.
FOLDER = path.join(path.dirname(raise_unless_ours.__code__.co_filename), "")
