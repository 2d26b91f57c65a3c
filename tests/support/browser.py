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
# The same engine without the windows around it, which took a good part of the browsers' processor time.
_WITHOUT_WINDOWS = "chromium-headless-shell"
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


def pages_path() -> str:
    """What pages are tested in, where only they matter: CHROMIUM if set, the engine alone, or Chromium."""
    alone = None if os.environ.get("CHROMIUM") else shutil.which(_WITHOUT_WINDOWS)
    return alone or chromium_path()


@contextlib.contextmanager
def chromium() -> Iterator[BrowserType]:
    """What starts Chromiums, for the length of a `with`."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@contextlib.contextmanager
def another(browser: Browser, *flags: str) -> Iterator[Browser]:
    """One more Chromium beside `browser`, started with `flags`, too."""
    with launched(browser.browser_type, chromium_path(), *flags) as started:
        yield started


@contextlib.contextmanager
def launched(kind: BrowserType, path: str, *flags: str) -> Iterator[Browser]:
    """The headless Chromium at `path`, for the length of a `with`."""
    args = [*_FLAGS, *flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = kind.launch(
        executable_path=_WITHOUT_UNSEEN_PAGES, headless=True, args=args,
        env={**os.environ, "CHROMIUM": path},
    )  # fmt: skip
    try:
        yield browser
    finally:
        browser.close()
