"""What an insurer answers to a charge: paid, not to be collected by its contract, left to the client. Pure.

It settles what was expected of it. What comes beyond that lowers the client's part, for nobody is asked for
what an insurer has paid; and money beyond the client's part, too, is owed back to the insurer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.money import positive
from chalicelib.ledger.domain.drafts import charge_to_post_to, drafted, freed, opened_if_closed
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import (
    CONTRACTUAL,
    OWED_TO_INSURERS,
    Book,
    Draft,
    Entry,
    EntryKind,
    OpenItem,
    Part,
    Posting,
    client,
    credit,
    debit,
    held_by,
    holder,
    insurer,
    owed_to_insurer,
)
from chalicelib.ledger.domain.ledger import Ledger

INSURANCE = "insurance"  # where the ledger says that an insurer's money lies
ANSWER_KINDS: Mapping[EntryKind, str] = {
    EntryKind.INSURANCE_PAYMENT: "insurance",
    EntryKind.CONTRACTUAL_ADJUSTMENT: "contractual",
    EntryKind.RESPONSIBILITY_TRANSFER: "transfer",
}
"""The entries that one answer may become, in their order, and in which series of ids each has its marker."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Where an amount of the insurer's goes (minor units)."""

    expected_minor: int = 0
    client_minor: int = 0
    beyond_minor: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    paid: Settled
    contractual: Settled


@dataclass(frozen=True, slots=True)
class Answered:
    """What insurers have settled of a charge (minor units): `paid_minor` pays it, `contractual_minor` may not
    be collected from anybody."""

    paid_minor: int = 0
    contractual_minor: int = 0


NOTHING = Answered()


def whole_minor(draft: Draft) -> int:
    """What an entry of an answer comes to (minor units): it is debited first, before what it settles."""
    return draft.postings[0].debit_minor


def answered(entries: Iterable[Entry]) -> Mapping[str, Answered]:
    """By charge, less what was taken back, and what is owed back to the insurer."""
    paid, forbidden = Counter[str](), Counter[str]()
    for entry in entries:
        for posting in entry.draft.postings:
            if holder(posting.book) == INSURANCE or posting.book.name == OWED_TO_INSURERS:
                paid[about(entry.draft)] += posting.debit_minor
            elif posting.book == CONTRACTUAL:
                forbidden[about(entry.draft)] += posting.debit_minor
    return {id_: Answered(paid[id_], forbidden[id_]) for id_ in paid.keys() | forbidden.keys()}


def answer(
    paid_minor: int, contractual_minor: int, *, expected_minor: int, client_minor: int, above_expected: bool
) -> Answer:
    """`expected_minor` is what the insurer has not settled, `client_minor` the client's part, both as if this
    answer were not there. `above_expected`: said on purpose.

    Errors: Refused insurance_above_expected (without that), contractual_above_fee.
    """
    expected_minor, client_minor = max(expected_minor, 0), max(client_minor, 0)
    excess_minor = paid_minor + contractual_minor - expected_minor
    if excess_minor > 0 and not above_expected:
        raise Refused("insurance_above_expected", "paid", remainder_minor=expected_minor)
    paid = _settled(paid_minor, expected_minor, client_minor)
    left = expected_minor - paid.expected_minor, client_minor - paid.client_minor
    contractual = _settled(contractual_minor, *left)
    if contractual.beyond_minor:
        raise Refused("contractual_above_fee", "contractual_adjustment", remainder_minor=sum(left))
    return Answer(paid, contractual)


def _settled(amount_minor: int, expected_minor: int, client_minor: int) -> Settled:
    of_expected = min(amount_minor, expected_minor)
    of_client = min(amount_minor - of_expected, client_minor)
    return Settled(of_expected, of_client, amount_minor - of_expected - of_client)


def payment(ledger: Ledger, item: OpenItem, settled: Settled, *, on: str, reference: str) -> Draft:
    """Money from the insurer."""
    return _draft(ledger, EntryKind.INSURANCE_PAYMENT, held_by(INSURANCE), item, settled, on, reference)


def contractual(ledger: Ledger, item: OpenItem, settled: Settled, *, on: str, reference: str) -> Draft:
    """What the insurer's contract forbids to collect, from anybody."""
    return _draft(ledger, EntryKind.CONTRACTUAL_ADJUSTMENT, CONTRACTUAL, item, settled, on, reference)


def _draft(
    ledger: Ledger, kind: EntryKind, book: Book, item: OpenItem, settled: Settled, on: str, reference: str
) -> Draft:
    postings = list(_postings(ledger, charge_to_post_to(item), book, settled))
    postings += freed(item, settled.client_minor - item.owed_minor, ledger.currency)
    opens = opened_if_closed(ledger, item)
    return drafted(ledger, kind, on, postings, opens, reference=reference)


def _postings(ledger: Ledger, charge_id: str, book: Book, settled: Settled) -> Sequence[Posting]:
    parts = (
        (insurer(charge_id), settled.expected_minor),
        (client(Part.INSURANCE, charge_id), settled.client_minor),
        (owed_to_insurer(charge_id), settled.beyond_minor),
    )
    total_minor = sum(minor for _, minor in parts)
    credits = [credit(to, minor, ledger.currency) for to, minor in parts if minor]
    return [debit(book, total_minor, ledger.currency), *credits]


def transfer_to_client(
    ledger: Ledger, item: OpenItem, amount_minor: int, *, left_minor: int, on: str, reference: str
) -> Draft:
    """The insurer leaves part of its part to the client, who owes it from `on`.

    `left_minor` is what it has not settled: that may not be collected again. Error: transfer_above_insurance.
    """
    charge_id, most_minor = charge_to_post_to(item), max(min(item.insurance_minor, left_minor), 0)
    if positive(amount_minor) > most_minor:
        raise Refused("transfer_above_insurance", "amount_minor", remainder_minor=most_minor)
    postings = [
        debit(client(Part.INSURANCE, charge_id), amount_minor, ledger.currency),
        credit(insurer(charge_id), amount_minor, ledger.currency),
    ]
    opens = () if item.charge_id in ledger.open else (replace(item, since=on),)
    return drafted(ledger, EntryKind.RESPONSIBILITY_TRANSFER, on, postings, opens, reference=reference)
