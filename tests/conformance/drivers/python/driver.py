"""The driver of a WaitGroup in Python: `python -m tests.conformance.drivers.python.driver NAME [async]`.

NAME is one of those that the benchmarks measure and that can be waited for; with `async`, its waits are awaited, by a
coroutine in an event loop of the thread's own. The protocol is in docs/driver-protocol.md.
"""

import asyncio
import importlib.metadata
import json
import sys
import threading
from typing import Any

from tests.benchmarks.waitgroups import LOCKED, OURS, SUBJECTS, Subject

#: What an error is called, by words in its text or name.
REASONS = {"negative": "negative", "would exceed": "overflow", "misuse": "misuse", "reused": "reused"}


def reason(error: BaseException) -> str:
    """The word for a call that has raised."""
    text = f"{type(error).__name__} {error}".lower()
    return next((f"raised {why}" for words, why in REASONS.items() if words in text), "raised")


class Group:
    """A group, the calls that its threads are to make, and what they have given."""

    def __init__(self, subject: Subject, units: int) -> None:
        """No threads yet."""
        self.subject = subject
        self.group = subject.group(units)
        self.calls: dict[str, list[dict[str, Any]]] = {}
        self.results: dict[str, list[str]] = {}
        self.tasks: set[str] = set()

    def call(self, request: dict[str, Any]) -> None:
        """Note a call."""
        self.calls.setdefault(request["thread"], []).append(request)
        if request["call"] == "go":
            self.tasks.add(request["task"])

    def start(self) -> None:
        """Start every thread that is no task and has not been started."""
        new = [name for name in self.calls if name not in self.results and name not in self.tasks]
        barrier = threading.Barrier(len(new) or 1)

        def body(name: str) -> None:
            barrier.wait()
            self.run(name)

        for name in new:
            self.results[name] = []
            threading.Thread(target=body, args=(name,), daemon=True).start()

    def run(self, name: str) -> None:
        """Make the calls of a thread."""
        results = self.results.setdefault(name, [])
        for request in self.calls.get(name, []):
            try:
                results.append(self.made(request))
            except BaseException as error:
                results.append(reason(error))

    def made(self, request: dict[str, Any]) -> str:
        """Make a call; what it has given."""
        what, subject = request["call"], self.subject
        if what == "add":
            getattr(self.group, subject.add)(request["delta"])
        elif what == "done":
            getattr(self.group, subject.done)()
        elif what == "go":
            self.group.go(self.run, request["task"])
        elif not subject.wait:
            return asyncio.run(self.awaited(request.get("timeout")))
        else:
            timeout = (request["timeout"],) if "timeout" in request else ()
            return "expired" if getattr(self.group, subject.wait)(*timeout) is False else "returned"
        return "returned"

    async def awaited(self, timeout: float | None) -> str:
        """What a coroutine's wait has given. Its timeout is asyncio's, which cancels: any wait has to bear that."""
        try:
            async with asyncio.timeout(timeout):
                await getattr(self.group, self.subject.wait_async)()
        except TimeoutError:
            return "expired"
        return "returned"


def answer(request: dict[str, Any], group: Group, name: str, subject: Subject) -> dict[str, object]:
    """What to say to a request about a group."""
    what = request["do"]
    if what == "call":
        group.call(request)
    elif what == "start":
        group.start()
    elif what == "poll":
        return {"results": dict(group.results)}
    elif what == "observe":
        return {key: getattr(group.group, attribute) for key, attribute in observed(group).items()}
    elif what == "hello":
        calls = ["done", "wait", *(["add"] if not subject.one_shot else [])]
        calls += ["timed wait"] if subject.timeout else []
        calls += ["go"] if hasattr(group.group, "go") else []
        said: dict[str, object] = {"name": name, "version": version(name), "calls": calls}
        said["observes"] = list(observed(group))
        return said if name in (OURS, LOCKED) else said | {"largest": sys.maxsize}
    elif what not in ("create", "bye"):
        raise ValueError(f"no such request: {what}")
    return {"ok": True}


def observed(group: Group) -> dict[str, str]:
    """What can be seen of a group, and the attributes that tell it."""
    return {"counter": group.subject.units} | ({"waiters": "waiters"} if hasattr(group.group, "waiters") else {})


def version(name: str) -> str:
    """The version of the package, if it is one."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "here"


def main(name: str, *how: str) -> None:
    """Answer until the input ends."""
    subject = SUBJECTS[name]()
    if "async" in how:
        subject = subject._replace(wait="")
    group = Group(subject, 0)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "create":
                group = Group(subject, request["units"])
            said = answer(request, group, name, subject)
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)
        if request["do"] == "bye":
            break


if __name__ == "__main__":
    main(*sys.argv[1:])
