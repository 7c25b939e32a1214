"""The JSON Schema of the test vectors. Nothing may be there that it does not name."""

from typing import Any

from waitgroup_proofs.conformance.expected import WORDS
from waitgroup_proofs.conformance.outcomes import BLOCKED


def record(*optional: str, **properties: Any) -> dict[str, Any]:
    """An object with exactly these keys, those that are optional aside."""
    required = [key for key in properties if key not in optional]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def listed(items: Any, least: int = 0) -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": items, "minItems": least}


def named(values: Any) -> dict[str, Any]:
    """An object whose keys are names."""
    return {"type": "object", "additionalProperties": values}


TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
WHICH = record(thread=TEXT, calls={"type": "integer", "minimum": 1})

CALL = {
    "oneOf": [
        record(call={"const": "add"}, delta={"type": "integer"}),
        record(call={"const": "done"}),
        record("timeout", call={"const": "wait"}, timeout={"type": "number", "minimum": 0}),
        record(call={"const": "go"}, task=TEXT),
    ]
}
START = {
    "oneOf": [
        record("if", **{"turn": COUNT, "if": {"const": "all have returned"}}),
        record(after=WHICH),
        record(go=WHICH),
    ]
}
OUTCOME = record(
    by=listed({"enum": ["contract", "go"]}, least=1),
    results=named(listed({"enum": [*WORDS, BLOCKED]})),
    counter={"type": "integer"},
    waiters=COUNT,
    word={"type": "string", "pattern": "^0x[0-9a-f]{16}$"},
)
TEST = record(
    "finding",
    "hold",
    id={"type": "string", "pattern": "^[a-z0-9-]+$"},
    comment=TEXT,
    result={"enum": ["valid", "invalid", "acceptable"]},
    flags=listed(TEXT, least=1),
    finding={"type": "string", "pattern": "^F[0-9]+$"},
    units=COUNT,
    hold={"type": "number", "exclusiveMinimum": 0},
    threads=listed(record(name=TEXT, start=START, calls=listed(CALL)), least=1),
    turns=listed(listed(OUTCOME, least=1), least=1),
)
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Test vectors for WaitGroups",
    **record(
        schema={"const": "vector.schema.json"},
        family=TEXT,
        go={"type": "string", "pattern": "^go[0-9.]+$"},
        numberOfTests={"type": "integer", "minimum": 1},
        notes=named(record(mistake=TEXT, cost=TEXT)),
        findings=named(TEXT),
        tests=listed(TEST, least=1),
    ),
}
