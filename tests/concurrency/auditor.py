"""An auditor that shares no code with what it audits: it reads the raw table and the processor's own log.

Everything is recomputed from the stored items as their documentation describes them.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LIVE = {"created", "awaiting", "capturing", "unknown", "processing"}
OWED = ("client:fee", "client:insurance", "client:adjustments", "client:paid")
# An entry's fields, as its body lists them.
FIELDS = (
    "format", "seq", "kind", "occurred_on", "recorded_at", "actor", "reference",
    "payment_id", "reverses", "postings", "opens", "prev_hash", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Logged:
    """Money the processor holds: what its own log says of one attempt."""

    payment_id: str
    account_id: str
    intent_id: str
    amount_minor: int
    refunds: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Auditor:
    """`dynamodb` is a boto3 client."""

    dynamodb: Any
    table: str
    practice: str

    def violations(self, account_id: str, log: Sequence[Logged]) -> list[str]:
        """Everything that is wrong with the account, in words; [] when nothing is."""
        rows = list(self._rows(account_id))
        entries = [row for row in rows if row["sk"].startswith("E#")]
        payments = {
            row["sk"][4:]: {"refunded_minor": 0, **json.loads(row["body"])}
            for row in rows
            if row["sk"].startswith("PAY#")
        }
        (account,) = (row for row in rows if row["sk"] == "ACCT")
        mine = [logged for logged in log if logged.account_id == account_id]
        return [
            *_chained(entries),
            *_balanced(entries),
            *_folded(account, entries),
            *_reserved(account, payments),
            *_credited(entries, mine),
            *_refunded(entries, payments, mine),
            *self._marked(entries, mine),
        ]

    def _rows(self, account_id: str) -> Iterator[dict[str, Any]]:
        ask: dict[str, Any] = {
            "TableName": self.table, "ConsistentRead": True, "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": {"#pk": "pk"},
            "ExpressionAttributeValues": {":pk": {"S": f"P#{self.practice}#A#{account_id}"}},
        }  # fmt: skip
        while True:
            answer = self.dynamodb.query(**ask)
            yield from (_plain(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            ask["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def marker(self, key: str) -> dict[str, Any] | None:
        where = {"pk": {"S": f"P#{self.practice}#MOV#{key}"}, "sk": {"S": "MOV"}}
        item = self.dynamodb.get_item(TableName=self.table, Key=where, ConsistentRead=True).get("Item")
        return _plain(item) if item else None

    def _marked(self, entries: Sequence[Mapping[str, Any]], log: Sequence[Logged]) -> Iterator[str]:
        """Every movement has its marker, which names its entry; the credit's is the receipt's cause, too."""
        for logged in log:
            marker = self.marker(f"stripe#{logged.intent_id}#succeeded")
            if marker is None:
                yield f"{logged.intent_id}: no marker"
                continue
            named = [e for e in entries if e["sk"] == f"E#{int(marker['entry_seq']):012d}"]
            if [_entry(e)["reference"] for e in named] != [logged.intent_id]:
                yield f"{logged.intent_id}: its marker names another entry"


def _plain(item: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {name: value.get("S", value.get("N")) for name, value in item.items()}


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(zip(FIELDS, json.loads(row["body"]), strict=True))


def _chained(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    before = "0" * 64
    for number, row in enumerate(entries, start=1):
        body = _entry(row)
        if row["sk"] != f"E#{number:012d}" or body["seq"] != number:
            yield f"entry {number} is missing"
        if body["prev_hash"] != before:
            yield f"entry {number} does not follow from the one before"
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["hash"]:
            yield f"entry {number} was altered"
        before = row["hash"]


def _postings(row: Mapping[str, Any]) -> list[tuple[str, int]]:
    """(book, debit) with credits negative."""
    postings = _entry(row)["postings"]
    return [(book, amount if side == "D" else -amount) for book, side, amount, _ in postings]


def _balanced(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in entries:
        postings = _entry(row)["postings"]
        if sum(amount for _, amount in _postings(row)) != 0 or len({p[3] for p in postings}) != 1:
            yield f"{row['sk']} does not balance in one currency"
        if any(type(p[2]) is not int or p[2] <= 0 for p in postings):
            yield f"{row['sk']} has an amount that is none"


def _folded(account: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    owed: dict[str, int] = defaultdict(int)
    credit = 0
    for row in entries:
        for book, amount in _postings(row):
            name, _, charge = book.partition("/")
            owed[charge] += amount if name in OWED else 0
            credit -= amount if name == "credit" else 0
    kept = {item[0]: item[3] - sum(item[4:7]) for item in json.loads(account["open"])[1]}
    if kept != {charge: minor for charge, minor in owed.items() if minor}:
        yield "the open items are not what the entries come to"
    if any(minor < 0 for minor in owed.values()):
        yield "a charge is paid beyond what it owes"
    if int(account["credit"]) != credit or credit < 0:
        yield "the credit is not what the entries come to"
    if credit and kept:
        yield "credit stands beside open items"
    if int(account["balance"]) != sum(owed.values()) - credit:
        yield "the balance is not what the entries come to"
    head = entries[-1]["hash"] if entries else "0" * 64
    if (int(account["seq"]), account["head"]) != (len(entries), head):
        yield "the account does not stand at its last entry"


def _reserved(account: Mapping[str, Any], payments: Mapping[str, Any]) -> Iterator[str]:
    live = {
        id_: {share[0]: share[1] for share in payment["shares"]}
        for id_, payment in payments.items()
        if payment["state"] in LIVE
    }
    if {id_: held[0] for id_, held in json.loads(account["reserved"]).items()} != live:
        yield "reservations are not those of the live payments"


def _received(entries: Sequence[Mapping[str, Any]], kind: str) -> list[tuple[str, int]]:
    """(reference, what came into the processor's hands) of every such entry."""
    found = [(_entry(row), _postings(row)) for row in entries]
    return [
        (body["reference"], sum(amount for book, amount in postings if book == "processor:stripe"))
        for body, postings in found
        if body["kind"] == kind and any(book == "processor:stripe" for book, _ in postings)
    ]


def _credited(entries: Sequence[Mapping[str, Any]], log: Sequence[Logged]) -> Iterator[str]:
    """One credit per movement of money, of its amount; none without one."""
    credits = _received(entries, "payment")
    times = Counter(reference for reference, _ in credits)
    for logged in log:
        if times[logged.intent_id] == 0:
            yield f"{logged.intent_id}: the credit is lost"
        elif times[logged.intent_id] > 1:
            yield f"{logged.intent_id}: credited {times[logged.intent_id]} times: doubled"
        elif (logged.intent_id, logged.amount_minor) not in credits:
            yield f"{logged.intent_id}: credited with another amount"
    for reference in times.keys() - {logged.intent_id for logged in log}:
        yield f"{reference}: credited, but the processor holds no such money"


def _refunded(
    entries: Sequence[Mapping[str, Any]], payments: Mapping[str, Any], log: Sequence[Logged]
) -> Iterator[str]:
    posted = Counter((reference, -amount) for reference, amount in _received(entries, "refund"))
    made = Counter(refund for logged in log for refund in logged.refunds)
    if posted != made:
        yield f"refunds posted {dict(posted)}, made at the processor {dict(made)}"
    for id_, payment in payments.items():
        if not 0 <= payment["refunded_minor"] <= payment["amount_minor"]:
            yield f"{id_}: refunded more than was paid"
