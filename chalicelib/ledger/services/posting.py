"""Staff's and imports' commands: each posts one entry, once per external id, however often it is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.money import EXPONENTS, positive
from chalicelib.kernel.outside import AlreadyRecorded, Busy, Conflict
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.allocation import Allocation, allocate
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind, OpenItem
from chalicelib.ledger.domain.history import Sequel, called
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS, OUTSIDE, Payment, State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.commands import own_id
from chalicelib.ledger.services.insurers import InsurerCommands
from chalicelib.ledger.services.recording import ATTEMPTS, Posted, fingerprint, record

__all__ = ["ChargeFacts", "Posting", "own_id"]


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
    status: ChargeStatus = ChargeStatus.HELD

    @property
    def command(self) -> str:
        """A status is part of it where one was said: what was posted before there were any is known again."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        if self.status is ChargeStatus.HELD:
            del said["status"]
        return fingerprint("charge", **said)


@dataclass(frozen=True)
class Posting(InsurerCommands):
    """Accounts, charges, and what is paid, given back or given up outside Billfold; insurers' answers too."""

    def open_account(self, ref: AccountRef, currency: str, *, external_id: str = "", hold: str = "") -> bool:
        """An empty account; False when it is there already. `external_id` is what the practice calls its
        client. Error: Refused external_id_taken (that client has another account).
        """
        if currency not in EXPONENTS:
            raise Invalid("currency_unknown", "currency")
        empty = Account(ref.account, Ledger(currency))
        change = Change(empty, replace(empty, hold=hold), external_id=external_id)
        for attempt in range(ATTEMPTS):
            if self.ledgers.account(ref) is not None:
                return False
            try:
                self.ledgers.commit(ref.practice, change)
            except AlreadyRecorded as error:
                raise Refused("external_id_taken", "external_id") from error
            except (Conflict, Busy):  # somebody made it, or nobody did: only looking again tells
                self.clock.pause(attempt)
                continue
            return True
        raise Busy("the account stays contended")

    def hold(self, ref: AccountRef, import_id: str, *, over: str = "") -> str:
        """Hide the account's balance from its client until `release`. "" where `import_id` hides it now; else
        the id of what hid it before, and nothing is written. `over` is one that it is taken over from."""
        other = ""

        def hidden(account: Account) -> Account:
            nonlocal other
            other = "" if account.hold in ("", import_id, over) else account.hold
            return account if other else replace(account, hold=import_id)

        self._mark(ref, hidden)
        return other

    def release(self, ref: AccountRef, import_id: str) -> None:
        self._mark(ref, lambda a: replace(a, hold="") if a.hold == import_id else a)

    def charge(self, ref: AccountRef, facts: ChargeFacts) -> Posted:
        """Error: NotFound account_not_found; Invalid amount_invalid; Refused too_many_open_items."""
        for part_minor in (facts.client_minor, facts.insurer_minor):
            if part_minor != 0 or type(part_minor) is not int:
                positive(part_minor, "fee")
        charge_id = own_id(ref.practice, "charge", facts.external_id)
        item = _item(charge_id, facts)

        def decide(account: Account) -> Change:
            draft = drafts.charge(
                account.ledger,
                item,
                client_minor=facts.client_minor,
                insurer_minor=facts.insurer_minor,
                reference=facts.external_id,
            )
            after, entry = self._entered(account, draft)
            charge = _charge(ref.account, charge_id, facts, entry.seq)
            free = not facts.client_minor + facts.insurer_minor
            sequels = (Sequel(entry.seq, facts.date, Closing.NO_FEE),) if free else ()
            return Change(account, after, entry, charge=charge, sequels=sequels)

        return self._once(ref, "charge", facts.external_id, facts.command, decide)

    def opening_balance(
        self, ref: AccountRef, external_id: str, amount_minor: int, *, on: str, label: str = ""
    ) -> Posted:
        """What was owed (positive) or held for the client (negative) when the practice moved here."""
        if type(amount_minor) is not int:
            raise Invalid("amount_invalid", "amount_minor")
        command = fingerprint("opening", amount_minor=amount_minor, on=on, label=label)
        if amount_minor < 0:
            return self._post(
                ref,
                "opening",
                external_id,
                command,
                lambda a: drafts.opening_credit(a.ledger, -amount_minor, on=on, reference=external_id),
            )
        positive(amount_minor)
        charge_id = own_id(ref.practice, "opening", external_id)
        facts = ChargeFacts(external_id, on, label, "", amount_minor)

        def decide(account: Account) -> Change:
            item = _item(charge_id, facts)
            draft = drafts.opening_debt(account.ledger, item, amount_minor, reference=external_id)
            after, entry = self._entered(account, draft)
            return Change(account, after, entry, charge=_charge(ref.account, charge_id, facts, entry.seq))

        return self._once(ref, "opening", external_id, command, decide)

    def external_payment(
        self,
        ref: AccountRef,
        external_id: str,
        amount_minor: int,
        *,
        method: str,
        on: str,
        charge_external_ids: Sequence[str] = (),
        notes: str = "",
    ) -> Posted:
        """Money taken outside Billfold: the named charges first, then the oldest, the rest becomes credit.

        Errors: Invalid amount_invalid, method_unknown; NotFound account_not_found, charge_not_found.
        """
        positive(amount_minor)
        if method not in EXTERNAL_METHODS:
            raise Invalid("method_unknown", "method")
        payment_id = own_id(ref.practice, "payment", external_id)
        command = fingerprint(
            "payment",
            amount_minor=amount_minor,
            method=method,
            on=on,
            charges=sorted(set(charge_external_ids)),
            notes=notes,
        )

        def decide(account: Account) -> Change:
            items = (self._item(ref.practice, account, id_) for id_ in dict.fromkeys(charge_external_ids))
            chosen = [item.charge_id for item in items]
            allocation = _chosen_first(account.ledger, amount_minor, chosen)
            draft = drafts.payment(
                account.ledger,
                allocation,
                processor=method,
                on=on,
                reference=external_id,
                payment_id=payment_id,
            )
            after, entry = self._entered(account, draft)
            payment = _taken_outside(payment_id, after, entry, allocation, method=method, notes=notes)
            services = called(account.ledger.open, (share.charge_id for share in allocation.shares))
            payment = replace(payment, services=services)
            return Change(account, after, entry, payment=payment)

        return self._once(ref, "payment", external_id, command, decide)

    def external_refund(
        self,
        ref: AccountRef,
        external_id: str,
        *,
        payment_external_id: str,
        amount_minor: int,
        on: str,
    ) -> Posted:
        """Money given back outside Billfold. Errors: payment_not_found, refund_above_remainder."""
        positive(amount_minor)
        payment_id = own_id(ref.practice, "payment", payment_external_id)

        def decide(account: Account) -> Change:
            payment = present(self.ledgers.payment(ref, payment_id), "payment_not_found", "payment_id")
            if payment.state is not State.SUCCEEDED:
                raise Refused("payment_state", "payment_id", state=payment.state.value)
            refunded = payment.refunded(amount_minor)
            self._positions.check_refund(ref.practice, account, payment, amount_minor)
            draft = self._positions.after_capture(
                ref.practice, account, EntryKind.REFUND, payment, refunded, on=on, reference=external_id
            )
            after, entry = self._entered(account, draft)
            version = payment.version + 1
            refunded = replace(refunded, updated_at=entry.recorded_at, version=version)
            return Change(account, after, entry, payment=refunded)

        command = fingerprint("refund", payment=payment_external_id, amount_minor=amount_minor, on=on)
        return self._once(ref, "refund", external_id, command, decide)

    def adjustment(
        self,
        ref: AccountRef,
        external_id: str,
        *,
        charge_external_id: str,
        amount_minor: int,
        on: str,
        reason: str = "",
    ) -> Posted:
        """Positive lowers what the client owes for the charge, negative raises it. Error: charge_reversed."""
        if type(amount_minor) is not int or amount_minor == 0:
            raise Invalid("amount_invalid", "amount_minor")

        def draft(account: Account) -> Draft:
            item = self._item(ref.practice, account, charge_external_id)
            return drafts.adjustment(
                account.ledger, item, amount_minor, on=on, reference=external_id, reason=reason
            )

        command = fingerprint("adjustment", charge=charge_external_id, amount_minor=amount_minor, on=on)
        return self._post(ref, "adjustment", external_id, command, draft)

    def write_off(
        self,
        ref: AccountRef,
        external_id: str,
        *,
        charge_external_id: str,
        amount_minor: int,
        on: str,
        reason: str = "",
    ) -> Posted:
        """The practice gives up that much of a charge. Its ids are of one series with the adjustments'.

        Errors: charge_reversed, write_off_above_owed.
        """

        def draft(account: Account) -> Draft:
            item = self._item(ref.practice, account, charge_external_id)
            return drafts.write_off(
                account.ledger, item, amount_minor, on=on, reference=external_id, reason=reason
            )

        command = fingerprint("write_off", charge=charge_external_id, amount_minor=amount_minor, on=on)
        return self._post(ref, "adjustment", external_id, command, draft)

    def _mark(self, ref: AccountRef, change: Callable[[Account], Account]) -> None:
        def decide(account: Account) -> Change | None:
            after = change(account)
            return None if after == account else Change(account, after)

        record(self.ledgers, self.clock, ref, decide)


def _chosen_first(ledger: Ledger, amount_minor: int, chosen: Sequence[str]) -> Allocation:
    first = allocate(amount_minor, [ledger.open[id_] for id_ in chosen if id_ in ledger.open])
    rest = allocate(first.credit_minor, [item for id_, item in ledger.open.items() if id_ not in chosen])
    return Allocation(first.shares + rest.shares, rest.credit_minor)


def _taken_outside(
    payment_id: str, after: Account, entry: Entry, allocation: Allocation, *, method: str, notes: str
) -> Payment:
    """The payment that the entry credits. It is said to be made at noon, for only its date is known."""
    on = entry.draft.occurred_on
    return Payment(
        id=payment_id,
        account_id=after.id,
        amount_minor=allocation.total_minor,
        currency=after.ledger.currency,
        allocation=allocation,
        state=State.SUCCEEDED,
        processor=method,
        flow=OUTSIDE,
        body_hash="",
        date=on,
        created_at=f"{on}T12:00:00.000Z",
        updated_at=entry.recorded_at,
        actor=entry.actor,
        notes=notes,
        method=Method(method),
        reference=entry.draft.reference,
        entry_seq=entry.seq,
        owed_after_minor=after.ledger.balance_minor,
        version=1,
    )


def _item(charge_id: str, facts: ChargeFacts) -> OpenItem:
    return OpenItem(charge_id, facts.clinician_id, facts.date, service=facts.service, service_on=facts.date)


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
        status=facts.status,
    )
