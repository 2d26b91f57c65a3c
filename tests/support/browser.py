"""Chromium for the browser tests: the machine's own, driven by Playwright."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserType, sync_playwright

from sandbox.config import ROOT

# Written by the set-up of `make test` (scripts/require.sh browser).
_FOUND_BY_SETUP = ROOT / ".venv" / "stamps" / "browser"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WITHOUT_UNSEEN_PAGES = ROOT / "tests" / "support" / "chromium.sh"
# Nothing that a browser does by itself may leave this machine.
_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
)


def chromium_path() -> str:
    """The path of Chromium: CHROMIUM if set, what set-up found, or what is on the PATH."""
    if named := os.environ.get("CHROMIUM"):
        return named
    if _FOUND_BY_SETUP.exists():
        return _FOUND_BY_SETUP.read_text().strip()
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    assert found, "Chromium is not installed; `make test` says how"
    return found


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium for the length of a `with`."""
    with sync_playwright() as playwright, _launched(playwright.chromium) as browser:
        yield browser


@contextlib.contextmanager
def another(browser: Browser, *flags: str) -> Iterator[Browser]:
    """One more Chromium beside `browser`, started with `flags`, too."""
    with _launched(browser.browser_type, *flags) as started:
        yield started


@contextlib.contextmanager
def _launched(kind: BrowserType, *flags: str) -> Iterator[Browser]:
    args = [*_FLAGS, *flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = kind.launch(
        executable_path=_WITHOUT_UNSEEN_PAGES, headless=True, args=args,
        env={**os.environ, "CHROMIUM": chromium_path()},
    )  # fmt: skip
    try:
        yield browser
    finally:
        browser.close()
