"""Processes that work for this one: none of them outlives it, and Ctrl-C is for the caller alone."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process


def begin() -> None:
    """Called first in a worker: it leads a session of its own, and ends with the caller, however that ends."""
    if hasattr(os, "setsid"):
        os.setsid()
    threading.Thread(target=_end_with_the_caller, daemon=True).start()


def _end_with_the_caller() -> None:
    """Wait until the caller is gone, for whatever reason, and end this session."""
    caller = parent_process()
    if caller is not None:
        caller.join()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Workers that are started meanwhile never see Ctrl-C; the caller sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
