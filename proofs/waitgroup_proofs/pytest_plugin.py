"""A pytest plugin: `@pytest.mark.interleavings` runs a test under the scheduler, in every interleaving.

    @pytest.mark.interleavings("mypackage", seconds=30)
    def test_nothing_is_lost():
        group = mypackage.Group()
        thread = threading.Thread(target=group.done)
        ...

The test passes if every run of it ends, without an exception in any thread, and all of them were followed. It fails
with a shortest run that does not, and a token: `pytest TEST --interleaving TOKEN` shows that run alone again.
A search that is cut short, or code that cannot be controlled, fails too: it says nothing.

The module of the test, and the modules or packages named in the mark, are loaded anew through the instrumenter. Other
modules of the standard library that wait are refused by name.
"""

import inspect
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that shows one run again."""
    group = parser.getgroup("interleavings")
    group.addoption("--interleaving", metavar="TOKEN", help="of a test marked interleavings, follow this run alone")


def pytest_configure(config: pytest.Config) -> None:
    """The mark."""
    config.addinivalue_line(
        "markers",
        "interleavings(*modules, seconds=30): run the test under the scheduler, with the code of these modules, "
        "in every interleaving of its threads",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a marked test under the scheduler, in place of pytest."""
    mark = pyfuncitem.get_closest_marker("interleavings")
    if mark is None:
        return None
    from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
    from waitgroup_proofs.scheduler.foreign import TargetError
    from waitgroup_proofs.scheduler.replay import TokenError

    seconds = mark.kwargs.get("seconds", 30)
    named = all(isinstance(one, str) for one in mark.args)
    if not named or not isinstance(seconds, (int, float)) or not 0 < seconds < inf or mark.kwargs.keys() - {"seconds"}:
        pytest.fail("write @pytest.mark.interleavings('module', ..., seconds=30)", pytrace=False)
    try:
        _run(pyfuncitem, mark.args, seconds)
    except (TargetError, TokenError, UnsupportedTarget) as error:
        pytest.fail(f"inconclusive: {error}", pytrace=False)
    return True


def _run(item: pytest.Function, modules: tuple[str, ...], seconds: float) -> None:
    """Search all runs of the test, or follow the one that is asked for."""
    from waitgroup_proofs.report.schedule import drawn
    from waitgroup_proofs.scheduler.program import PROGRAM, bench_of
    from waitgroup_proofs.scheduler.replay import ProgramToken, followed, same_source
    from waitgroup_proofs.scheduler.search import search
    from waitgroup_proofs.scheduler.shrink import shrunk

    program = _program(item, modules)
    bench = bench_of(program)
    token = item.config.getoption("--interleaving")
    if token:
        asked = ProgramToken.parsed(token)
        same_source(program.digest, asked.digest)
        replayed = followed(program, bench, asked.schedule)
        if replayed.violation:
            pytest.fail(f"{replayed.violation}\n\n{drawn(replayed).plain}", pytrace=False)
        return
    found = search(program, PROGRAM, seconds=seconds)
    if found.violation is not None:
        simplest = shrunk(bench, found.violation)
        replayed = followed(program, bench, simplest.finest)
        again = f"pytest '{item.nodeid}' --interleaving '{ProgramToken(program.digest, simplest.finest)}'"
        pytest.fail(f"{simplest.sentence}\n\n{drawn(replayed).plain}\n\nagain: {again}", pytrace=False)
    if not found.exhausted:
        reason = f"cut short after {seconds:g} s: {found.states:,} states in {found.runs:,} runs"
        pytest.fail(f"inconclusive: {reason}; give it more: @pytest.mark.interleavings(seconds=...)", pytrace=False)
    item.user_properties.append(("interleavings", f"{found.states:,} states in {found.runs:,} runs, exhausted"))


def _program(item: pytest.Function, modules: tuple[str, ...]) -> Any:
    """The test as a program: its module loaded anew, and the function that it is there."""
    from waitgroup_proofs.scheduler.foreign import TargetError, sources_of, text_of
    from waitgroup_proofs.scheduler.loader import Loader
    from waitgroup_proofs.scheduler.program import Program
    from waitgroup_proofs.scheduler.refusals import Module
    from waitgroup_proofs.scheduler.stand_ins import StandIns
    from waitgroup_proofs.scheduler.values import is_mutable

    name = item.module.__name__
    sources = {name: (Path(item.path), text_of(Path(item.path)))}
    for module in modules:
        if find_spec(module.partition(".")[0]) is None:
            raise TargetError(f"{module}: no such module")
        sources |= sources_of(module.partition(".")[0])
    stand_ins = StandIns()
    stand_ins.modules["pytest"] = Module("pytest", mark=pytest.mark, param=pytest.param, fixture=pytest.fixture)
    loader = Loader(sources, stand_ins)
    try:
        found: Any = loader.load(name)
    except Exception as error:
        raise TargetError(f"{item.path.name} cannot be loaded: {type(error).__name__}: {error}") from None
    for part in item.getmodpath(includemodule=False).partition("[")[0].split("."):
        found = found() if inspect.isclass(found) else found
        found = getattr(found, part)
    given = {one: item.funcargs[one] for one in item._fixtureinfo.argnames}
    for one, value in given.items():
        if is_mutable(value) or type(value).__module__.partition(".")[0] in loader.packages:
            raise TargetError(f"{one}: what a fixture makes would be the same in every run; make it in the test")
    return Program(loader, lambda: found(**given))
