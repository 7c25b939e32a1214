"""Pipeline: stages with several workers each, and bounded channels between them.

Pattern: the workers of a stage take from one channel and put into the next. Each stage has a group; when it is at zero,
a thread that waits for it closes the stage's result channel, which tells the next stage that nothing more will come.
The caller drains the last channel until it is closed, and then waits.

When to use it: the work has steps of different kinds or speeds, and what is under way must fit into memory.

What goes wrong without it: a pipeline must close its result channel, and must drain it while the workers run. The usual
tutorials call wait() first and read the results afterwards. As soon as there are more results than the bounded channel
has room for, the workers wait for somebody to take one, and the only one who would is waiting for the workers: a
deadlock. A channel that nobody closes leaves its reader waiting for ever. And a worker that dies of a bad item may be
the last of its stage: then nobody takes what the stage before it puts.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from queue import Queue
from threading import Thread
from typing import Any, Protocol
from zlib import crc32

from waitgroup import WaitGroup

#: A closed channel has this as its last item; no step may say it.
END = None

Step = Callable[[Any], object]


class Channel(Protocol):
    """What a bounded `queue.Queue` is asked for: `put` waits for room, and `get` for an item."""

    def put(self, item: Any, /) -> None: ...
    def get(self) -> Any: ...


def stage(group: WaitGroup, source: Channel, step: Step, sink: Channel, workers: int, failed: list[Exception]) -> None:
    """Start workers that put `step(item)` for each item of `source` into `sink`, which is closed after the last."""

    def worker() -> None:
        while (item := source.get()) is not END:
            try:
                result = step(item)
            except Exception as error:
                failed.append(error)
            else:
                sink.put(result)
        source.put(END)  # for the next worker; what was taken has left room

    def close() -> None:
        group.wait()
        sink.put(END)

    for _ in range(workers):
        group.go(worker)
    Thread(target=close).start()


def drained(source: Channel) -> list[Any]:
    """All that comes until the channel is closed."""
    results = []
    while (result := source.get()) is not END:
        results.append(result)
    return results


def pipeline(
    stages: Sequence[tuple[WaitGroup, Step]], items: Sequence[object], workers: int, channel: Callable[[], Channel]
) -> list[Any]:
    """The items after all stages, in any order; `channel` makes the channels.

    An item that fails is left out. Raises an ExceptionGroup of all that failed, when all else is done.
    """
    failed: list[Exception] = []
    source = channel()
    first = source

    def feed() -> None:
        for item in items:
            first.put(item)
        first.put(END)

    Thread(target=feed).start()
    for group, step in stages:
        sink = channel()
        stage(group, source, step, sink, workers, failed)
        source = sink
    results = drained(source)
    for group, _step in stages:
        group.wait()
    if failed:
        raise ExceptionGroup("items failed", failed)
    return results


def main() -> None:
    """Make lines, split them into words, and add up checksums, with far less room than there are lines."""
    lines = [f"{number} {number * number} {number % 7} waits for {number % 11}" for number in range(2_000)]

    def split(line: str) -> list[str]:
        return line.split()

    def checked(words: list[str]) -> tuple[int, int]:
        return len(words), crc32(" ".join(sorted(words)).encode())

    stages = ((WaitGroup(name="split"), split), (WaitGroup(name="check"), checked))
    results = pipeline(stages, lines, workers=3, channel=partial(Queue, 4))
    lengths = Counter(length for length, _ in results)
    print(f"{len(results)} lines, lengths {dict(lengths)}, checksum {sum(checksum for _, checksum in results):x}")
    print(*(group for group, _ in stages))


if __name__ == "__main__":
    main()
