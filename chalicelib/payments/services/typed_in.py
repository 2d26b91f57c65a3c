"""Whether a person has entered a processor's money by hand, as the only way to have it before it could be
adopted: it would be credited twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.payments.ports.processors import Facts

EARLIER = timedelta(days=2)  # that the day somebody typed may lie before the instant of the capture
_PAGE = 100


def refuse_named(ledgers: Ledgers, ref: AccountRef, facts: Facts) -> None:
    """Error: Refused adoption_typed_in, where a payment entered by hand names the money in notes or id."""
    names = [name for name in (facts.intent_id, facts.session_id, facts.charge_id) if name]
    for payment in _entered(ledgers, ref, facts):
        if any(name in f"{payment.reference} {payment.notes}" for name in names):
            raise Refused("adoption_typed_in", "id", payment=payment.reference, entry=payment.entry_seq)


def refuse_alike(ledgers: Ledgers, ref: AccountRef, facts: Facts) -> None:
    """Error: Refused adoption_resembles, where one of that amount was entered since the money came."""
    for payment in _entered(ledgers, ref, facts):
        if payment.amount_minor == facts.amount_minor and payment.updated_at >= _came(facts):
            raise Refused("adoption_resembles", "id", payment=payment.reference, entry=payment.entry_seq)


def _entered(ledgers: Ledgers, ref: AccountRef, facts: Facts) -> Iterator[Payment]:
    """Those that stand, newest first; one that was taken back stands no more."""
    came = _came(facts)
    since = instant(datetime.fromisoformat(came) - EARLIER) if came else ""
    for payment in _payments(ledgers, ref):
        if payment.created_at < since:
            return
        if payment.outside and payment.state is State.SUCCEEDED:
            yield payment


def _payments(ledgers: Ledgers, ref: AccountRef) -> Iterator[Payment]:
    cursor, more = None, True
    while more:
        page = ledgers.payments(ref, cursor=cursor, limit=_PAGE)
        yield from page.rows
        cursor, more = page.next_cursor, page.next_cursor is not None


def _came(facts: Facts) -> str:
    """When the money did, or was asked for at a bank; "" where neither is told."""
    return facts.captured_at or (facts.captured.at if facts.captured else "")
