"""Itemised receipts: made when somebody opens one, and kept under what they say.

What they say changes with what is posted: a refund, an insurer's answer, a corrected service. So the file is
named after all that it is drawn from, by the chain's head for what is posted; who opens it while nothing has
changed is given the same bytes again. Not by versions alone: a restored table counts those anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed, contents_hash
from chalicelib.documents.domain.itemised_receipts import (
    ItemisedReceiptData,
    first_seq,
    itemised,
    reading_locale,
)
from chalicelib.documents.domain.readers import Reader
from chalicelib.documents.ports.documents import Files, ItemisedReceiptRenderer
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.kernel.instants import local_date
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

_LAYOUT = 5  # raised where the same rows are to be drawn in another way


@dataclass(frozen=True, slots=True)
class _Rows:
    """What one receipt is drawn from."""

    practice: Practice
    client: Client
    account: Account
    payment: Payment
    reader: Reader

    @property
    def key(self) -> str:
        """Where its PDF lies, within the practice's files."""
        digest = contents_hash(
            _LAYOUT, self.practice, self.client, self.reader, self.account.ledger.head, self.payment.version
        )
        return f"receipts/{self.payment.account_id}/{self.payment.id}-{digest}.pdf"

    def filed(self, ref: AccountRef) -> Filed:
        return Filed.itemised(ref, self.key, payment_id=self.payment.id, reader=self.reader)


@dataclass(frozen=True)
class ItemisedReceipts:
    ledgers: Ledgers
    practices: Practices
    people: People
    files: Files
    pdf_links: PdfLinks
    renderer: ItemisedReceiptRenderer

    def url(self, ref: AccountRef, payment_id: str, *, reader: Reader, inline: bool) -> str:
        """The PDF for a minute, with the names that its reader may read. Errors: NotFound payment_not_found,
        account_not_found, practice_not_found; Refused account_updating, while an import holds the account,
        receipt_not_ready, where no money has come, document_missing, while it is being made; Busy."""
        rows = self._rows(ref, payment_id, reader)
        locale = reading_locale(rows.client, rows.payment)
        filename = say(DOCUMENTS, "itemised_file", locale, date=rows.payment.date)
        return self.pdf_links.url(rows.filed(ref), filename=filename, inline=inline)

    def filed(
        self, ref: AccountRef, payments: Sequence[Payment], *, reader: Reader
    ) -> list[tuple[Payment, Filed]]:
        """Each of those payments, whose money came, with the receipt that `url` is of; what they have in
        common is read once. Errors: Refused account_updating; NotFound, as `url`; Busy."""
        account = present(self.ledgers.account(ref), "account_not_found")
        if account.hold:
            raise Refused("account_updating")
        practice, client = self._beside(ref)
        rows = [_Rows(practice, client, account, payment, reader) for payment in payments]
        return [(one.payment, one.filed(ref)) for one in rows]

    def render(self, ref: AccountRef, payment_id: str, reader: Reader) -> None:
        """Draw it as it stands now. Errors: as `url`; Invalid document_unrenderable."""
        rows = self._rows(ref, payment_id, reader)
        pdf = self.renderer.itemised_receipt(self._data(ref, rows))
        self.files.put(ref.practice, rows.key, pdf, content_type="application/pdf")

    def _rows(self, ref: AccountRef, payment_id: str, reader: Reader) -> _Rows:
        account, payment = self.ledgers.account_and_payment(ref, payment_id)
        if account and account.hold:
            raise Refused("account_updating")
        payment = present(payment, "payment_not_found")
        if payment.state is not State.SUCCEEDED:
            raise Refused("receipt_not_ready")
        practice, client = self._beside(ref)
        return _Rows(practice, client, present(account, "account_not_found"), payment, reader)

    def _beside(self, ref: AccountRef) -> tuple[Practice, Client]:
        practice = present(self.practices.practice(ref.practice), "practice_not_found")
        return practice, present(self.people.client(ref.practice, ref.account), "account_not_found")

    def _data(self, ref: AccountRef, rows: _Rows) -> ItemisedReceiptData:
        payment, last = rows.payment, rows.account.ledger.seq
        charges = self.ledgers.charges(ref, [share.charge_id for share in payment.allocation.shares])
        first = first_seq(charges.values(), last)
        payer = self.people.person(ref.practice, payment.person_id) if payment.person_id else None
        return itemised(
            rows.practice, rows.client, payer, payment, charges,
            [*self.ledgers.entries(ref, first=first, last=last)] if first <= last else [],
            reader=rows.reader, stand_on=local_date(payment.updated_at, rows.practice.timezone),
        )  # fmt: skip
