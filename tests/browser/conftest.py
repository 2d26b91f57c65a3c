"""Fixtures: one sandbox and one Chromium for all; a new person in a new browser profile for each test."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Error, expect

from tests.browser.payer import Payer
from tests.browser.stack import INLINE, Books, Stack
from tests.support.browser import launched, pages_path
from tests.support.launcher import Launcher

NewPayer = Callable[..., Payer]
# A phone, and nothing moves: a colour half-way through a transition has no contrast to check.
READER = {"viewport": {"width": 390, "height": 844}, "locale": "en-US", "reduced_motion": "reduce"}
PATIENCE_MS = 15_000  # of a machine that does much else meanwhile
expect.set_options(timeout=PATIENCE_MS)
_numbers = itertools.count(1)
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest.fixture(scope="package")
def browser(chromiums: BrowserType) -> Iterator[Browser]:
    """Chromium's engine, without its windows where set-up has found it so. Take a context of your own."""
    with launched(chromiums, pages_path()) as running:
        yield running


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """It ends with these tests: a sandbox that waits asks its queues a hundred times a second."""
    with Launcher(tmp_path_factory.mktemp("browser") / "state") as launcher:
        launcher.wait_until_ready()
        with contextlib.closing(Books(launcher.config)) as books:
            made = Stack(launcher.config, books)
            made.set_up()
            yield made


@pytest.fixture
def new_payer(stack: Stack, browser: Browser) -> Iterator[NewPayer]:
    """Makes a client who owes 80.00 + 100.00 + 60.00, of which 60.00 cannot be paid online."""
    payers: list[Payer] = []

    def make(
        practice: str = INLINE,
        *,
        owes: bool = True,
        children: dict[str, str] | None = None,
        superbills: bool = True,
        **options: Any,
    ) -> Payer:
        account = f"a{next(_numbers)}"
        email = f"{account}@example.test"
        names = {account: "Maya Lindqvist", **{f"{account}-{k}": v for k, v in (children or {}).items()}}
        stack.books("person", practice=practice, email=email, accounts=names, superbills=superbills)
        if owes:
            add_charges(stack, practice, account)
        context = browser.new_context(**{**READER, **options})
        context.set_default_timeout(PATIENCE_MS)
        payer = Payer(stack, context, context.new_page(), practice, email, account)
        watch(payer)
        payers.append(payer)
        return payer

    yield make
    for payer in payers:
        payer.context.close()
    faults = [fault for payer in payers for fault in payer.faults]
    assert faults == []


@pytest.fixture
def payer(new_payer: NewPayer) -> Payer:
    """Somebody at the practice that takes cards on its own page."""
    return new_payer()


def add_charges(stack: Stack, practice: str, account: str) -> None:
    for name, days_ago, service, clinician, owed_minor, insurance_minor in (
        ("c1", 40, "Individual session", "amara", 8000, 7000),
        ("c2", 20, "Family session", "luis", 10000, 0),
        ("c3", 10, "Group evening", "joan", 6000, 0),
    ):
        stack.books(
            "charge", practice=practice, account=account, name=name, days_ago=days_ago, service=service,
            clinician=clinician, owed_minor=owed_minor, insurance_minor=insurance_minor,
        )  # fmt: skip


def watch(payer: Payer) -> None:
    """Collect CSP violations and script errors of every page (proofs 20)."""

    def on_error(error: Error) -> None:
        payer.faults.append(f"script error: {error}")

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            payer.faults.append(f"console: {message.text}")

    payer.context.expose_binding(
        "reportViolation", lambda source, text: payer.faults.append(f"CSP at {source['frame'].url}: {text}")
    )
    payer.context.add_init_script(_REPORT_VIOLATIONS)
    payer.context.on("weberror", lambda event: on_error(event.error))
    payer.context.on("console", on_console)
