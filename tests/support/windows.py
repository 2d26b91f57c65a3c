"""Windows that close by a press of a button of theirs."""

from playwright.sync_api import Locator


def press_and_close(button: Locator) -> None:
    """The window presses it itself: a click's own answer may be lost with the window that it closes."""
    page = button.page
    button.wait_for()
    with page.expect_event("close"):
        button.evaluate("button => { setTimeout(() => button.click()); }")
