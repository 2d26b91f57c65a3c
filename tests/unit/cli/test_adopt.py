"""Issue 12, number 3: `billfold adopt`, what it posts, what it says, and what it refuses by which code."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorMissing, ProcessorTimeout
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.ports.rounds import Round
from chalicelib.payments.ports.processors import Attempt, Stage
from chalicelib.payments.services.catching_up import job
from tests.support.processor import FakeProcessor, OneProcessor
from tests.unit.cli.world import World

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
INTENT = f"pi_{KEY}"
ADOPT = ["adopt", INTENT, "--practice", "oak"]


@pytest.fixture
def processor() -> FakeProcessor:
    return FakeProcessor()


@pytest.fixture
def lost(world: World, processor: FakeProcessor) -> World:
    """Ana owes 150.00 and has paid them by card; of that the table, which came back, knows nothing."""
    made = processor
    world.app.processors = OneProcessor(made)
    world.with_books()
    account, at = world.account_of("C1"), "2026-11-20T17:00:00.000Z"
    made.open(Attempt(KEY, account, 15000, "USD", "redirect", ("card",), "en", "", "", at))
    made.take(KEY, captured_at=at)
    now = instant(world.app.clock.now())  # reconcile has been through the practice before
    world.app.rounds.save("oak", job("stripe"), Round(now, ended_at=now))
    return world


def test_it_is_posted_once_and_said_what_it_came_to(lost: World) -> None:
    dry = lost.run(*ADOPT, "--dry-run")
    assert (dry.status, lost.balance("C1")) == (0, 15000)
    first, again = lost.run(*ADOPT), lost.run(*ADOPT)
    paid = lost.app.ledgers.payment(lost.ref("C1"), KEY)
    assert paid is not None
    assert (first.status, again.status, lost.balance("C1"), paid.state) == (0, 0, 0, State.SUCCEEDED)
    said = (
        f" as payment {paid.reference} of client C1:\n"
        "  150.00 USD of 2026-11-20, Visa 4242\n"
        "  150.00 USD for Talk of 2026-10-01\n"
        "  0.00 USD credit\n"
        "  fee 3.20 USD, refunds 0.00 USD, disputes 0\n"
    )
    assert dry.out == f"Dry run, nothing was written: it would be adopted{said}"
    assert first.out == f"Adopted{said}"
    assert again.out == f"Nothing new: it is in the ledger{said}"
    assert lost.run("verify", "--practice", "oak").status == 0


def test_programs_read_what_was_posted(lost: World) -> None:
    told = lost.run(*ADOPT, "--json").events[-1]
    ids = ("event", "id", "client", "payment", "amount_minor", "currency")
    assert [told[name] for name in ids] == ["done", INTENT, "C1", KEY, 15000, "USD"]
    assert (list(told["shares"].values()), told["credit_minor"], told["fee_minor"]) == ([15000], 0, 320)
    assert (told["refunded_minor"], told["disputes"], told["posted"]) == (0, 0, 1)
    assert lost.run(*ADOPT, "--json").events[-1]["posted"] == 0
    entries = lost.run("entries", "--practice", "oak", "--client", "C1", "--json").events
    actors = [entry["actor"] for entry in entries if entry.get("kind") == "payment"]
    assert actors == ["cli"]


def test_after_a_refund_it_is_what_is_left(lost: World, processor: FakeProcessor) -> None:
    processor.refund(intent_id=INTENT, refund_id="r1", amount_minor=2500)
    assert "refunds 25.00 USD" in lost.run(*ADOPT).out
    assert lost.balance("C1") == 2500


def test_it_closes_the_alert(lost: World) -> None:
    lost.app.reconciling.reconcile()
    assert lost.run("alerts", "--practice", "oak").status == 1
    lost.run(*ADOPT)
    assert lost.run("alerts", "--practice", "oak").status == 0


def not_captured(processor: FakeProcessor) -> None:
    processor.become(KEY, Stage.PROCESSING)


def without_marks(processor: FakeProcessor) -> None:
    processor.attempts.clear()


def unknown(processor: FakeProcessor) -> None:
    processor.hidden[INTENT] = ProcessorMissing("resource_missing")


def another_account(processor: FakeProcessor) -> None:
    key = f"cs_{KEY}"
    processor.attempts[key] = replace(processor.attempts[key], account_id="another")


def another_currency(processor: FakeProcessor) -> None:
    processor.take(KEY, currency="EUR")


def copied(processor: FakeProcessor) -> None:
    key = f"cs_{KEY}"
    processor.attempts[key] = replace(processor.attempts[key], session_id="")


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (not_captured, "adoption_not_captured"),
        (without_marks, "adoption_not_ours"),
        (unknown, "adoption_not_found"),
        (another_account, "adoption_account_unknown"),
        (another_currency, "currency_mixed"),
        (copied, "adoption_not_opened"),
    ],
)
def test_what_is_refused_says_why_and_writes_nothing(
    lost: World, processor: FakeProcessor, why: Callable[[FakeProcessor], None], code: str
) -> None:
    why(processor)
    for dry in ([], ["--dry-run"]):
        refused = lost.run(*ADOPT, "--json", *dry)
        assert (refused.status, refused.events[-1]["code"]) == (1, code)
    assert lost.app.ledgers.payment(lost.ref("C1"), KEY) is None
    assert lost.balance("C1") == 15000


def test_what_was_typed_in_is_undone_first(lost: World) -> None:
    post = ["post", "other", "--practice", "oak", "--client", "C1", "--amount", "150", "--notes", INTENT]
    assert lost.run(*post, "--id", "P-1").status == 0
    refused = lost.run(*ADOPT)
    assert (refused.status, "entered by hand as P-1 (entry 2). Undo that entry first" in refused.err) == (
        1,
        True,
    )
    assert lost.run("post", "reverse", "--practice", "oak", "--client", "C1", "--entry", "2").status == 0
    assert (lost.run(*ADOPT).status, lost.balance("C1")) == (0, 0)


def test_one_of_the_same_amount_and_a_closed_alert_want_a_word_more(lost: World) -> None:
    cash = ["post", "cash", "--practice", "oak", "--client", "C1", "--amount", "150", "--id", "P-1"]
    assert lost.run(*cash).status == 0
    assert "P-1 (entry 2) of the same amount was entered by hand since" in lost.run(*ADOPT).err
    lost.app.reconciling.reconcile()
    (alert,) = lost.run("alerts", "--practice", "oak", "--json").events[:1]
    lost.run("alerts", "close", alert["id"], "--practice", "oak", "--note", "looked at it, JR")
    assert "looked at it, JR. If it is still in no account" in lost.run(*ADOPT).err
    assert (lost.run(*ADOPT, "--anyway").status, lost.balance("C1")) == (0, -15000)


def test_a_processor_that_does_not_answer_is_asked_again(lost: World, processor: FakeProcessor) -> None:
    processor.hidden[INTENT] = ProcessorTimeout("no answer")
    unheard = lost.run(*ADOPT)
    assert (unheard.status, "Run it again." in unheard.err) == (3, True)


def test_it_speaks_of_no_practice_that_there_is_not(lost: World) -> None:
    gone = lost.run("adopt", INTENT, "--practice", "elm", "--json")
    assert (gone.status, json.loads(gone.out)["code"]) == (1, "practice_not_found")
