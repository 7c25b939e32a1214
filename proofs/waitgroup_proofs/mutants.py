"""Mutants: the project's own text, broken on purpose in one place, with the check that must refuse it.

A check that cannot fail proves nothing. Each mutant replaces one passage, which must stand in the source exactly once,
so that a mutant cannot quietly lose its meaning when the source changes.
"""

from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` becomes `new` in `module`; `killed_by` is the scenario in which the loss shows."""

    name: str
    sentence: str
    module: str
    old: str
    new: str
    killed_by: str


class StaleMutant(Exception):
    """The passage to replace does not stand in the source exactly once."""


def source_of(module: str) -> tuple[Path, str]:
    """File and text of an importable module. Raises ModuleNotFoundError."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the source of {module} cannot be found", name=module)
    path = Path(spec.origin)
    return path, path.read_text(encoding="utf-8")


def mutated(mutant: Mutant) -> str:
    """The module's text with the one passage replaced. Raises StaleMutant."""
    _, text = source_of(mutant.module)
    if text.count(mutant.old) != 1:
        raise StaleMutant(f"{mutant.name}: {mutant.module} holds its passage {text.count(mutant.old)} times, not once")
    return text.replace(mutant.old, mutant.new)


def mutated_module(mutant: Mutant) -> ModuleType:
    """The broken module, executed under its own name but not installed anywhere."""
    path, _ = source_of(mutant.module)
    module = ModuleType(mutant.module)
    exec(compile(mutated(mutant), str(path), "exec"), module.__dict__)
    return module


WORD = "waitgroup.word"
GROUP = "waitgroup.group"

#: Mutants of the production source; the scheduler must refuse each.
PRODUCTION = (
    Mutant(
        "lost-wakeup",
        "a waiter joins although the counter has become zero",
        WORD,
        "if counter_of(word) >= 1 and waiters_of(word) < WAITERS_MAX:",
        "if waiters_of(word) < WAITERS_MAX:",
        "pre-added",
    ),
    Mutant(
        "generation-bug",
        "a woken waiter believes the counter of the moment, not its generation",
        GROUP,
        "            granted = grant.acquire(timeout=seconds)\n",
        "            granted = grant.acquire(timeout=seconds)\n"
        "            if counter_of(self._word) != 0:\n"
        "                grant.acquire()\n",
        "reuse-parked",
    ),
    Mutant(
        "wakes-next-generation",
        "the parked locks are released after the mutex is given back",
        GROUP,
        "            any(map(_release, self._parked))\n            self._parked.clear()\n            return True\n",
        "        any(map(_release, self._parked))\n        self._parked.clear()\n        return True\n",
        "reuse",
    ),
    Mutant(
        "no-wakeup",
        "a crossing releases nobody",
        GROUP,
        "            any(map(_release, self._parked))\n",
        "",
        "pre-added",
    ),
    Mutant(
        "wakes-one",
        "a crossing releases only the first waiter",
        GROUP,
        "any(map(_release, self._parked))",
        "next(map(_release, self._parked), None)",
        "pre-added",
    ),
    Mutant(
        "stale-queue",
        "a crossing leaves the released locks in the queue",
        GROUP,
        "            self._parked.clear()\n",
        "",
        "pre-added",
    ),
    Mutant(
        "crossing-keeps-word",
        "a crossing wakes everyone but leaves the word as it was",
        GROUP,
        "            self._word = word\n            # One call into C",
        "            # One call into C",
        "pre-added",
    ),
    Mutant(
        "crossing-without-compare",
        "a crossing does not look whether the word has moved",
        WORD,
        "return ZERO if word == expected else None",
        "return ZERO",
        "add-done",
    ),
    Mutant(
        "zero-under-waiters",
        "the counter reaches zero without a crossing although waiters are parked",
        WORD,
        " and not (total == 0 and waiters_of(word) > 0):",
        ":",
        "pre-added",
    ),
    Mutant(
        "no-lower-bound",
        "an add may take more than there is",
        WORD,
        "if 0 <= total <= COUNTER_MAX and",
        "if total <= COUNTER_MAX and",
        "surplus",
    ),
    Mutant(
        "no-refusal",
        "a surplus done() is passed over in silence",
        GROUP,
        '                raise NegativeCounterError(f"add({delta}) with a counter of {counter_of(word)}")\n',
        "                return\n",
        "surplus",
    ),
    Mutant(
        "no-retry",
        "an add whose crossing fails gives up",
        GROUP,
        "        while not self._apply(delta):\n",
        "        if not self._apply(delta):\n",
        "add-done",
    ),
    Mutant(
        "add-without-mutex",
        "an add reads and stores the word without the mutex",
        GROUP,
        "        with self._mutex:\n            word = applied(self._word, delta)\n",
        "        if True:\n            word = applied(self._word, delta)\n",
        "pre-added",
    ),
    Mutant(
        "join-without-mutex",
        "a waiter joins without the mutex",
        GROUP,
        "        with self._mutex:\n            word = joined(self._word)\n",
        "        if True:\n            word = joined(self._word)\n",
        "pre-added",
    ),
    Mutant(
        "unlocked-grant",
        "a waiter parks on a lock that is free",
        GROUP,
        "        grant.acquire()\n",
        "",
        "pre-added",
    ),
    Mutant(
        "expired-waiter-stays",
        "a wait that expires leaves its lock and its count behind",
        GROUP,
        "                granted = not self._cancel(grant)\n",
        "                pass\n",
        "timeout-race",
    ),
    Mutant(
        "expired-although-granted",
        "a wait that expires answers False although it had been granted",
        GROUP,
        "                granted = not self._cancel(grant)\n",
        "                self._cancel(grant)\n",
        "timeout-race",
    ),
    Mutant(
        "cancel-without-count",
        "a cancelled waiter leaves the queue but stays in the word",
        GROUP,
        "            self._word = cancelled(self._word)\n",
        "",
        "timeout-race",
    ),
    Mutant(
        "interrupt-leaves-waiter",
        "an exception in a parked wait leaves the waiter behind",
        GROUP,
        "        finally:\n            if not granted:\n                granted",
        "        except TimeoutError:\n            if not granted:\n                granted",
        "cancel",
    ),
)
