"""The minima: what each site needs. Pinned here for all who speak of them; `requirements` must find them again."""

from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, RELAXED, RELEASE, Ordering
from waitgroup_spec.memory.subjects import GO, LATCH, STRICT_CAS, ZIG, Subject

Orderings = dict[str, Ordering]

GO_LAST_DONE_ACQUIRES: Orderings = {
    "add": RELAXED,
    "done": ACQ_REL,
    "reload": RELAXED,
    "reset": RELEASE,
    "release": RELEASE,
    "load": ACQUIRE,
    "compare_and_swap": RELAXED,
    "acquire": ACQUIRE,
    "recheck": RELAXED,
}
GO_RELOAD_ACQUIRES: Orderings = {**GO_LAST_DONE_ACQUIRES, "done": RELEASE, "reload": ACQUIRE}

STRICT_CAS_MINIMUM: Orderings = {
    "look": RELAXED,
    "add": RELAXED,
    "done": ACQ_REL,
    "release": RELEASE,
    "load": ACQUIRE,
    "join": RELAXED,
    "acquire": ACQUIRE,
}

LATCH_MINIMUM: Orderings = {"done": RELEASE, "load": ACQUIRE}

#: What Zig 0.14 writes, except that its `announce` acquires when it succeeds too.
ZIG_LAST_DONE_ACQUIRES: Orderings = {
    "add": RELAXED,
    "done": ACQ_REL,
    "fence": RELAXED,
    "set_event": RELEASE,
    "register": ACQUIRE,
    "look": ACQUIRE,
    "announce": RELAXED,
    "announce_fails": ACQUIRE,
    "look_again": ACQUIRE,
}
#: What it wrote before.
ZIG_FENCES: Orderings = {**ZIG_LAST_DONE_ACQUIRES, "done": RELEASE, "fence": ACQUIRE}

#: Each minimum with its protocol, by a name.
MINIMA: dict[str, tuple[Subject, Orderings]] = {
    "go, the last done acquires": (GO, GO_LAST_DONE_ACQUIRES),
    "go, reload acquires": (GO, GO_RELOAD_ACQUIRES),
    "strict_cas": (STRICT_CAS, STRICT_CAS_MINIMUM),
    "latch": (LATCH, LATCH_MINIMUM),
    "zig, the last done acquires": (ZIG, ZIG_LAST_DONE_ACQUIRES),
    "zig, it fences": (ZIG, ZIG_FENCES),
}
