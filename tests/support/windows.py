"""Windows and frames that go away by a press of a button of theirs."""

from playwright.sync_api import Locator


def press_and_close(button: Locator) -> None:
    with button.page.expect_event("close"):
        press_and_go(button)


def press_and_go(button: Locator) -> None:
    """The window presses it itself: a press's own answer may be lost with what goes away by it."""
    button.wait_for()
    button.evaluate("button => { setTimeout(() => button.click()); }")
