"""The pytest plugin: tests that run in every interleaving, what they say when they fail, and what is no pass."""

import pytest

pytest_plugins = ["pytester"]

COUNTER = """
import threading
import pytest

class Counter:
    def __init__(self):
        self.n = 0
        self.lock = threading.Lock()

    def add(self):
        with self.lock:
            self.n += 1

    def add_unlocked(self):
        self.n += 1

{mark}
def test_two_threads_count_to_two():
    counter = Counter()
    threads = [threading.Thread(target=counter.{method}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.n == 2
"""
MARK = "@pytest.mark.interleavings"


def ran(pytester: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    """What pytest says of a file with this source, the plugin being there."""
    pytester.makepyfile(test_it=source)
    return pytester.runpytest_inprocess("-p", "waitgroup_proofs.pytest_plugin", *arguments)


def test_a_test_that_holds_in_every_interleaving_passes(pytester: pytest.Pytester) -> None:
    ran(pytester, COUNTER.format(mark=MARK, method="add")).assert_outcomes(passed=1)


def test_without_the_mark_pytest_runs_the_test_itself(pytester: pytest.Pytester) -> None:
    ran(pytester, COUNTER.format(mark="", method="add_unlocked")).assert_outcomes(passed=1)


def test_a_lost_update_fails_with_a_token_that_shows_it_again(pytester: pytest.Pytester) -> None:
    source = COUNTER.format(mark=MARK, method="add_unlocked")
    result = ran(pytester, source)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*main raised AssertionError*", "again: pytest 'test_it.py::*' --interleaving 'wg1:program:*'"]
    )
    token = next(line for line in result.outlines if line.startswith("again:")).rsplit("'", 2)[1]
    again = ran(pytester, source, "--interleaving", token)
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["*main raised AssertionError*"])


def test_a_token_of_another_source_is_refused(pytester: pytest.Pytester) -> None:
    result = ran(pytester, COUNTER.format(mark=MARK, method="add"), "--interleaving", "wg1:program:000000000000:0")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*inconclusive: the source has changed since this token was made*"])


BODIES = {
    "a deadlock": (
        "    a, b = threading.Lock(), threading.Lock()\n"
        "    def work(first, second):\n        with first:\n            with second:\n                pass\n"
        "    thread = threading.Thread(target=work, args=(a, b))\n    thread.start()\n    work(b, a)\n",
        "nobody can run, and main and 1: thread of work waits for ever",
    ),
    "an exception in a thread": (
        "    def work():\n        raise KeyError('x')\n    threading.Thread(target=work).start()\n",
        "1: thread of work raised KeyError: 'x'",
    ),
    "a thread that is never joined and waits": (
        "    lock = threading.Lock()\n    lock.acquire()\n    threading.Thread(target=lock.acquire).start()\n",
        "nobody can run, and 1: thread of acquire waits for ever",
    ),
    "what cannot be controlled": ("    threading.local().x = 1\n", "inconclusive: threading.local is not under"),
    "a mark without enough time": (
        "    import time\n    for _ in range(9):\n        threading.Thread(target=print).start()\n",
        "inconclusive: cut short after 0.01 s",
    ),
}


@pytest.mark.parametrize(("body", "said"), BODIES.values(), ids=BODIES)
def test_what_goes_wrong_is_said(body: str, said: str, pytester: pytest.Pytester) -> None:
    mark = f"{MARK}(seconds=0.01)" if "0.01" in said else MARK
    result = ran(pytester, f"import threading\nimport pytest\n\n{mark}\ndef test_it():\n{body}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{said}*"])


def test_other_modules_are_put_under_control_by_their_name(pytester: pytest.Pytester) -> None:
    pytester.syspathinsert()
    pytester.makepyfile(counted=COUNTER.format(mark="", method="add").partition("def test_")[0])
    body = "import threading\nimport pytest\nfrom counted import Counter\n\n{mark}\ndef test_it():\n    c = Counter()\n"
    body += "    t = threading.Thread(target=c.add_unlocked)\n    t.start()\n    c.add_unlocked()\n    t.join()\n"
    body += "    assert c.n == 2\n"
    result = ran(pytester, body.format(mark=f"{MARK}('counted')"))
    result.stdout.fnmatch_lines(["*main raised AssertionError*"])
    unnamed = ran(pytester, body.format(mark=MARK))
    unnamed.stdout.fnmatch_lines(["*inconclusive: *counted.Counter is not under the scheduler's control*"])


POLLED = """
import threading, time
import pytest

class Flag:
    def __init__(self): self.up = False
    def raise_it(self): self.up = True

@pytest.fixture
def flag(): return Flag()

@pytest.mark.interleavings({mark})
def test_a_flag_is_raised({fixture}):
    flag = Flag()
    thread = threading.Thread(target=flag.raise_it)
    thread.start()
    while {until}: {pause}
    thread.join()
"""


@pytest.mark.parametrize(("until", "pause"), [("not flag.up", "pass"), ("thread.is_alive()", "time.sleep(0.01)")])
def test_to_look_again_and_again_is_no_endless_run(until: str, pause: str, pytester: pytest.Pytester) -> None:
    source = POLLED.format(mark="", fixture="", until=until, pause=pause)
    ran(pytester, source).assert_outcomes(passed=1)


def test_what_a_fixture_makes_of_the_code_under_test_is_refused(pytester: pytest.Pytester) -> None:
    result = ran(pytester, POLLED.format(mark="", fixture="flag", until="not flag.up", pause="pass"))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["inconclusive: flag: *make it in the test"])


@pytest.mark.parametrize("mark", ["3", "second=3", "seconds='x'", "seconds=0", "seconds=float('inf')"])
def test_a_mark_that_makes_no_sense_says_how_it_is_written(mark: str, pytester: pytest.Pytester) -> None:
    result = ran(pytester, POLLED.format(mark=mark, fixture="", until="not flag.up", pause="pass"))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["write @pytest.mark.interleavings('module', ..., seconds=30)"])
