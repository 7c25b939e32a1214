"""The model explorer: every state of a protocol under a scenario, breadth first, each exactly once."""

from waitgroup_spec.explorer.search import Cycles, Exploration, cycles, explore

__all__ = ["Cycles", "Exploration", "cycles", "explore"]
