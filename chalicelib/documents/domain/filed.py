"""An issued document whose PDF was made: where it lies, and what makes it again where it is gone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from chalicelib.documents.domain.estimates import Estimate
from chalicelib.documents.domain.invoices import Invoice, Void
from chalicelib.documents.domain.readers import Reader
from chalicelib.documents.domain.statements import Statement
from chalicelib.documents.domain.superbills import Superbill, SuperbillVoid
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.payments import Payment
from chalicelib.practice.domain.practices import Client, Practice

RENDER = "render"  # the documents function's task
ITEMISED, SUMMARY = "itemised", "summary"


class FileKind(StrEnum):
    """What a file is, for people who look after files, and for the function that draws it."""

    STATEMENT = "statement"
    RECEIPT = "receipt"
    ITEMISED = ITEMISED
    SUMMARY = SUMMARY
    INVOICE = "invoice"
    VOID = "void"
    SUPERBILL = "superbill"
    SUPERBILL_VOID = "superbill-void"
    ESTIMATE = "estimate"


def contents_hash(layout: int, practice: Practice, client: Client, reader: Reader, *posted: str | int) -> str:
    """Of all that a file is drawn from, for its name: 16 hex digits. `layout` is raised where the same rows
    are to be drawn in another way; `posted` tells what is posted, and whatever else the file says. Who reads
    is in it, lest one be given the file with another's names."""
    return _hash(layout, asdict(practice), asdict(client), asdict(reader), *posted)


def _hash(*seen: object) -> str:
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Filed:
    """`key` within the practice's files; `name` for people who look after them. `drawn_by` tells the
    documents function which of the account's documents it is, and in which form."""

    ref: AccountRef
    key: str
    kind: FileKind
    name: str
    drawn_by: Mapping[str, str]

    @staticmethod
    def statement(practice: str, statement: Statement) -> "Filed":
        """Named by what it says, too: after a restore a month may be issued again, of other entries."""
        said = f"-{statement.digest[:16]}" if statement.digest else ""
        period = str(statement.period)
        key = f"statements/{statement.account_id}/{period}{said}.pdf"
        ref = statement.ref(practice)
        return Filed(ref, key, FileKind.STATEMENT, f"statement {period}", {"period": period})

    @staticmethod
    def receipt(practice: str, payment: Payment) -> "Filed":
        """The one that was mailed."""
        ref, name = payment.ref(practice), f"receipt {payment.id}"
        return Filed(ref, payment.receipt_key, FileKind.RECEIPT, name, {"payment": payment.id})

    @staticmethod
    def itemised(ref: AccountRef, key: str, *, payment_id: str, reader: Reader) -> "Filed":
        """The receipt that says what was paid for, with the names that its reader may read."""
        drawn_by = {"form": ITEMISED, "payment": payment_id, **_read_by(reader)}
        return Filed(ref, key, FileKind.ITEMISED, f"itemised receipt {payment_id}", drawn_by)

    @staticmethod
    def summary(ref: AccountRef, key: str, *, first: str, last: str, made_on: str, reader: Reader) -> "Filed":
        """Of payments between two days, as `itemised`."""
        drawn_by = {"form": SUMMARY, "first": first, "last": last, "made_on": made_on, **_read_by(reader)}
        return Filed(ref, key, FileKind.SUMMARY, f"summary {first} to {last}", drawn_by)

    @staticmethod
    def invoice(practice: str, invoice: Invoice, *, void: Void | None = None) -> "Filed":
        """Named by what it says, too: after a restore a number may be issued again, for something else."""
        said = _hash(asdict(invoice), void.voided_on if void else "")
        kind = FileKind.VOID if void else FileKind.INVOICE
        return _numbered(invoice.ref(practice), "invoice", kind, invoice.number, said, void=void is not None)

    @staticmethod
    def of_superbill(practice: str, superbill: Superbill, *, void: SuperbillVoid | None = None) -> "Filed":
        """Named as an invoice's."""
        said = _hash(asdict(superbill), [void.voided_on, void.replaced_by] if void else "")
        kind = FileKind.SUPERBILL_VOID if void else FileKind.SUPERBILL
        ref = superbill.ref(practice)
        return _numbered(ref, "superbill", kind, superbill.number, said, void=void is not None)

    @staticmethod
    def estimate(practice: str, estimate: Estimate) -> "Filed":
        """Named by what it says, too, as an invoice is."""
        key = f"estimates/{estimate.account_id}/{estimate.seq}-{_hash(asdict(estimate))}.pdf"
        kind, name = FileKind.ESTIMATE, f"estimate {estimate.seq}"
        return Filed(estimate.ref(practice), key, kind, name, {kind.value: str(estimate.seq)})

    @property
    def made_when_opened(self) -> bool:
        """Whether it may be that nobody has had it made yet: only a mailed receipt was made before."""
        return self.kind is not FileKind.RECEIPT

    @property
    def task(self) -> Mapping[str, str]:
        return {
            "task": RENDER,
            "practice": self.ref.practice,
            "account": self.ref.account,
            **self.drawn_by,
        }


def _numbered(ref: AccountRef, what: str, kind: FileKind, number: int, said: str, *, void: bool) -> Filed:
    key = f"{what}s/{ref.account}/{number}{'-void' if void else ''}-{said}.pdf"
    name = f"void of {what} {number}" if void else f"{what} {number}"
    return Filed(ref, key, kind, name, {kind.value: str(number)})


def _read_by(reader: Reader) -> Mapping[str, str]:
    return {"person": reader.person_id, "reads": reader.reads.value, "since": str(reader.since)}
