"""The page in a real browser: every way to step, what is shown then, and nothing of the target's text is obeyed."""

import re
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys
from tests.proofs.browser import Browser, browser
from tests.proofs.test_page import EVIL, PLAIN, TOKEN, hostile, result

from waitgroup_proofs.pages.schedule import page
from waitgroup_proofs.scheduler.replay import Replay, parsed, production, replay

pytestmark = pytest.mark.browser

DIGEST = production("generation-bug")[1]
BROKEN = parsed(f"wg1:production~generation-bug:reuse-parked:2x2:{DIGEST}:0*7,1*7,2*15,0*3,1*3")


class Page(Browser):
    """The page of a schedule."""

    def show(self, replayed: Replay, width: int = 1200, scheme: str = "light") -> None:
        self.open(page(result(replayed, BROKEN if replayed.violation else TOKEN)), width, scheme)

    @property
    def step(self) -> int:
        """The step that is shown: all that shows it agrees."""
        number = int(re.findall(r"Step (\d+) of", self.one("#status").text)[0])
        assert str(number) == self.one("#slider").get_attribute("value")
        assert [str(number)] == [one.get_attribute("data-step") for one in self.all("[aria-current=step]")]
        (row,) = self.all("tr.now")
        first, last = (int(str(row.get_attribute(f"data-{end}"))) for end in ("first", "last"))
        assert first <= number <= last
        return number


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser of its own."""
    with browser(tmp_path_factory.mktemp("browser")) as window:
        yield Page(window.driver, window.folder)


@pytest.fixture
def shown(opened: Page) -> Iterator[Page]:
    """No complaint of the browser is left when the test is over."""
    yield opened
    assert [] == opened.complaints()


GENERATION_BUG = replay(BROKEN)


def test_keys_and_buttons_and_the_slider_step_forwards_and_backwards(shown: Page) -> None:
    shown.show(GENERATION_BUG)
    seen = [shown.step]
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.END, Keys.ARROW_RIGHT, Keys.HOME):
        shown.press(key)
        seen.append(shown.step)
    assert [1, 2, 3, 2, 35, 35, 1] == seen
    seen.clear()
    for button in ("forward", "forward", "back", "last", "back", "first"):
        shown.one(f"#{button}").click()
        seen.append(shown.step)
    assert [2, 3, 2, 35, 34, 1] == seen
    shown.one("#slider").send_keys(Keys.ARROW_RIGHT)
    assert 2 == shown.step
    shown.one("#slider").send_keys(Keys.END)
    assert 35 == shown.step
    shown.one("[data-step='35']").click()
    assert 35 == shown.step


def test_there_is_nothing_before_the_first_step_and_after_the_last(shown: Page) -> None:
    shown.show(GENERATION_BUG)
    disabled = [[not shown.one(f"#{name}").is_enabled() for name in ("first", "back", "forward", "last")]]
    shown.press(Keys.END)
    disabled += [[not shown.one(f"#{name}").is_enabled() for name in ("first", "back", "forward", "last")]]
    assert [[True, True, False, False], [False, False, True, True]] == disabled


def test_every_step_shows_its_word_its_line_and_its_explanations(shown: Page) -> None:
    shown.show(GENERATION_BUG)
    for step in GENERATION_BUG.steps:
        assert [str(step.counter), str(step.waiters)] == [shown.one(f"#{name}").text for name in ("counter", "waiters")]
        lines = [line.get_attribute("data-line") for line in shown.all(".line.now")]
        assert ([str(step.position[1])] if step.position else []) == lines
        rows = [row.text.split() for row in shown.all("#explanations:not(.gone) tbody tr")]
        told = [" ".join([str(one.counter), *one.threads]).split() for one in step.explanations]
        assert told == rows
        shown.press(Keys.ARROW_RIGHT)


def test_the_step_after_which_no_explanation_is_left_shows_those_of_before_struck_out(shown: Page) -> None:
    shown.show(GENERATION_BUG)
    shown.press(Keys.END)
    assert "The contract has no explanation left. These were left before this step:" == shown.one("#ways").text
    assert 4 == len(shown.all("#explanations.gone tbody tr"))
    assert ["34-35", "1,0", "none"] == [cell.text for cell in shown.all("tr.wrong td:not(.thread)")[:3]]
    shown.press(Keys.ARROW_LEFT)
    assert [] == shown.all("#explanations.gone")


@pytest.mark.parametrize("width", [360, 390, 768, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_as_wide_as_the_screen_and_the_current_line_is_in_sight(
    scheme: str, width: int, shown: Page
) -> None:
    shown.show(GENERATION_BUG, width, scheme)
    shown.press(Keys.END)
    assert shown.ask("return document.documentElement.scrollWidth <= innerWidth")
    inside = """
        const [box, line] = [...arguments].map((one) => document.querySelector(one).getBoundingClientRect());
        return box.top <= line.top && line.bottom <= box.bottom + 1;
    """
    for box, line in (("figure:not([hidden]) .box", ".line.now"), ("#schedule-box", "tr.now .thread")):
        assert shown.driver.execute_script(inside, box, line)
    back, ink = (shown.ask(f"return getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color"))
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (back, ink)]
    assert (scheme == "light") == (brightness[0] > brightness[1])


def test_without_a_violation_the_schedule_is_shown_as_well(shown: Page) -> None:
    shown.show(PLAIN)
    shown.press(Keys.END)
    assert 21 == shown.step
    assert [] == shown.all(".wrong")


def test_an_attack_in_the_text_of_the_target_is_text(opened: Page) -> None:
    opened.show(hostile(PLAIN))
    opened.press(Keys.ARROW_RIGHT)
    assert [] == opened.all("img")
    assert [] == opened.complaints()
    assert EVIL in opened.one("#sentence").text
    assert EVIL in opened.one(".line.now code").text
    assert EVIL in opened.one("#status").text


def test_the_policy_stops_a_script_that_gets_in_all_the_same(opened: Page) -> None:
    opened.show(PLAIN)
    opened.ask("document.body.insertAdjacentHTML('beforeend', '<button id=evil onclick=\"show(5)\">x</button>')")
    opened.ask("document.getElementById('evil').click()")
    assert 1 == opened.step
    assert any("Content Security Policy" in one for one in opened.complaints())
