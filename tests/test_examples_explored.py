"""The patterns of the examples hold in every interleaving of a small instance, and are refuted once they are broken.

The small instances are in `small_examples.py`. A broken variant is the same text with an edit. What cannot be explored
is refused by its name.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import sources_of
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.program import PROGRAM, Program
from waitgroup_proofs.scheduler.search import Search, search

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
SMALL = Path(__file__).with_name("small_examples.py")


class Given(Program):
    """A program that is given its groups: one, or several if that is what its parameter is called."""

    def __init__(self, loader: Loader, name: str) -> None:
        """`name` is that of a small instance."""
        self.small: Any = loader.load("tests.small_examples")
        super().__init__(loader, getattr(self.small, name))
        self.several = "groups" in self.function.__code__.co_varnames[:1]
        self.errors = "group" if name.endswith("_of_a_batch") else "leave"

    def construct(self, _units: int) -> Any:
        """New groups for each run."""
        if self.several:
            return self.small.Groups(*(self.small.WaitGroup() for _ in range(2)))
        return self.small.WaitGroup(errors=self.errors)

    def perform(self, groups: Any, _call: object) -> object:
        """Run it with them."""
        return self.function(groups)  # type: ignore[call-arg]


Edits = Sequence[tuple[str, str, str]]


def explored(name: str, edits: Edits = ()) -> Search:
    """All interleavings of a small instance. Each edit is a file's name, a text that is in it once, and another one."""
    sources = dict(sources_of("waitgroup"))
    for path in (SMALL, *EXAMPLES.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for file, before, after in edits:
            if file == path.stem:
                assert 1 == text.count(before)
                text = text.replace(before, after)
        sources[".".join(path.relative_to(ROOT).with_suffix("").parts)] = (path, text)
    return search(Given(Loader(sources), name), PROGRAM, seconds=300, shortest=False)


QUICK = (
    "one_worker_for_one_job",
    "one_stage",
    "the_error_of_a_batch",
    "a_task_that_fails_by_hand",
    "a_deadline",
    "a_deadline_that_may_be_met",
    "a_page_that_leads_to_itself",
    "one_region_without_jobs",
    "a_server_that_stops",
    "a_group_used_twice",
    "a_batch_and_who_waits_for_it",
    "a_watch",
)
SLOW = (
    "one_worker_for_two_jobs",
    "two_workers_for_two_jobs",
    "one_stage_with_a_real_queue",
    "a_pipeline_of_one_stage",
    "the_errors_of_a_batch",
    "a_page_that_leads_to_another",
    "a_chain_of_three_pages",
    "one_region_with_one_job",
    "one_region",
    "a_batch_and_a_monitor",
)


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(one, marks=pytest.mark.slow) for one in SLOW)])
def test_a_pattern_holds_in_every_interleaving_of_a_small_instance(name: str) -> None:
    found = explored(name)
    assert ("holds", None, True) == (found.verdict, found.violation, found.exhausted)


WRONG_ANSWER = "main raised AssertionError"
STUCK = r"nobody can run, and .*main.* waits for ever"

#: An instance, what is edited in it, and what the scheduler says of that.
BROKEN: Mapping[str, tuple[str, Edits, str]] = {
    "a worker that finds the queue empty, and says so later": (
        "one_worker_for_two_jobs",
        [
            (
                "worker_pool",
                "                    self.running -= 1\n                    return\n",
                "                    break\n",
            ),
            (
                "worker_pool",
                "                self.failed.append(error)\n",
                "                self.failed.append(error)\n        with self.lock:\n            self.running -= 1\n",
            ),
        ],
        WRONG_ANSWER,
    ),
    "a pipeline that waits before it drains": (
        "a_pipeline_of_one_stage",
        [
            (
                "pipeline",
                "    results = drained(source)\n",
                "    for group, _step in stages:\n        group.wait()\n    results = drained(source)\n",
            )
        ],
        STUCK,
    ),
    "a pipeline whose result channel nobody closes": (
        "one_stage",
        [("pipeline", "    Thread(target=close).start()\n", "")],
        STUCK,
    ),
    "a batch that nobody waits for": (
        "the_error_of_a_batch",
        [("batch_errors", "    return group.wait()\n", "    return True\n")],
        WRONG_ANSWER,
    ),
    "a task that is done before it has noted its error": (
        "a_task_that_fails_by_hand",
        [
            ("small_examples", "        group.done()\n\n    group.add(1)", "\n    group.add(1)"),
            (
                "small_examples",
                "        try:\n            raise KeyError(1)",
                "        group.done()\n        try:\n            raise KeyError(1)",
            ),
        ],
        WRONG_ANSWER,
    ),
    "a deadline after which nobody asks the tasks to stop": (
        "a_deadline",
        [("deadline", "    stop.set()\n", "")],
        "the run never ends: it has come back to where it was",
    ),
    "a deadline after which nobody waits until the tasks have stopped": (
        "a_deadline",
        [("deadline", "    stop.set()\n    group.wait()\n", "    stop.set()\n")],
        WRONG_ANSWER,
    ),
    "a task that adds its own unit": (
        "a_page_that_leads_to_another",
        [
            ("crawler", "import Lock\n", "import Lock, Thread\n"),
            (
                "crawler",
                "    group.go(visit, start)\n",
                "    def task(page: str) -> None:\n        group.add(1)\n        visit(page)\n        group.done()\n\n"
                "    group.go(visit, start)\n",
            ),
            ("crawler", "group.go(visit, link)", "Thread(target=task, args=(link,)).start()"),
        ],
        WRONG_ANSWER,
    ),
    "a region that does not wait for its tasks": (
        "one_region_with_one_job",
        [
            (
                "hierarchy",
                "            region.go(work, part)\n        region.wait()\n",
                "            region.go(work, part)\n",
            )
        ],
        WRONG_ANSWER,
    ),
    "a server that goes on admitting requests": (
        "a_server_that_stops",
        [("hierarchy", "    group.close()\n", "")],
        WRONG_ANSWER,
    ),
    "a round that is never done": (
        "a_group_used_twice",
        [
            (
                "pitfalls",
                "        group.done()\n        answers",
                "        if number == 0:\n            group.done()\n        answers",
            )
        ],
        STUCK,
    ),
    "a batch without a unit of its own": (
        "a_batch_and_who_waits_for_it",
        [
            ("monitoring", "    group.add(1)\n    try:", "    try:"),
            ("monitoring", "    finally:\n        group.done()\n    thread", "    finally:\n        pass\n    thread"),
        ],
        WRONG_ANSWER,
    ),
    "a monitor that looks once": (
        "a_watch",
        [("monitoring", "    while not group.wait(period):", "    if not group.wait(period):")],
        WRONG_ANSWER,
    ),
}


@pytest.mark.parametrize(("name", "edits", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_broken_variant_is_refuted(name: str, edits: Edits, sentence: str) -> None:
    found = explored(name, edits)
    assert found.violation is not None
    assert re.fullmatch(sentence, found.violation.sentence)


#: Executors start threads in the standard library's own way, and coroutines are run by an event loop: the scheduler
#: can hold neither, so `submit` and `wait_async` in batch_errors.py, deadline.py and pitfalls.py run, and are not
#: explored.
NOT_EXPLORED = {
    "what_an_executor_does": "concurrent.futures.ThreadPoolExecutor is not under the scheduler's control",
    "what_a_coroutine_does": "asyncio.new_event_loop is not under the scheduler's control",
}


@pytest.mark.parametrize(("name", "reason"), NOT_EXPLORED.items())
def test_what_is_not_explored_is_refused_by_its_name(name: str, reason: str) -> None:
    with pytest.raises(UnsupportedTarget, match=f"^{re.escape(reason)}$"):
        explored(name)
