"""Payment summaries: made when somebody opens one, and kept under what they say, as itemised receipts are."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed, contents_hash
from chalicelib.documents.domain.payment_summaries import PaymentSummaryData, summary, within
from chalicelib.documents.domain.readers import Reader
from chalicelib.documents.ports.documents import Files, PaymentSummaryRenderer
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.documents.services.summary_limits import SummaryLimits
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.services.matched_money import MatchedMoney
from chalicelib.ledger.services.reading import Reading
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

_LAYOUT = 6  # raised where the same rows are to be drawn in another way


@dataclass(frozen=True, slots=True)
class _Rows:
    """What a summary is drawn from, beside payments and entries."""

    practice: Practice
    client: Client
    account: Account
    reader: Reader

    def key(self, first: str, last: str, made_on: str) -> str:
        """Where its PDF lies, within the practice's files."""
        digest = contents_hash(
            _LAYOUT, self.practice, self.client, self.reader, self.account.ledger.head, made_on
        )
        return f"summaries/{self.account.id}/{first}-{last}-{digest}.pdf"

    def filed(self, ref: AccountRef, first: str, last: str, made_on: str) -> Filed:
        key = self.key(first, last, made_on)
        return Filed.summary(ref, key, first=first, last=last, made_on=made_on, reader=self.reader)


@dataclass(frozen=True)
class PaymentSummaries:
    reading: Reading
    people: People
    files: Files
    pdf_links: PdfLinks
    renderer: PaymentSummaryRenderer
    limits: SummaryLimits
    clock: Clock

    def url(self, ref: AccountRef, first: str, last: str, *, reader: Reader, inline: bool) -> str:
        """The PDF for a minute, with the names that its reader may read; days YYYY-MM-DD, both included.

        Errors: Invalid date_range_reversed, also where `first` has not come yet; NotFound account_not_found;
        Refused account_updating, too_many_summaries, document_missing, while it is being made; Busy.
        """
        rows = self._rows(ref, reader)
        made_on = self._today(rows)
        last = min(last, made_on)  # nothing is said of days that have not come
        if first > last:
            raise Invalid("date_range_reversed", "from")
        self.limits.open(ref, reader.person_id, first, last)
        filed = rows.filed(ref, first, last, made_on)
        filename = say(DOCUMENTS, "summary_file", rows.client.locale, first=first, last=last)
        return self.pdf_links.url(filed, filename=filename, inline=inline)

    def filed(
        self, ref: AccountRef, spans: Sequence[tuple[str, str]], *, reader: Reader
    ) -> list[tuple[tuple[str, str], Filed]]:
        """The summaries that `url` is of, each with its first and last day, none of which has not come; what
        they have in common is read once. Errors: Refused account_updating; NotFound account_not_found; Busy.
        """
        rows = self._rows(ref, reader)
        made_on = self._today(rows)
        days = [(first, min(last, made_on)) for first, last in spans if first <= made_on]
        return [((first, last), rows.filed(ref, first, last, made_on)) for first, last in days]

    def _today(self, rows: _Rows) -> str:
        return local_date(instant(self.clock.now()), rows.practice.timezone)

    def render(self, ref: AccountRef, first: str, last: str, made_on: str, reader: Reader) -> None:
        """Draw it as it stands now. Errors: as `url`; Invalid document_unrenderable."""
        rows = self._rows(ref, reader)
        pdf = self.renderer.payment_summary(self._data(ref, rows, first, last, made_on))
        self.files.put(ref.practice, rows.key(first, last, made_on), pdf, content_type="application/pdf")

    def _rows(self, ref: AccountRef, reader: Reader) -> _Rows:
        practice, account = self.reading.of(ref)
        client = present(self.people.client(ref.practice, ref.account), "account_not_found")
        return _Rows(practice, client, account, reader)

    def _of_guests(self, ref: AccountRef, entries: list[Entry]) -> tuple[list[Payment], list[Entry]]:
        """What was paid without signing in and is matched here, and the entries with what became of it."""
        matched, paid = MatchedMoney(self.reading.ledgers), list[Payment]()
        for each in matched.payments(ref.practice, ref.account, entries):
            own, entries = matched.as_own(ref.practice, each, entries)
            paid.append(own)
        return paid, entries

    def _data(self, ref: AccountRef, rows: _Rows, first: str, last: str, made_on: str) -> PaymentSummaryData:
        """The entries name the payments: an index of them may be some moments behind."""
        ledgers = self.reading.ledgers
        entries = list(ledgers.entries(ref, first=1, last=rows.account.ledger.seq))
        came = {entry.draft.payment_id for entry in entries if entry.draft.kind is EntryKind.PAYMENT}
        guests, entries = self._of_guests(ref, entries)
        paid = within([*ledgers.payments_by_id(ref, came - {""}).values(), *guests], first, last)
        charges = {share.charge_id for payment in paid for share in payment.allocation.shares}
        payers = {payment.person_id for payment in paid if payment.person_id}
        people = {id_: self.people.person(ref.practice, id_) for id_ in payers}
        return summary(
            rows.practice, rows.client, {id_: person for id_, person in people.items() if person}, paid,
            ledgers.charges(ref, charges), entries,
            reader=rows.reader, first=first, last=last, currency=rows.account.ledger.currency,
            made_on=made_on,
        )  # fmt: skip
