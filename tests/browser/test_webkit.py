"""T4: signing in and paying in WebKit, with tracking prevention on: in both flows, without any setting."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import add_charges
from tests.browser.payer import CARD_FRAME, GOOD_CARD
from tests.browser.stack import INLINE, REDIRECT, Stack
from tests.support import webkit
from tests.support.payer import SIGN_IN_CODE
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not webkit.installed(), reason="Debian: webkit2gtk-driver, xvfb"),
]

_numbers = itertools.count(1)
THANKS = "//h1[contains(., 'Thank you. Your payment went through.')]"


@dataclass(frozen=True)
class Reader:
    """Somebody at WebKit, who owes 80.00 + 100.00 + 60.00."""

    stack: Stack
    window: webkit.WebKit
    practice: str
    email: str
    account: str

    def sign_in(self) -> None:
        """By the code of the e-mail, as a client does."""
        self.window.go(self.stack.url(f"/{self.practice}/"))
        self.window.type("input[type=email]", self.email)
        self.press("E-mail me a code")
        found = re.search(SIGN_IN_CODE, self.stack.wait_for_mail(self.email, "/sign-in#"))
        assert found
        self.window.type(".code-input", found[0])
        self.press("Sign in")
        self.window.wait_for(".balance__amount")

    def press(self, name: str) -> None:
        self.window.press_enter(f"//button[normalize-space(text()) = '{name}' and not(@aria-disabled)]")

    def choose(self, service: str) -> None:
        row = f"//tbody/tr[contains(., '{service}')]//button[contains(., 'Make a Payment')]"
        self.window.press_enter(row)
        self.window.wait_for(".dialog .slip")

    def type_card(self, *, at_the_processor: bool) -> None:
        typed = {"#number": GOOD_CARD.replace(" ", ""), "#expiry": "1240", "#cvc": "123"}
        if at_the_processor:
            for place, text in (typed | {"#name": "A Payer", "#zip": "97201"}).items():
                self.window.type(place, text)
            return
        with self.window.inside(CARD_FRAME):
            for place, text in typed.items():
                self.window.fill(place, text)
        for place, text in {"#card-name": "A Payer", "#card-zip": "97201"}.items():
            self.window.type(place, text)

    def next(self) -> None:
        self.window.press_enter(".dialog button[type=submit]")

    def payments(self) -> list[Any]:
        path = f"/api/accounts/{self.account}/payments"
        found: list[Any] = self.window.script(
            "return (await (await fetch(arguments[0])).json()).payments", path
        )
        return found


@pytest.fixture
def reader(stack: Stack, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reader]:
    practice = str(request.param)
    account = f"wk{next(_numbers)}"
    email = f"{account}@example.test"
    stack.books("person", practice=practice, email=email, accounts={account: "Maya Lindqvist"})
    add_charges(stack, practice, account)
    with webkit.webkit(tmp_path) as window:
        yield Reader(stack, window, practice, email, account)


def paid(reader: Reader) -> list[int]:
    reader.window.wait_for(THANKS)
    return [payment["amount_minor"] for payment in reader.payments() if payment["state"] == "paid"]


@pytest.mark.parametrize("reader", [INLINE], indirect=True)
def test_T4_signing_in_and_paying_in_the_fields_on_our_page_needs_no_setting(reader: Reader) -> None:
    reader.sign_in()
    reader.choose("Individual session")
    reader.press("Continue to your card")
    reader.window.wait_for("[data-state=ready]")
    reader.type_card(at_the_processor=False)
    reader.press("Make a Payment")
    assert paid(reader) == [8000]


@pytest.mark.parametrize("reader", [REDIRECT], indirect=True)
def test_T4_signing_in_and_paying_on_the_processors_page_comes_back_signed_in(reader: Reader) -> None:
    reader.sign_in()
    reader.choose("Individual session")
    reader.press("Next")
    reader.press("Submit")
    wait_until(lambda: "/c/pay/" in reader.window.url(), what="the processor's page")
    reader.window.type("#email", reader.email)
    reader.type_card(at_the_processor=True)
    reader.window.press_enter("//button[starts-with(normalize-space(.), 'Pay')]")
    assert paid(reader) == [8000]


@pytest.mark.parametrize("reader", [INLINE], indirect=True)
def test_T4_T13_T15_a_card_is_saved_while_paying_and_pays_the_next_service(reader: Reader) -> None:
    reader.sign_in()
    reader.choose("Individual session")
    reader.window.click(".save-box input")
    reader.next()
    reader.window.wait_for("[data-state=ready]")
    reader.type_card(at_the_processor=False)
    reader.press("Make a Payment")
    assert paid(reader) == [8000]
    reader.window.go(reader.stack.url(f"/{reader.practice}/billing"))
    reader.choose("Family session")
    reader.window.wait_for("//label[contains(., 'Visa ending in 4242')]")
    reader.next()
    reader.press("Make a Payment")
    assert sorted(paid(reader)) == [8000, 10000]


def test_T4_a_bill_is_paid_by_its_link_with_every_cookie_blocked(stack: Stack, tmp_path: Path) -> None:
    """Issue 16: WebKit leaves for the processor's page, and comes back to what became of the payment."""
    account = f"wk{next(_numbers)}"
    email = f"{account}@example.test"
    stack.books("person", practice=REDIRECT, email=email, accounts={account: "Maya Lindqvist"})
    add_charges(stack, REDIRECT, account)
    number = stack.books("invoice", practice=REDIRECT, account=account)
    address = stack.books(
        "pay_link", practice=REDIRECT, account=account, document=f"invoice-{number}", birth_date="1990-04-12"
    )
    with webkit.webkit(tmp_path, cookies=False) as window:
        reader = Reader(stack, window, REDIRECT, email, account)
        window.go(address)
        assert window.script("document.cookie = 'kept=1'; return document.cookie") == ""
        for name, text in (("month", "4"), ("day", "12"), ("year", "1990")):
            window.type(f"#born-{name}", text)
        reader.press("See what is owed")
        reader.press("Next")
        reader.press("Pay $180.00")
        wait_until(lambda: "/c/pay/" in window.url(), what="the processor's page")
        window.type("#email", email)
        reader.type_card(at_the_processor=True)
        window.press_enter("//button[starts-with(normalize-space(.), 'Pay')]")
        window.wait_for(THANKS)
        assert "$180.00" in window.text(".slip")
