"""What one account's raw items say of each other: the chain, the books, the sums, the reservations.

Part of the independent auditor: reads the stored JSON and shares no code with the product.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

Key = tuple[str, str]
Item = Mapping[str, Mapping[str, str]]
Items = Mapping[Key, Item]

LIVE = {"created", "awaiting", "capturing", "unknown", "processing"}
FIRM = {"capturing", "unknown", "processing"}
PARTS = {"client:fee": 1, "client:insurance": -1, "client:adjustments": -1, "client:paid": -1}
ZEROS = "0" * 64
# An entry's fields, as its body lists them.
FIELDS = (
    "format", "seq", "kind", "occurred_on", "recorded_at", "actor", "reference",
    "payment_id", "reverses", "postings", "opens", "prev_hash", "reason",
)  # fmt: skip


# A payment's row leaves out what is so.
UNSAID: Mapping[str, Any] = {
    "refunded_minor": 0, "refunding_minor": 0, "refund_count": 0, "disputes": [], "intent_id": "",
}  # fmt: skip


@dataclass
class Account:
    """What one partition holds, as it lies there. An entry is its body, that body's text, and its hash."""

    practice: str
    id: str
    item: Item = field(default_factory=dict)
    entries: list[tuple[dict[str, Any], str, str]] = field(default_factory=list)
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    sequels: dict[int, Item] = field(default_factory=dict)
    paid: dict[int, list[Any]] = field(default_factory=dict)

    def bodies(self) -> list[dict[str, Any]]:
        return [body for body, _, _ in self.entries]


@dataclass
class Sums:
    """A client's bill, added up from the postings: by charge and part, and the credit."""

    owed: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(PARTS, 0))
    )
    about: dict[str, list[list[str]]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    credit: int = 0

    def add(self, postings: list[tuple[str, str, int, str]]) -> None:
        for book, side, amount, _ in postings:
            name, _, charge = book.partition("/")
            signed = amount if side == "D" else -amount
            if name in PARTS:
                self.owed[charge][name] += signed
            elif name == "credit":
                self.credit -= signed

    def row(self, charge: str) -> list[int]:
        """Fee, insurance, adjustments and paid, as an open item has them."""
        return [sign * self.owed[charge][part] for part, sign in PARTS.items()]

    def left(self) -> list[int]:
        return [sum(parts.values()) for parts in self.owed.values()]


@lru_cache(maxsize=1000)
def _entry(text: str) -> dict[str, Any]:
    """A stored body as its fields. A schedule's are read at each audit, and nobody changes what was read."""
    return dict(zip(FIELDS, json.loads(text), strict=True))


def accounts_of(items: Items) -> list[Account]:
    found: dict[str, Account] = {}
    for (pk, sk), item in sorted(items.items()):
        parts = pk.split("#")
        if len(parts) != 4 or parts[2] != "A":
            continue
        account = found.setdefault(pk, Account(parts[1], parts[3]))
        if sk == "ACCT":
            account.item = item
        elif sk.startswith("E#"):
            text = item["body"]["S"]
            account.entries.append((_entry(text), text, item["hash"]["S"]))
            if "paid" in item:
                account.paid[_entry(text)["seq"]] = json.loads(item["paid"]["S"])
        elif sk.startswith("CH#"):
            account.charges[sk[3:]] = {"service": "", "facts_seq": 0, **json.loads(item["body"]["S"])}
        elif sk.startswith("SQ#"):
            account.sequels[int(sk.split("#")[1])] = item
        elif sk.startswith("PAY#"):
            account.payments[sk[4:]] = {"id": sk[4:], **UNSAID, **json.loads(item["body"]["S"])}
        elif sk.startswith("RF#"):
            payment, _, id_ = sk[3:].partition("#")
            told = {"id": id_, "payment_id": payment, "state": "asked", "processor_id": ""}
            account.refunds[sk[3:]] = {**told, **json.loads(item["body"]["S"])}
    return list(found.values())


def chain(account: Account) -> Iterator[str]:
    """Numbers without gaps, each hash over its body and its predecessor's, the account at the end of it."""
    before = ZEROS
    for number, (body, text, digest) in enumerate(account.entries, start=1):
        if body["seq"] != number:
            yield f"I2 entry {number} is missing"
        if body["prev_hash"] != before or hashlib.sha256(text.encode()).hexdigest() != digest:
            yield f"I6 the chain breaks at {number}"
        before = digest
    if not account.item:
        yield "I2 entries without an account"
    elif (int(account.item["seq"]["N"]), account.item["head"]["S"]) != (len(account.entries), before):
        yield "I2 the account does not stand at its last entry"


def sums(account: Account) -> Iterator[str]:
    """I1, I2, I5, I9: every entry balances, nobody pays more than is owed, the account item is the sum."""
    bill = Sums()
    for body in account.bodies():
        number = body["seq"]
        for row in body["opens"]:
            bill.free = bill.free | {row[0]} if row[9:] else bill.free - {row[0]}
            bill.about[row[0]] = [row[1:3], row[7:9] if row[8:] else [row[7], row[2]]]
            if bill.row(row[0]) != row[3:7]:
                yield f"I2 entry {number} opens {row[0]} as it never stood"
        yield from _postings(body, account.item["currency"]["S"])
        bill.add(body["postings"])
        if bill.credit < 0 or min(bill.left(), default=0) < 0:
            yield f"I9 entry {number} pays more than there is to pay"
        if bill.credit and any(bill.left()):
            yield f"I9 entry {number} leaves credit beside what is owed"
    yield from _account_item(account, bill)
    yield from _closed(account, bill)
    yield from _receipts(account)


def _closed(account: Account, bill: Sums) -> Iterator[str]:
    """I2: a charge's sequel says that it was taken back, or lowered to nothing unpaid, where postings do."""
    for id_, charge in account.charges.items():
        fee, _, lowered, paid = bill.row(id_)
        unpaid = lowered > 0 and not paid and not sum(bill.owed[id_].values())
        told = "no_fee" if id_ in bill.free else "reversed" if not fee else "written_off" if unpaid else ""
        (who, _), (service, _) = bill.about[id_]
        corrected = [b["seq"] for b in account.bodies() if _corrects(b, id_)]
        facts = (charge["clinician_id"], charge["service"], charge["facts_seq"])
        if facts != (who, service, max(corrected, default=0)):
            yield f"I2 charge {id_} says {facts}, entries say {who}, {service}, {corrected}"
        sequel = account.sequels.get(charge["seq"], {})
        said, called = (sequel.get(name, {}).get("S", "") for name in ("closing", "service"))
        if said != told:
            yield f"I2 charge {id_} says {said!r}, entries say {told!r}"
        if (json.loads(called)[0] if called else None) != (service if corrected else None):
            yield f"I2 charge {id_} is called {called} since, entries say {service}, {corrected}"


def _receipts(account: Account) -> Iterator[str]:
    """I2: a payment's entry says that there is a receipt, where the payment was captured by a processor."""
    captured = (paid for paid in account.payments.values() if paid["state"] == "succeeded")
    told = {paid["entry_seq"] for paid in captured if paid["flow"] != "external"}
    kinds = {body["seq"]: body["kind"] for body in account.bodies()}
    said = {seq for seq, paid in account.paid.items() if paid[4] and kinds[seq] == "payment"}
    for seq in sorted(told ^ said):
        yield f"I2 the receipt of entry {seq} is in one row of two"


def _corrects(body: Mapping[str, Any], charge_id: str) -> bool:
    return bool(body["kind"] == "facts_corrected" and body["opens"][0][0] == charge_id)


def _postings(body: Mapping[str, Any], currency: str) -> Iterator[str]:
    for _, side, amount, of in body["postings"]:
        if type(amount) is not int or amount <= 0 or side not in ("D", "C") or of != currency:
            yield f"I5 entry {body['seq']}: {amount!r} {of}"
    if sum(signed(row) for row in body["postings"]):
        yield f"I1 entry {body['seq']} does not balance"


def _account_item(account: Account, bill: Sums) -> Iterator[str]:
    rows = {c: [bill.about.get(c), bill.row(c)] for c, p in bill.owed.items() if sum(p.values())}
    names, items = json.loads(account.item["open"]["S"])
    stored = {
        charge: [[[names[who], _date(since)], [names[what], _date(on)]], amounts]
        for charge, who, since, *amounts, what, on in items
    }
    balance = sum(bill.left()) - bill.credit
    if stored != rows:
        yield f"I2 open items are {stored}, entries say {rows}"
    if (int(account.item["credit"]["N"]), int(account.item["balance"]["N"])) != (bill.credit, balance):
        yield f"I2 credit and balance are not {bill.credit} and {balance}"


def _date(day: int) -> str:
    """The account's row counts days from the first of 2000."""
    return (date(2000, 1, 1) + timedelta(days=day)).isoformat()


def reservations(account: Account) -> Iterator[str]:
    """I2: what is reserved is what live payments would pay, and nothing else."""
    live = {}
    for id_, payment in account.payments.items():
        shares = {charge: amount_minor for charge, amount_minor, *_ in payment["shares"]}
        if payment["state"] in LIVE:
            live[id_] = [shares, payment["state"] in FIRM]
    if account.item and json.loads(account.item["reserved"]["S"]) != live:
        yield f"I2 reserved {account.item['reserved']['S']}, live payments say {live}"


def reversals(account: Account) -> Iterator[str]:
    """An entry is undone once, line by line, by a later one; what that adds is credit that applies itself."""
    bodies, undone = account.bodies(), set[int]()
    for body in bodies:
        seq, number = body["reverses"], body["seq"]
        if (seq is None) != (body["kind"] != "reversal"):
            yield f"I1 entry {number} is a {body['kind']} and undoes {seq}"
        if seq is None:
            continue
        was = bodies[seq - 1]["postings"] if 0 < seq < number else []
        now, more = body["postings"][: len(was)], body["postings"][len(was) :]
        stated = 0 < seq < number and bodies[seq - 1]["kind"] == "service" and not now
        turned = [[book, _other(side), *money] for book, side, *money in was]
        if not (was or stated) or seq in undone or turned != now:
            yield f"I1 entry {number} does not undo {seq}"
        if any(row[0] != "credit" and not row[0].startswith("client:paid/") for row in more):
            yield f"I1 entry {number} does more than undo {seq}"
        undone.add(seq)


def _other(side: str) -> str:
    return "C" if side == "D" else "D"


def signed(posting: list[Any]) -> int:
    """A debit is positive."""
    return int(posting[2]) if posting[1] == "D" else -int(posting[2])
