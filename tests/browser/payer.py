"""Somebody at a browser: signs in, chooses, pays; sees pages as a person would."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Locator, Page, expect

from tests.browser.stack import Stack
from tests.support.waiting import wait_until
from tests.support.windows import press_and_go

GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
CHALLENGED_CARD = "4000 0000 0000 3220"
CARD_FRAME = "iframe[title='Secure payment input frame']"


@dataclass
class Payer:
    """`account` is the first of theirs. Faults of any page are collected and fail the test at its end."""

    stack: Stack
    context: BrowserContext
    page: Page
    practice: str
    email: str
    account: str
    faults: list[str] = field(default_factory=list)

    # --- going somewhere ---

    def sign_in(self) -> None:
        """As if they had typed a code a moment ago."""
        cookie = self.stack.books("session", practice=self.practice, email=self.email)
        url = self.stack.config.portal_url
        self.context.add_cookies(
            [{"name": "billfold", "value": cookie, "url": url, "httpOnly": True, "sameSite": "Strict"}]
        )

    def go(self, page: str = "billing", query: str = "") -> None:
        self.page.goto(self.stack.url(f"/{self.practice}/{page}{query}"))

    def open_billing(self) -> None:
        self.sign_in()
        self.go()
        expect(self.page.locator(".balance__amount")).to_be_visible()

    # --- what they see ---

    def heading(self, name: str, *, level: int = 1) -> Locator:
        return self.page.get_by_role("heading", name=name, level=level)

    def expect_card_fields(self) -> None:
        """At those of an open payment: the heading "Card details" stands there while it is being opened."""
        expect(self.page.locator("#card-title")).to_be_visible()

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def balance(self) -> str:
        return self.page.locator(".balance__amount").inner_text()

    def row(self, service: str) -> Locator:
        return self.page.locator(".services tbody tr").filter(has_text=service)

    def history_status(self, service: str) -> str:
        return self.page.locator(".history tbody tr").filter(has_text=service).locator(".tag").inner_text()

    # --- what they do ---

    def open_menu(self) -> None:
        """On a phone; a wide screen has it laid open."""
        if self.button("Menu").is_visible():
            self.button("Menu").click()

    def sign_out(self) -> None:
        self.open_menu()
        self.button("Sign out").click()

    def choose(self, service: str) -> None:
        """Make a Payment at one row."""
        self.row(service).get_by_role("button").click()
        expect(self.page.get_by_role("dialog")).to_be_visible()

    def type_amount(self, text: str) -> None:
        self.page.get_by_label("Payment Amount").fill(text)

    def add_note(self, text: str) -> None:
        """The notes are folded until they are asked for."""
        self.page.get_by_role("dialog").get_by_text("Add a note").click()
        expect(self.page.get_by_label("Notes")).to_be_focused()
        self.page.get_by_label("Notes").fill(text)

    def next(self, label: str) -> None:
        button = self.page.get_by_role("dialog").get_by_role("button", name=label)
        expect(button).not_to_have_attribute("aria-disabled", "true")
        button.click()

    def type_card(self, number: str = GOOD_CARD) -> None:
        """On our page: the card in the processor's own frame, whose it is beside it."""
        self.fill_card(self.page.frame_locator(CARD_FRAME), number)
        self.page.locator("#card-name").fill("A Payer")
        self.page.locator("#card-zip").fill("97201")
        email = self.page.get_by_label("E-mail address")
        if email.count():
            email.fill(self.email)

    def press_pay(self, amount: str) -> None:
        """By key: right after scrolling past another site's frame, headless Chromium can miss a click."""
        self.pay_button(amount).press("Enter")

    def pay_button(self, amount: str) -> Locator:
        """What charges: it names the amount of a balance or an invoice; of services the page does."""
        expect(self.page.locator(".pay-layout__what")).to_contain_text(amount)
        names = re.compile(rf"^(Pay {re.escape(amount)}|Make a Payment)$")
        return self.page.get_by_role("button", name=names)

    def pay_service(self, service: str, amount: str) -> str:
        """Pays one service in full by card, here; returns the payment's id."""
        self.open_billing()
        self.choose(service)
        self.next("Continue to your card")
        self.type_card()
        self.press_pay(amount)
        expect(self.heading("Thank you. Your payment went through.")).to_be_visible()
        return str(self.payments()[0]["id"])

    def look_at(self, payment: str) -> None:
        """The page of one payment, opened anew."""
        self.go("return", f"?account={self.account}&payment={payment}")
        expect(self.page.locator(".slip")).to_be_visible()

    def pay_on_processors_page(self, number: str = GOOD_CARD) -> None:
        self.fill_card(self.page, number)
        self.page.get_by_label("Name on card").fill("A Payer")
        self.page.get_by_label("ZIP code").fill("97201")
        email = self.page.get_by_label("E-mail")
        if email.count():
            email.fill(self.email)
        self.page.get_by_role("button", name="Pay").click()

    def answer_challenge(self, answer: str) -> None:
        """Complete or Fail the 3-D Secure challenge, in its frame or on its own page, which goes with it."""
        press_and_go(self._challenge().get_by_role("button", name=answer))

    def _challenge(self) -> Frame:
        found: list[Frame] = []

        def shown() -> bool:
            self.page.wait_for_timeout(20)  # lets Playwright see new frames
            found[:] = [f for f in self.page.frames if "/challenge/" in f.url]
            return bool(found)

        wait_until(shown, what="the 3-D Secure challenge")
        return found[-1]

    def fill_card(self, place: Any, number: str) -> None:
        place.get_by_label("Card number").fill(number)
        place.get_by_label(re.compile("^Expiry")).fill("12 / 40")
        place.get_by_label(re.compile("^Security code")).fill("123")

    # --- what the API says to the same browser ---

    def api(self, path: str) -> Any:
        answer = self.page.request.get(self.stack.url(f"/api/accounts/{self.account}{path}"))
        assert answer.ok, answer.text()
        return answer.json()

    def payment(self, payment: str) -> Any:
        return self.api(f"/payments/{payment}")

    def payments(self) -> list[Any]:
        payments: list[Any] = self.api("/payments")["payments"]
        return payments

    def paid(self) -> list[int]:
        """The amounts of all payments that went through."""
        return [p["amount_minor"] for p in self.payments() if p["state"] == "paid"]

    def owed(self) -> int:
        owed: int = self.api("/billing")["balance"]["owed_minor"]
        return owed
