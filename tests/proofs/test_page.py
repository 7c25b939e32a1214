"""The page: it needs nothing else, says what the replay says, and never takes somebody else's text for HTML."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import waitgroup
from tests.proofs.scheduler.designs import GENERATIONS, NAIVE

from waitgroup_proofs.commands import replace
from waitgroup_proofs.pages.html import integrity
from waitgroup_proofs.pages.schedule import Result, data_of, page
from waitgroup_proofs.scheduler.replay import Replay, Token, parsed, production, replay

TOKEN = parsed(f"wg1:production:pre-added:1x1:{production()[1]}:1*7,0*9,1*2,0*3")
PLAIN = replay(TOKEN)
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}<!--"


def hostile(replayed: Replay) -> Replay:
    """The same replay of code whose every text is an attack."""
    steps = [step._replace(line=EVIL, operation=EVIL, place=EVIL, call=EVIL, thread=EVIL) for step in replayed.steps]
    sources = {file: [EVIL] * len(lines) for file, lines in replayed.sources.items()}
    return Replay(tuple(steps), EVIL, (EVIL, EVIL), sources)


class Elements(HTMLParser):
    """The elements of a page, their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {"script": [], "style": []}
        self.shown: list[str] = []
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        self.text.get(self.inside, self.shown).append(data)


def data_in(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found is not None
    return json.loads(found[1])


def result(replayed: Replay, token: Token = TOKEN) -> Result:
    return Result("violated" if replayed.violation else "holds", EVIL, replayed.violation or "", token, replayed)


@pytest.mark.parametrize("replayed", [PLAIN, hostile(PLAIN)], ids=["plain", "hostile"])
def test_a_page_needs_nothing_else(replayed: Replay) -> None:
    text = page(result(replayed))
    elements = Elements(text)
    attributes = {name for _, found in elements.found for name in found}
    assert set() == attributes & {"src", "href", "srcset", "action", "style", "onerror", "onclick", "onload"}
    assert {"img", "iframe", "link", "object", "embed", "base", "form"}.isdisjoint(tag for tag, _ in elements.found)
    for own in (*elements.text["style"], elements.text["script"][-1]):
        assert "http" not in own
        assert "url(" not in own
        assert "@import" not in own


def test_the_policy_allows_the_script_and_the_style_that_are_there_and_nothing_else() -> None:
    elements = Elements(page(result(PLAIN)))
    policy = next(found["content"] for tag, found in elements.found if found.get("http-equiv"))
    (style,), (_, script) = elements.text["style"], elements.text["script"]
    hashes = f"script-src '{integrity(script)}'; style-src '{integrity(style)}'"
    assert f"default-src 'none'; base-uri 'none'; form-action 'none'; {hashes}" == policy
    assert integrity(script) != integrity(script + " ")


def test_no_text_of_the_target_becomes_html() -> None:
    plain, evil = (Elements(page(result(replayed))) for replayed in (PLAIN, hostile(PLAIN)))
    assert ["style", "script", "script"] == [tag for tag, _ in evil.found if tag in {"style", "script", "img"}]
    assert {tag for tag, _ in plain.found} == {tag for tag, _ in evil.found}
    assert plain.text["script"][-1] == evil.text["script"][-1]
    assert EVIL in "".join(evil.shown)


def test_the_attack_is_one() -> None:
    assert ["script", "img"] == [tag for tag, _ in Elements(EVIL).found]


@pytest.mark.parametrize("replayed", [PLAIN, hostile(PLAIN)], ids=["plain", "hostile"])
def test_the_data_in_the_page_is_that_of_the_replay(replayed: Replay) -> None:
    found = data_in(page(result(replayed)))
    assert json.loads(json.dumps(data_of(replayed))) == found
    assert len(replayed.steps) == len(found["steps"])
    files = list(replayed.sources)
    for step, told in zip(replayed.steps, found["steps"], strict=True):
        assert [step.counter, step.waiters] == told["word"]
        assert step.ways == told["ways"]
        assert [[one.counter, *one.threads] for one in step.explanations] == told["explanations"]
        assert step.position is not None
        assert [files.index(step.position[0]), step.position[1]] == told["position"]


def test_the_page_shows_the_sentence_the_source_and_the_command_that_replays_it() -> None:
    text = "".join(Elements(page(result(PLAIN._replace(violation="two & <two>")))).shown)
    assert "two & <two>" in text
    assert f"waitgroup replay '{TOKEN}'" in text
    for line in next(iter(PLAIN.sources.values())):
        assert line in text


def test_equal_results_give_equal_pages() -> None:
    assert page(result(PLAIN)) == page(result(replay(TOKEN)))


# The option


def target(folder: Path, source: str) -> str:
    (folder / "target.py").write_text(source, encoding="utf-8")
    return f"{folder / 'target.py'}:Group"


def test_check_writes_the_violation_with_the_schedule_that_it_prints(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    code, out, _ = waitgroup("check", target(tmp_path, NAIVE), "--scenario", "reuse-parked", "--html", file)
    assert 1 == code
    text = file.read_text("utf-8")
    assert "nobody can run, and waiter is blocked without a reason" in text
    (token,) = re.findall(r"waitgroup replay '(.*)'", out)
    data = data_in(text)
    assert data == json.loads(json.dumps(data_of(replay(parsed(token)))))
    assert 0 == data["steps"][-1]["ways"]
    assert token in "".join(Elements(text).shown)


def test_check_writes_what_was_covered_where_nothing_is_wrong(tmp_path: Path) -> None:
    sizes = ("--workers", "1", "--waiters", "1", "--scenario", "pre-added,surplus")
    assert 0 == waitgroup("check", target(tmp_path, GENERATIONS), *sizes, "--html", tmp_path / "page.html").code
    shown = "".join(Elements((tmp_path / "page.html").read_text("utf-8")).shown)
    assert "Every interleaving of the scenarios below, at 1 x 1, conforms to the contract" in shown
    assert "sequentially consistent" in shown
    assert "surplus" in shown
    assert "Schedule" not in shown


def test_replay_writes_a_schedule_that_shows_nothing_wrong(tmp_path: Path) -> None:
    assert 0 == waitgroup("replay", TOKEN, "--html", tmp_path / "page.html").code
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "The schedule ends, and nothing is wrong." in text
    assert json.loads(json.dumps(data_of(PLAIN))) == data_in(text)


@pytest.mark.parametrize("name", ["-", "folder", "missing/page.html", "n" * 300])
def test_a_page_that_cannot_be_written_is_refused_in_one_line_before_any_work(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    code, out, err = waitgroup("replay", TOKEN, "--html", name if name == "-" else tmp_path / name)
    assert (2, "", 1) == (code, out, len(err.splitlines()))
    assert ["folder"] == [path.name for path in tmp_path.iterdir()]


def test_a_page_that_fails_half_way_leaves_the_old_one_and_what_was_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "page.html"
    file.write_text("old", encoding="utf-8")

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as half:
            half.write(data[:9])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    code, out, err = waitgroup("replay", TOKEN, "--html", file)
    assert 2 == code
    assert "nothing is wrong" in out
    assert f"waitgroup: cannot write {file}: No space left on device\n" == err
    assert ("old", [file]) == (file.read_text("utf-8"), list(tmp_path.iterdir()))


def test_a_file_is_replaced_whole_with_its_mode_and_through_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "page.html", tmp_path / "link.html"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    replace(str(link), "new \ud800")
    assert ("new \\ud800", 0o640) == (file.read_text("utf-8"), file.stat().st_mode & 0o777)
    assert link.is_symlink()
    assert {file, link} == set(tmp_path.iterdir())


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    replace(str(pipe), "page")
    assert b"page" == os.read(reader, 9)
    assert pipe.is_fifo()
    os.close(reader)
