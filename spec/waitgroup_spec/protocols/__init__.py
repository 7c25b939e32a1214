"""The protocols: packed-word state machines, one atomic step at a time."""

from waitgroup_spec.protocols import go, strict

PROTOCOLS = {protocol.name: protocol for protocol in (go.go, strict.strict)}
