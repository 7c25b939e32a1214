"""`waitgroup orderings`: the minima for people and for programs, bad executions drawn, and one line for nonsense."""

import json

import pytest
from tests.command_line import Ran, waitgroup

from waitgroup_proofs.commands import orderings
from waitgroup_spec.memory.minima import GO_LAST_DONE_ACQUIRES, GO_RELOAD_ACQUIRES
from waitgroup_spec.memory.ordering import Model
from waitgroup_spec.memory.requirements import Report, Requirements, requirements
from waitgroup_spec.memory.search import Flaw
from waitgroup_spec.memory.subjects import LATCH, Subject

#: What the search finds for the latch.
LATCH_ANSWER = requirements(LATCH)


def run(arguments: str) -> Ran:
    return waitgroup("orderings", *arguments.split())


def test_the_minima_are_a_list_of_maps_from_sites_to_orderings() -> None:
    code, out, _ = run("latch --json -")
    found = json.loads(out)
    assert (code, found["verdict"], found["minima"]) == (0, "holds", [{"done": "release", "load": "acquire"}])
    assert (found["assignments"], found["passed"], found["breaches"]) == (8, 2, 0)
    assert [one["site"] for one in found["weakenings"][0]] == ["done", "load"]


def test_the_table_says_what_each_site_needs_and_claims_no_more_than_was_searched() -> None:
    code, out, _ = run("latch")
    lines = [line.rstrip() for line in out.splitlines()]
    assert code == 0
    assert "done  release  relaxed: race on result 1 in 4 steps at 1 x 1" in lines
    assert (
        "holds: minimal under RC11 without load buffering, exhaustive over 8 assignments up to 2 workers and 2 waiters."
        in lines
    )


@pytest.mark.slow
def test_go_has_two_minima_on_the_command_line_too() -> None:
    code, out, _ = run("go --json -")
    assert code == 0
    assert json.loads(out)["minima"] == [
        {site: str(ordering) for site, ordering in one.items()} for one in (GO_LAST_DONE_ACQUIRES, GO_RELOAD_ACQUIRES)
    ]


def test_orderings_that_are_enough_pass_at_each_size() -> None:
    code, out, _ = run("go --assign done=release --assign compare_and_swap=relaxed")
    assert (code, out) == (
        0,
        "holds: no flaw in pre-added at 1 x 1, pre-added at 2 x 1, pre-added at 1 x 2, pre-added at 2 x 2 "
        "(518 states up to symmetry)\n",
    )


def test_a_bad_execution_is_drawn_with_what_was_read_from_where_and_what_is_known() -> None:
    code, out, _ = run("go --assign reset=relaxed")
    first, *_, before, last = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 1
    assert first == "violated: race on result 1, pre-added at 1 x 2, 8 steps"
    assert before == "7 waiter 2 reads 0 from word (load: acquire) step 6 word of step 6"
    assert last == "8 waiter 2 reads result 1 word of step 6"


def test_what_is_drawn_is_in_the_json_object_too() -> None:
    code, out, _ = run("latch --assign load=relaxed --workers 1 --waiters 1 --json -")
    found = json.loads(out)
    assert (code, found["verdict"], found["what"], len(found["steps"])) == (1, "violated", "race on result 1", 4)
    assert found["orderings"] == {"done": "acq_rel", "load": "relaxed"}


def test_the_rules_of_cpp11_let_the_reset_be_relaxed() -> None:
    assert run("go --assign reset=relaxed --rules c++11")[0] == 0
    assert run("go --assign reset=relaxed --rules rust")[0] == 1


def test_the_rules_of_c17_are_those_of_cpp11_in_the_search_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Model] = []

    def answered(_subject: Subject, model: Model, _report: Report) -> Requirements:
        asked.append(model)
        return LATCH_ANSWER

    monkeypatch.setattr(orderings, "requirements", answered)
    assert [run(f"latch --rules {rules}")[0] for rules in ("c17", "c++11", "rust", "c++20")] == [0] * 4
    assert asked == [Model.CPP11, Model.CPP11, Model.CPP20, Model.CPP20]


def test_minima_that_something_speaks_against_are_claimed_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    against = LATCH_ANSWER._replace(breaches=2, failures=(("freed", (2, 1), Flaw("deadlock", ())),))
    monkeypatch.setattr(orderings, "requirements", lambda *_: against)
    code, out, _ = run("latch")
    assert code == 1
    assert "violated: these are not shown to be minimal" in out
    assert "strengthening breaks what passed, 2 times: the model is wrong" in out
    assert "a minimum fails in freed at 2 x 1: deadlock" in out
    found = json.loads(run("latch --json -")[1])
    assert (found["verdict"], found["breaches"]) == ("violated", 2)
    assert found["failures"] == [{"program": "freed", "workers": 2, "waiters": 1, "flaw": "deadlock"}]


def test_a_run_is_drawn_under_the_rules_that_were_asked_for() -> None:
    code, out, _ = run("go --assign done=release --assign reload=relaxed --assign reset=relaxed --rules c++11")
    assert code == 1
    assert "done: release" in out


def test_other_programs_can_be_asked_for() -> None:
    assert run("go --assign reset=release --program freed --workers 2 --waiters 1")[0] == 0
    assert run("go --assign done=relaxed --program nested --workers 1 --waiters 1")[0] == 1


def test_a_hazard_says_what_to_do_instead_and_is_drawn_under_sequential_consistency() -> None:
    code, out, _ = run("two-words")
    assert code == 1
    assert out.splitlines()[1:4] == [
        "Keep both in one word, and change it in one step.",
        "Under sequential consistency already:",
        "",
    ]
    assert "not the newest" not in out


def test_a_search_that_is_cut_short_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orderings, "MAX_STATES", 10)
    code, out, _ = run("go --assign done=acq_rel")
    assert (code, out) == (3, "inconclusive: pre-added at 1 x 1: there are more than 10 states\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("", "Missing argument 'PROTOCOL'."),
        ("strict", "no protocol is called 'strict': did you mean strict_cas?"),
        ("latch --assign done", "--assign done: give SITE=ORDER with a site of done, load"),
        ("latch --assign doen=release", "--assign doen=release: give SITE=ORDER with a site of done, load"),
        ("latch --assign load=release", "--assign load=release: load may be relaxed, acquire"),
        ("latch --assign load=relaxed --assign load=acquire", "--assign load=acquire: load has an ordering already"),
        ("latch --workers 2", "give --workers and --waiters together"),
        ("latch --program nested", "latch cannot run nested: a latch has done() and wait() and nothing else"),
        (
            "two-words --assign done=release",
            "it goes wrong whatever the orderings and rules are",
        ),
        ("two-words --rules c++11", "two-words has no sites: it goes wrong whatever the orderings and rules are"),
    ],
)
def test_nonsense_is_one_line(arguments: str, complaint: str) -> None:
    code, out, err = run(arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert complaint in err
