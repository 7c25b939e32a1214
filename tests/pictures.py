"""The pictures in docs/pictures, taken in Chromium: `python -m tests.pictures FOLDER`."""

import base64
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.proofs.browser import Browser, browser
from tests.proofs.test_ledger_page import page_that_holds
from tests.proofs.test_play import page as game

WIDTH, HEIGHT = 1280, 880


def taken(page: Browser, file: Path) -> None:
    """The window as it is, without scroll bars, somewhat smaller."""
    clip = {"x": 0, "y": page.ask("return scrollY"), "width": WIDTH, "height": HEIGHT, "scale": 0.7}
    shot = page.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "clip": clip})
    file.write_bytes(base64.b64decode(str(shot["data"])))


def main(folder: Path) -> None:
    """The game in the middle of a level, and the page of the claims at a counterexample."""
    with TemporaryDirectory() as own, browser(Path(own)) as page:
        page.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        page.open(game(), WIDTH)
        page.ask("location.hash = 'go-wakes-one'")
        page.press("2222111")
        taken(page, folder / "play.png")
        page.open(page_that_holds(), WIDTH)
        page.ask("document.getElementById('graphs').scrollIntoView()")
        taken(page, folder / "verify.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
