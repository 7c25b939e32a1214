"""Legal use of Go's WaitGroup: the five rules of the contract, as what must be true when a call begins.

A rule is a predicate over the shared state, the census of the calls in progress, and the caller that has just entered
its call; its docstring begins with the contract's words. "The caller owns k units until its atomic step" needs no ghost
that follows each unit: in a program where each unit has at most one owner, the units that calls own never exceed the
counter, and that is all the proofs use. So they hold of every program that keeps the rules.
"""

from waitgroup_proofs.theorems.abstraction import Caller, Rule, sentence_of
from waitgroup_proofs.theorems.go.census import Census, License
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Place
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX


def rule_1(shared: go.Shared, census: Census, caller: Caller[go.Thread]) -> bool:
    """A negative delta -k: the caller owns k units of outstanding work until its atomic step. With these, calls own no
    more than is outstanding."""
    return caller.license is not License.NEGATIVE or census.claimed - caller.thread.delta <= shared.word.counter


def rule_2(shared: go.Shared, census: Census, caller: Caller[go.Thread]) -> bool:
    """A positive delta while c > 0: the caller owns a unit during the whole call."""
    return caller.license is not License.NESTED or census.claimed + 1 <= shared.word.counter


def rule_3_add(_shared: go.Shared, census: Census, caller: Caller[go.Thread]) -> bool:
    """A positive delta from c = 0: no Wait is in progress. Several such Adds may overlap, and then one of them may
    begin with the counter raised by another already."""
    return caller.license is not License.FROM_ZERO or census.waits == 0


def rule_3_wait(_shared: go.Shared, census: Census, caller: Caller[go.Thread]) -> bool:
    """And none starts until the call returns."""
    return caller.thread.place != Place.WAIT_LOAD or census.from_zero == 0


def rule_4(_shared: go.Shared, _census: Census, caller: Caller[go.Thread]) -> bool:
    """Delta is not 0: each license has its sign."""
    if caller.license is None:
        return True
    return caller.thread.delta < 0 if caller.license is License.NEGATIVE else caller.thread.delta > 0


def rule_5_units(shared: go.Shared, census: Census, caller: Caller[go.Thread]) -> bool:
    """Totals stay within 2^31 - 1 units, in whatever order the pending Adds are applied."""
    if caller.license not in (License.NESTED, License.FROM_ZERO):
        return True
    pending = census.nested_units + census.from_zero_units
    return shared.word.counter + pending + caller.thread.delta <= COUNTER_MAX


def rule_5_waiters(_shared: go.Shared, census: Census, caller: Caller[go.Thread]) -> bool:
    """And 2^31 - 1 waiters."""
    return caller.thread.place != Place.WAIT_LOAD or census.waits < WAITERS_MAX


RULES = tuple(
    Rule(f.__name__.upper(), sentence_of(f), f)
    for f in (rule_1, rule_2, rule_3_add, rule_3_wait, rule_4, rule_5_units, rule_5_waiters)
)
