"""Who reads a document of an account, and which names they read on it. Pure.

An account may have several people: its client, and who pays for them. Each is told what they know anyway.
"""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.ledger.domain.payments import EXTERNAL_METHODS, Payment
from chalicelib.practice.domain.practices import Client, Grant, Person, theirs


class Reads(StrEnum):
    """OWN: what is about themselves. SUPERBILLS: as guarantor who is shown superbills, with the legal name.
    OTHERS: as guarantor who is not."""

    OWN = "own"
    SUPERBILLS = "superbills"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid, as one reader is told: by `name`, or in words (`said`, of words.documents); neither where
    nobody knows."""

    name: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """`since`: as of Person."""

    person_id: str
    reads: Reads
    since: int = 0

    @staticmethod
    def of(person_id: str, grant: Grant, *, since: int) -> "Reader":
        if grant.relation == "self":
            return Reader(person_id, Reads.OWN, since)
        return Reader(person_id, Reads.SUPERBILLS if grant.superbills else Reads.OTHERS, since)

    def client_name(self, client: Client) -> str:
        """The legal name, as insurers want it, only for the client and whoever is shown superbills, which
        have it, too."""
        other = client.preferred_name if self.reads is Reads.OTHERS else client.legal_name
        return other or client.name

    def payer(self, client: Client, payment: Payment, payer: Person | None) -> Payer:
        """The client is told who paid, and everybody what they paid themselves: by the name that was typed
        with the card, where it is known."""
        if payment.guest or payment.by_link:  # who that was is the practice's to know
            return Payer(said="paid_without_signing_in")
        if not payment.person_id and payment.processor in EXTERNAL_METHODS:
            return Payer(said="received_at_office")
        mine = theirs(self.person_id, self.since, by=payment.person_id, at=payment.created_at)
        if self.reads is not Reads.OWN and not mine:
            return Payer(said="another_payer")
        if payment.cardholder:
            return Payer(payment.cardholder)
        return Payer(_known_as(client, payment, payer)) if payer else Payer()


def _known_as(client: Client, payment: Payment, payer: Person) -> str:
    """A person has no name of their own: the client's row has those of the two who may pay. It does not have
    that of a former guarantor."""
    if payer.email and payer.email == client.guarantor_email:
        return client.guarantor_name if payer.did(payment.person_id, payment.created_at) else ""
    return client.legal_name or client.name if payer.email == client.email else ""
