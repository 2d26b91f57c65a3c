"""An issued document whose PDF was made: where it lies, and what makes it again where it is gone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from chalicelib.documents.domain.estimates import Estimate
from chalicelib.documents.domain.invoices import Invoice, Void
from chalicelib.documents.domain.readers import Reader
from chalicelib.documents.domain.statements import Statement
from chalicelib.documents.domain.superbills import Superbill, SuperbillVoid
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.payments import Payment
from chalicelib.practice.domain.practices import Client, Practice

RENDER = "render"  # the documents function's task
ITEMISED, SUMMARY = "itemised", "summary"


def contents_hash(layout: int, practice: Practice, client: Client, reader: Reader, *posted: str | int) -> str:
    """Of all that a file is drawn from, for its name: 16 hex digits. `layout` is raised where the same rows
    are to be drawn in another way; `posted` tells what is posted, and whatever else the file says. Who reads
    is in it, lest one be given the file with another's names."""
    return _hash(layout, asdict(practice), asdict(client), asdict(reader), *posted)


def _hash(*seen: object) -> str:
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Filed:
    """`key` within the practice's files. A statement has its `period`, a receipt its `payment_id`, an invoice
    its `number`, and so has a `superbill`; a good faith estimate its `estimate_seq`. `itemised`: not the
    receipt that was mailed, but the one that says what was paid for; `void`: the document that voids it;
    `days`: of a summary of payments, its first and last and the one on which it is made; `reader`: whose
    names it has, where that is not everybody's."""

    ref: AccountRef
    key: str
    period: Period | None = None
    payment_id: str = ""
    itemised: bool = False
    number: int = 0
    superbill: bool = False
    estimate_seq: int = 0
    void: bool = False
    days: tuple[str, str, str] | None = None
    reader: Reader | None = None

    @staticmethod
    def statement(practice: str, statement: Statement) -> "Filed":
        """Named by what it says, too: after a restore a month may be issued again, of other entries."""
        said = f"-{statement.digest[:16]}" if statement.digest else ""
        key = f"statements/{statement.account_id}/{statement.period}{said}.pdf"
        return Filed(statement.ref(practice), key, period=statement.period)

    @staticmethod
    def receipt(practice: str, payment: Payment) -> "Filed":
        return Filed(payment.ref(practice), payment.receipt_key, payment_id=payment.id)

    @staticmethod
    def invoice(practice: str, invoice: Invoice, *, void: Void | None = None) -> "Filed":
        """Named by what it says, too: after a restore a number may be issued again, for something else."""
        said = _hash(asdict(invoice), void.voided_on if void else "")
        key = f"invoices/{invoice.account_id}/{invoice.number}{'-void' if void else ''}-{said}.pdf"
        return Filed(invoice.ref(practice), key, number=invoice.number, void=void is not None)

    @staticmethod
    def of_superbill(practice: str, superbill: Superbill, *, void: SuperbillVoid | None = None) -> "Filed":
        """Named as an invoice's."""
        said = _hash(asdict(superbill), [void.voided_on, void.replaced_by] if void else "")
        key = f"superbills/{superbill.account_id}/{superbill.number}{'-void' if void else ''}-{said}.pdf"
        return Filed(
            superbill.ref(practice), key, number=superbill.number, superbill=True, void=void is not None
        )

    @staticmethod
    def estimate(practice: str, estimate: Estimate) -> "Filed":
        """Named by what it says, too, as an invoice is."""
        key = f"estimates/{estimate.account_id}/{estimate.seq}-{_hash(asdict(estimate))}.pdf"
        return Filed(estimate.ref(practice), key, estimate_seq=estimate.seq)

    @property
    def kind(self) -> str:
        """What it is, for people who look after files."""
        if self.number and self.superbill:
            return "superbill-void" if self.void else "superbill"
        if self.estimate_seq:
            return "estimate"
        if self.number:
            return "void" if self.void else "invoice"
        return "statement" if self.period else "receipt"

    @property
    def made_when_opened(self) -> bool:
        return bool(self.number or self.period)

    @property
    def name(self) -> str:
        if self.estimate_seq:
            return f"estimate {self.estimate_seq}"
        if self.number:
            named = f"superbill {self.number}" if self.superbill else f"invoice {self.number}"
            return f"void of {named}" if self.void else named
        return f"statement {self.period}" if self.period else f"receipt {self.payment_id}"

    @property
    def task(self) -> Mapping[str, str]:
        what = {"period": str(self.period)} if self.period else {"payment": self.payment_id}
        if self.itemised:
            what["form"] = ITEMISED
        if self.estimate_seq:
            what = {self.kind: str(self.estimate_seq)}
        if self.number:
            what = {self.kind: str(self.number)}
        if self.days:
            what = {"form": SUMMARY, **dict(zip(("first", "last", "made_on"), self.days, strict=True))}
        if self.reader:
            what = {**what, "person": self.reader.person_id, "reads": self.reader.reads.value}
        return {"task": RENDER, "practice": self.ref.practice, "account": self.ref.account, **what}
