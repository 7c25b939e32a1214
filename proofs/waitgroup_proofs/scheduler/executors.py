"""Who does the tasks of a split search: processes of this machine, or the workers of a Dask cluster."""

import asyncio
import logging
import warnings
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from os import getpid

from waitgroup_proofs.processes import begin, undisturbed
from waitgroup_proofs.scheduler.split import Workers

#: So many seconds a scheduler may take to answer.
ANSWER_SECONDS = 10


class NoWorkers(Exception):
    """There are no such workers; the message is one line that says what to do."""


@contextmanager
def processes(jobs: int) -> Iterator[Workers]:
    """So many processes. They end with the block, after the task they are at."""
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), begin)
    try:
        with undisturbed():
            ready = [pool.submit(getpid) for _ in range(jobs)]
        wait(ready)
        yield Workers(pool, (BrokenExecutor,))
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """The workers of the cluster whose Dask scheduler has this address. Raises NoWorkers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from distributed import Client, KilledWorker
    except ImportError:
        raise NoWorkers("Dask is not installed: python -m pip install 'waitgroup[dask]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        asyncio.run(reached(address))
        client = Client(address, timeout=ANSWER_SECONDS)
    except Exception as error:  # whatever a library says of an address
        said = " ".join(str(error).split()) or type(error).__name__
        raise NoWorkers(f"no Dask scheduler at {address!r}: {said}") from None
    try:
        if not client.scheduler_info()["workers"]:
            raise NoWorkers(f"the Dask scheduler at {address!r} has no workers: start some")
        # What a worker cannot import, and what it cannot send, are errors of the cluster too.
        yield Workers(client.get_executor(), (KilledWorker, CancelledError, OSError, ImportError))
    finally:
        client.close()


async def reached(address: str) -> None:
    """Somebody there speaks Dask's language. Asked first, as a client that finds nobody leaves threads behind."""
    from distributed.comm import connect

    communication = await connect(address, timeout=ANSWER_SECONDS)
    await communication.close()
