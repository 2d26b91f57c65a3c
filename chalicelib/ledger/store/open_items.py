"""Open items as the account's row keeps them: small, for each name stands once and is numbered."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from chalicelib.ledger.domain.entries import OpenItem

_FIRST = date(2000, 1, 1).toordinal()  # day 0


def packed(items: Iterable[OpenItem]) -> str:
    """JSON: the names (of services and clinicians), and a list of each item, with their numbers for them."""
    names = dict[str, int]()

    def number(name: str) -> int:
        return names.setdefault(name, len(names))

    rows = [
        [
            item.charge_id, number(item.clinician_id), _day(item.since),
            item.fee_minor, item.insurance_minor, item.adjustments_minor, item.paid_minor,
            number(item.service), _day(item.service_on),
        ]
        for item in items
    ]  # fmt: skip
    return json.dumps([list(names), rows], separators=(",", ":"), ensure_ascii=False)


def unpacked(text: str) -> Iterator[OpenItem]:
    names, rows = json.loads(text)
    for charge_id, clinician, since, fee, insurance, adjustments, paid, service, service_on in rows:
        yield OpenItem(
            charge_id, names[clinician], _date(since), fee, insurance, adjustments, paid,
            names[service], _date(service_on),
        )  # fmt: skip


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - _FIRST


def _date(day: int) -> str:
    return date.fromordinal(_FIRST + day).isoformat()
