"""Worker pool: a queue of jobs, and workers that are started only when there is something for them to do.

Pattern: a job is put into a queue; if fewer workers run than are allowed, one more is started, as a task of the group.
A worker takes jobs until there are none and ends. The group is at zero when the last worker has ended.

When to use it: there are many jobs, they come at their own pace, and only so many of them are to run at a time.

What goes wrong without it: a thread for each job takes as much memory as there are jobs. And a worker that looks into
the queue, finds it empty, and only later says that it has ended leaves a job behind which came in between: whoever put
it there saw a worker that was still running, and started none. So both are one step here, under one lock.
"""

from collections import deque
from collections.abc import Callable, Sequence
from hashlib import sha256
from threading import Lock
from typing import Generic, TypeVar

from waitgroup import WaitGroup

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class Pool(Generic[Job, Answer]):
    """Does jobs with at most so many workers at a time; a group counts the workers."""

    def __init__(self, group: WaitGroup, work: Callable[[Job], Answer], workers: int) -> None:
        """No worker runs yet."""
        self.group, self.work, self.workers = group, work, workers
        self.lock = Lock()
        self.jobs: deque[Job] = deque()
        self.running = 0
        self.answers: dict[Job, Answer] = {}
        self.failed: list[Exception] = []

    def put(self, job: Job) -> None:
        """One more job, and one more worker if that is allowed."""
        with self.lock:
            self.jobs.append(job)
            if self.running == self.workers:
                return
            self.running += 1
        self.group.go(self.worker)

    def worker(self) -> None:
        """Do jobs until there are none; one that fails does not end the worker."""
        while True:
            with self.lock:
                if not self.jobs:
                    self.running -= 1
                    return
                job = self.jobs.popleft()
            try:
                self.answers[job] = self.work(job)
            except Exception as error:
                self.failed.append(error)


def pool(group: WaitGroup, jobs: Sequence[Job], work: Callable[[Job], Answer], workers: int) -> dict[Job, Answer]:
    """What `work` says of each job. Raises an ExceptionGroup of all that failed, when all have ended."""
    pool = Pool(group, work, workers)
    for job in jobs:
        pool.put(job)
    group.wait()
    if pool.failed:
        raise ExceptionGroup("jobs failed", pool.failed)
    return pool.answers


def main() -> None:
    """Hash two hundred documents with at most four workers."""
    documents = {f"document {number}": f"line {number}\n" * 5_000 for number in range(200)}

    def digest(name: str) -> str:
        return sha256(documents[name].encode()).hexdigest()

    group = WaitGroup(name="pool")
    digests = pool(group, tuple(documents), digest, workers=4)
    together = sha256("".join(digests[name] for name in documents).encode()).hexdigest()
    print(f"{len(digests)} documents, {len(set(digests.values()))} digests, together {together[:16]}")
    print(group)


if __name__ == "__main__":
    main()
