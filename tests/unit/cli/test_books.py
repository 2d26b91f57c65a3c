"""`billfold verify` beside the anchors, and `billfold reconcile`: what they say, and with what status."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.verification.domain.anchors import Head
from tests.support.anchors import keep
from tests.support.processor import AT, FakeProcessor, OneProcessor
from tests.support.reads import asked_of_dynamodb
from tests.unit.cli.world import CHARGES, CLIENTS, World

VERIFY = ("verify", "--practice", "oak")


@pytest.fixture
def processor(world: World) -> FakeProcessor:
    made = FakeProcessor()
    world.app.processors = OneProcessor(made)
    world.with_practice()
    return made


def test_issue_10_13_one_account_and_one_entry_are_said_as_one(world: World) -> None:
    world.with_practice()
    files = {"clients.csv": CLIENTS, "charges.csv": CHARGES}
    first_rows = [world.file(name, "\n".join(text.splitlines()[:2]) + "\n") for name, text in files.items()]
    assert world.run("import", "--practice", "oak", *first_rows).status == 0
    assert world.run(*VERIFY).out.splitlines()[0] == "OK: 1 account, 1 entry, no anchor yet"


def test_11_verify_reads_its_own_practice_and_never_the_table(world: World) -> None:
    """A scan would fail: how it is billed is not known to whoever counts."""
    world.with_books()
    with asked_of_dynamodb() as alone:
        assert world.run(*VERIFY).status == 0
    world.with_practice(id="elm")
    clients = "client_id,name\n" + "".join(f"E{n},Client {n}\n" for n in range(60))
    assert world.run("import", "--practice", "elm", world.file("clients.csv", clients)).status == 0
    with asked_of_dynamodb() as beside:
        assert world.run(*VERIFY).status == 0
    assert beside == alone
    with asked_of_dynamodb() as more:
        assert world.run("verify", "--practice", "elm").status == 0
    assert len(more.calls) < 60 * len(alone.calls) / 2


def test_verify_says_which_anchor_it_held_the_chains_to(world: World) -> None:
    world.with_books()
    before = world.run(*VERIFY)
    assert (before.status, before.out.splitlines()[0]) == (0, "OK: 2 accounts, 2 entries, no anchor yet")
    assert world.app.nightly.run() == {"steps": 2, "ended": 1, "failed": 0}
    after = world.run(*VERIFY)
    assert (after.status, "held to the anchor of 2026-11-20" in after.out) == (0, True)
    assert world.run(*VERIFY, "--json").events[-1]["anchor"] == "2026-11-20"


def test_verify_names_a_chain_that_is_not_the_anchored_one(world: World) -> None:
    world.with_books()
    first = next(iter(world.app.people.clients("oak"))).id
    keep(world.app.anchors, "oak", "2026-11-19", [Head(first, 1, "00")])
    result = world.run(*VERIFY)
    assert (result.status, f"{first} entry 1: chain_anchor_mismatch" in result.out) == (1, True)
    world.app.anchors.put("oak", "2026-11-20", b"nonsense")
    result = world.run(*VERIFY)
    assert (result.status, "latest anchor: anchor_damaged" in result.out) == (1, True)


def test_reconcile_looks_as_far_back_as_asked_and_counts_what_waits(
    world: World, processor: FakeProcessor
) -> None:
    bill = Movement("txn_2", Kind.FEE, 0, "USD", 700, "", "", AT)
    processor.foreign = [bill, Movement("txn_1", Kind.PAYMENT, 900, "USD", 56, "ch_1", "", AT)]
    result = world.run("reconcile", "--practice", "oak", "--since", "2026-01-31")
    assert (result.status, result.out) == (
        0,
        "Done: 2 rows compared, 0 payments settled, 0 rows could not be, "
        "1 fees for no payment (7.00 USD; in no ledger), 1 alerts open\n",
    )
    assert processor.asked == [datetime(2026, 1, 31, tzinfo=UTC)]


def test_reconcile_prints_the_sum_of_each_other_reason(world: World, processor: FakeProcessor) -> None:
    tax = Movement("txn_1", Kind.OTHER, -31, "USD", 0, "", "", AT, "tax")
    processor.foreign = [tax, replace(tax, id="txn_2", currency="XYZ"), replace(tax, id="txn_3")]
    result = world.run("reconcile", "--practice", "oak", "--since", "2026-01-31")
    assert ", 3 rows of other reasons (tax -0.62 USD, tax -31 minor units of XYZ; in no ledger), 1 al" in (
        result.out.replace(
            "tax -31 minor units of XYZ, tax -0.62 USD", "tax -0.62 USD, tax -31 minor units of XYZ"
        )
    )


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2026-01-31T10:00"])
def test_reconcile_refuses_what_is_no_day(world: World, processor: FakeProcessor, day: str) -> None:
    result = world.run("reconcile", "--practice", "oak", "--since", day)
    assert (result.status, processor.asked) == (1, [])


def test_a_processor_that_does_not_answer_is_said_so(world: World, processor: FakeProcessor) -> None:
    processor.silent = ["before"]
    result = world.run("reconcile", "--practice", "oak", "--since", "2026-01-31")
    assert (result.status, "did not answer" in result.err) == (3, True)
