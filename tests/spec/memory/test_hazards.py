"""What no ordering repairs goes wrong under acq_rel, and under sequential consistency; the same made right does not."""

import pytest

from waitgroup_spec.memory.hazards import HAZARDS, freed, take_one, take_permit, until
from waitgroup_spec.memory.language import Instruction, exchange, fetch_add, label, program, store, wake_all, write
from waitgroup_spec.memory.ordering import ACQ_REL, RELEASE, Model
from waitgroup_spec.memory.programs import GROUP
from waitgroup_spec.memory.search import Flaw, explore

IN_USE = "the group is freed while it is in use"


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize(
    ("name", "what", "steps"),
    [
        ("notify-after-zero", IN_USE, 6),
        ("event-in-the-object", IN_USE, 6),
        ("field-after-posting", IN_USE, 7),
        ("two-words", "deadlock", 5),
    ],
)
def test_a_hazard_goes_wrong_under_every_model(name: str, what: str, steps: int, model: Model) -> None:
    flaw = explore(HAZARDS[name].program, model=model).flaw
    assert flaw is not None
    assert (flaw.what, len(flaw.steps)) == (what, steps)


def test_every_hazard_has_a_test() -> None:
    assert list(HAZARDS) == ["notify-after-zero", "event-in-the-object", "field-after-posting", "two-words"]


def test_the_waiter_frees_the_group_before_it_is_notified() -> None:
    assert explore(HAZARDS["notify-after-zero"].program).flaw == Flaw(
        IN_USE,
        (
            "worker writes result",
            "worker reads 1 from counter and writes 0 (acq_rel)",
            "waiter reads 0 from counter (acquire)",
            "waiter reads result",
            f"waiter frees {GROUP}",
            "worker uses condition (acq_rel)",
        ),
    )


def test_the_last_done_looks_for_waiters_before_one_is_registered() -> None:
    assert explore(HAZARDS["two-words"].program, model=Model.SEQUENTIAL).flaw == Flaw(
        "deadlock",
        (
            "waiter reads 1 from counter (acquire)",
            "worker writes result",
            "worker reads 1 from counter and writes 0 (acq_rel)",
            "worker reads 0 from waiters (acquire)",
            "waiter reads 0 from waiters and writes 1 (acq_rel)",
        ),
    )


def test_a_use_that_is_ordered_after_the_free_is_a_flaw_too() -> None:
    freer: list[Instruction] = [write(GROUP), store("left", 1, RELEASE)]
    user: list[Instruction] = [*until("look", "left", 1), fetch_add("before", "counter", -1, ACQ_REL)]
    text = program({"counter": 1, "left": 0}, [GROUP], freer=freer, user=user)
    flaw = explore(text._replace(object=GROUP, outside=("left",))).flaw
    assert flaw is not None
    assert (flaw.what, flaw.steps[-1]) == (IN_USE, "user uses counter (acq_rel)")


def test_to_wake_by_an_address_is_no_use_of_the_group() -> None:
    worker = [*take_one("wake"), wake_all("counter"), label("returned")]
    assert explore(freed({"counter": 1}, worker, until("look", "counter", 0))).flaw is None


def test_a_permit_that_is_published_last_lets_the_group_be_freed() -> None:
    worker = [*take_one("post"), fetch_add("posted", "permits", 1, ACQ_REL), label("returned")]
    assert explore(freed({"counter": 1, "permits": 0}, worker, [take_permit("permits")])).flaw is None


def test_an_event_by_which_every_waiter_returns_lets_the_group_be_freed() -> None:
    worker = [*take_one("set"), exchange("was", "event", 1, ACQ_REL), label("returned")]
    assert explore(freed({"counter": 1, "event": 0}, worker, until("look", "event", 1))).flaw is None
