"""`verify` names what is wrong: every kind of damage that a stored ledger can have."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Reservation
from chalicelib.ledger.domain.entry_text import sealed
from chalicelib.ledger.services.posting import ChargeFacts, Posting, own_id
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People
from chalicelib.verification.domain.accounts import Stored, audit
from chalicelib.verification.services.verifying import Verifying
from tests.support.clock import FakeClock
from tests.support.entries import edited
from tests.support.ledgers import MemoryLedgers, stored
from tests.support.practice import MAYA


class TwoClients(People):
    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        both = (Client("maya", "maya", "Maya", "", "en"), Client("sam", "sam", "Sam", "", "en"))
        yield from (client for client in both if client.id > after)

    def accounts_of(self, practice: str, external_ids: Iterable[str]) -> Mapping[str, str]:
        return {id_: id_ for id_ in external_ids}

    def client(self, practice: str, client_id: str) -> Client | None:
        raise NotImplementedError

    save_client = save_person = person = people = people_at = copy_stops = client  # type: ignore[assignment]
    mail_stops = stop_mail = lift_stop = drop_address = client  # type: ignore[assignment]


@pytest.fixture
def ledgers() -> MemoryLedgers:
    """Charges, insurance, payments with credit, a refund that opens two charges again, adjustments."""
    made = MemoryLedgers()
    post = Posting(made, FakeClock())
    for account in ("maya", "sam"):
        ref = AccountRef("fern", account)
        post.open_account(ref, "USD")
        for n in range(4):
            facts = ChargeFacts(f"{account}{n}", f"2026-01-{n + 1:02d}", "Session", "ada", 5000, 3000)
            post.charge(ref, facts)
        post.external_payment(ref, f"{account}p", 17000, method="cash", on="2026-01-09")
        paid, charge = f"{account}p", f"{account}0"
        post.external_refund(ref, f"{account}r", payment_external_id=paid, amount_minor=8000, on="2026-01-10")
        post.adjustment(ref, f"{account}a", charge_external_id=charge, amount_minor=500, on="2026-01-11")
        post.insurance_payment(
            ref, f"{account}i", charge_external_id=f"{account}1", paid_minor=2000,
            contractual_minor=600, to_client_minor=400, on="2026-01-12",
        )  # fmt: skip
    return made


def read(ledgers: MemoryLedgers) -> Stored:
    return stored(ledgers, MAYA)


def test_a_sound_ledger_is_ok_and_its_trial_balance_is_nil(ledgers: MemoryLedgers) -> None:
    verified = Verifying(ledgers, TwoClients(), FakeClock()).verify("fern")
    assert verified.findings == ()
    assert (verified.accounts, verified.entries) == (2, 20)
    assert sum(verified.trial.values()) == 0
    assert verified.trial["processor:cash", "USD"] == 2 * (17000 - 8000)


def altered_amount(state: Stored) -> Stored:
    first = state.entries[0]
    posting = first.draft.postings[0]
    bigger = replace(posting, money=replace(posting.money, amount_minor=posting.money.amount_minor + 1))
    other = first.draft.postings[1]
    balanced = replace(other, money=replace(other.money, amount_minor=other.money.amount_minor + 1))
    draft = replace(first.draft, postings=(bigger, balanced, *first.draft.postings[2:]))
    return replace(state, entries=[edited(first, draft=draft), *state.entries[1:]])


def resealed(state: Stored) -> Stored:
    entries = altered_amount(state).entries
    return replace(state, entries=[sealed(entries[0]), *entries[1:]])


def removed(state: Stored) -> Stored:
    return replace(state, entries=[*state.entries[:3], *state.entries[4:]])


def cut_off(state: Stored) -> Stored:
    return replace(state, entries=state.entries[:-1])


def ledger(state: Stored, **changes: Any) -> Stored:
    account = state.account
    return replace(state, account=replace(account, ledger=replace(account.ledger, **changes)))


def wrong_open_item(state: Stored) -> Stored:
    held = state.account.ledger.open
    id_, item = next(iter(held.items()))
    return ledger(state, open={**held, id_: replace(item, paid_minor=item.paid_minor + 1)})


def wrong_credit(state: Stored) -> Stored:
    return ledger(state, credit_minor=7)


def wrong_balance(state: Stored) -> Stored:
    return replace(state, balance_minor=state.balance_minor + 1)


def forgotten_reservation(state: Stored) -> Stored:
    reserved = {"gone": Reservation({}, firm=True)}
    return replace(state, account=replace(state.account, reserved=reserved))


def payment(state: Stored, **changes: Any) -> Stored:
    return replace(state, payments=[replace(state.payments[0], **changes)])


def lost_credit(state: Stored) -> Stored:
    return payment(state, id="never-credited")


def lost_payment(state: Stored) -> Stored:
    return replace(state, payments=[])


def wrong_refund_total(state: Stored) -> Stored:
    return payment(state, refunded_minor=7999)


def wrong_payment_amount(state: Stored) -> Stored:
    return payment(state, amount_minor=16999)


def moved_allocation(state: Stored) -> Stored:
    """Another charge's, of the same sum."""
    allocation = state.payments[0].allocation
    first, *others = allocation.shares
    another = own_id("fern", "charge", "maya3")
    return payment(state, allocation=replace(allocation, shares=(replace(first, charge_id=another), *others)))


def less_allocated(state: Stored) -> Stored:
    allocation = state.payments[0].allocation
    return payment(state, allocation=replace(allocation, credit_minor=allocation.credit_minor + 1))


def charge(state: Stored, **changes: Any) -> Stored:
    id_, row = next(iter(state.charges.items()))
    return replace(state, charges={**state.charges, id_: replace(row, **changes)})


def wrong_charge(state: Stored) -> Stored:
    return charge(state, client_minor=1)


def wrong_fee(state: Stored) -> Stored:
    return charge(state, insurer_minor=0)


def lost_charge(state: Stored) -> Stored:
    return replace(state, charges=dict(list(state.charges.items())[1:]))


def without_marker(kind: str) -> Callable[[Stored], Stored]:
    def lost(state: Stored) -> Stored:
        left = {key: marker for key, marker in state.markers.items() if f"#{kind}#maya" not in key}
        assert len(left) < len(state.markers)
        return replace(state, markers=left)

    return lost


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (altered_amount, "entry_altered"),
        (resealed, "chain_broken"),
        (removed, "entry_gap"),
        (cut_off, "head_differs"),
        (wrong_open_item, "open_items_differ"),
        (wrong_credit, "credit_differs"),
        (wrong_balance, "balance_differs"),
        (forgotten_reservation, "reservation_differs"),
        (lost_credit, "payment_credited_wrongly"),
        (wrong_refund_total, "refunds_differ"),
        (wrong_payment_amount, "payment_amount_differs"),
        (lost_payment, "payment_missing"),
        (moved_allocation, "allocation_differs"),
        (less_allocated, "allocation_differs"),
        (wrong_charge, "charge_differs"),
        (wrong_fee, "charge_differs"),
        (lost_charge, "charge_differs"),
        (without_marker("payment"), "marker_differs"),
        (without_marker("refund"), "marker_differs"),
        (without_marker("insurance"), "marker_differs"),
    ],
)
def test_damage_is_named_first_by_its_own_code(
    ledgers: MemoryLedgers, damage: Callable[[Stored], Stored], code: str
) -> None:
    assert list(audit(read(ledgers))) == []
    findings = list(audit(damage(read(ledgers))))
    assert findings[0].code == code
    assert findings[0].account_id == "maya"
