"""`verify` names what is wrong: every kind of damage that a stored ledger can have."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.accounts import Account, Reservation
from chalicelib.domain.audit import audit
from chalicelib.domain.entries import Entry
from chalicelib.domain.payments import Payment
from chalicelib.domain.practices import Client
from chalicelib.services.ports import People
from chalicelib.services.posting import ChargeFacts, Posting
from chalicelib.services.verifying import Verifying
from tests.support.clock import FakeClock
from tests.support.ledgers import MemoryLedgers

State = tuple[Account, list[Entry], list[Payment]]


class TwoClients(People):
    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        both = (Client("maya", "maya", "Maya", "", "en"), Client("sam", "sam", "Sam", "", "en"))
        yield from (client for client in both if client.id > after)

    def client(self, practice: str, client_id: str) -> Client | None:
        raise NotImplementedError

    save_client = save_person = person = client  # type: ignore[assignment]
    mail_stop = stop_mail = forget_bounce = client  # type: ignore[assignment]


@pytest.fixture
def ledgers() -> MemoryLedgers:
    """Charges, insurance, payments with credit, a refund that opens two charges again, adjustments."""
    made = MemoryLedgers()
    post = Posting(made, FakeClock())
    for account in ("maya", "sam"):
        post.open_account("fern", account, "USD")
        for n in range(4):
            facts = ChargeFacts(f"{account}{n}", f"2026-01-{n + 1:02d}", "Session", "ada", 5000, 3000)
            post.charge("fern", account, facts)
        post.external_payment("fern", account, f"{account}p", 17000, method="cash", on="2026-01-09")
        paid, charge = f"{account}p", f"{account}0"
        post.external_refund(
            "fern", account, f"{account}r", payment_external_id=paid, amount_minor=8000, on="2026-01-10"
        )
        post.adjustment(
            "fern", account, f"{account}a", charge_external_id=charge, amount_minor=500, on="2026-01-11"
        )
        post.insurance_payment(
            "fern", account, f"{account}i", charge_external_id=f"{account}1", paid_minor=2000,
            contractual_minor=600, to_client_minor=400, on="2026-01-12",
        )  # fmt: skip
    return made


def read(ledgers: MemoryLedgers) -> State:
    account = ledgers.account("fern", "maya")
    assert account is not None
    payments = ledgers.payments("fern", "maya", cursor=None, limit=100).rows
    return account, list(ledgers.entries("fern", "maya")), list(payments)


def test_a_sound_ledger_is_ok_and_its_trial_balance_is_nil(ledgers: MemoryLedgers) -> None:
    verified = Verifying(ledgers, TwoClients(), FakeClock()).verify("fern")
    assert verified.findings == ()
    assert (verified.accounts, verified.entries) == (2, 20)
    assert sum(verified.trial.values()) == 0
    assert verified.trial["processor:cash", "USD"] == 2 * (17000 - 8000)


def altered_amount(state: State) -> State:
    account, entries, payments = state
    first = entries[0]
    posting = first.draft.postings[0]
    bigger = replace(posting, money=replace(posting.money, amount_minor=posting.money.amount_minor + 1))
    other = first.draft.postings[1]
    balanced = replace(other, money=replace(other.money, amount_minor=other.money.amount_minor + 1))
    draft = replace(first.draft, postings=(bigger, balanced, *first.draft.postings[2:]))
    return account, [replace(first, draft=draft), *entries[1:]], payments


def resealed(state: State) -> State:
    account, entries, payments = altered_amount(state)
    return account, [entries[0].sealed(), *entries[1:]], payments


def removed(state: State) -> State:
    account, entries, payments = state
    return account, [*entries[:3], *entries[4:]], payments


def cut_off(state: State) -> State:
    account, entries, payments = state
    return account, entries[:-1], payments


def wrong_balance(state: State) -> State:
    account, entries, payments = state
    id_, item = next(iter(account.ledger.open.items()))
    wrong = {**account.ledger.open, id_: replace(item, paid_minor=item.paid_minor + 1)}
    return replace(account, ledger=replace(account.ledger, open=wrong)), entries, payments


def wrong_credit(state: State) -> State:
    account, entries, payments = state
    return replace(account, ledger=replace(account.ledger, credit_minor=7)), entries, payments


def forgotten_reservation(state: State) -> State:
    account, entries, payments = state
    return replace(account, reserved={"gone": Reservation({}, firm=True)}), entries, payments


def lost_credit(state: State) -> State:
    account, entries, payments = state
    return account, entries, [replace(payments[0], id="never-credited")]


def wrong_refund_total(state: State) -> State:
    account, entries, payments = state
    return account, entries, [replace(payments[0], refunded_minor=7999)]


def wrong_payment_amount(state: State) -> State:
    account, entries, payments = state
    return account, entries, [replace(payments[0], amount_minor=16999)]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (altered_amount, "entry_altered"),
        (resealed, "chain_broken"),
        (removed, "entry_gap"),
        (cut_off, "head_differs"),
        (wrong_balance, "open_items_differ"),
        (wrong_credit, "credit_differs"),
        (forgotten_reservation, "reservation_differs"),
        (lost_credit, "payment_credited_wrongly"),
        (wrong_refund_total, "refunds_differ"),
        (wrong_payment_amount, "payment_amount_differs"),
    ],
)
def test_damage_is_named_first_by_its_own_code(
    ledgers: MemoryLedgers, damage: Callable[[State], State], code: str
) -> None:
    assert list(audit(*read(ledgers))) == []
    findings = list(audit(*damage(read(ledgers))))
    assert findings[0].code == code
    assert findings[0].account_id == "maya"
