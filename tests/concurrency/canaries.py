"""Four ways to credit that look right and are not. The harness must catch each, or it proves nothing."""

from dataclasses import replace

from chalicelib.kernel.errors import present
from chalicelib.kernel.outside import AlreadyRecorded, Conflict
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.accounts import Account, with_payment
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import Seen, entered, record
from chalicelib.ledger.store.items import MarkerItem, PaymentItem
from chalicelib.ledger.store.ledgers import DynamoLedgers, _puts
from chalicelib.payments.ports.processors import Facts
from chalicelib.payments.services.adopting import Adopting, _Found
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.dynamo.table import Canceled, transact

AT = "2026-03-10T15:00:00.000Z"


class UnmarkedLedgers(DynamoLedgers):
    """Puts the marker and the payment whatever is there."""

    def commit(self, practice: str, change: Change) -> None:
        anything = MarkerItem.pk.exists() | MarkerItem.pk.does_not_exist()
        puts = [
            (item, anything if isinstance(item, MarkerItem | PaymentItem) else condition)
            for item, condition in _puts(practice, change)
        ]
        try:
            transact(puts)
        except Canceled as canceled:
            raise Conflict from canceled


class TakenIsDuplicateLedgers(DynamoLedgers):
    """Takes an entry number or a version that somebody else took for "recorded already"."""

    def commit(self, practice: str, change: Change) -> None:
        try:
            super().commit(practice, change)
        except Conflict as conflict:
            raise AlreadyRecorded from conflict


class CheckThenAct(Settling):
    """Looks for the marker, and credits when there is none."""

    def _credit(self, practice: str, processor: str, facts: Facts, seen: Seen) -> Seen:
        if self.ledgers.marker(practice, _key(facts)) is None:
            payment, marker = _payment(self, practice, facts), Marker(_key(facts), "", "", 0, AT, "receipt")
            record(
                self.ledgers, self.clock, facts.ref(practice),
                lambda account: _credited(account, payment, facts, marker),
            )  # fmt: skip
        return self.movements.seen(practice, facts)


class ClaimFirst(Settling):
    """Takes the marker first, then credits: whoever comes second believes that it is done."""

    def _credit(self, practice: str, processor: str, facts: Facts, seen: Seen) -> Seen:
        claim = Marker(_key(facts), facts.account_id, facts.payment_id, 0, AT, "receipt")
        try:
            record(
                self.ledgers, self.clock, facts.ref(practice),
                lambda account: Change(account, account, marker=claim),
            )  # fmt: skip
        except AlreadyRecorded:
            return self.movements.seen(practice, facts)
        record(
            self.ledgers, self.clock, facts.ref(practice),
            lambda account: _credited(account, _payment(self, practice, facts), facts, None),
        )  # fmt: skip
        return self.movements.seen(practice, facts)


class CheckTheRow(Adopting):
    """Looks for the row of a payment that may be lost, and credits it when there is none."""

    def _settled(self, practice: str, found: _Found) -> Payment:
        facts, lost, ref = found.facts, found.seen.existing, found.facts.ref(practice)
        if self.ledgers.payment(ref, facts.payment_id) is None:
            marker = Marker(_key(facts), "", "", 0, AT, "receipt")
            record(self.ledgers, self.clock, ref, lambda account: _credited(account, lost, facts, marker))
        return present(self.ledgers.payment(ref, facts.payment_id), "payment_not_found")


def _payment(settling: Settling, practice: str, facts: Facts) -> Payment:
    payment = settling.ledgers.payment(facts.ref(practice), facts.payment_id)
    assert payment is not None
    return payment


def _key(facts: Facts) -> str:
    return f"stripe#{facts.intent_id}#succeeded"


def _credited(account: Account, payment: Payment, facts: Facts, marker: Marker | None) -> Change:
    wanted = replace(payment.allocation, shares=(), credit_minor=facts.amount_minor)
    draft = drafts.payment(
        account.ledger, wanted, processor="stripe", on="2026-03-10", reference=facts.intent_id,
        payment_id=payment.id,
    )  # fmt: skip
    after, entry = entered(account, draft, at=AT, actor="processor")
    paid = replace(payment, state=State.SUCCEEDED, entry_seq=entry.seq, version=payment.version + 1)
    marked = marker and replace(marker, account_id=account.id, payment_id=payment.id, entry_seq=entry.seq)
    return Change(account, with_payment(after, paid), entry, payment=paid, marker=marked)
