"""Random small classes for the differential tests: methods over two fields, a dict and two locks.

The same number gives the same program. Tame programs take the locks in one order, in `with` statements or for a try;
wild ones take and release them anywhere.
"""

import random
from typing import NamedTuple

READS = ("self.x", "self.y", "self.d['a']", "self.d.get('a', 0)", "len(self.d)", "('a' in self.d)")
ITEMS = (
    "self.d['a'] = {}",
    "self.d['a'] += 1",
    "self.d.pop('a', 0)",
    "self.d.clear()",
    "self.d.setdefault('a', 1)",
    "del self.d['a']",
)
LOCKS = ("self._a", "self._b")
SETUP = "self.x = self.y = 0; self.d = {'a': 0}; self._a = allocate_lock(); self._b = allocate_lock()"


class Text(NamedTuple):
    """The source of a class `Group`, and the methods that each thread calls."""

    source: str
    threads: tuple[tuple[str, ...], ...]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int, wild: bool) -> None:
        self.chance = random.Random(seed)
        self.wild = wild

    def expression(self) -> str:
        kind = self.chance.random()
        if kind < 0.6:
            return self.chance.choice(READS)
        if kind < 0.8:
            return self.chance.choice(["t", "0", "1", "2"])
        return f"({self.expression()} + {self.expression()})"

    def statement(self) -> str:
        kind = self.chance.random()
        if kind < 0.4:
            return f"self.{self.chance.choice('xy')} {self.chance.choice(['=', '+='])} {self.expression()}"
        if kind < 0.6:
            return f"t = {self.expression()}"
        if kind < 0.9 or not self.wild:
            return self.chance.choice(ITEMS).format(self.expression())
        return f"{self.chance.choice(LOCKS)}.{self.chance.choice(['acquire()', 'release()', 'acquire(False)'])}"

    def locked(self, length: int, held: int) -> list[str]:
        """A critical section; `held` locks of the order are taken already."""
        number = self.chance.randrange(2) if self.wild else self.chance.randrange(held, 2)
        lock, body = LOCKS[number], self.block(length, number + 1)
        if self.chance.random() < 0.75:
            return [f"with {lock}:", *body]
        how = self.chance.choice(["False", "timeout=1"])
        inner = [f"    {line}" for line in ["try:", *body, f"finally: {lock}.release()"]]
        return [f"if {lock}.acquire({how}):", *inner]

    def block(self, length: int, held: int) -> list[str]:
        lines: list[str] = []
        while length > 0:
            kind, part = self.chance.random(), self.chance.randint(1, length)
            if kind < 0.15:
                lines += [f"if {self.expression()} {self.chance.choice(['==', '>'])} 0:", *self.block(part, held)]
            elif kind < 0.45 and (held < 2 or self.wild):
                lines += self.locked(part, held)
            else:
                lines.append(self.statement())
                part = 1
            length -= part
        return [f"    {line}" for line in lines]

    def program(self, longest: int) -> Text:
        methods = ("one", "two", "three")[: self.chance.choice([2, 2, 3])]
        lines = ["from _thread import allocate_lock", "class Group:", f"    def __init__(self): {SETUP}"]
        for name in methods:
            body = ["    t = 0", *self.block(self.chance.randint(1, longest), 0), "    return t"]
            lines += [f"    {line}" for line in (f"def {name}(self):", *body)]
        threads = self.chance.choice([2, 2, 3])
        calls = tuple(
            tuple(self.chance.choice(methods) for _ in range(self.chance.randint(1, 4 - threads)))
            for _ in range(threads)
        )
        return Text("\n".join(lines), calls)


def program(seed: int, wild: bool = False, longest: int = 3) -> Text:
    """The program of that number."""
    return Writer(seed, wild).program(longest)
