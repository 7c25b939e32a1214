"""The game in a real browser: levels are won by keys in as many steps as par says, and every step can be taken back."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from tests.proofs.browser import Browser, browser
from tests.proofs.test_play import PAR, levels_by_name, page, shortest, steps_from

pytestmark = pytest.mark.browser

WINNABLE = [name for name, par in PAR.items() if par]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser of its own."""
    with browser(tmp_path_factory.mktemp("browser")) as window:
        yield window


@pytest.fixture
def shown(opened: Browser) -> Iterator[Browser]:
    """The page, with no progress; no complaint of the browser is left when the test is over."""
    opened.open(page())
    opened.ask("localStorage.clear(); location.replace('#'); location.reload()")
    yield opened
    assert [] == opened.complaints()


def enter(page: Browser, name: str) -> None:
    page.ask(f"location.hash = '{name}'")


def keys_to_win(level: dict[str, Any]) -> str:
    """The digits of a shortest schedule; where two steps lead to one state, those of the first."""
    played = level["board"]
    way = shortest(played)
    assert way is not None
    places = (
        [target for _, _, target in steps_from(played, state)].index(following) for state, following in pairwise(way)
    )
    return "".join(str(place + 1) for place in places)


@pytest.mark.parametrize("name", WINNABLE)
def test_a_level_is_won_by_the_shortest_schedule(name: str, shown: Browser) -> None:
    enter(shown, name)
    shown.press(keys_to_win(levels_by_name()[name]))
    said = shown.one("#said").text
    assert said.startswith(f"Broken in {PAR[name]} steps; par is {PAR[name]}. No schedule is shorter.")
    assert levels_by_name()[name]["broken"] in said
    assert f"{PAR[name]} / par {PAR[name]}" == shown.one(f"[data-best='{name}']").text
    assert [] == shown.all("#threads .step")


def test_hints_lead_to_the_goal_by_a_shortest_schedule(shown: Browser) -> None:
    enter(shown, "strict-no-retry")
    for _ in range(7):
        shown.press("h")
        shown.one(".hinted").click()
    assert shown.one("#said").text.startswith("Broken in 7 steps; par is 7.")


def test_a_longer_schedule_wins_as_well_and_the_best_one_is_kept(shown: Browser) -> None:
    enter(shown, "go-acquires-nothing")
    best = "[data-best='go-acquires-nothing']"
    seen = []
    for digits in ("22122", "2222", "22122"):
        shown.press(f"r{digits}")
        seen.append((shown.one("#said").text.partition("\n")[0], shown.one(best).text))
    longer, shorter = "Broken in 5 steps; par is 4. There is a shorter schedule.", "No schedule is shorter."
    assert (longer, "5 / par 4") == seen[0]
    assert (f"Broken in 4 steps; par is 4. {shorter}", "4 / par 4") == seen[1]
    assert (longer, "4 / par 4") == seen[2]


def test_steps_are_taken_back_and_again_by_keys_and_buttons(shown: Browser) -> None:
    enter(shown, "go-wakes-one")

    def state() -> tuple[str, str, list[str]]:
        now = [one.text for one in shown.all("#schedule [aria-current]")]
        return shown.one("#count").text.split(" ")[0], shown.one("#shared").text, now

    seen = [state()]
    for digit in "2222":
        shown.press(digit)
        seen.append(state())
    assert ["0", "1", "2", "3", "4"] == [count for count, _, _ in seen]
    for number in (3, 2, 1, 0):
        shown.press(Keys.ARROW_LEFT)
        assert seen[number] == state()
    assert 4 == len(shown.all("#schedule .undone"))
    assert not shown.one("#undo").is_enabled()
    shown.one("#redo").click()
    assert seen[1] == state()
    shown.all("#schedule button")[2].click()
    assert seen[3] == state()
    shown.press("1")
    assert 4 == len(shown.all("#schedule li"))
    shown.press("r")
    assert (seen[0], 0) == (state(), len(shown.all("#schedule li")))


def test_a_negative_counter_and_a_panic_are_shown(shown: Browser) -> None:
    enter(shown, "go-no-rollback")
    shown.press(keys_to_win(levels_by_name()["go-no-rollback"]))
    assert ["-1", "0", "1"] == [one.text for one in shown.all(".packed b")]
    assert ["1" * 32, "0", "0" * 30 + "1"] == [one.text.replace(" ", "") for one in shown.all(".bits")]
    assert "panicked" in shown.one("#threads").text
    assert "waiter" in shown.one("#parked").text


def test_who_could_step_when_a_level_is_won_is_not_said_to_be_blocked(shown: Browser) -> None:
    enter(shown, "strict-swallows-interrupt")
    shown.press(keys_to_win(levels_by_name()["strict-swallows-interrupt"]))
    assert shown.one("#said").text.startswith("Broken in 4 steps")
    assert "Nobody is blocked." == shown.one("#parked").text
    assert [] == shown.all("#threads .step")


def test_a_level_that_nobody_can_win_says_which_claim_forbids_it(shown: Browser) -> None:
    enter(shown, "strict-surplus")
    while shown.all("#threads .step"):
        shown.press("1")
    said = shown.one("#said").text
    assert said.startswith("Nobody can win. The goal holds in each of the 20 states of this program; you have seen ")
    assert "Claim non-negative-counter, proved for all sizes" in said
    assert "\u221e \u2713" == shown.one("[data-best='strict-surplus']").text
    assert not shown.one("#hint").is_enabled()


def test_a_hint_says_the_next_step_of_a_shortest_schedule_or_that_there_is_none(shown: Browser) -> None:
    enter(shown, "go-no-retry")
    shown.press("h")
    assert shown.one("#said").text.startswith("3 steps to the goal. The next one: waiter, load.")
    shown.press("11")
    shown.press("h")
    assert "From here nobody can win any more: go back." == shown.one("#said").text


def test_progress_outlives_the_page_and_is_not_needed(shown: Browser) -> None:
    enter(shown, "go-no-retry")
    shown.press(keys_to_win(levels_by_name()["go-no-retry"]))
    shown.driver.refresh()
    assert "1 of 48" == shown.one("#progress").text
    forbid = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }});"
    added = shown.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": forbid})
    shown.driver.refresh()
    assert "0 of 48" == shown.one("#progress").text
    shown.press(keys_to_win(levels_by_name()["go-no-retry"]))
    assert "1 of 48" == shown.one("#progress").text
    shown.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_links_and_a_key_lead_from_level_to_level(shown: Browser) -> None:
    seen = []
    shown.press("n")
    seen.append(shown.one("#title").text)
    shown.one("[data-level='go-pre-added']").click()
    seen.append(shown.one("#title").text)
    shown.driver.back()
    seen.append(shown.one("#title").text)
    assert ["2. Checks then parks", "40. The usual program", "2. Checks then parks"] == seen
    assert ["checks_then_parks"] == [one.get_attribute("data-level") for one in shown.all("[aria-current=page]")]


def test_in_free_play_protocol_program_and_size_are_chosen(shown: Browser) -> None:
    enter(shown, "free")
    assert "11 states can be reached." == shown.one("#story").text
    assert 10 == len(Select(shown.one("#scenario")).options)
    Select(shown.one("#protocol")).select_by_value("strict")
    assert 13 == len(Select(shown.one("#scenario")).options)
    Select(shown.one("#scenario")).select_by_value("cancel")
    Select(shown.one("#size")).select_by_value("2 x 2")
    assert "169 states can be reached." == shown.one("#story").text
    shown.one("#threads .step").click()
    assert "1 step" == shown.one("#count").text


def test_the_focus_stays_with_the_threads_so_that_a_step_can_follow_a_step(shown: Browser) -> None:
    enter(shown, "go-wakes-one")
    shown.all("#threads .card")[1].find_element("css selector", "button").click()
    shown.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert ["waiter 1 load", "waiter 1 compare_and_swap"] == [one.text for one in shown.all("#schedule li")]
    assert shown.ask("return document.activeElement.closest('#threads') !== null")


@pytest.mark.parametrize("width", [360, 768, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_no_wider_than_the_screen(scheme: str, width: int, shown: Browser) -> None:
    shown.open(page(), width, scheme)
    for name in ("go-add-zero", "strict-timeout-race", "free"):
        enter(shown, name)
        assert shown.ask("return document.documentElement.scrollWidth <= innerWidth")


def test_every_button_has_a_name_and_every_step_says_whose_it_is(shown: Browser) -> None:
    unnamed = (
        "return [...document.querySelectorAll('button')].filter((b) => !b.ariaLabel && !b.textContent.trim()).length"
    )
    assert 0 == shown.ask(unnamed)
    labels = [str(one.get_attribute("aria-label")) for one in shown.all("#threads .step")]
    assert ["worker: apply.", "waiter: look."] == [" ".join(label.split(" ")[:2]) for label in labels]
