"""A house that keeps what its payers save, and charges it: one call, no session, and a page at a bank now and
then. It alone knows what is saved; Billfold's row follows.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from chalicelib.kernel.outside import ProcessorMissing, ProcessorRefused
from chalicelib.payments.domain.saved_methods import AdditionState, Held, Look, Outcome
from chalicelib.payments.ports.processors import (
    Attempt,
    Charged,
    Facts,
    ObjectKind,
    Redirect,
    Reference,
    SavedMethod,
    Stage,
)
from tests.soak.faults import Fault
from tests.soak.money_objects import Intent, Session
from tests.soak.processor import LOOKS_BACK, SESSION_LIVES, House

ATTACHED = "payment_method.attached"
OF_SAVED = "pi_saved_"  # how charges of saved methods are called
CARD = Look("card", "Visa", "4242", "2031-01")
ACCOUNT = Look("bank", "STRIPE TEST BANK", "6789")
NUMBERS = ("a", "b", "c")  # so few that the same one is saved again


def is_charge(intent_id: str) -> bool:
    """Whether it was made of a saved method."""
    return intent_id.startswith(OF_SAVED)


class SavingHouse(House):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.customers: dict[str, dict[str, Held]] = {}
        self._saved: dict[str, Held] = {}
        self._names = count(1)

    # what Billfold asks

    def enrol(self, key: str) -> str:
        kept = self._kept(f"payer-{key}")
        if kept is None:
            kept = f"cus_{self.practice}{len(self.customers)}"
            self.customers[str(kept)] = {}
            self._keys[f"payer-{key}"] = self._now(), kept
        return str(kept)

    def held(self, customer: str) -> Sequence[Held]:
        if customer not in self.customers:
            raise ProcessorMissing("resource_missing")
        return list(self.customers[customer].values())

    def detach(self, name: str) -> None:
        for methods in self.customers.values():
            methods.pop(name, None)

    def names_of(self, about: Reference) -> Sequence[str]:
        return [about.id, *(name for name, methods in self.customers.items() if about.id in methods)]

    def outcome(self, session_id: str) -> Outcome:
        """Of the method of a payment that was to be kept."""
        self._tick()
        session = self.sessions[session_id]
        kept = self._saved.get(session_id)
        if kept and any(kept.processor_id in methods for methods in self.customers.values()):
            return Outcome(AdditionState.SAVED, kept)
        return Outcome(AdditionState.OPEN if session.stage is Stage.OPEN else AdditionState.ENDED)

    def charge(self, attempt: Attempt, method: SavedMethod, *, fault: Fault = Fault.NONE) -> Charged:
        self._tick()
        key = f"charge-{attempt.account_id}-{attempt.payment_id}"
        kept = self._kept(key)
        if isinstance(kept, Exception):
            raise kept
        if isinstance(kept, Session):
            return self._charged(kept)
        if fault is Fault.KEPT_ERROR:
            self._keep_error(key)
        found = self.customers.get(method.customer_id, {}).get(method.id)
        if found is None:
            raise ProcessorMissing("resource_missing")
        how = self._random.choices(("taken", "declined", "page"), (12, 3, 3))[0]
        if how == "declined":
            self._keys[key] = self._now(), ProcessorRefused("card_declined")
            raise ProcessorRefused("card_declined")
        charged = self._made(attempt, found, how)
        if fault is Fault.KEPT_ERROR_AFTER:
            self._keep_error(key)
        self._keys[key] = self._now(), charged
        return self._charged(charged)

    def _made(self, attempt: Attempt, found: Held, how: str) -> Session:
        name, now = f"{self.practice}{len(self.intents)}", self._now()
        session = Session(
            "", attempt.payment_id, attempt.account_id, attempt.amount_minor, attempt.currency,
            now, now + SESSION_LIVES, f"https://bank.example/{name}",
        )  # fmt: skip
        intent = session.intent = Intent(f"{OF_SAVED}{name}", session, Stage.OPEN, now, found.look.kind)
        self.intents[intent.id] = intent
        if found.look.kind == "bank":
            self._move(session, Stage.PROCESSING)
            self._tell("payment_intent.processing", intent.id)
        elif how == "taken":
            self._capture(session)
        return session

    def _charged(self, session: Session) -> Charged:
        waits = session.intent is not None and session.intent.stage is Stage.OPEN
        return Charged(self._facts(session, session_id=""), Redirect(session.url) if waits else None)

    def call_off(self, intent_id: str) -> Facts:
        intent = self.intents[intent_id]
        if intent.stage is Stage.OPEN:
            self._move(intent.session, Stage.CANCELED)
            self._tell("payment_intent.canceled", intent_id)
        return self._facts(intent.session, session_id="")

    def find(self, payment_id: str, account_id: str, since: datetime) -> Facts | None:
        found = super().find(payment_id, account_id, since)
        charges = (i.session for i in self.intents.values() if not i.session.id)
        for session in charges if found is None else ():
            named = (session.payment_id, session.account_id) == (payment_id, account_id)
            if named and since - LOOKS_BACK <= session.made:
                return self._facts(session, session_id="")
        return found

    # what payers and their banks do

    def save(self, customer: str, look: Look = CARD) -> Held:
        name = f"pm_{self.practice}{next(self._names)}"
        number = self._random.choice(NUMBERS) if look.kind == "card" else "account"
        held = self.customers[customer][name] = Held(name, look, number)
        return held

    def pay(self, url: str, how: str) -> str:
        """At the bank of a saved card, too, which says yes or no there."""
        charge = next((i for i in self.intents.values() if not i.session.id and i.session.url == url), None)
        if charge is None:
            became = super().pay(url, how)
            self._keep(url, became)
            return became
        if charge.stage is not Stage.OPEN:
            return "refused"
        if how == "declined":
            self._move(charge.session, Stage.EXPIRED)
            self._tell("payment_intent.payment_failed", charge.id)
            return "refused"
        self._capture(charge.session)
        return charge.stage.value

    def _keep(self, url: str, became: str) -> None:
        """Its payer had ticked the box."""
        session = next((each for each in self.sessions.values() if each.url == url), None)
        if session is None or not session.saves_for or became not in ("succeeded", "processing"):
            return
        bank = session.intent is not None and session.intent.how != "card"
        held = self._saved[session.id] = self.save(session.saves_for, ACCOUNT if bank else CARD)
        self.news.happened(Reference(ObjectKind.METHOD, held.processor_id))
        self._emit(self.practice, ATTACHED, held.processor_id)
