"""What each flag of a test stands for: the mistake that the test catches, and what that mistake costs its users."""

from typing import NamedTuple


class Flag(NamedTuple):
    """A mistake that implementations make, and its price."""

    mistake: str
    cost: str


FLAGS = {
    "Sum": Flag("units are counted wrongly", "a wait returns too early, or never"),
    "LostUpdate": Flag(
        "the counter is read, changed and written in steps between which another thread comes",
        "a unit is lost or is there twice: a wait returns too early, or never",
    ),
    "WaitAtZero": Flag("a wait blocks although there is nothing to wait for", "a program stops for ever"),
    "ReturnsEarly": Flag("a wait returns while there are units", "results are used before they are there"),
    "BulkZero": Flag("only done() wakes, and not an add that brings the counter to zero", "a program stops for ever"),
    "AddWhileParked": Flag(
        "an add is refused, or waiters are woken, because somebody waits while there are units",
        "tasks cannot start others, or a wait returns too early",
    ),
    "WakesOne": Flag("the zero wakes one waiter and not all", "all others stop for ever"),
    "LostWakeup": Flag(
        "a waiter looks at the counter and parks in steps between which the zero comes", "it stops for ever"
    ),
    "Reuse": Flag("a group is good for one round only", "a second round stops, or does not wait"),
    "StrayWakeup": Flag("what was to wake the first round is left for the second", "its wait returns too early"),
    "Generation": Flag(
        "a woken waiter looks at the counter again, and finds the next round's",
        "it sleeps through its own zero: the program stops now and then",
    ),
    "Negative": Flag("a done() too many goes unnoticed", "a later wait returns too early, far from the mistake"),
    "Rollback": Flag(
        "the counter is changed first and checked afterwards",
        "who catches the error goes on with a counter that is wrong: waits return too early, or never",
    ),
    "AddRacesWait": Flag(
        "an add from zero beside a wait corrupts the group", "innocent calls fail, and waiters stop for ever"
    ),
    "DocumentedRule": Flag(
        "an add that starts while the counter is positive is taken for a misuse if the counter is zero by the time",
        "a program that keeps the documented rule fails now and then",
    ),
    "AddNothing": Flag("add(0) beside the last done() wakes the waiters once more", "the next round fails"),
    "TimedWait": Flag("a timeout is not kept, or its end is not told from the zero", "a caller goes on too early"),
    "StaleWaiter": Flag(
        "a wait that has expired is still counted, or takes others with it", "others are woken too early, or never"
    ),
    "StolenWakeup": Flag("a wait that has expired takes the wakeup of another", "the other one stops for ever"),
    "Range": Flag("the largest counter does not fit", "units are lost without a word"),
    "Overflow": Flag("the counter comes round beyond its largest value", "a wait returns while there are 2^31 units"),
    "Truncation": Flag("a delta is cut to 32 bits before it is checked", "other units are added than were asked for"),
    "Go": Flag(
        "the unit of a task is added by the task, or taken away before it has returned", "a wait misses the task"
    ),
}
