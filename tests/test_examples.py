"""The examples: each says what it is for, runs, and prints what it should."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"

#: What the examples print; a line that is a pattern stands for one that is not the same each time.
PRINTED: Mapping[str, Sequence[str | re.Pattern[str]]] = {
    "worker_pool": [
        "200 documents, 200 digests, together 010a14c1a53d9dde",
        "<WaitGroup 'pool' counter=0 waiters=0>",
    ],
    "pipeline": [
        "2000 lines, lengths {6: 2000}, checksum 3d2e3951fcd",
        "<WaitGroup 'split' counter=0 waiters=0> <WaitGroup 'check' counter=0 waiters=0>",
    ],
    "batch_errors": [
        "group:",
        "  invalid literal for int() with base 10: 'seven'",
        "  invalid literal for int() with base 10: 'x'",
        "  and 1 division by zero",
        "  each is raised once: the next wait returns True",
        "first: invalid literal for int() with base 10: 'x'; 2 further tasks of batch failed",
        "leave: the wait returns True",
        "  threading.excepthook is given ValueError ValueError ZeroDivisionError",
        "  the futures hold 120 ValueError 70 ZeroDivisionError ValueError",
    ],
    "deadline": [
        "in time: True [45, 190]",
        "search: units outstanding: 2, waiting for them: 0",
        "  not ended: far",
        "  not ended: near",
        "in time: False",
        "afterwards: <WaitGroup 'search' counter=0 waiters=0>",
        "two wait: <WaitGroup 'download' counter=1 waiters=2>",
        "one is cancelled: <WaitGroup 'download' counter=1 waiters=1>",
        "with a timeout: False",
        "asyncio's own timeout: <WaitGroup 'download' counter=1 waiters=1>",
        "the other returns: True <WaitGroup 'download' counter=0 waiters=0>",
    ],
    "crawler": [
        "300 of 305 pages can be reached",
        "not among them: unknown0 unknown1 unknown2 unknown3 unknown4",
        "<WaitGroup 'crawler' counter=0 waiters=0>",
    ],
    "hierarchy": [
        "<WaitGroup 'region 10000' counter=0 waiters=0> primes: 423",
        "<WaitGroup 'region 20000' counter=0 waiters=0> primes: 406",
        "<WaitGroup 'region 30000' counter=0 waiters=0> primes: 393",
        "<WaitGroup 'whole' counter=0 waiters=0>",
        "all that was admitted was handled before stop() returned: True",
        "afterwards: False <WaitGroup 'server' counter=0 waiters=0 closed>",
    ],
    "pitfalls": [
        "negative counter",
        "  one done() too many: NegativeCounterError: the counter is 0, less than what is taken away",
        "  add(-2) of one unit: NegativeCounterError: the counter is 1, less than what is taken away",
        "  nothing has changed: <WaitGroup counter=1 waiters=0>",
        "reuse",
        "  every wait returns: [True, True, True, True]",
        "copying",
        "  copy: TypeError: a WaitGroup cannot be copied: share the group itself",
        "  deepcopy: TypeError: a WaitGroup cannot be copied: share the group itself",
        "  pickle: TypeError: a WaitGroup cannot be pickled: it lives in one process",
        "add inside the task",
        "  the wait returns True and was done: []",
        "  afterwards: ['work']",
        "waiting in a loop",
        "  wait(): RuntimeError: an event loop runs in this thread, and would stop: "
        "await wait_async(), or give a timeout",
        "  await wait_async(): True",
    ],
    "monitoring": [
        "   a task takes   with add and done   with go",
        *5 * [re.compile(r" *\d+\.\d us +\d+\.\d\d times +\d+\.\d\d times")],
        "the monitor has looked at least once: True",
        "and has seen some of eleven units: True",
        "when it ended, all were done: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
    ],
}


def test_every_example_is_in_the_table_of_the_readme_and_has_an_output_to_compare_with() -> None:
    names = sorted(path.stem for path in EXAMPLES.glob("*.py"))
    table = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert names == sorted(PRINTED)
    assert names == sorted(re.findall(r"^\| \[(\w+)\.py\]\(\1\.py\) \|", table, re.MULTILINE))


@pytest.mark.parametrize("name", PRINTED)
def test_an_example_says_what_it_is_for_and_prints_what_it_should(name: str) -> None:
    file = EXAMPLES / f"{name}.py"
    for part in ("\nPattern: ", "\n\nWhen to use it: ", "\n\nWhat goes wrong without it: "):
        assert part in file.read_text(encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(ROOT / "impl"), os.environ.get("PYTHONPATH"))))
    ran = subprocess.run(
        [sys.executable, file],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert (0, "") == (ran.returncode, ran.stderr)
    lines = ran.stdout.splitlines()
    assert len(PRINTED[name]) == len(lines)
    for expected, line in zip(PRINTED[name], lines, strict=True):
        if isinstance(expected, str):
            assert expected == line
        else:
            assert expected.fullmatch(line)
