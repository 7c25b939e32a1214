"""Random small classes for the differential tests: methods over two fields, a dict and two locks.

The same number gives the same program. Tame programs take the locks in one order, in `with` statements or for a try;
wild ones take and release them anywhere. Programs of nodes have inner objects with a lock, a field and a list of their
own, which threads make, publish, exchange and look through.
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


NODES = """
from _thread import allocate_lock
from threading import Condition
class Node:
    def __init__(self):
        self.n = 1
        self.items = [1]
        self.lock = allocate_lock()
class Group:
    def __init__(self):
        self._node = Node()
        self._nodes = [self._node, Node()]
        self._get = lambda: 0
        self._lock = allocate_lock()
        self._condition = Condition(allocate_lock())
"""
#: What a thread gets a node from, what it does with one, where it puts one, and how it looks at what is published.
FROM = ("node = Node()", "node = self._node", "node = self._node", "node = self._nodes[-1]")
USES = (
    "node.n = node.n + t",
    "node.n += t + 1",
    "node.items.append(t)",
    "node.items = node.items + [t]",
    "t = t * 2 + node.n",
    "t += sum([one * node.n for one in node.items])",
)
PUTS = (
    "self._node = node",
    "self._nodes.append(node)",
    "self._nodes[0] = node",
    "self._get = lambda: node.n",
    "node.lock = self._node.lock",
    "node.lock = allocate_lock()",
    "node.items = self._node.items",
    "node.next = self._node",
)
LOOKS = (
    "t = t * 2 + sum(one.n for one in self._nodes)",
    "t = t * 2 + sum([len(one.items) for one in self._nodes if one.n > 1])",
    "t = t * 2 + (self._node.items == [1])",
    "for one in self._nodes: t = t * 2 + one.n",
    "get = self._get; t = t * 2 + get()",
    "t, u = t * 2 + (self._node.n if self._node.items else 0), self._node.n; t += u",
    "t += [*self._node.items, 0][0]",
)
GUARDS = (*("with self._lock:", "with node.lock:", "with self._node.lock:") * 3, "with self._condition:")


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


def statement_on_nodes(chance: random.Random) -> str:
    """Get a node, use it, put it somewhere, or look at what is published."""
    return chance.choice(chance.choices((FROM, USES, PUTS, LOOKS), (1, 6, 3, 4))[0])


def program_of_nodes(seed: int, longest: int = 3) -> Text:
    """The program of that number whose threads share inner objects."""
    chance = random.Random(seed)
    lines = [NODES]
    for name in ("one", "two"):
        # One of the threads makes an object and publishes it: what it does afterwards is no secret.
        maker = name == "one" and chance.random() < 0.6
        body = ["t = 1", *(("node = Node()", chance.choice(PUTS[:4])) if maker else (chance.choice(FROM),))]
        for _ in range(longest):
            guarded = chance.random() < 0.4
            part = [statement_on_nodes(chance) for _ in range(2 if guarded else 1)]
            body += [chance.choice(GUARDS), *(f"    {line}" for line in part)] if guarded else part
        lines += [f"    def {name}(self):", *(f"        {line}" for line in (*body, "return t, self._node.n"))]
    return Text("\n".join(lines), (("one",), (chance.choice(("one", "two", "two")),)))
