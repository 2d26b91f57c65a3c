"""The ledger's rows, as ADR 3 lists them."""

import json
from dataclasses import astuple

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.asked import Asked, ItemKind, ItemRef
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.entries import Entry, EntryKind, Service
from chalicelib.ledger.domain.entry_text import read
from chalicelib.ledger.domain.history import HistoryRow, PaidBy, Sequel
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment, State, check_at
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.domain.repairs import AccountRow
from chalicelib.ledger.store import payment_bodies
from chalicelib.ledger.store.open_items import packed, unpacked
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec, check_version, reading
from chalicelib.platform.dynamo.table import Item, shard


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_ACCOUNT_VERSION = 1


class AccountItem(Item, discriminator="account"):
    """`open` and `reserved` are compact JSON: 50 open items of ten services stay within one 4 KB read."""

    v = NumberAttribute(null=True)
    version = NumberAttribute()
    currency = UnicodeAttribute()
    seq = NumberAttribute()
    head = UnicodeAttribute()
    balance = NumberAttribute()
    credit = NumberAttribute()
    open = UnicodeAttribute()
    reserved = UnicodeAttribute()
    hold = UnicodeAttribute(null=True)
    disputed = UnicodeAttribute(null=True)
    asked = UnicodeAttribute(null=True)
    estimates = NumberAttribute(null=True)

    @classmethod
    def of(cls, practice: str, account: Account, version: int) -> "AccountItem":
        ledger = account.ledger
        return cls(
            pk=keys.account(account.ref(practice)),
            sk="ACCT",
            v=_ACCOUNT_VERSION,
            version=version,
            currency=ledger.currency,
            seq=ledger.seq,
            head=ledger.head,
            balance=ledger.balance_minor,
            credit=ledger.credit_minor,
            open=packed(ledger.open.values()),
            reserved=_json({id_: [dict(r.shares), r.firm] for id_, r in account.reserved.items()}),
            hold=account.hold or None,
            disputed=_json(sorted(account.disputed)) if account.disputed else None,
            asked=_json({id_: [*astuple(one.about), one.waiting] for id_, one in account.asked.items()})
            if account.asked
            else None,
            estimates=account.estimates or None,
        )

    @reading("account")
    def balance_minor(self) -> int:
        return int(self.balance)

    def account_row(self) -> AccountRow:
        """As far as it can be read. Error: Unreadable (another version wrote it)."""
        try:
            account = self.account()
            return AccountRow(account.version, account.hold, account, self.balance_minor(), account.estimates)
        except Unreadable:
            return self._damaged()

    def _damaged(self) -> AccountRow:
        with reading("account"):
            check_version(self.v, _ACCOUNT_VERSION)
        return AccountRow(int(self.version or 0), self.hold or "", None, estimates=int(self.estimates or 0))

    @reading("account")
    def account(self) -> Account:
        check_version(self.v, _ACCOUNT_VERSION)
        ledger = Ledger(
            currency=self.currency,
            seq=int(self.seq),
            head=self.head,
            open={item.charge_id: item for item in unpacked(self.open)},
            credit_minor=int(self.credit),
        )
        account_id = keys.account_of(self.pk)
        reserved = {id_: Reservation(*row) for id_, row in json.loads(self.reserved).items()}
        disputed = frozenset[str](json.loads(self.disputed or "[]"))
        asked = {id_: _asked(*row) for id_, row in json.loads(self.asked or "{}").items()}
        return Account(
            account_id, ledger, int(self.version), reserved, self.hold or "", disputed, asked,
            int(self.estimates or 0),
        )  # fmt: skip


def _asked(kind: str, id_: str, waiting: bool) -> Asked:
    return Asked(ItemRef(ItemKind(kind), id_), waiting)


class AccountIndexItem(Item, discriminator="account-index"):
    """Says that the practice has the account `sk`; written with it, so that all are found without a scan."""


_UNSEEN = (EntryKind.PROCESSOR_FEE, EntryKind.FACTS_CORRECTED)


class EntryItem(Item, discriminator="entry"):
    """Never updated or deleted. `body` is the text that `hash` is of; processors' fees and corrected facts
    are in no list.

    `names` are the charges that it names and that the text does not open, `paid` is the payment it is of:
    with them a list needs no other row.
    """

    body = UnicodeAttribute()
    hash = UnicodeAttribute()
    names = UnicodeAttribute(null=True)
    paid = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, ref: AccountRef, row: HistoryRow) -> "EntryItem":
        entry, draft = row.entry, row.entry.draft
        opened = {item.charge_id for item in draft.opens}
        names = {id_: service for id_, service in row.services.items() if id_ not in opened}
        shown = draft.kind not in _UNSEEN
        return cls(
            pk=keys.account(ref),
            sk=keys.entry(entry.seq),
            gsi1sk=f"D#{draft.occurred_on}#{entry.seq:012d}" if shown else None,
            body=entry.text,
            hash=entry.hash,
            names=_json(names) if names else None,
            paid=_json(astuple(row.payment)) if row.payment else None,
        )

    def entry(self) -> Entry:
        with reading(f"entry {self.sk.removeprefix('E#').lstrip('0')}"):
            return read(self.body, self.hash)

    def row(self) -> HistoryRow:
        entry = self.entry()
        with reading(f"entry {entry.seq}"):
            named = {id_: Service(*name) for id_, name in json.loads(self.names or "{}").items()}
            services = {item.charge_id: item.called for item in entry.draft.opens} | named
            return HistoryRow(entry, services, _paid(self.paid) if self.paid else None)


def _paid(text: str) -> PaidBy:
    id_, date, method, reference, receipt = json.loads(text)
    return PaidBy(id_, date, Method(*method) if method else None, reference, receipt)


class SequelItem(Item, discriminator="sequel"):
    """In lists it stands beside its entry, while there is something to show."""

    closing = UnicodeAttribute(null=True)
    service = UnicodeAttribute(null=True)
    receipt = BooleanAttribute(null=True)

    @classmethod
    def of(cls, ref: AccountRef, sequel: Sequel) -> "SequelItem":
        return cls(
            pk=keys.account(ref),
            sk=f"SQ#{sequel.seq:012d}#{sequel.on}",
            gsi1sk=f"D#{sequel.on}#{sequel.seq:012d}~" if sequel.shown else None,
            closing=sequel.closing.value or None,
            service=_json(sequel.service) if sequel.service else None,
            receipt=sequel.receipt or None,
        )

    def sequel(self) -> Sequel:
        _, seq, on = self.sk.split("#")
        with reading(f"sequel {seq.lstrip('0')}"):
            called = Service(*json.loads(self.service)) if self.service else None
            return Sequel(int(seq), on, Closing(self.closing or ""), bool(self.receipt), called)


CHARGES: Codec[Charge] = Codec(
    Charge, private=frozenset({"diagnoses"}), elsewhere=frozenset({"id", "account_id"})
)


class ChargeItem(Body, discriminator="charge"):
    @classmethod
    def of(cls, practice: str, charge: Charge) -> "ChargeItem":
        return cls(
            pk=keys.account(charge.ref(practice)),
            sk=f"CH#{charge.id}",
            **CHARGES.parts(charge),
        )

    def charge(self) -> Charge:
        id_ = self.sk.removeprefix("CH#")
        return CHARGES.read(self, f"charge {id_}", id=id_, account_id=keys.account_of(self.pk))


class FormerChargeItem(Body, discriminator="former-charge"):
    """A charge as it was until the entry `facts_seq` of the next one corrected its facts."""

    @classmethod
    def of(cls, practice: str, charge: Charge) -> "FormerChargeItem":
        return cls(
            pk=keys.account(charge.ref(practice)),
            sk=f"WAS#{charge.id}#{charge.facts_seq:012d}",
            **CHARGES.parts(charge),
        )

    def charge(self) -> Charge:
        id_ = self.sk.split("#")[1]
        return CHARGES.read(self, f"charge {id_}", id=id_, account_id=keys.account_of(self.pk))


PAYMENTS = Codec(
    Payment,
    version=payment_bodies.VERSION,
    former=payment_bodies.FORMER,
    packed=payment_bodies.packed,
    unpacked=payment_bodies.unpacked,
    private=frozenset({"notes", "receipt_mailed_to", "cardholder", "guest"}),
    elsewhere=frozenset({"id", "account_id", "version"}),
)


def _list_of(practice: str, payment: Payment, due: str) -> str | None:
    if payment.unmatched:
        return keys.unmatched(practice)
    return keys.due(due, shard(payment.id)) if due else None


class PaymentItem(Body, discriminator="payment"):
    """In the work list while it is live, by the instant from which it is worth a look, and while its payer
    is still to be told something; of a guest, in the practice's list of unmatched money, by its date; in
    lists once it is known how its opening went."""

    version = NumberAttribute()

    @classmethod
    def of(cls, practice: str, payment: Payment) -> "PaymentItem":
        due = "payment" if payment.live else payment.notice
        return cls(
            pk=keys.account(payment.ref(practice)),
            sk=f"PAY#{payment.id}",
            gsi1sk=f"PAY#{payment.created_at}#{payment.id}" if payment.state is not State.CREATED else None,
            gsi2pk=_list_of(practice, payment, due),
            gsi2sk=payment.date if payment.unmatched else check_at(payment) if due else None,
            version=payment.version,
            **PAYMENTS.parts(payment),
        )

    def payment(self) -> Payment:
        id_ = self.sk.removeprefix("PAY#")
        own = {"id": id_, "account_id": keys.account_of(self.pk), "version": int(self.version)}
        return PAYMENTS.read(self, f"payment {id_}", **own)


REFUNDS = Codec(Refund, elsewhere=frozenset({"id", "account_id", "payment_id", "version"}))


class RefundItem(Body, discriminator="refund"):
    """In the work list while it is under way, by the instant from which it is worth a look."""

    version = NumberAttribute()

    @classmethod
    def of(cls, practice: str, refund: Refund) -> "RefundItem":
        return cls(
            pk=keys.account(refund.ref(practice)),
            sk=f"RF#{refund.payment_id}#{refund.id}",
            gsi2pk=keys.due("refund", shard(refund.id)) if refund.under_way else None,
            gsi2sk=refund.check_at if refund.under_way else None,
            version=refund.version,
            **REFUNDS.parts(refund),
        )

    def refund(self) -> Refund:
        payment_id, _, id_ = self.sk.removeprefix("RF#").partition("#")
        own = {"id": id_, "payment_id": payment_id, "account_id": keys.account_of(self.pk)}
        return REFUNDS.read(self, f"refund {id_}", version=int(self.version), **own)


class MarkerItem(Item, discriminator="marker"):
    """The marker of one movement of money; in the work list while its notice is due."""

    account_id = UnicodeAttribute()
    payment_id = UnicodeAttribute(null=True)
    entry_seq = NumberAttribute()
    at = UnicodeAttribute()
    due = UnicodeAttribute(null=True)
    command = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, practice: str, marker: Marker) -> "MarkerItem":
        return cls(
            pk=keys.marker(practice, marker.key),
            sk="MOV",
            gsi2pk=keys.due(marker.due, shard(marker.key)) if marker.due else None,
            gsi2sk=marker.at if marker.due else None,
            account_id=marker.account_id,
            payment_id=marker.payment_id or None,
            entry_seq=marker.entry_seq,
            at=marker.at,
            due=marker.due or None,
            command=marker.command or None,
        )

    @property
    def key(self) -> str:
        return keys.name_of(self.pk)

    @reading("marker")
    def marker(self) -> Marker:
        return Marker(
            key=self.key,
            account_id=self.account_id,
            payment_id=self.payment_id or "",
            entry_seq=int(self.entry_seq),
            at=self.at,
            due=self.due or "",
            command=self.command or "",
        )
