"""The independent auditor of guests' money: in each payment's own account, or with whom it was matched to.

Reads the raw table and the processors' log, and shares no code with the product.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.soak.books import Account, Items, accounts_of, signed

TRANSFERS, CREDIT = "asset:transfers", "credit"
Bills = Mapping[str, Sequence[tuple[str, str]]]


def is_guests(account: Account) -> bool:
    return len(account.id) == 26 and account.id.startswith("g")


def safety(items: Items) -> Iterator[str]:
    """At every moment: an account as soon as there is money, and never else; and the money in one place."""
    accounts = accounts_of(items)
    placed = _placed(accounts)
    for account in filter(is_guests, accounts):
        name = f"{account.practice}/{account.id}"
        payment = account.payments.get(account.id)
        if payment is None:
            yield f"{name} has no payment"
            continue
        paid = payment["state"] == "succeeded"
        listed = (f"P#{account.practice}#ACCOUNTS", account.id) in items
        if {bool(account.item), bool(account.entries), listed} != {paid}:
            yield f"{name} is {payment['state']}, and has {len(account.entries)} entries and an account"
        if paid:
            yield from _in_one_place(name, account, payment, placed[account.practice, account.id])
            yield from _listed(name, items, account, payment)


def _in_one_place(
    name: str, account: Account, payment: Mapping[str, Any], held: Mapping[str, int]
) -> Iterator[str]:
    """What it brings is its own account's credit, or is with the client whom it was matched to: whole."""
    brought, matched = _brought(payment), payment.get("matched_to", "")
    if int(account.item["credit"]["N"]) != (0 if matched else brought):
        kept = account.item["credit"]["N"]
        yield f"guest {name} brings {brought} to {matched or 'nobody'}, and keeps {kept}"
    with_whom = {client: minor for client, minor in held.items() if minor}
    if len(with_whom) > 1:
        yield f"the money of guest {name} is with {len(with_whom)} clients: {with_whom}"
    if with_whom != ({matched: brought} if matched and brought else {}):
        yield f"guest {name} brings {brought} to {matched or 'nobody'}, and {with_whom} have it"


def _brought(payment: Mapping[str, Any]) -> int:
    """What was captured, less what was given back, less what banks keep."""
    left = payment["amount_minor"] - payment["refunded_minor"]
    return int(left - min(sum(d["taken_minor"] for d in payment.get("disputes", ()) if d.get("lost")), left))


def _placed(accounts: Sequence[Account]) -> dict[tuple[str, str], Counter[str]]:
    """By guest's account: what clients' accounts have of it. A match is named after it, by whoever plays and
    by the product; what comes later is named alike in both accounts."""
    held: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    later = {
        (account.practice, body["reference"]): account.id
        for account in accounts if is_guests(account) for body in account.bodies()
    }  # fmt: skip
    for account in accounts:
        for body in () if is_guests(account) else account.bodies():
            if body["kind"] not in ("guest_payment", "guest_payment_back"):
                continue
            start, _, rest = body["reference"].partition("-")
            matched = rest.partition("-")[0] if start in ("m", "match") else ""
            whose = matched or later.get((account.practice, body["reference"]), "")
            moved = sum(signed(row) for row in body["postings"] if row[0] == TRANSFERS)
            held[account.practice, whose][account.id] += moved
    return held


def _listed(name: str, items: Items, account: Account, payment: Mapping[str, Any]) -> Iterator[str]:
    """The list of what waits is what waits."""
    row = items[f"P#{account.practice}#A#{account.id}", f"PAY#{account.id}"]
    waits = not payment.get("matched_to") and _brought(payment) > 0
    listed = row.get("gsi2pk", {}).get("S") == f"DUE#unmatched#{account.practice}#0"
    if waits is not listed:
        yield f"guest {name} {'waits' if waits else 'does not wait'}, and is {'' if listed else 'not '}listed"


def matched(items: Items) -> int:
    """How many guests' payments are with a client."""
    guests = (account for account in accounts_of(items) if is_guests(account))
    return sum(bool(paid.get("matched_to")) for account in guests for paid in account.payments.values())


def completeness(
    items: Items, log: Iterable[Mapping[str, object]], bills: Bills, claimed: Iterable[tuple[str, str]]
) -> Iterator[str]:
    """At rest: nobody paid a bill twice, by however many attempts; what was claimed is somebody's."""
    captured = Counter(
        (str(row["practice"]), str(row["payment"])) for row in log if row["kind"] == "captured"
    )
    for bill, attempts in bills.items():
        paid = sum(captured[attempt] for attempt in set(attempts))
        if paid > 1:
            yield f"bill {bill} was paid {paid} times, by {sorted(set(attempts))}"
    people = [item.get("private", {}).get("S", "") for (_, sk), item in items.items() if sk[:7] == "PERSON#"]
    for practice, account in claimed:
        if not any(account in person for person in people):
            yield f"I4 {practice}/{account} was claimed, and is nobody's"
