"""Tell a payer that their payment came to nothing after all: a bank sent the debit back, PayPal denied the
money later. One e-mail says so and links to where it can be paid again.

The payment itself is the work-list row, by its `notice`, which is taken off last. Safe to run again; after a
crash in between the e-mail may go out a second time. It is claimed before, so that no two workers send it.
"""

from dataclasses import dataclass, replace

from chalicelib.documents.services.link_payers import address_on_file
from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.returned_mail import compose_returned
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, present
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.recording import Seen, record_payment
from chalicelib.mail.domain.setbacks import MailKind, stop_of
from chalicelib.mail.ports import Mailer
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.services.claims import claim
from chalicelib.payments.services.matching import Matching
from chalicelib.payments.services.notices import RETURNED
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.address_hashes import address_hash


@dataclass(frozen=True)
class Returns:
    """`public_url` is the portal's origin, without a final slash."""

    ledgers: Ledgers
    practices: Practices
    people: People
    claims: Claims
    mailer: Mailer
    clock: Clock
    keys: Keys
    public_url: str
    matching: Matching

    def send(self, ref: AccountRef, payment_id: str) -> Sent:
        """The worker's part. Errors: NotFound payment_not_found, practice_not_found; Busy."""
        payment = self._payment(ref, payment_id)
        if payment.notice != RETURNED:
            return Sent.BEFORE
        profile = present(self.practices.practice(ref.practice), "practice_not_found")
        claim(self.claims, self.clock, ref.practice, f"{RETURNED}#{ref.account}#{payment_id}")
        if self._payment(ref, payment_id).notice != RETURNED:
            return Sent.BEFORE
        outcome = self._mail(profile, payment)
        self._mark(ref.practice, payment)
        return outcome

    def _mail(self, profile: Practice, payment: Payment) -> Sent:
        to, hashed = self._address(profile.id, payment)
        if not to:
            return Sent.NO_ADDRESS
        if stop_of(self.people.mail_stops(profile.id, hashed), MailKind.NOTICE):
            return Sent.STOPPED
        try:
            self.mailer.send(compose_returned(profile, payment, to=to, public_url=self.public_url))
        except Invalid:  # for good: the portal says it, too
            return Sent.REFUSED
        return Sent.SENT

    def _address(self, practice: str, payment: Payment) -> tuple[str, str]:
        """Of whoever paid, and its hash; "" without one. A guest typed theirs."""
        if payment.guest:
            email = self.matching.typed_address(practice, payment)
            return email, address_hash(self.keys, practice, email) if email else ""
        if payment.by_link:
            return address_on_file(self.people, self.keys, practice, payment)
        person = self.people.person(practice, payment.person_id) if payment.person_id else None
        return (person.email, person.address_hash) if person else ("", "")

    def _mark(self, practice: str, payment: Payment) -> None:
        def decide(seen: Seen) -> Change | None:
            now = seen.existing
            if now.notice != RETURNED:
                return None
            told = replace(now, notice="", version=now.version + 1)
            return Change(seen.account, seen.account, payment=told, alone=True)

        # A guest's has no account to read, as it paid nothing.
        record_payment(self.ledgers, self.clock, payment.ref(practice), payment.id, decide)

    def _payment(self, ref: AccountRef, payment_id: str) -> Payment:
        return present(self.ledgers.payment(ref, payment_id), "payment_not_found")
