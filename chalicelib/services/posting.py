"""Staff's and imports' commands: each posts one entry, once per external id, however often it is asked."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain import posting as entries
from chalicelib.domain.accounts import Account
from chalicelib.domain.allocation import Allocation, Share, allocate, take_back
from chalicelib.domain.entries import Draft, Entry, OpenItem
from chalicelib.domain.errors import Invalid, NotFound, Refused
from chalicelib.domain.ledger import Ledger
from chalicelib.domain.money import EXPONENTS, positive
from chalicelib.domain.past import item_from, undoable
from chalicelib.domain.payments import Payment, State
from chalicelib.domain.practices import Charge
from chalicelib.services.ports import AlreadyRecorded, Change, Clock, Conflict, Ledgers, Movement
from chalicelib.services.recording import Posted, entered, instant, posted, record

EXTERNAL_METHODS = frozenset({"cash", "check", "card", "other"})


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """A fee as it comes from outside; `client_minor` + `insurer_minor` is the fee. Date practice-local."""

    external_id: str
    date: str
    service: str
    clinician_id: str
    client_minor: int
    insurer_minor: int = 0
    cpt: str = ""
    diagnoses: tuple[str, ...] = ()
    place_of_service: str = ""
    units: int = 1


def own_id(practice: str, kind: str, external_id: str) -> str:
    """Our opaque id for somebody else's: the same every time, and it tells nothing."""
    return hashlib.sha256(f"{practice}/{kind}/{external_id}".encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Posting:
    """`actor` says who asks: "import", "cli", or a staff id; it is written into every entry."""

    ledgers: Ledgers
    clock: Clock
    actor: str = "import"

    def open_account(self, practice: str, account_id: str, currency: str, *, hold: str = "") -> bool:
        """An empty account; False when it is there already."""
        if currency not in EXPONENTS:
            raise Invalid("currency_unknown", "currency")
        if self.ledgers.account(practice, account_id) is not None:
            return False
        empty = Account(account_id, Ledger(currency))
        try:
            self.ledgers.commit(practice, Change(empty, replace(empty, hold=hold)))
        except Conflict:
            return False
        return True

    def hold(self, practice: str, account_id: str, import_id: str) -> None:
        """Hide the account's balance from its client until `release`."""
        self._mark(practice, account_id, lambda account: replace(account, hold=import_id))

    def release(self, practice: str, account_id: str, import_id: str) -> None:
        self._mark(practice, account_id, lambda a: replace(a, hold="") if a.hold == import_id else a)

    def charge(self, practice: str, account_id: str, facts: ChargeFacts) -> Posted:
        """Error: NotFound account_not_found; Invalid amount_invalid; Refused too_many_open_items."""
        charge_id = own_id(practice, "charge", facts.external_id)
        item = OpenItem(charge_id, facts.clinician_id, facts.date)

        def decide(account: Account) -> Change:
            draft = entries.charge(
                account.ledger,
                item,
                client_minor=facts.client_minor,
                insurer_minor=facts.insurer_minor,
                reference=facts.external_id,
            )
            after, entry = self._entered(account, draft)
            return Change(account, after, entry, charge=_charge(account_id, charge_id, facts, entry.seq))

        return self._once(practice, account_id, "charge", facts.external_id, decide)

    def opening_balance(
        self, practice: str, account_id: str, external_id: str, amount_minor: int, *, on: str, label: str = ""
    ) -> Posted:
        """What was owed (positive) or held for the client (negative) when the practice moved here."""
        if amount_minor < 0:
            return self._post(
                practice,
                account_id,
                "opening",
                external_id,
                lambda a: entries.opening_credit(a.ledger, -amount_minor, on=on, reference=external_id),
            )
        positive(amount_minor)
        charge_id = own_id(practice, "opening", external_id)
        facts = ChargeFacts(external_id, on, label, "", amount_minor)

        def decide(account: Account) -> Change:
            item = OpenItem(charge_id, "", on)
            draft = entries.opening_debt(account.ledger, item, amount_minor, reference=external_id)
            after, entry = self._entered(account, draft)
            return Change(account, after, entry, charge=_charge(account_id, charge_id, facts, entry.seq))

        return self._once(practice, account_id, "opening", external_id, decide)

    def external_payment(
        self,
        practice: str,
        account_id: str,
        external_id: str,
        amount_minor: int,
        *,
        method: str,
        on: str,
        charge_external_ids: Sequence[str] = (),
        notes: str = "",
    ) -> Posted:
        """Money taken outside Billfold: the named charges first, then the oldest, the rest becomes credit."""
        positive(amount_minor)
        if method not in EXTERNAL_METHODS:
            raise Invalid("method_unknown", "method")
        payment_id = own_id(practice, "payment", external_id)
        chosen = [own_id(practice, "charge", id_) for id_ in charge_external_ids]

        def decide(account: Account) -> Change:
            allocation = _chosen_first(account.ledger, amount_minor, chosen)
            draft = entries.payment(
                account.ledger,
                allocation,
                processor=method,
                on=on,
                reference=external_id,
                payment_id=payment_id,
            )
            after, entry = self._entered(account, draft)
            now = entry.recorded_at
            payment = Payment(
                id=payment_id,
                account_id=account_id,
                amount_minor=amount_minor,
                currency=account.ledger.currency,
                allocation=allocation,
                state=State.SUCCEEDED,
                processor=method,
                flow="external",
                body_hash="",
                date=on,
                created_at=f"{on}T12:00:00.000Z",
                updated_at=now,
                notes=notes,
                method=method,
                reference=external_id,
                entry_seq=entry.seq,
                owed_after_minor=after.ledger.balance_minor,
                version=1,
            )
            return Change(account, after, entry, payment=payment)

        return self._once(practice, account_id, "payment", external_id, decide, payment_id)

    def external_refund(
        self,
        practice: str,
        account_id: str,
        external_id: str,
        *,
        payment_external_id: str,
        amount_minor: int,
        on: str,
    ) -> Posted:
        """Money given back outside Billfold. Errors: payment_not_found, refund_above_remainder."""
        positive(amount_minor)
        payment_id = own_id(practice, "payment", payment_external_id)

        def decide(account: Account) -> Change:
            payment = self.ledgers.payment(practice, account_id, payment_id)
            if payment is None:
                raise NotFound("payment_not_found", "payment_id")
            draft = self.refund_draft(practice, account, payment, amount_minor, on=on, reference=external_id)
            after, entry = self._entered(account, draft)
            refunded = replace(
                payment,
                refunded_minor=payment.refunded_minor + amount_minor,
                updated_at=entry.recorded_at,
                version=payment.version + 1,
            )
            return Change(account, after, entry, payment=refunded)

        return self._once(practice, account_id, "refund", external_id, decide, payment_id)

    def refund_draft(
        self, practice: str, account: Account, payment: Payment, amount_minor: int, *, on: str, reference: str
    ) -> Draft:
        """The entry that undoes part of a payment. Error: refund_above_remainder."""
        remainder = payment.amount_minor - payment.refunded_minor
        if amount_minor > remainder:
            raise Invalid("refund_above_remainder", "amount_minor", remainder_minor=remainder)
        since = list(
            self.ledgers.entries(practice, account.id, first=payment.entry_seq, last=account.ledger.seq)
        )
        taken = take_back(amount_minor, account.ledger.credit_minor, undoable(since, payment.id))
        items = self.items(practice, account, [s.charge_id for s in taken.shares])
        return entries.refund(
            account.ledger,
            taken,
            items,
            processor=payment.processor,
            on=on,
            reference=reference,
            payment_id=payment.id,
        )

    def adjustment(
        self,
        practice: str,
        account_id: str,
        external_id: str,
        *,
        charge_external_id: str,
        amount_minor: int,
        on: str,
    ) -> Posted:
        """Positive lowers what the client owes for the charge, negative raises it."""
        if amount_minor == 0:
            raise Invalid("amount_invalid", "amount_minor")
        return self._post(
            practice,
            account_id,
            "adjustment",
            external_id,
            lambda a: entries.adjustment(
                a.ledger,
                self._item(practice, a, charge_external_id),
                amount_minor,
                on=on,
                reference=external_id,
            ),
        )

    def write_off(
        self,
        practice: str,
        account_id: str,
        external_id: str,
        *,
        charge_external_id: str,
        amount_minor: int,
        on: str,
    ) -> Posted:
        return self._post(
            practice,
            account_id,
            "write_off",
            external_id,
            lambda a: entries.write_off(
                a.ledger,
                self._item(practice, a, charge_external_id),
                amount_minor,
                on=on,
                reference=external_id,
            ),
        )

    def insurance_payment(
        self,
        practice: str,
        account_id: str,
        external_id: str,
        *,
        charge_external_id: str,
        paid_minor: int,
        contractual_minor: int,
        to_client_minor: int,
        on: str,
    ) -> tuple[Posted, ...]:
        """What the insurer answered to one charge: paid, contractually lost, left to the client."""

        def draft_of(make: Callable[..., Draft], amount_minor: int) -> Callable[[Account], Draft]:
            def draft(account: Account) -> Draft:
                item = self._item(practice, account, charge_external_id)
                what = item if make is entries.transfer_to_client else item.charge_id
                return make(account.ledger, what, amount_minor, on=on, reference=external_id)

            return draft

        parts = (
            ("insurance", entries.insurance_payment, paid_minor),
            ("contractual", entries.contractual_adjustment, contractual_minor),
            ("transfer", entries.transfer_to_client, to_client_minor),
        )
        return tuple(
            self._post(practice, account_id, kind, external_id, draft_of(make, amount))
            for kind, make, amount in parts
            if amount
        )

    def items(self, practice: str, account: Account, charge_ids: Sequence[str]) -> dict[str, OpenItem]:
        """The charges as they stand, closed ones too. Absent charges are left out."""
        found = {id_: account.ledger.open[id_] for id_ in charge_ids if id_ in account.ledger.open}
        missing = [id_ for id_ in charge_ids if id_ not in found]
        for charge in self.ledgers.charges(practice, account.id, missing).values():
            since = self.ledgers.entries(practice, account.id, first=charge.seq, last=account.ledger.seq)
            item = item_from(since, charge.id)
            if item is not None:
                found[charge.id] = item
        return found

    def _item(self, practice: str, account: Account, charge_external_id: str) -> OpenItem:
        ids = [own_id(practice, kind, charge_external_id) for kind in ("charge", "opening")]
        items = self.items(practice, account, ids)
        if not items:
            raise NotFound("charge_not_found", "charge_id")
        return next(iter(items.values()))

    def _post(
        self, practice: str, account_id: str, kind: str, external_id: str, draft: Callable[[Account], Draft]
    ) -> Posted:
        def decide(account: Account) -> Change:
            after, entry = self._entered(account, draft(account))
            return Change(account, after, entry)

        return self._once(practice, account_id, kind, external_id, decide)

    def _once(
        self,
        practice: str,
        account_id: str,
        kind: str,
        external_id: str,
        decide: Callable[[Account], Change],
        payment_id: str = "",
    ) -> Posted:
        key = f"import#{kind}#{external_id}"
        before = self.ledgers.movement(practice, key)
        if before is not None:  # spares the write; the marker's condition is what decides
            return self._known(practice, key, account_id)

        def marked(account: Account) -> Change:
            change = decide(account)
            seq, at = (change.entry.seq, change.entry.recorded_at) if change.entry else (0, "")
            return replace(change, movement=Movement(key, account_id, payment_id, seq, at))

        try:
            return posted(record(self.ledgers, self.clock, practice, account_id, marked))
        except AlreadyRecorded:
            return self._known(practice, key, account_id)

    def _known(self, practice: str, key: str, account_id: str) -> Posted:
        movement = self.ledgers.movement(practice, key)
        if movement is None or movement.account_id != account_id:
            raise Refused("external_id_taken", "external_id")
        return Posted(movement.entry_seq, duplicate=True)

    def _entered(self, account: Account, draft: Draft) -> tuple[Account, Entry]:
        return entered(account, draft, at=instant(self.clock.now()), actor=self.actor)

    def _mark(self, practice: str, account_id: str, change: Callable[[Account], Account]) -> None:
        def decide(account: Account) -> Change | None:
            after = change(account)
            return None if after == account else Change(account, after)

        record(self.ledgers, self.clock, practice, account_id, decide)


def _chosen_first(ledger: Ledger, amount_minor: int, chosen: Sequence[str]) -> Allocation:
    items = [ledger.open[id_] for id_ in chosen if id_ in ledger.open]
    first = allocate(amount_minor, items)
    owed = {id_: item.owed_minor for id_, item in ledger.open.items()}
    for share in first.shares:
        owed[share.charge_id] -= share.amount_minor
    rest = allocate(first.credit_minor, ledger.open.values(), owed)
    total: dict[str, int] = {}
    for share in (*first.shares, *rest.shares):
        total[share.charge_id] = total.get(share.charge_id, 0) + share.amount_minor
    return Allocation(tuple(Share(*pair) for pair in total.items()), rest.credit_minor)


def _charge(account_id: str, charge_id: str, facts: ChargeFacts, seq: int) -> Charge:
    return Charge(
        id=charge_id,
        account_id=account_id,
        external_id=facts.external_id,
        date=facts.date,
        service=facts.service,
        clinician_id=facts.clinician_id,
        client_minor=facts.client_minor,
        insurer_minor=facts.insurer_minor,
        seq=seq,
        cpt=facts.cpt,
        diagnoses=facts.diagnoses,
        place_of_service=facts.place_of_service,
        units=facts.units,
    )
