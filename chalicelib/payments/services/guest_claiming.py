"""Pay first, then decide: the guest's address becomes one that signs in by a code, and sees that payment.

Who asks has shown the payment's key; who signs in has read the address. Nothing of a client's account is
opened by it, also once the money is matched there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound, Refused, Stale, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.services.recording import ATTEMPTS
from chalicelib.payments.services.guest_paying import GuestPaying, GuestProgress
from chalicelib.platform.ports import Chance, Keys
from chalicelib.practice.domain.practices import Claimed, Person
from chalicelib.practice.ports import People
from chalicelib.practice.services.address_hashes import address_hash, person_by_hash

MOST_CLAIMED = 50  # of a person: the latest


@dataclass(frozen=True)
class GuestClaiming:
    guests: GuestPaying
    people: People
    keys: Keys
    chance: Chance

    def claim(self, practice: str, key: str) -> str:
        """The address that signs in from now on. Safe to repeat, and the same whether or not somebody signs
        in by it already. Errors: NotFound practice_not_found, payment_not_found; Refused payment_state (not
        paid); Busy."""
        payment = self.guests.look(practice, key).payment
        form = present(self.guests.forms.form(practice, payment.account_id), "payment_not_found").form
        if payment.state is not State.SUCCEEDED:
            raise Refused("payment_state", state=payment.state.value)
        hashed = address_hash(self.keys, practice, form.email)
        claimed = Claimed(payment.account_id, instant(self.guests.clock.now()))
        for attempt in range(ATTEMPTS):
            before = person_by_hash(self.people, practice, hashed)
            made = before or Person(self.chance.id(), form.email, payment.locale, (), (hashed,))
            after = replace(made, claimed=_with(made.claimed, claimed))
            try:
                self.people.save_person(practice, after, before=before)
            except (Conflict, Stale):  # somebody else wrote them, or has just made them
                self.guests.clock.pause(attempt)
                continue
            return form.email
        raise Busy("the person stays contended")

    def claimed(self, practice: str, account_ids: Sequence[str]) -> Sequence[GuestProgress]:
        """The payments of those accounts, the newest first; `account_ids` are the session's. Error: NotFound
        practice_not_found."""
        profile = present(self.guests.practices.practice(practice), "practice_not_found")
        refs = [AccountRef(practice, id_) for id_ in account_ids]
        found = [payment for ref in refs if (payment := self.guests.ledgers.payment(ref, ref.account))]
        found.sort(key=lambda payment: payment.created_at, reverse=True)
        return [GuestProgress(profile, payment) for payment in found]

    def claimed_account(self, practice: str, account_ids: Sequence[str], payment_id: str) -> AccountRef:
        """Where a claimed payment is. Error: NotFound payment_not_found, of anybody else's."""
        if payment_id not in account_ids:  # a guest's payment and its account have one id
            raise NotFound("payment_not_found")
        return AccountRef(practice, payment_id)


def _with(before: tuple[Claimed, ...], new: Claimed) -> tuple[Claimed, ...]:
    others = (each for each in before if each.account_id != new.account_id)
    return (*others, new)[-MOST_CLAIMED:]
