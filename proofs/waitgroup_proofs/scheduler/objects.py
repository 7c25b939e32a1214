"""What is known of the objects of one run: which of them one thread alone can know, and to which family each belongs.

An object that a thread has just made is *owned* by it until it *escapes*: until it is stored in something that others
can reach, or given to C. Nobody else can tell what the owner does to it, so such accesses need no points.

A *family* is what was put into one object while one thread owned all of it, or what the group had when it was
constructed: its locks, containers and parts. An object's *place in the family* is the line where the family's head was
made and the path of fields from the head to the object. It says which accesses one lock protects: objects of one place
are alike, and the lock of the same family at some place is the same one for each access.
"""

import gc
from collections import Counter
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

#: The head of the group's own family.
GROUP = "group"


class Member(NamedTuple):
    """An object, what it was put into, and the field it is in there.

    The object is kept, so that its id stays its own. The head of a family is in nothing: `step` is where it was made.
    """

    value: Any
    inside: int | None
    step: str


class Family(NamedTuple):
    """The family that an object belongs to, by the id of its head, and the object's place in it."""

    head: int
    place: str


class Objects:
    """The objects of one run."""

    def __init__(self) -> None:
        """Nothing made."""
        self.members: dict[int, Member] = {}
        #: The families that were asked for, until something changes.
        self.families: dict[int, Family] = {}
        self.owners: dict[int, int] = {}
        #: The pipelines that were met, by id: each, and what can change of what it is made of.
        self.pipelines: dict[int, tuple[Any, ...]] = {}
        #: How often something was put into a field of an object.
        self.stored: Counter[tuple[int, str]] = Counter()
        self.group = 0

    def enclose(self, group: Any, parts: "list[tuple[str, Any, Any]]") -> None:
        """The group is constructed; `parts` are a field's name, its value, and the object that has the field."""
        self.group = id(group)
        self.families.clear()
        self.members[id(group)] = Member(group, None, GROUP)
        for name, value, owner in parts:
            self.members.setdefault(id(value), Member(value, id(owner), name))

    def made(self, value: Any, thread: int, line: str) -> None:
        """A thread has made an object, and nobody else knows it."""
        self.families.clear()
        self.members[id(value)] = Member(value, None, line)
        self.owners[id(value)] = thread

    def owned(self, value: Any, thread: int) -> bool:
        """Whether only this thread knows the object."""
        return self.owners.get(id(value)) == thread

    def put(self, value: Any, owner: Any, step: str, thread: int) -> None:
        """A thread puts `value` into a field of `owner`: it joins its family, or escapes."""
        if not self.owned(owner, thread):
            self.escape(value)
        elif self.owned(value, thread):
            member = self.members[id(value)]
            if member.inside is None and id(value) not in self._line(id(owner)):
                # A field that is stored again holds another part, which must have a place of its own.
                self.families.clear()
                before = self.stored[id(owner), step]
                self.stored[id(owner), step] += 1
                self.members[id(value)] = member._replace(inside=id(owner), step=f"{step}#{before}" if before else step)

    def escape(self, *values: Any) -> None:
        """Others may know these objects from now on, and whatever can be reached from them or holds them."""
        todo = list(values) if self.owners else []
        seen: set[int] = set()
        for value in todo:
            if id(value) in seen or isinstance(value, (type, ModuleType, str, int, float, bytes, type(None))):
                continue
            seen.add(id(value))
            if id(value) in self.owners:
                for number in self._line(id(value)):
                    if self.owners.pop(number, None) is not None:
                        todo += gc.get_referents(self.members[number].value)
            elif isinstance(value, FunctionType):
                todo += [*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values(), *vars(value).values()]
                todo += [cell.cell_contents for cell in value.__closure__ or () if _filled(cell)]
            elif id(value) not in self.members:
                todo += gc.get_referents(value)

    def _line(self, number: int) -> list[int]:
        """An object and what it is inside of, up to the head of the family."""
        line = [number]
        while (inside := self.members[line[-1]].inside) is not None:
            line.append(inside)
        return line

    def family(self, value: Any) -> Family | None:
        """The family of an object; None if nothing is known of it."""
        family = self.families.get(id(value))
        if family is None and id(value) in self.members:
            line = self._line(id(value))
            family = Family(line[-1], ".".join(self.members[number].step for number in reversed(line)))
            self.families[id(value)] = family
        return family


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
