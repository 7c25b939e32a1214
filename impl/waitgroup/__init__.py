"""Go's WaitGroup for Python threads: wait until a group of tasks has finished.

>>> from waitgroup import WaitGroup
>>> results = []
>>> with WaitGroup() as group:
...     for number in range(3):
...         thread = group.go(results.append, number)
>>> sorted(results)
[0, 1, 2]
"""

from waitgroup.errors import ClosedError, NegativeCounterError
from waitgroup.group import WaitGroup

__all__ = ["ClosedError", "NegativeCounterError", "WaitGroup"]
