"""The text of an entry: written, read and hashed here and nowhere else.

A compact JSON list by position, as names would be a quarter of it; first comes the number of its format. A
later format appends fields and does nothing else; what a text without one of them means, `_entry` says. The
hash is of the text as it is stored: nothing is written anew to check it, so no format breaks those before it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.kernel import stored_format
from chalicelib.kernel.money import Money
from chalicelib.kernel.outside import OtherVersion
from chalicelib.ledger.domain.entries import Book, Draft, Entry, EntryKind, OpenItem, Posting, Side

FORMAT = 1
# The deployment's format (kernel/stored_format.py) that brought each format of texts.
SINCE = {1: 1}

# In the order in which they stand, and the format that brought each.
FIELDS = {
    "seq": 1,
    "kind": 1,
    "occurred_on": 1,
    "recorded_at": 1,
    "actor": 1,
    "reference": 1,
    "payment_id": 1,
    "reverses": 1,
    "postings": 1,
    "opens": 1,
    "prev_hash": 1,
    "reason": 1,
}

_AS_TEXT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def sealed(entry: Entry) -> Entry:
    """With its text, in the newest format that the deployment writes, and the hash of that."""
    text = written(entry)
    return replace(entry, text=text, hash=digest(text))


def digest(text: str) -> str:
    """SHA-256 of an entry's text; anyone can recompute it from the stored item."""
    return hashlib.sha256(text.encode()).hexdigest()


def written(entry: Entry) -> str:
    values = _values(entry)
    in_force = stored_format.in_force()
    format_ = max(number for number, since in SINCE.items() if since <= in_force)
    return _AS_TEXT.encode([format_, *(values[name] for name, since in FIELDS.items() if since <= format_)])


def read(text: str, hash_: str) -> Entry:
    """The entry of a stored text, of this format or an earlier one, with the hash stored beside it.

    Errors: OtherVersion; ValueError, TypeError, LookupError, Invalid, where it is no entry.
    """
    format_, *values = json.loads(text)
    if type(format_) is not int or not 1 <= format_ <= FORMAT:
        raise OtherVersion(format_)
    names = (name for name, since in FIELDS.items() if since <= format_)
    return replace(_entry(dict(zip(names, values, strict=True))), hash=hash_, text=text)


def _values(entry: Entry) -> dict[str, object]:
    draft = entry.draft
    return {
        "seq": entry.seq,
        "kind": draft.kind.value,
        "occurred_on": draft.occurred_on,
        "recorded_at": entry.recorded_at,
        "actor": entry.actor,
        "reference": draft.reference,
        "payment_id": draft.payment_id,
        "reverses": draft.reverses,
        "postings": [
            [str(p.book), p.side.value, p.money.amount_minor, p.money.currency] for p in draft.postings
        ],
        "opens": [_item_values(item) for item in draft.opens],
        "prev_hash": entry.prev_hash,
        "reason": draft.reason,
    }


def _entry(values: Mapping[str, Any]) -> Entry:
    draft = Draft(
        kind=EntryKind(values["kind"]),
        occurred_on=values["occurred_on"],
        postings=tuple(
            Posting(Book.parse(book), Side(side), Money(amount_minor, currency))
            for book, side, amount_minor, currency in values["postings"]
        ),
        opens=tuple(_item(*item) for item in values["opens"]),
        reference=values["reference"],
        payment_id=values["payment_id"],
        reverses=values["reverses"],
        reason=values["reason"],
    )
    return Entry(values["seq"], draft, values["recorded_at"], values["actor"], values["prev_hash"])


def _item_values(item: OpenItem) -> list[object]:
    """Last stand, where they are needed: the service's day, if the item is not owed from it, and `free`."""
    later = (item.service_on,) if item.free or item.service_on != item.since else ()
    return [
        item.charge_id, item.clinician_id, item.since,
        item.fee_minor, item.insurance_minor, item.adjustments_minor, item.paid_minor,
        item.service, *later, *((True,) if item.free else ()),
    ]  # fmt: skip


def _item(
    charge_id: str, clinician_id: str, since: str, fee: int, insurance: int, adjustments: int, paid: int,
    service: str, service_on: str | None = None, free: bool = False,
) -> OpenItem:  # fmt: skip
    on = since if service_on is None else service_on
    return OpenItem(charge_id, clinician_id, since, fee, insurance, adjustments, paid, service, on, free)
