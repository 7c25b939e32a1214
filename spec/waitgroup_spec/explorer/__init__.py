"""The model explorer: every state of a protocol under a scenario, breadth first, each exactly once."""

from waitgroup_spec.explorer.search import Exploration, explore

__all__ = ["Exploration", "explore"]
