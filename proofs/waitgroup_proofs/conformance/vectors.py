"""The test vectors: every case with all that may come of it, as JSON that is the same on every machine.

`docs/vectors.md` says how they are read; `vector.schema.json`, written beside them, is their schema.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from waitgroup_proofs.conformance.cases import Case, turn_of
from waitgroup_proofs.conformance.conductor import tasks_of, thread_names, timeout_of
from waitgroup_proofs.conformance.expected import Expected, expected
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.findings import TITLES
from waitgroup_proofs.conformance.flags import FLAGS
from waitgroup_proofs.conformance.outcomes import Outcome
from waitgroup_proofs.conformance.schema import SCHEMA
from waitgroup_spec.scenarios import After, Client, Scenario, When

GO_VERSION = "go1.27.3"
SCHEMA_NAME = "vector.schema.json"


def files() -> dict[str, str]:
    """Every file by its name, with its text."""
    texts = {f"{family}.json": document(family, cases) for family, cases in FAMILIES.items()}
    return {name: text(content) for name, content in (texts | {SCHEMA_NAME: SCHEMA}).items()}


def text(content: Mapping[str, Any]) -> str:
    """As it is written: two spaces, keys as they come, one line at the end."""
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def document(family: str, cases: tuple[Case, ...]) -> dict[str, Any]:
    """One file."""
    tests = [as_test(case) for case in cases]
    flags = sorted({flag for case in cases for flag in case.flags})
    findings = sorted({case.finding for case in cases if case.finding})
    return {
        "schema": SCHEMA_NAME,
        "family": family,
        "go": GO_VERSION,
        "numberOfTests": len(tests),
        "notes": {flag: FLAGS[flag]._asdict() for flag in flags},
        "findings": {finding: TITLES[finding] for finding in findings},
        "tests": tests,
    }


def as_test(case: Case) -> dict[str, Any]:
    """One test."""
    turns = expected(case)
    return {
        "id": case.name,
        "comment": case.scenario.sentence,
        "result": result_of(case, turns),
        "flags": list(case.flags),
        **({"finding": case.finding} if case.finding else {}),
        "units": case.scenario.units,
        **({"hold": case.hold} if case.hold else {}),
        "threads": [thread for client in case.scenario.clients for thread in threads_of(case, client)],
        "turns": [as_outcomes(turn) for turn in turns],
    }


def result_of(case: Case, turns: Iterable[Expected]) -> str:
    """`acceptable`: Go may do otherwise, and nobody can blame it. `invalid`: some call is refused. Else `valid`."""
    outcomes = [outcome for turn in turns for outcome in turn.contract]
    if case.racy and any(turn.whose(seen) == "go" for turn in turns for seen in turn.go):
        return "acceptable"
    refused = any(word.startswith("raised") for outcome in outcomes for _, words in outcome.results for word in words)
    return "invalid" if refused else "valid"


def threads_of(case: Case, client: Client) -> list[dict[str, Any]]:
    """Its threads, with when they start and what they call."""
    calls = client.calls[:-1] if client.name in case.tasks else client.calls
    said = [called(case, client, number) for number in range(1, len(calls) + 1)]
    start = started(case.scenario, client, case)
    return [{"name": name, "start": start, "calls": said} for name in thread_names(client)]


def called(case: Case, client: Client, number: int) -> dict[str, Any]:
    """One call."""
    call = client.calls[number - 1]
    for task in tasks_of(case, client, number):
        return {"call": "go", "task": task.name}
    if call.delta is None:
        seconds = timeout_of(case, client, call)
        return {"call": "wait"} | ({} if seconds is None else {"timeout": seconds})
    is_done = call.delta == -1 and client.name not in case.adds
    return {"call": "done"} if is_done else {"call": "add", "delta": call.delta}


def started(scenario: Scenario, client: Client, case: Case) -> dict[str, Any]:
    """When a thread starts: in a turn, after a call of another thread has returned, or by a `go`."""
    if isinstance(client.start, After):
        how = "go" if client.name in case.tasks else "after"
        return {how: {"thread": client.start.client, "calls": client.start.calls}}
    turn: dict[str, Any] = {"turn": turn_of(client, scenario)}
    return turn | ({"if": "all have returned"} if client.start is When.RETURNED else {})


def as_outcomes(turn: Expected) -> list[dict[str, Any]]:
    """All the outcomes after a turn, each with who shows it: the contract, Go, or both."""
    listed = []
    for outcome in sorted(turn.contract | turn.go, key=Outcome.__repr__):
        listed.append(
            {
                "by": [who for who, outcomes in zip(("contract", "go"), turn, strict=True) if outcome in outcomes],
                "results": {thread: list(said) for thread, said in outcome.results},
                "counter": outcome.counter,
                "waiters": outcome.waiters,
                "word": f"0x{outcome.word:016x}",
            }
        )
    return listed


def differing(folder: Path) -> list[str]:
    """The names of those that are missing, are others, or should not be there. Raises OSError."""
    new = {name: text.encode() for name, text in files().items()}
    old = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.json")}
    return sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
