"""The page of `waitgroup verify` in a real browser: tabs, steps, keys, and room on narrow screens."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys
from tests.proofs.browser import Browser, browser
from tests.proofs.test_ledger_page import page_that_holds
from tests.proofs.test_page import data_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser of its own."""
    with browser(tmp_path_factory.mktemp("browser")) as window:
        yield window


@pytest.fixture
def shown(opened: Browser) -> Iterator[Browser]:
    """No complaint of the browser is left when the test is over."""
    opened.open(page_that_holds())
    yield opened
    assert [] == opened.complaints()


def visible(page: Browser) -> str:
    """The panel that is shown; there is one."""
    (panel,) = (one for one in page.all("[role=tabpanel]") if one.is_displayed())
    return str(panel.get_attribute("id"))


def word(page: Browser, panel: str) -> list[int]:
    """The fields of the word that is shown."""
    return [int(one.text) for one in page.all(f"#{panel} .packed b")]


def test_each_tab_shows_its_run_and_the_arrow_keys_go_from_tab_to_tab(shown: Browser) -> None:
    seen = [visible(shown)]
    shown.one("#tab-2").click()
    seen.append(visible(shown))
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT):
        shown.driver.switch_to.active_element.send_keys(key)
        seen.append(visible(shown))
    assert ["run-0", "run-2", "run-3", "run-2", "run-1", "run-0", "run-6"] == seen
    assert ["tab-6"] == [one.get_attribute("id") for one in shown.all("[aria-selected=true]")]


def test_a_run_is_stepped_forwards_and_backwards_by_keys_buttons_and_rows(shown: Browser) -> None:
    shown.one("#tab-1").click()
    panel = shown.one("#run-1")
    words = [step["shared"][0]["word"] for step in data_in(page_that_holds())["runs"][1]["steps"]]
    for step, key in ((1, ""), (2, Keys.ARROW_RIGHT), (3, Keys.ARROW_RIGHT), (2, Keys.ARROW_LEFT), (15, Keys.END)):
        if key:
            panel.send_keys(key)
        assert words[step - 1] == word(shown, "run-1")
        assert shown.one("#r1-status").text.startswith(f"Step {step} of 15: ")
    shown.one("#r1-first").click()
    assert words[0] == word(shown, "run-1")
    shown.all("#run-1 tbody tr")[3].click()
    assert words[2] == word(shown, "run-1")
    assert ["3"] == [row.text.split()[0] for row in shown.all("#run-1 tr.now")]


def test_a_negative_counter_is_shown_bit_by_bit(shown: Browser) -> None:
    shown.one("#tab-3").click()
    shown.one("#r3-last").click()
    assert [-1, 0, 1] == word(shown, "run-3")
    bits = [one.text.replace(" ", "") for one in shown.all("#run-3 .bits")]
    assert ["1" * 32, "0", "0" * 30 + "1"] == bits


@pytest.mark.parametrize("width", [360, 768, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_no_wider_than_the_screen(scheme: str, width: int, shown: Browser) -> None:
    shown.open(page_that_holds(), width, scheme)
    assert shown.ask("return document.documentElement.scrollWidth <= innerWidth")
