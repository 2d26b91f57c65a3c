"""Match a guest's money to a client's account, and let its refunds and disputes follow it there.

A match is one transaction over both accounts; so is each later refund, failed refund or lost dispute: it is
posted in the guest's account, and in the same transaction the client's gives the money up, or gets it back.
"""

from dataclasses import dataclass, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, NotFound, Refused, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Outdated
from chalicelib.ledger.domain import guest_money
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Draft, EntryKind
from chalicelib.ledger.domain.guest_money import MeantFor
from chalicelib.ledger.domain.lookback import matched_owed_again
from chalicelib.ledger.domain.marker_keys import by_hand
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.recording import Posted, already, entered, fingerprint, once
from chalicelib.platform.ports import Clock

NOTHING_SAID = MeantFor()


@dataclass(frozen=True, slots=True)
class MatchWish:
    """`id` is that of whoever asks, of one match in the practice. `source` is the guest's account.
    `meant`: which of the target's services the money pays first."""

    id: str
    source: AccountRef
    payment_id: str
    target: AccountRef
    on: str
    meant: MeantFor = NOTHING_SAID

    @property
    def command(self) -> str:
        return fingerprint("match", payment=self.payment_id, target=self.target.account)


@dataclass(frozen=True)
class GuestMoney:
    """`actor` is the text of who asks; it is written into every entry."""

    ledgers: Ledgers
    clock: Clock
    actor: str

    def match(self, wish: MatchWish) -> Posted:
        """Once, however often asked: all that the payment brings goes to the client's account. The number is
        the guest's entry.

        Errors: NotFound account_not_found, payment_not_found; Refused guest_matched (it was matched already),
        as `rematch`.
        """

        def decide(giving: Account) -> Change:
            payment = self._payment(wish)
            if payment.matched_to:
                raise Refused("guest_matched", "payment_id", account=payment.matched_to)
            taking = self._target(wish, giving)
            amount_minor = giving.ledger.credit_minor
            if amount_minor != payment.brought_minor:
                raise Refused("entry_in_use", seq=payment.entry_seq)
            out = guest_money.going(
                giving.ledger, amount_minor, on=wish.on, reference=wish.id, payment_id=payment.id
            )
            return self._moved(giving, out, taking, wish, payment)

        if known := self._before(wish):
            return known
        key = by_hand(EntryKind.GUEST_PAYMENT.value, wish.id)
        return once(self.ledgers, self.clock, wish.source, key, wish.command, decide)

    def rematch(self, wish: MatchWish) -> Posted:
        """Correct a match: the money goes on to another client's account, and the entry by which it leaves
        the first one names the match that brought it. The number is that entry's.

        Errors: NotFound account_not_found, payment_not_found; Refused guest_unmatched, payment_state (not
        captured), guest_refunding (a refund is under way), guest_disputed (a bank holds it), nothing_to_post
        (all of it went back), external_id_taken; Invalid same_account, currency_mixed,
        refund_above_remainder (the first account has it no more).
        """
        if known := self._before(wish):
            return known
        payment = self._payment(wish)
        first = payment.matched_ref(wish.source.practice)
        if not payment.matched_to:
            raise Refused("guest_unmatched", "payment_id")

        def decide(giving: Account) -> Change:
            payment = self._payment(wish)
            if payment.matched_to != giving.id:
                raise Refused("guest_matched", "payment_id", account=payment.matched_to)
            taking = self._target(wish, giving)
            reason = guest_money.correction(self._match_of(first, payment))
            out = _given_up(
                self.ledgers, wish.source.practice, giving, payment, payment.brought_minor,
                on=wish.on, reference=wish.id, reason=reason,
            )  # fmt: skip
            return self._moved(giving, out, taking, wish, payment)

        key = by_hand(EntryKind.GUEST_PAYMENT_BACK.value, wish.id)
        return once(self.ledgers, self.clock, first, key, wish.command, decide)

    def _before(self, wish: MatchWish) -> Posted | None:
        """The same one, made before, as a match or as a correction."""
        practice = wish.source.practice
        for kind in (EntryKind.GUEST_PAYMENT, EntryKind.GUEST_PAYMENT_BACK):
            key = by_hand(kind.value, wish.id)
            marker = self.ledgers.marker(practice, key)
            if marker is not None:
                return already(self.ledgers, marker.ref(practice), key, wish.command)
        return None

    def _match_of(self, ref: AccountRef, payment: Payment) -> str:
        """What the match is called by which it came there."""
        seq = payment.matched_seq
        return next((e.draft.reference for e in self.ledgers.entries(ref, first=seq, last=seq)), "")

    def _moved(
        self, giving: Account, out: Draft, taking: Account, wish: MatchWish, payment: Payment
    ) -> Change:
        minor = payment.brought_minor
        first = wish.meant.shares(taking.ledger.open)
        arriving = guest_money.coming(taking.ledger, minor, on=wish.on, reference=wish.id, first=first)
        at = instant(self.clock.now())
        poorer, gone = entered(giving, out, at=at, actor=self.actor)
        richer, come = entered(taking, arriving, at=at, actor=self.actor)
        matched = replace(
            payment,
            matched_to=taking.id,
            matched_seq=come.seq,
            updated_at=at,
            version=payment.version + 1,
        )
        return Change(giving, poorer, gone, payment=matched, other=Change(taking, richer, come))

    def _payment(self, wish: MatchWish) -> Payment:
        payment = present(
            self.ledgers.payment(wish.source, wish.payment_id), "payment_not_found", "payment_id"
        )
        if not payment.guest:
            raise NotFound("payment_not_found", "payment_id")
        if payment.state is not State.SUCCEEDED:
            raise Refused("payment_state", "payment_id", state=payment.state.value)
        if payment.refunding_minor:
            raise Refused("guest_refunding", "payment_id")
        if payment.disputed_minor:
            raise Refused("guest_disputed", "payment_id")
        if not payment.brought_minor:
            raise Refused("nothing_to_post", "payment_id")
        return payment

    def _target(self, wish: MatchWish, giving: Account) -> Account:
        if wish.target.practice != wish.source.practice:
            raise NotFound("account_not_found")
        if wish.target.account in (giving.id, wish.source.account):
            raise Invalid("same_account", "to")
        taking = present(self.ledgers.account(wish.target), "account_not_found")
        if taking.ledger.currency != giving.ledger.currency:
            raise Invalid("currency_mixed", "to")
        return taking


def followed(ledgers: Ledgers, practice: str, change: Change) -> Change:
    """The change, and where its entry moves a matched payment's money, the client's side of that.

    Errors: NotFound account_not_found; Invalid refund_above_remainder (that account has it no more);
    Outdated.
    """
    payment, entry = change.payment, change.entry
    moved_minor = guest_money.moved_minor(entry) if entry else 0
    if payment is None or entry is None or not (payment.matched_to and moved_minor):
        return change
    account = present(ledgers.account(payment.matched_ref(practice)), "account_not_found")
    on, reference = entry.draft.occurred_on, entry.draft.reference
    if moved_minor > 0:
        try:
            draft = _given_up(ledgers, practice, account, payment, moved_minor, on=on, reference=reference)
        except Invalid:
            # The payment was read first: who took the money from that account may have written it since.
            now = ledgers.payment(payment.ref(practice), payment.id)
            if now is not None and now.version >= payment.version:
                raise Outdated from None
            raise
    else:
        seen = ledgers.entries(account.ref(practice), first=payment.matched_seq, last=account.ledger.seq)
        again = matched_owed_again(seen, reference)
        draft = guest_money.coming(account.ledger, -moved_minor, on=on, reference=reference, first=again)
    after, made = entered(account, draft, at=entry.recorded_at, actor=entry.actor)
    key = by_hand(EntryKind.GUEST_PAYMENT_BACK.value, reference)
    marker = Marker(key, account.id, "", made.seq, made.recorded_at) if moved_minor > 0 else None
    return replace(change, other=Change(account, after, made, marker=marker))


def _given_up(
    ledgers: Ledgers,
    practice: str,
    account: Account,
    payment: Payment,
    amount_minor: int,
    *,
    on: str,
    reference: str,
    reason: str = "",
) -> Draft:
    """That much of a matched payment leaves the client's account. Error: refund_above_remainder."""
    positions = Positions(ledgers)
    of_client = positions.taken(practice, account, positions.as_matched(payment), amount_minor)
    items = positions.items(practice, account, [share.charge_id for share in of_client.shares])
    return guest_money.taken_back(account.ledger, of_client, items, on=on, reference=reference, reason=reason)
