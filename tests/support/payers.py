"""Payers in memory, and a processor in memory that keeps their methods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from chalicelib.kernel.outside import Conflict, PayerNeeded, ProcessorMissing, ProcessorRefused
from chalicelib.payments.domain.saved_methods import AdditionState, Deposit, Held, Look, Outcome, Payer
from chalicelib.payments.ports.payers import Acknowledgement, Consent, Payers
from chalicelib.payments.ports.processors import (
    Attempt,
    Charged,
    Charges,
    Embedded,
    Facts,
    ObjectKind,
    Opened,
    Redirect,
    Reference,
    SavedMethod,
    Stage,
)
from chalicelib.payments.ports.saving import CodeWrong, Saves, SetUp
from tests.support.processor import FakeProcessor

VISA = Look("card", "Visa", "4242", "2027-12")
AMEX = Look("card", "American Express", "0005", "2028-01")
ACCOUNT = Look("bank", "STRIPE TEST BANK", "6789")
CODE = "SM11AA"
UNTIL = "2026-12-31T00:00:00.000Z"


class MemoryPayers(Payers):
    """`consented`: in the order in which they were given."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Payer] = {}
        self.due: dict[tuple[str, str], str] = {}
        self.consented: list[Consent] = []
        self.acknowledged: list[tuple[str, Acknowledgement]] = []
        self.found: dict[tuple[str, str, str], str] = {}

    def payer(self, practice: str, payer_id: str) -> Payer | None:
        return self.rows.get((practice, payer_id))

    def save(
        self,
        practice: str,
        payer: Payer,
        *,
        before: Payer | None,
        due: str = "",
        consent: Consent | None = None,
    ) -> Payer:
        key, version = (practice, payer.id), before.version if before else 0
        standing = self.rows.get(key)
        kept = {(each.payer_id, each.addition) for each in self.consented}
        if (standing.version if standing else 0) != version:
            raise Conflict("payer")
        if consent and (consent.payer_id, consent.addition) in kept:
            raise Conflict("payer")
        self.consented += [consent] if consent else []
        self.rows[key] = replace(payer, version=version + 1)
        self.due[key] = due
        for name in (payer.customer_id, *(method.processor_id for method in payer.methods)):
            self.found[practice, payer.processor, name] = payer.id
        return self.rows[key]

    def payer_of(self, practice: str, processor: str, processor_id: str) -> str:
        return self.found.get((practice, processor, processor_id), "")

    def payers(self, practice: str) -> Iterator[Payer]:
        yield from (row for (where, _), row in sorted(self.rows.items()) if where == practice)

    def acknowledge(self, practice: str, given: Acknowledgement) -> None:
        kept = {(where, each.payer_id, each.about) for where, each in self.acknowledged}
        if (practice, given.payer_id, given.about) not in kept:
            self.acknowledged.append((practice, given))

    def acknowledgements(
        self, practice: str, payer_id: str, notice: str, version: str
    ) -> Iterator[Acknowledgement]:
        wanted = (practice, payer_id, notice, version)
        for where, each in self.acknowledged:
            if (where, each.payer_id, each.notice, each.version) == wanted:
                yield each

    def consents(self, practice: str, payer_id: str) -> Iterator[Consent]:
        yield from (each for each in self.consented if each.payer_id == payer_id)


_REFUSALS = {"payer": PayerNeeded, "resource_missing": ProcessorMissing}


@dataclass
class SavingProcessor(FakeProcessor, Saves, Charges):
    """`customers`: what is attached to each; `sessions`: what became of set-ups. `banks_say`: what charging a
    method comes to, by its name: "" its money, "payer" that its payer is needed, "debit" a debit, else a no.
    """

    customers: dict[str, dict[str, Held]] = field(default_factory=dict)
    sessions: dict[str, Outcome] = field(default_factory=dict)
    set_ups: dict[str, SetUp] = field(default_factory=dict)
    inactive: set[str] = field(default_factory=set)
    banks_say: dict[str, str] = field(default_factory=dict)
    charged: list[tuple[Attempt, SavedMethod]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def enrol(self, key: str) -> str:
        after = self._heard("enrol", key)
        if key not in self.keys:
            self.keys[key] = f"cus_{next(self.numbers)}"
            self.customers[self.keys[key]] = {}
        after()
        return self.keys[key]

    def begin(self, set_up: SetUp) -> Opened:
        after = self._heard("begin", set_up.id)
        if set_up.customer_id not in self.customers:
            raise ProcessorMissing("resource_missing")
        session = f"cs_set_{set_up.id}"
        self.set_ups.setdefault(session, set_up)
        self.sessions.setdefault(session, Outcome(AdditionState.OPEN))
        after()
        if set_up.flow == "inline":
            return Opened(session, Embedded(f"{session}_secret"))
        return Opened(session, Redirect(f"https://processor.example/{session}"))

    def outcome(self, session_id: str) -> Outcome:
        after = self._heard("outcome", session_id)
        after()
        if session_id in self.sessions:
            return self.sessions[session_id]
        raise ProcessorMissing("resource_missing")

    def end(self, session_id: str) -> Outcome:
        after = self._heard("end", session_id)
        if self.sessions[session_id].state in (AdditionState.OPEN, AdditionState.WAITING):
            self.sessions[session_id] = Outcome(AdditionState.ENDED)
        after()
        return self.sessions[session_id]

    def held(self, customer_id: str) -> Sequence[Held]:
        after = self._heard("held", customer_id)
        after()
        if customer_id not in self.customers:
            raise ProcessorMissing("resource_missing")
        return list(self.customers[customer_id].values())

    def debits(self, mandate: str) -> bool:
        return mandate not in self.inactive

    def verify(self, deposit_of: str, code: str) -> Outcome:
        after = self._heard("verify", deposit_of)
        session = deposit_of.replace("seti_", "")
        if self.sessions[session].state is not AdditionState.WAITING:
            raise ProcessorRefused("deposits_not_awaited")
        if code != CODE:
            raise CodeWrong(code)
        self.fill_in(session, self.sessions[session].method)
        after()
        return self.sessions[session]

    def detach(self, processor_id: str) -> None:
        after = self._heard("detach", processor_id)
        for methods in self.customers.values():
            methods.pop(processor_id, None)
        after()

    def names_of(self, about: Reference) -> Sequence[str]:
        if about.kind is ObjectKind.PAYER:
            return [about.id]
        return [about.id, *(name for name, held in self.customers.items() if about.id in held)]

    def call_off(self, intent_id: str) -> Facts:
        after = self._heard("call_off", intent_id)
        key = f"cs_{intent_id[3:]}"
        if self.attempts[key].stage is Stage.OPEN:
            self.attempts[key] = replace(self.attempts[key], stage=Stage.CANCELED)
        after()
        return self.attempts[key]

    def charge(self, attempt: Attempt, method: SavedMethod, *, present: bool) -> Charged:
        after = self._heard("charge", attempt.payment_id)
        key = f"cs_{attempt.payment_id}"
        if key not in self.attempts and attempt.payment_id not in self.refusals:
            self._charge(key, attempt, method, present=present)
        after()
        if code := self.refusals.get(attempt.payment_id):
            raise _REFUSALS.get(code, ProcessorRefused)(code)
        facts = self.attempts[key]
        goes_on = facts.stage is Stage.OPEN
        return Charged(facts, Redirect(f"https://bank.example/{facts.intent_id}") if goes_on else None)

    def attempt_of(self, intent_id: str) -> Facts | None:
        ours = {f"pi_{attempt.payment_id}": f"cs_{attempt.payment_id}" for attempt, _ in self.charged}
        return self.attempts.get(ours.get(intent_id, "")) or super().attempt_of(intent_id)

    def _charge(self, key: str, attempt: Attempt, method: SavedMethod, *, present: bool) -> None:
        self.charged.append((attempt, method))
        known = self.customers.get(method.customer_id, {})
        says = self.banks_say.get(method.id, "") if method.id in known else "resource_missing"
        if says and not (says == "debit" or (says == "payer" and present)):
            self.refusals[attempt.payment_id] = says
            return
        stage = {"": Stage.SUCCEEDED, "debit": Stage.PROCESSING}.get(says, Stage.OPEN)
        self.attempts[key] = Facts(
            attempt.payment_id, attempt.account_id, Stage.OPEN, intent_id=f"pi_{attempt.payment_id}",
            currency=attempt.currency, amount_minor=attempt.amount_minor,
        )  # fmt: skip
        if stage is Stage.SUCCEEDED:
            self.take(attempt.payment_id)
        self.attempts[key] = replace(self.attempts[key], stage=stage)

    # what payers, banks and dashboards do

    def attach(self, customer: str, look: Look = VISA, *, number: str = "", shown: bool = True) -> Held:
        held = Held(f"pm_{next(self.numbers)}", look, number or f"{look.brand} {look.last4}", shown)
        self.customers[customer][held.processor_id] = held
        return held

    def fill_in(self, session: str, held: Held | None = None, *, look: Look = VISA, number: str = "") -> Held:
        """The payer of a set-up does all that they have to."""
        customer = self.set_ups[session].customer_id
        made = held or self.attach(customer, look, number=number)
        self.customers[customer][made.processor_id] = made
        self.sessions[session] = Outcome(AdditionState.SAVED, made)
        return made

    def fill_in_later(self, session: str) -> Held:
        """The payer's bank account waits for a deposit."""
        held = Held(f"pm_{next(self.numbers)}", ACCOUNT, "bank 6789", mandate="mandate_1")
        self.sessions[session] = Outcome(
            AdditionState.WAITING, held, Deposit(f"seti_{session}", "https://verify.example", UNTIL)
        )
        return held
