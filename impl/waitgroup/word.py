"""The word of a group and its transitions, as pure functions.

A word is `counter * 2**32 + waiters`, both within 0 and 2**31 - 1: Go's layout, with the bubble flag always clear. A
transition gives the new word, or None where its guard is false; then nothing happens. Each is the action of the same
name in the protocol `strict`.
"""

COUNTER_MAX = 2**31 - 1
WAITERS_MAX = 2**31 - 1
COUNTER_UNIT = 2**32

ZERO = 0


def pack(counter: int, waiters: int) -> int:
    """The word with these two fields."""
    return counter * COUNTER_UNIT + waiters


def counter_of(word: int) -> int:
    """The units of outstanding work."""
    return word // COUNTER_UNIT


def waiters_of(word: int) -> int:
    """How many waiters belong to the present generation."""
    return word % COUNTER_UNIT


def applied(word: int, delta: int) -> int | None:
    """INC, DEC, BULK: the counter moves by `delta` if it stays in range and no crossing is due."""
    total = counter_of(word) + delta
    if 0 <= total <= COUNTER_MAX and not (total == 0 and waiters_of(word) > 0):
        return pack(total, waiters_of(word))
    return None


def crossed(word: int, expected: int) -> int | None:
    """CROSS: the word becomes zero if it is still the `expected` one."""
    return ZERO if word == expected else None


def joined(word: int) -> int | None:
    """JOIN: one waiter more, if there is outstanding work to wait for and room to count it."""
    if counter_of(word) >= 1 and waiters_of(word) < WAITERS_MAX:
        return pack(counter_of(word), waiters_of(word) + 1)
    return None


def cancelled(word: int) -> int:
    """CANCEL: one waiter less. The caller is one of them, so there is one to take."""
    return pack(counter_of(word), waiters_of(word) - 1)
