"""The independent auditor: reads the raw table and the processor's log, and shares no code with the product.

Every function returns what is wrong, in words; nothing when all is well. I1 to I10 are the promises that
docs/results.md lists.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.soak.books import (
    LIVE,
    Account,
    Item,
    Items,
    Key,
    accounts_of,
    chain,
    reservations,
    reversals,
    signed,
    sums,
)

Row = Mapping[str, object]

# An entry's kind: what the processor's log calls it, and which way it moves what that holds.
AT_PROCESSORS = ("processor:stripe", "processor:paypal")
DISPUTED, EXCESS = "asset:disputed", "asset:disputed-excess"
MOVES = {
    "payment": ("captured", 1),
    "refund": ("refunded", -1),
    "refund_failure": ("came back", 1),
    "processor_fee": ("fee", -1),
    "dispute_withdrawn": ("withdrawn", -1),
    "dispute_reinstated": ("reinstated", 1),
}
SILENT = ("returned", "decided")  # rows of the log that move no money


def ledger_of(items: Items) -> dict[Key, Item]:
    """All that is money: entries, charges, markers. For comparing two moments."""
    return {key: item for key, item in items.items() if key[1].startswith(("E#", "CH#", "MOV"))}


# --- what must hold at every moment ---------------------------------------------------------------


def safety(
    items: Items, journal: Sequence[tuple[Key, Item | None]], log: Iterable[Row], acked: Iterable[Row]
) -> list[str]:
    rows, accounts = list(log), accounts_of(items)
    found = [*_append_only(journal), *_durable(items, acked), *_transfers(accounts)]
    for account in accounts:
        where = f"{account.practice}/{account.id}"
        if not (account.item or account.entries):  # a guest's, who has not paid
            continue
        checks = (
            chain(account), sums(account), reversals(account), reservations(account), _moved(account, rows),
        )  # fmt: skip
        found += [f"{where}: {finding}" for check in checks for finding in check]
    return found


def _append_only(journal: Sequence[tuple[Key, Item | None]]) -> Iterator[str]:
    """I6: an entry, a charge and a marker are written once; a marker may only lose its notice, a charge may
    say other facts with a later entry that corrects them."""
    seen: dict[Key, Item] = {}
    for key, item in journal:
        if key[1].startswith("E#") and key in seen:
            yield f"I6 {key} was written again"
        if key[1].startswith("CH#") and key in seen and (item is None or not _same_charge(seen[key], item)):
            yield f"I6 charge {key} was changed"
        if key[1] == "MOV" and key in seen and (item is None or _kept(seen[key]) != _kept(item)):
            yield f"I6 marker {key} was changed"
        if item is not None:
            seen[key] = item


def _same_charge(was: Item, now: Item) -> bool:
    """Whether it says the same, but for facts that a later entry corrected."""
    before, after = _said(was), _said(now)
    free = CORRECTED if after["facts_seq"] > before["facts_seq"] else frozenset()
    return _but(before, free) == _but(after, free)


def _but(said: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


CORRECTED = frozenset({"facts_seq", "service", "clinician_id", "cpt", "place_of_service", "private"})


def _said(charge: Item) -> dict[str, Any]:
    return {"facts_seq": 0, **json.loads(charge["body"]["S"]), "private": charge.get("private")}


def _kept(marker: Item) -> dict[str, Any]:
    """What the marker says of the money; the rest is its notice and its place in the work list."""
    return {name: marker.get(name) for name in ("account_id", "payment_id", "entry_seq", "at")}


def _durable(items: Items, acked: Iterable[Row]) -> Iterator[str]:
    """I4: what was acknowledged is there."""
    for row in acked:
        partition, name = f"P#{row['practice']}#A#{row.get('account')}", str(row["id"])
        if row["kind"] == "event":
            there = (f"P#{row['practice']}#IN", f"IN#{name}") in items
        elif row["kind"] == "intent":
            there = (partition, f"PAY#{name}") in items
        else:
            there = (f"P#{row['practice']}#MOV#import#{row['kind']}#{name}", "MOV") in items
        if not there:
            yield f"I4 acknowledged but absent: {dict(row)}"


def _moved(account: Account, log: Sequence[Row]) -> Iterator[str]:
    """I3, I5: no movement of money twice, none that the processor does not know, none of another amount."""
    known = {_name(row): int(str(row["amount"])) for row in log if row["practice"] == account.practice}
    seen: Counter[tuple[str, str]] = Counter()
    for body in account.bodies():
        kind, sign = MOVES.get(body["kind"], ("", 0))
        held = sum(signed(row) for row in body["postings"] if row[0] in AT_PROCESSORS)
        if held:
            name = (kind, body["reference"])
            seen[name] += 1
            if held != sign * known.get(name, 0):
                yield f"I3 {name}: the ledger has {held}, the processor {known.get(name)}"
    yield from (f"I3 {name} is in the ledger {count} times" for name, count in seen.items() if count > 1)
    for payment in account.payments.values():
        yield from _payment(account, payment)
        yield from _refund_rows(account, payment)


def _transfers(accounts: Iterable[Account]) -> Iterator[str]:
    """I1: what one account gave, another one of its practice has: two sides each, which come to nil. Both are
    of one moment: a refund and its return are two such pairs."""
    sides: dict[tuple[str, str, str], list[tuple[str, int]]] = defaultdict(list)
    for account in accounts:
        for body in account.bodies():
            for row in (row for row in body["postings"] if row[0] == "asset:transfers"):
                name = account.practice, body["reference"], body["recorded_at"]
                sides[name].append((account.id, signed(row)))
    for name, moved in sides.items():
        if len(dict(moved)) != 2 or len(moved) != 2 or sum(amount for _, amount in moved) != 0:
            yield f"I1 transfer {name}: {moved}"


def _payment(account: Account, payment: Mapping[str, Any]) -> Iterator[str]:
    gone = {body["reverses"] for body in account.bodies()}
    own = [
        body
        for body in account.bodies()
        if body["payment_id"] == payment["id"] and body["kind"] != "reversal" and body["seq"] not in gone
    ]
    held, disputes, books = Counter[str](), Counter[str](), _books(own)
    for body in own:
        moved = sum(signed(row) for row in body["postings"] if row[0].startswith("processor:"))
        held[body["kind"]] += moved
        if body["kind"].startswith("dispute_"):
            disputes[body["reference"].partition("/")[0]] -= moved
    refunded = -held["refund"] - held["refund_failure"]
    told = {dispute["id"]: dispute["taken_minor"] for dispute in payment["disputes"]}
    if payment["refunded_minor"] != refunded or told != dict(disputes):
        yield f"I5 payment {payment['id']}: not {refunded} refunded and {dict(disputes)} disputed"
    charged = refunded + disputes.total() - books[EXCESS]
    if not 0 <= charged <= payment["amount_minor"] or min(books[EXCESS], books[DISPUTED]) < 0:
        yield f"I5 payment {payment['id']}: {charged} charged of {payment['amount_minor']}, {dict(books)}"
    credits = sum(body["kind"] == "payment" for body in own)
    if credits != (payment["state"] == "succeeded") or held["payment"] != credits * payment["amount_minor"]:
        yield f"I3 payment {payment['id']} is {payment['state']}, credited {credits} times"


def _refund_rows(account: Account, payment: Mapping[str, Any]) -> Iterator[str]:
    """I5: what is asked or pending is kept of its payment, and every refund posted has its row."""
    if f"processor:{payment['processor']}" not in AT_PROCESSORS:
        return
    rows = [row for row in account.refunds.values() if row["payment_id"] == payment["id"]]
    kept = sum(row["amount_minor"] for row in rows if row["state"] in ("asked", "pending"))
    if (payment["refunding_minor"], payment["refund_count"]) != (kept, len(rows)):
        yield f"I5 payment {payment['id']} keeps {payment['refunding_minor']} for refunds, not {kept}"
    own = [body for body in account.bodies() if body["payment_id"] == payment["id"]]
    went = {body["reference"] for body in own if body["kind"] == "refund"}
    back = {body["reference"] for body in own if body["kind"] == "refund_failure"}
    told = {row["processor_id"] for row in rows if row["state"] == "succeeded"}
    failed = {row["processor_id"] for row in rows if row["state"] == "failed"}
    if told != went - back or not back <= failed:
        yield f"I5 payment {payment['id']}: refunds posted {went}, back {back}; rows {told}, failed {failed}"


def _books(bodies: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """What was debited to each book, less what was credited."""
    books = Counter[str]()
    for body in bodies:
        for row in body["postings"]:
            books[row[0]] += signed(row)
    return books


def _name(row: Row) -> tuple[str, str]:
    return str(row["kind"]), str(row["id"])


# --- what must hold once everything has come to rest ----------------------------------------------


def completeness(items: Items, log: Iterable[Row], refused: Iterable[Row], mails: Sequence[str]) -> list[str]:
    rows, accounts = list(log), accounts_of(items)
    captured = [row for row in rows if row["kind"] == "captured"]
    return [
        *_all_there(accounts, [row for row in rows if row["kind"] not in SILENT]),
        *_charged(accounts, rows),
        *_called(items, rows),
        *_told(
            Counter((row["practice"], row["account"]) for row in rows if row["kind"] == "returned"), mails
        ),
        *_came_back(accounts, rows),
        *_nothing_stuck(items, accounts),
        *_refused_left_nothing(accounts, refused),
        *(f"no receipt for {row['payment']}" for row in captured if not _mailed(items, row, mails)),
        *_charged_twice(captured),
    ]


def _mailed(items: Items, captured: Row, mails: Sequence[str]) -> bool:
    """A receipt calls the payment by its reference. Of a guest whose form is lost with the table nobody knows
    an address."""
    form = f"P#{captured['practice']}#GUESTS", str(captured["account"])
    if captured["account"] == captured["payment"] and form not in items:
        return True
    row = items[f"P#{captured['practice']}#A#{captured['account']}", f"PAY#{captured['payment']}"]
    reference = json.loads(row["body"]["S"])["reference"]
    return any(reference in mail for mail in mails)


def _told(returned: Mapping[tuple[object, object], int], mails: Sequence[str]) -> Iterator[str]:
    """Whose bank sent a debit back, which moves no money, hears of it: a link to their account each time."""
    for (practice, account), times in returned.items():
        heard = sum(f"/{practice}/billing?account={account}" in mail for mail in mails)
        if heard < times:
            yield f"{times} debits of {practice}/{account} came back, and {heard} mails say so"


def _charged_twice(captured: Iterable[Row]) -> Iterator[str]:
    count = Counter((str(row["practice"]), str(row["account"]), str(row["payment"])) for row in captured)
    yield from (
        f"the payer of {payment} was charged {times} times" for payment, times in count.items() if times > 1
    )


def at_rest(items: Items) -> bool:
    """Nothing waits in a work list."""
    return not any(waits(item) for item in items.values())


def waits(item: Item) -> bool:
    """For the product: what waits for staff to match it is in a list of theirs."""
    return "gsi2pk" in item and not item["gsi2pk"]["S"].startswith("DUE#unmatched#")


def _all_there(accounts: Iterable[Account], log: Sequence[Row]) -> Iterator[str]:
    """I3, I7: the ledger has every movement that the processor has, in the account it was meant for."""
    posted = {(a.practice, b["kind"], b["reference"]): a.id for a in accounts for b in a.bodies()}
    kinds = {name: kind for kind, (name, _) in MOVES.items()}
    back = {(row["practice"], row["id"]) for row in log if row["kind"] == "came back"}
    for row in log:
        if (row["practice"], row["id"]) in back:  # a refund and its return: both in the ledger, or neither
            continue
        account = posted.get((str(row["practice"]), kinds[str(row["kind"])], _name(row)[1]))
        if account is None or (row["kind"] == "captured" and account != row["account"]):
            yield f"I3 lost: {dict(row)}"


def _came_back(accounts: Iterable[Account], log: Sequence[Row]) -> Iterator[str]:
    """A refund that came back is undone where it was posted."""
    net = Counter[tuple[str, str]]()
    for account in accounts:
        for body in account.bodies():
            if body["kind"] in ("refund", "refund_failure"):
                net[account.practice, body["reference"]] += 1 if body["kind"] == "refund" else -1
    for row in log:
        if row["kind"] == "came back" and net[str(row["practice"]), str(row["id"])]:
            yield f"I7 {row['id']} came back and is posted"


def refunds_known(
    items: Items, made: Iterable[Row], log: Iterable[Row], *, away: bool, restored: bool = False
) -> Iterator[str]:
    """I7: every refund that the processor made has one row, in the processor's state, under our id where we
    asked for it; and no other row says that it was made.

    `away`: nobody looked for longer than its lists are asked back. Then one of its dashboard may go unheard
    that failed before any money moved: it is in no books. `restored`: the rows of those that we asked for may
    be lost, so that one of them goes unheard, too.
    """
    went = {(row["practice"], row["id"]) for row in log if row["kind"] == "refunded"}
    rows = {
        (account.practice, row["processor_id"]): row
        for account in accounts_of(items)
        for row in account.refunds.values()
        if row["processor_id"]
    }
    for refund in made:
        row = rows.pop((str(refund["practice"]), str(refund["id"])), None)
        idle = refund["status"] == "failed" and (refund["practice"], refund["id"]) not in went
        # PayPal sends no news of one that fails, and no list tells of it either.
        unheard = away or (refund.get("silent") and not refund["asked"])
        if unheard and row is None and idle and (restored or not refund["asked"]):
            continue
        if row is None or row["state"] != refund["status"] or (refund["asked"] not in ("", row["id"])):
            yield f"I7 refund {dict(refund)} has the row {row}"
    yield from (f"I7 refund {id_} has a row, and was never made" for _, id_ in rows)


Gone = dict[tuple[str, str], tuple[int, int, int]]


def _charged(accounts: Iterable[Account], log: Sequence[Row]) -> Iterator[str]:
    """I5, I7: what was taken of each payment is charged to it as far as it goes: refunds first, then what
    banks keep, then what they hold. The rest stands apart. So it is, whatever was heard first."""
    gone = _gone(log)
    for account in accounts:
        for payment in account.payments.values():
            refunded, kept, held = gone.get((account.practice, payment["intent_id"]), (0, 0, 0))
            lost = min(kept, payment["amount_minor"] - refunded)
            disputed = min(held, payment["amount_minor"] - refunded - lost)
            wanted = (disputed, kept + held - lost - disputed)
            books = _books(body for body in account.bodies() if body["payment_id"] == payment["id"])
            if (books[DISPUTED], books[EXCESS]) != wanted:
                yield f"I5 payment {payment['id']}: disputed and beyond are {dict(books)}, not {wanted}"


def _gone(log: Sequence[Row]) -> Gone:
    """By practice and intent: what was refunded, what banks keep, and what they hold."""
    lost = {(row["practice"], row["id"]): row["lost"] for row in log if row["kind"] == "decided"}
    signs = {"refunded": 1, "came back": -1, "withdrawn": 1, "reinstated": -1}
    found: Gone = {}
    for row in (row for row in log if row["kind"] in signs):
        intent = str(row["practice"]), str(row["intent"])
        amount = signs[str(row["kind"])] * int(str(row["amount"]))
        dispute, _, of_dispute = str(row["id"]).partition("/")
        place = 0 if not of_dispute else 1 if lost.get((row["practice"], dispute)) else 2
        sums = list(found.get(intent, (0, 0, 0)))
        sums[place] += amount
        found[intent] = sums[0], sums[1], sums[2]
    return found


def rounds_that_last(items: Items) -> Iterator[str]:
    """A round that a person was called for comes through once the weather is fine, and the call ends."""
    for key, item in items.items():
        if item.get("name", {}).get("S") == "round_overdue" and "closed_at" not in item:
            yield f"still overdue: {key[0]} {item['subject']['S']}"


def _called(items: Items, log: Sequence[Row]) -> Iterator[str]:
    """A person is called where more was taken than was paid."""
    paid = {(row["practice"], row["intent"]): row["amount"] for row in log if row["kind"] == "captured"}
    called = [
        (key[0], item["subject"]["S"]) for key, item in items.items()
        if item.get("name", {}).get("S") == "dispute_above_payment"
    ]  # fmt: skip
    for (practice, intent), gone in _gone(log).items():
        beyond = sum(gone) - int(str(paid.get((practice, intent), 0)))
        if beyond > 0 and not any(pk == f"P#{practice}#ALERT" and intent in what for pk, what in called):
            yield f"nobody was called: {beyond} more was taken of {intent} than was paid"


def _nothing_stuck(items: Items, accounts: Iterable[Account]) -> Iterator[str]:
    for account in accounts:
        for id_, payment in account.payments.items():
            if payment["state"] in LIVE:
                yield f"stuck: payment {id_} is {payment['state']}"
        for id_, refund in account.refunds.items():
            if refund["state"] in ("asked", "pending"):
                yield f"stuck: refund {id_} is {refund['state']}"
    for key, item in items.items():
        if waits(item):
            yield f"stuck: {key} is due as {item['gsi2pk']['S']}"


def _refused_left_nothing(accounts: Iterable[Account], refused: Iterable[Row]) -> Iterator[str]:
    """I10: what was refused is nowhere, or says just that and holds nothing."""
    known = list(accounts)
    entries = {(a.practice, a.id, b["reference"]) for a in known for b in a.bodies()}
    payments = {
        (a.practice, a.id, id_)
        for a in known for id_, paid in a.payments.items()
        if (paid["state"], paid.get("failure")) != ("failed", "not_started")
    }  # fmt: skip
    for row in refused:
        where = str(row["practice"]), str(row.get("account")), str(row["id"])
        if where in (payments if row["kind"] == "intent" else entries):
            yield f"I10 refused but there: {dict(row)}"


def paid_once(items: Items, log: Iterable[Row]) -> list[str]:
    """Where nothing but charges, payments and their refunds happened: nobody paid more than was charged. What
    was given back is owed again, and may be paid again."""
    charged: dict[tuple[str, str], int] = defaultdict(int)
    for account in accounts_of(items):
        fees = (r for b in account.bodies() for r in b["postings"] if r[0].startswith("client:fee/"))
        charged[account.practice, account.id] = sum(signed(row) for row in fees)
    payers: dict[tuple[str, str], tuple[str, str]] = {}
    for row in log:
        practice, amount = str(row["practice"]), int(str(row.get("amount", 0)))
        intent = practice, str(row.get("intent"))
        if row["kind"] == "captured" and row["account"] != row["payment"]:  # else it is a guest's
            payers[intent] = practice, str(row["account"])
            charged[payers[intent]] -= amount
        elif row["kind"] == "refunded" and intent in payers:
            charged[payers[intent]] += amount
    return [f"{where} paid {-left} too much" for where, left in charged.items() if left < 0]
