"""The ledger in DynamoDB: what is put comes back, and every answer of the store means what it means."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import AlreadyRecorded, Busy, Conflict
from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.entries import OpenItem, Service
from chalicelib.ledger.domain.entry_text import digest
from chalicelib.ledger.domain.history import HistoryRow, Sequel
from chalicelib.ledger.domain.ledger import Ledger, fold
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import own_id
from chalicelib.ledger.store.imports import DynamoImports
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.operations.ports.work import InboxRow
from chalicelib.operations.store.worklists import DynamoWorkLists
from chalicelib.payments.ports.processors import RefundStatus
from chalicelib.platform.dynamo import keys
from chalicelib.practice.store.people import DynamoPeople
from tests.support.money import Money
from tests.support.practice import MAYA, NOAH
from tests.support.refunds import wish
from tests.unit.ledger.conftest import Calls

P = Money.practice


@pytest.fixture
def money(calls: Calls) -> Money:
    made = Money(DynamoLedgers())
    made.open()
    return made


def paid(money: Money, key: str = "key-1") -> None:
    money.charge("c1", 10000, insurer_minor=500)
    money.start(key)
    money.processor.take(key)
    money.settle(key)


def test_a_charge_as_it_was_before_each_correction_of_its_facts_comes_back(money: Money) -> None:
    money.charge("c1", 10000, cpt="90837", diagnoses=("F41.1",))
    money.charge("c2", 10000)
    first = own_id(P, "charge", "c1")
    before, other = money.ledgers.charges(MAYA, [first])[first], own_id(P, "charge", "c2")
    assert money.ledgers.former_charges(MAYA, first) == []
    correcting = CorrectingFacts(money.ledgers, money.clock, "staff-7")
    for number, cpt in enumerate(("90834", "90791")):
        facts = FactChanges(cpt=cpt)
        correcting.correct(MAYA, f"f{number}", charge_external_id="c1", facts=facts, on="2026-02-02")
    found = money.ledgers.former_charges(MAYA, first)
    assert [charge.cpt for charge in found] == ["90837", "90834"]
    assert (found[0], money.ledgers.former_charges(MAYA, other)) == (before, [])


def test_everything_of_a_ledger_comes_back_as_it_was_put(money: Money) -> None:
    paid(money)
    money.charge("c2", 4000, cpt="90837", diagnoses=("F41.1",), place_of_service="11", units=2)
    money.processor.silent = ["before"]
    money.start("key-2")
    entries = list(money.ledgers.entries(MAYA))
    assert [e.seq for e in entries] == [1, 2, 3, 4]
    assert all(digest(e.text) == e.hash for e in entries)
    assert fold("USD", entries) == money.account().ledger
    assert money.account().reserved == {"key-2": Reservation({own_id(P, "charge", "c2"): 4000}, firm=True)}
    charge = money.ledgers.charges(MAYA, [own_id(P, "charge", "c2"), "none"])
    assert [(c.cpt, c.diagnoses, c.units) for c in charge.values()] == [("90837", ("F41.1",), 2)]
    assert money.payment("key-1").state is State.SUCCEEDED
    assert money.ledgers.marker(P, "stripe#pi_key-1#succeeded") == Marker(
        "stripe#pi_key-1#succeeded", "maya", "key-1", 2, "2026-03-10T15:00:00.000Z", "receipt"
    )
    assert money.ledgers.charges(MAYA, []) == {}
    assert list(money.ledgers.entries(MAYA, first=2, last=3)) == entries[1:3]


def test_the_refunds_under_way_are_those_of_all_payments_of_the_account_alone(money: Money) -> None:
    money.open("noah")
    money.processor.refunds_begin = RefundStatus.PENDING
    for number, account in enumerate(("maya", "maya", "noah")):
        money.charge(f"d{number}", 5000, account)
        money.start(f"key-{number}", account)
        money.processor.take(f"key-{number}")
        money.settle(f"key-{number}")
        asked = wish(money.ledgers, f"key-{number}", 1000, id_=f"r{number}", account=account)
        money.refunding.refund(asked)
    money.processor.refund_becomes("key-1", RefundStatus.SUCCEEDED)
    held = money.ledgers.refunds_under_way
    assert [refund.id for refund in held(money.ref())] == ["r0", "r1"]
    money.settle("key-1")
    assert [refund.id for refund in held(money.ref())] == ["r0"]
    assert (held(AccountRef("oak", "maya")), [refund.id for refund in held(money.ref("noah"))]) == (
        [],
        ["r2"],
    )


def test_an_account_is_found_by_what_the_practice_calls_its_client(money: Money) -> None:
    people, found = DynamoPeople(), {f"C{n}": f"drawn-{n}" for n in range(120)}  # more than one batch
    for client_id, account_id in found.items():
        assert money.post.open_account(AccountRef(P, account_id), "USD", external_id=client_id)
    assert people.accounts_of(P, [*found, "C1", "nobody"]) == found
    assert people.accounts_of("oak", found) == {}
    assert people.accounts_of(P, []) == {}


def test_one_client_has_one_account_and_neither_row_is_written_without_the_other(money: Money) -> None:
    money.post.open_account(AccountRef(P, "first"), "USD", external_id="C1")
    with pytest.raises(Refused, match="external_id_taken"):
        money.post.open_account(AccountRef(P, "second"), "USD", external_id="C1")
    assert money.ledgers.account(AccountRef(P, "second")) is None
    assert not money.post.open_account(AccountRef(P, "first"), "USD", external_id="C2"), (
        "the account was there"
    )
    assert DynamoPeople().accounts_of(P, ["C1", "C2"]) == {"C1": "first"}


def test_absent_rows_and_other_practices_rows_are_none(money: Money) -> None:
    paid(money)
    assert money.ledgers.account(NOAH) is None
    assert money.ledgers.account(AccountRef("oak", "maya")) is None
    assert money.ledgers.payment(AccountRef("oak", "maya"), "key-1") is None
    assert money.ledgers.marker("oak", "stripe#pi_key-1#succeeded") is None
    assert list(money.ledgers.entries(AccountRef("oak", "maya"))) == []


def written(calls: Calls) -> list[str]:
    """The rows that each write put, by the names that docs/adr/0003 has for them."""
    puts = [
        [part["Put"]["Item"] for part in asked["TransactItems"]]
        if "TransactItems" in asked
        else [asked["Item"]]
        for operation, asked in calls.made
        if operation in ("TransactWriteItems", "PutItem")
    ]
    return [" ".join(sorted(item["sk"]["S"].partition("#")[0] for item in items)) for items in puts]


def test_a_charge_a_payment_and_a_refund_outside_are_one_transaction_each(money: Money, calls: Calls) -> None:
    calls.made.clear()
    paid(money)
    money.cash("p1", 700)
    money.give_back("r1", "p1", 700)
    assert written(calls) == [
        "ACCT CH E MOV",
        "ACCT PAY",  # the intent
        "PAY",  # and the processor's answer
        "ACCT E E MOV MOV PAY",  # the money, and the processor's fee
        *2 * ["ACCT E MOV PAY"],  # cash, and what was given back of it
    ]
    writes = [asked for operation, asked in calls.made if operation == "TransactWriteItems"]
    assert {operation for operation, _ in calls.made} <= {
        "TransactWriteItems", "PutItem", "GetItem", "Query", "BatchGetItem", "DescribeTable",
    }  # fmt: skip
    for asked in writes:
        for item in asked["TransactItems"]:
            assert item["Put"]["ConditionExpression"], "no put without its condition"
            assert item["Put"]["Item"]["pk"]["S"].startswith(f"P#{P}#")


def test_moving_credit_between_two_accounts_is_one_transaction(money: Money, calls: Calls) -> None:
    money.open("noah")
    money.cash("p1", 700)
    money.charge("n1", 500, "noah")
    calls.made.clear()
    correct = Correcting(money.ledgers, money.clock, "cli")
    correct.transfer_credit("t1", source=MAYA, target=NOAH, amount_minor=600, on="2026-03-09")
    writes = [asked["TransactItems"] for operation, asked in calls.made if operation == "TransactWriteItems"]
    assert written(calls) == ["ACCT ACCT E E MOV"]
    assert all(item["Put"]["ConditionExpression"] for item in writes[0])
    assert (money.account().ledger.balance_minor, money.account("noah").ledger.balance_minor) == (-100, -100)
    for account_id in ("maya", "noah"):
        entries = list(money.ledgers.entries(AccountRef(P, account_id)))
        assert fold("USD", entries) == money.account(account_id).ledger


def test_how_a_charge_was_closed_is_in_the_transaction_that_closes_it(money: Money, calls: Calls) -> None:
    id_ = money.charge("c1", 10000, cpt="90837")
    calls.made.clear()
    asked: dict[str, Any] = {"charge_external_id": "c1", "on": "2026-03-02"}
    money.post.write_off(MAYA, "w1", amount_minor=10000, **asked)
    money.post.adjustment(MAYA, "a1", amount_minor=-10000, **asked)
    money.correcting.reverse(MAYA, 3, on="2026-03-02")
    writes = [asked["TransactItems"] for operation, asked in calls.made if operation == "TransactWriteItems"]
    assert written(calls) == 3 * ["ACCT E MOV SQ"]
    guarded = [item for items in writes for item in items if not _is_sequel(item)]
    assert all(item["Put"]["ConditionExpression"] for item in guarded)
    rows = money.ledgers.other_rows(MAYA)
    assert rows is not None
    assert rows.sequels == [Sequel(1, "2026-03-01", Closing.WRITTEN_OFF)]
    assert not any("CH#" in str(item) for items in writes for item in items), "closing writes no charge"
    (charge,) = [row for row in _history(money) if id_ in row.services and row.entry.seq == 1]
    assert charge.closing is Closing.WRITTEN_OFF


def test_11_what_travels_with_an_entry_needs_no_other_row(money: Money) -> None:
    paid(money)
    money.charge("c2", 900, service="Family session", date="2026-03-05")
    asked: dict[str, Any] = {"charge_external_id": "c1", "on": "2026-03-06"}
    money.post.insurance_payment(MAYA, "i1", paid_minor=500, contractual_minor=0, to_client_minor=0, **asked)
    money.cash("p1", 900, on="2026-03-07")
    money.give_back("r1", "p1", 200)
    c1, c2 = (own_id(P, "charge", external_id) for external_id in ("c1", "c2"))
    individual, family = Service("Individual session", "2026-03-01"), Service("Family session", "2026-03-05")
    found = [
        (row.entry.draft.kind.value, dict(row.services), row.payment and row.payment.method)
        for row in _history(money)
    ]
    assert found == [
        ("payment", {c1: individual}, Method("card", "Visa", "4242")),
        ("payment", {c2: family}, Method("cash")),
        ("insurance_payment", {c1: individual}, None),  # though it is paid, and not open any more
        ("charge", {c2: family}, None),
        ("refund", {c2: family}, Method("cash")),
        ("charge", {c1: individual}, None),
    ]
    assert money.payment("key-1").services == {c1: individual}
    assert [row.services for row in money.ledgers.history_rows(MAYA, first=5, last=5)] == [{c1: individual}]


def _history(money: Money) -> Sequence[HistoryRow]:
    whole: dict[str, Any] = {"since": "2026-01-01", "until": "2026-12-31", "cursor": None, "limit": 50}
    return money.ledgers.history(MAYA, **whole).rows


def test_correcting_facts_is_one_transaction(money: Money, calls: Calls) -> None:
    id_ = money.charge("c1", 700)
    calls.made.clear()
    facts = CorrectingFacts(money.ledgers, money.clock, "cli")
    changes = FactChanges(service="Family session")
    facts.correct(MAYA, "f1", charge_external_id="c1", facts=changes, on="2026-03-09")
    assert written(calls) == ["ACCT CH E MOV SQ WAS"]
    assert money.ledgers.charges(MAYA, [id_])[id_].service == "Family session"


def test_a_refund_at_the_processor_and_its_failure_are_one_transaction_each(
    money: Money, calls: Calls
) -> None:
    paid(money)
    calls.made.clear()
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=700)
    money.settle("key-1")
    money.processor.refund_becomes("key-1", RefundStatus.FAILED)
    money.settle("key-1")
    assert written(calls) == 2 * ["ACCT E MOV PAY RF"]


def test_a_service_at_nothing_is_one_transaction(money: Money, calls: Calls) -> None:
    calls.made.clear()
    money.charge("c1", 0)
    assert written(calls) == ["ACCT CH E MOV SQ"]


def test_undoing_a_payment_is_one_transaction(money: Money, calls: Calls) -> None:
    money.charge("c1", 700)
    money.cash("p1", 700)
    calls.made.clear()
    Correcting(money.ledgers, money.clock, "cli").reverse(MAYA, 2, on="2026-03-09")
    assert written(calls) == ["ACCT E MOV PAY"]
    (*_, entry) = money.ledgers.entries(MAYA)
    assert (entry.draft.reverses, money.account().ledger.balance_minor) == (2, 700)


def test_a_taken_marker_is_a_duplicate_and_nothing_is_written(money: Money) -> None:
    paid(money)
    account = money.account()
    again = Marker("stripe#pi_key-1#succeeded", "maya", "key-1", 9, "")
    with pytest.raises(AlreadyRecorded):
        money.ledgers.commit(P, Change(account, account, marker=again))
    assert money.account() == account


def test_a_taken_entry_or_a_changed_version_is_a_conflict_never_a_duplicate(money: Money) -> None:
    paid(money)
    account = money.account()
    entry = next(iter(money.ledgers.entries(MAYA)))
    stale = replace(account, version=account.version - 1)
    fresh = Marker("stripe#pi_new#succeeded", "maya", "key-1", 9, "")
    payment = money.payment("key-1")
    for change in (
        Change(account, account, entry=entry, marker=fresh),
        Change(stale, stale, marker=fresh),
        Change(account, account, payment=payment, marker=fresh),
        Change(account, account, payment=replace(payment, version=payment.version + 2), marker=fresh),
        Change(replace(account, version=0), account, marker=fresh),
    ):
        with pytest.raises(Conflict):
            money.ledgers.commit(P, change)
    assert money.ledgers.marker(P, fresh.key) is None
    assert money.account() == account


CANCELED = "TransactionCanceledException"


@pytest.mark.parametrize(
    ("code", "reasons", "meaning"),
    [
        (CANCELED, ("None", "None", "None", "TransactionConflict"), Conflict),
        (CANCELED, ("TransactionConflict", "None", "None", "None"), Conflict),
        (CANCELED, ("None", "ConditionalCheckFailed", "None", "TransactionConflict"), Conflict),
        (CANCELED, ("TransactionConflict", "ConditionalCheckFailed", "None", "None"), Conflict),
        (CANCELED, ("ConditionalCheckFailed", "None", "None", "None"), AlreadyRecorded),
        (CANCELED, ("ConditionalCheckFailed", "ConditionalCheckFailed", "None", "None"), AlreadyRecorded),
        (CANCELED, ("None", "None", "None", "ThrottlingError"), Busy),
        (CANCELED, ("ProvisionedThroughputExceeded", "None", "None", "None"), Busy),
        (CANCELED, (), Busy),
        ("ProvisionedThroughputExceededException", (), Busy),
        ("ThrottlingException", (), Busy),
        ("TransactionInProgressException", (), Busy),
        ("InternalServerError", (), Busy),
        ("RequestLimitExceeded", (), Busy),
    ],
)  # fmt: skip
def test_every_answer_of_the_store_means_one_thing(
    money: Money, calls: Calls, code: str, reasons: tuple[str, ...], meaning: type[Exception]
) -> None:
    paid(money)
    account, payment = money.account(), money.payment("key-1")
    entry = replace(next(iter(money.ledgers.entries(MAYA))), seq=99)
    change = Change(
        account, account, entry=entry, payment=replace(payment, version=payment.version + 1),
        marker=Marker("new", "maya", "key-1", 99, ""),
    )  # fmt: skip
    calls.answers = [(code, reasons)]
    with pytest.raises((AlreadyRecorded, Conflict, Busy)) as caught:
        money.ledgers.commit(P, change)
    assert caught.type is meaning


def test_conflicts_and_throttles_are_tried_again_and_end_in_one_credit(money: Money, calls: Calls) -> None:
    money.charge("c1", 10000)
    money.start("key-1")
    money.processor.take("key-1")
    calls.answers = [
        (CANCELED, ("None", "None", "None", "TransactionConflict")), ("ThrottlingException", ()),
    ]  # fmt: skip
    assert money.settle("key-1").state is State.SUCCEEDED
    assert money.clock.pauses == 2
    assert money.account().ledger.balance_minor == 0


@pytest.mark.parametrize(("services", "letters", "kilobytes"), [(10, 40, 4), (50, 80, 8)])
def test_an_account_item_with_fifty_open_items_is_one_small_read(
    money: Money, calls: Calls, services: int, letters: int, kilobytes: int
) -> None:
    items = [
        OpenItem(
            own_id(P, "charge", str(n)), f"clinician-{n % 3}", f"2026-{n % 9 + 1:02d}-{n % 28 + 1:02d}",
            25000, 15000, 500, 1000, f"{n % services:x>{letters}}", f"2026-02-{n % 28 + 1:02d}",
        )
        for n in range(50)
    ]  # fmt: skip
    held = {"0b8f1c1e-0000-4000-8000-000000000001": Reservation({i.charge_id: 8500 for i in items[:3]}, True)}
    full = Account(
        "acct-0123456789abcdef", Ledger("USD", 10**6, "f" * 64, {i.charge_id: i for i in items}), 10**6, held
    )
    money.ledgers.commit(P, Change(replace(full, version=0), full))
    put, _ = calls.made[-1][1]["TransactItems"]
    assert sum(len(name) + _size(value) for name, value in put["Put"]["Item"].items()) <= kilobytes * 1024
    assert money.account(full.id).ledger == full.ledger


def _size(value: dict[str, str]) -> int:
    ((kind, text),) = value.items()
    return len(text.encode()) if kind == "S" else len(text) // 2 + 2


def test_the_work_lists_hold_what_waits_and_let_go_of_what_is_done(money: Money) -> None:
    work = DynamoWorkLists()
    money.charge("c1", 10000)
    money.processor.silent = ["before"]
    money.start("key-1")
    later = "2026-03-10T16:00:00.000Z"
    assert [(d.practice, d.account_id, d.id) for d in work.due("payment", before=later, limit=9)] == [
        (P, "maya", "key-1")
    ]
    money.check("key-1")
    assert work.due("payment", before=later, limit=9) == []
    money.processor.take("key-1")
    money.settle("key-1")
    (receipt,) = work.due("receipt", before=later, limit=9)
    assert (receipt.practice, receipt.account_id, receipt.id) == (P, "maya", "stripe#pi_key-1#succeeded")
    for _ in range(2):
        money.ledgers.notice_sent(P, receipt.id)
        assert work.due("receipt", before=later, limit=9) == []
    row = InboxRow("stripe", "evt#1", "charge.refunded", "charge", "ch_1", "2026-03-10T15:00:00.000Z")
    assert (work.inbox_put(P, row), work.inbox_put(P, row)) == (True, False)
    assert work.inbox_row(P, "stripe", "evt#1") == row
    assert [d.id for d in work.due("inbox", before=later, limit=9)] == ["stripe#evt#1"]
    work.inbox_done(P, "stripe", "evt#1", expires_at=2_000_000_000)
    work.inbox_done(P, "stripe", "never-seen", expires_at=2_000_000_000)
    assert work.due("inbox", before=later, limit=9) == []
    assert work.inbox_put(P, row) is False
    assert work.inbox_row(P, "stripe", "never-seen") is None


def test_keys_begin_with_their_practice_and_tell_it() -> None:
    for made in (keys.account(AccountRef("fern", "a")), keys.marker("fern", "m"), keys.inbox("fern")):
        assert made.startswith("P#fern#")
        assert keys.practice_of(made) == "fern"
    assert keys.account_of(keys.account(AccountRef("fern", "a"))) == "a"
    assert keys.account_of(keys.marker("fern", "A#b")) == ""


def test_a_row_of_the_table_tells_the_whole_entry(money: Money, dynamodb: Any, table: str) -> None:
    """Anyone can recompute an entry's hash from the stored item alone."""
    paid(money)
    key = {"pk": {"S": f"P#{P}#A#maya"}, "sk": {"S": "E#000000000002"}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert hashlib.sha256(item["body"]["S"].encode()).hexdigest() == item["hash"]["S"]


def test_issue_17_the_key_of_imported_ids_is_each_practices_own_and_stays(money: Money) -> None:
    imports = DynamoImports()
    assert imports.ids_key(P) == ""
    imports.keep_ids_key(P, "first")
    with pytest.raises(Conflict):
        imports.keep_ids_key(P, "second")
    assert (imports.ids_key(P), imports.ids_key("elm")) == ("first", "")


def test_issue_17_of_two_imports_that_hide_an_account_at_once_the_second_to_write_does_not(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = DynamoLedgers.commit

    def after_the_other(ledgers: DynamoLedgers, practice: str, change: Change) -> None:
        monkeypatch.setattr(DynamoLedgers, "commit", commit)
        assert money.post.hold(money.ref(), "import-2") == ""
        commit(ledgers, practice, change)

    monkeypatch.setattr(DynamoLedgers, "commit", after_the_other)
    assert money.post.hold(money.ref(), "import-1") == "import-2"
    assert money.account().hold == "import-2"


def test_11_what_an_import_hides_is_found_by_the_index_of_accounts_and_without_a_scan(
    money: Money, calls: Calls
) -> None:
    imports = DynamoImports()
    for number in range(150):
        money.open(f"acct-{number:03d}")
    money.post.hold(AccountRef(P, "acct-149"), "import-1")
    asked = list[list[str]]()
    for practice, import_id in ((P, "import-1"), (P, "import-2"), ("elm", "import-1")):
        calls.made.clear()
        assert imports.hides(practice, import_id) is ((practice, import_id) == (P, "import-1"))
        asked.append([operation for operation, _ in calls.made])
    every = ["Query", "BatchGetItem", "BatchGetItem"]
    # Keys are asked for in no order: the one account may be among the first hundred.
    assert asked[0] in (every, every[:2])
    assert asked[1:] == [every, ["Query"]]


def _is_sequel(item: Any) -> bool:
    """Put over the one before it, if any: the account's version in the same transaction guards it."""
    return bool(item["Put"]["Item"]["sk"]["S"].startswith("SQ#"))


def test_issue_13_a_payment_of_which_alone_something_changes_is_put_at_its_own_version(
    money: Money, calls: Calls
) -> None:
    """Issue 13: where to pay, and where a receipt went, take no transaction with the account."""
    paid(money)
    account, read = money.account(), money.payment("key-1")
    calls.made.clear()
    noted = replace(read, receipt_mailed_to="maya@example.test", version=read.version + 1)
    money.ledgers.commit(P, Change(account, account, payment=noted, alone=True))
    assert [name for name, _ in calls.made] == ["PutItem"]
    assert (money.account(), money.payment("key-1")) == (account, noted)
    stale = replace(read, receipt_mailed_to="", version=read.version + 1)
    refunded = replace(read, refunded_minor=100, version=read.version + 1)
    for write in (
        lambda: money.ledgers.note(P, stale),
        lambda: money.ledgers.commit(P, Change(account, account, payment=stale, alone=True)),
        lambda: money.ledgers.commit(P, Change(account, replace(account, hold="x"), payment=refunded)),
    ):
        with pytest.raises(Conflict):
            write()
    assert (money.account(), money.payment("key-1")) == (account, noted)


def test_issue_13_an_attempt_is_listed_once_it_is_opened_and_stands_in_no_index_before(
    money: Money, calls: Calls
) -> None:
    money.charge("c1", 10000)
    calls.made.clear()
    money.start("key-1")
    puts = [
        part["Put"]["Item"]
        for name, asked in calls.made
        for part in (asked["TransactItems"] if name == "TransactWriteItems" else [{"Put": asked}])
        if name in ("TransactWriteItems", "PutItem")
    ]
    rows = [put for put in puts if put["sk"]["S"] == "PAY#key-1"]
    assert ["gsi1sk" in row for row in rows] == [False, True]
    assert [found.id for found in money.ledgers.payments(MAYA, cursor=None, limit=9).rows] == ["key-1"]
