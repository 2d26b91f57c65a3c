"""Receipts: a PDF kept for good, and one e-mail with a link that opens that one receipt.

Every step can be done again with the same result (same bytes, same key, same link), so after a crash between
any two the whole is simply run again; only the e-mail may then go out a second time. It is claimed before, so
that no two workers send it. Once it is out, the movement's marker is taken off the work list. The payment
notes the address last, for a lost note harms nobody.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.ports.documents import Files, ReceiptData, Renderer
from chalicelib.documents.services.link_payers import address_on_file
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.documents.services.receipt_mail import compose_receipt
from chalicelib.identity.services.links import LinkHolder, Links
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.recording import ATTEMPTS
from chalicelib.mail.domain.setbacks import MailKind, stop_of
from chalicelib.mail.ports import Mailer
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.services.claims import claim
from chalicelib.payments.services.matching import Matching
from chalicelib.payments.services.notices import RECEIPT
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.address_hashes import address_hash
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

LINK_DAYS = 400  # beyond the next tax return
RECEIPT_LINK = "receipt"


class Sent(StrEnum):
    """What came of it. Only `SENT` mailed; for the others there is nothing left to do either, but for
    `LATER`, which waits in its work list."""

    SENT = "sent"
    BEFORE = "sent_before"
    NO_ADDRESS = "no_address"
    STOPPED = "mail_stopped"
    REFUSED = "mail_refused"
    LATER = "later"


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """`public_url` is the portal's origin, without a final slash."""

    ledgers: Ledgers
    practices: Practices
    people: People
    links: Links
    claims: Claims
    files: Files
    pdf_links: PdfLinks
    renderer: Renderer
    mailer: Mailer
    keys: Keys
    clock: Clock
    public_url: str
    matching: Matching

    def send(self, practice: str, marker_key: str) -> Sent:
        """The worker's part, for a movement whose notice is due.

        Errors: NotFound payment_not_found, practice_not_found; Refused receipt_not_ready, where the payment
        is not as its marker says; Invalid document_unrenderable; Busy.
        """
        marker = self._marker(practice, marker_key)
        if marker.due != RECEIPT:
            self._note_unless_noted(practice, marker)
            self._find_client(practice, self._payment(marker.ref(practice), marker.payment_id))
            return Sent.BEFORE
        profile = present(self.practices.practice(practice), "practice_not_found")
        payment = self._payment(marker.ref(practice), marker.payment_id)
        self._keep(profile, payment)
        claim(self.claims, self.clock, practice, f"{RECEIPT}#{marker_key}")
        if self._marker(practice, marker_key).due != RECEIPT:
            return Sent.BEFORE
        outcome, address = self._mail(profile, payment)
        # The mark is first, since the mail would go out twice if the worker died between it and the note.
        self.ledgers.notice_sent(practice, marker_key)
        self._note(profile.id, payment, address)
        self._find_client(practice, payment)
        return outcome

    def _find_client(self, practice: str, payment: Payment) -> None:
        """Of a guest's payment, after its receipt is out: when that comes tells nobody who is a client."""
        if payment.guest:
            self.matching.arrived(practice, self._payment(payment.ref(practice), payment.id))

    def opened(self, holder: LinkHolder) -> tuple[Payment, str]:
        """What a mailed link opens: its payment, and a URL of the PDF that lives a minute.

        Errors: as `url`.
        """
        payment = self._payment(holder.ref, holder.payment_id)
        return payment, self._url(holder.ref.practice, payment, inline=True)

    def url(self, ref: AccountRef, payment_id: str, *, inline: bool) -> str:
        """For whoever may see the account. Errors: NotFound payment_not_found; Refused receipt_not_ready,
        document_missing (its PDF is gone, and is being made again)."""
        return self._url(ref.practice, self._payment(ref, payment_id), inline=inline)

    def render_again(self, ref: AccountRef, payment_id: str) -> None:
        """Make a receipt's PDF anew where it is gone; the bytes that there are stay. Mails nothing.

        Errors: NotFound payment_not_found, practice_not_found; Refused receipt_not_ready; Invalid
        document_unrenderable; Busy.
        """
        payment = self._payment(ref, payment_id)
        profile = present(self.practices.practice(ref.practice), "practice_not_found")
        self._keep(profile, payment)

    def _marker(self, practice: str, key: str) -> Marker:
        return present(self.ledgers.marker(practice, key), "payment_not_found")

    def _payment(self, ref: AccountRef, payment_id: str) -> Payment:
        return present(self.ledgers.payment(ref, payment_id), "payment_not_found")

    def _keep(self, profile: Practice, payment: Payment) -> None:
        if not payment.receipt_key:
            raise Refused("receipt_not_ready")
        pdf = self.renderer.receipt(_data(profile, payment))
        self.files.put(profile.id, payment.receipt_key, pdf, content_type="application/pdf")

    def _note_unless_noted(self, practice: str, marker: Marker) -> None:
        """Whoever sent it may have died before the note: where it went is not known, but that it is over."""
        payment = self._payment(marker.ref(practice), marker.payment_id)
        if payment.receipt_mailed_to is None:
            self._note(practice, payment, "")

    def _note(self, practice: str, payment: Payment, address: str) -> None:
        """Keep where the receipt went, on the payment as it is then, so that a refund posted meanwhile stays;
        an address is never put out of mind by who knows none."""

        for attempt in range(ATTEMPTS):
            mailed_to = address or payment.receipt_mailed_to or ""
            if payment.receipt_mailed_to == mailed_to:
                return None
            noted = replace(payment, receipt_mailed_to=mailed_to, version=payment.version + 1)
            try:
                return self.ledgers.note(practice, noted)
            except (Conflict, Busy):  # Busy may hide that it was written: the payment tells
                self.clock.pause(attempt)
                payment = self._payment(payment.ref(practice), payment.id)
        raise Busy("the payment stays contended")

    def _mail(self, profile: Practice, payment: Payment) -> tuple[Sent, str]:
        """What came of it, and the address it went to, if any."""
        email, hashed = self._address(profile.id, payment)
        if not email:
            return Sent.NO_ADDRESS, ""
        if stop_of(self.people.mail_stops(profile.id, hashed), MailKind.RECEIPT):
            return Sent.STOPPED, ""
        ref = payment.ref(profile.id)
        token = self.links.token(ref, kind=RECEIPT_LINK, payment_id=payment.id, days=LINK_DAYS)
        mail = compose_receipt(profile, payment, to=email, token=token, public_url=self.public_url)
        try:
            self.mailer.send(mail)
        except Invalid:  # for good: trying again for ever would help nobody, and the portal has the receipt
            return Sent.REFUSED, ""
        return Sent.SENT, email

    def _address(self, practice: str, payment: Payment) -> tuple[str, str]:
        """Of whoever paid, and its hash; a guest typed theirs. Of who paid by the link on a bill it is the
        one that the practice has for the account."""
        if payment.guest:
            email = self.matching.typed_address(practice, payment)
            return email, address_hash(self.keys, practice, email) if email else ""
        if payment.by_link:
            return address_on_file(self.people, self.keys, practice, payment)
        person = self.people.person(practice, payment.person_id) if payment.person_id else None
        return (person.email, person.address_hash) if person else ("", "")

    def _url(self, practice: str, payment: Payment, *, inline: bool) -> str:
        if not payment.receipt_key:
            raise Refused("receipt_not_ready")
        filename = say(DOCUMENTS, "receipt_file", payment.locale, date=payment.date)
        return self.pdf_links.url(Filed.receipt(practice, payment), filename=filename, inline=inline)


def _data(profile: Practice, payment: Payment) -> ReceiptData:
    return ReceiptData(
        letterhead=Letterhead.of(profile, None, payment.locale),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        date=payment.date,
        method=payment.method or Method(payment.processor),
        reference=payment.reference or payment.id,
        owed_after_minor=payment.owed_after_minor,
        locale=payment.locale,
    )
