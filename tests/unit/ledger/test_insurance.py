"""What an insurer settled is never collected from the client as well.

Issue 8, number 7.
"""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.insurance import ANSWER_KINDS, whole_minor
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from tests.support.alerts import MemoryAlerts
from tests.support.clock import FakeClock
from tests.support.ledgers import MemoryLedgers
from tests.support.practice import MAYA


@pytest.fixture
def post() -> Posting:
    """One charge of 180.00: 100.00 the client's, 80.00 the insurer's."""
    posting = Posting(MemoryLedgers(), FakeClock())
    posting.open_account(MAYA, "USD")
    posting.charge(MAYA, ChargeFacts("c1", "2026-01-01", "Session", "ada", 10000, 8000))
    return posting


def answer(
    post: Posting, id_: str, *, paid: int = 0, contractual: int = 0, to_client: int = 0,
    charge: str = "c1", above_expected: bool = False,
) -> None:  # fmt: skip
    post.insurance_payment(
        MAYA, id_, charge_external_id=charge, paid_minor=paid, contractual_minor=contractual,
        to_client_minor=to_client, on="2026-02-01", above_expected=above_expected,
    )  # fmt: skip


def net(post: Posting, book: str) -> int:
    entries = post.ledgers.entries(MAYA)
    return sum(p.debit_minor for e in entries for p in e.draft.postings if p.book.name == book)


def code(post: Posting, id_: str, **parts: Any) -> str:
    with pytest.raises(Refused) as refused:
        answer(post, id_, **parts)
    assert post.ledgers.marker("fern", f"import#insurance#{id_}") is None
    return refused.value.code


def owed(post: Posting) -> int:
    account = post.ledgers.account(MAYA)
    assert account is not None
    return account.ledger.balance_minor


def test_an_answer_becomes_its_entries_each_of_the_whole_amount(post: Posting) -> None:
    """Also where more settles with the client than was expected, and where the rest is owed back."""
    answer(post, "a1", paid=7000, contractual=500, to_client=200)
    answer(post, "a2", paid=11500, above_expected=True)
    parts = [entry.draft for entry in post.ledgers.entries(MAYA) if entry.draft.kind in ANSWER_KINDS]
    assert [(draft.reference, draft.kind, whole_minor(draft)) for draft in parts] == [
        *(("a1", kind, amount) for kind, amount in zip(ANSWER_KINDS, (7000, 500, 200), strict=True)),
        ("a2", "insurance_payment", 11500),
    ]


def test_what_the_insurer_leaves_moves_to_the_client(post: Posting) -> None:
    answer(post, "a1", paid=5000, contractual=1000, to_client=2000)
    assert owed(post) == 12000


def test_what_the_insurer_paid_cannot_be_moved_to_the_client_as_well(post: Posting) -> None:
    answer(post, "a1", paid=8000)
    with pytest.raises(Refused) as refused:
        answer(post, "a2", to_client=8000)
    assert refused.value.code == "transfer_above_insurance"
    assert owed(post) == 10000


def test_an_answer_that_settles_more_than_was_expected_is_refused_whole(post: Posting) -> None:
    with pytest.raises(Refused):
        answer(post, "a1", paid=5000, contractual=1000, to_client=2001)
    assert owed(post) == 10000
    assert post.ledgers.marker("fern", "import#insurance#a1") is None


def test_the_same_answer_twice_changes_nothing(post: Posting) -> None:
    for _ in range(2):
        answer(post, "a1", paid=5000, contractual=1000, to_client=2000)
    assert owed(post) == 12000


def test_more_than_was_expected_is_refused_unless_it_is_said_on_purpose(post: Posting) -> None:
    assert code(post, "a1", paid=8001) == "insurance_above_expected"
    assert code(post, "a1", paid=7000, contractual=1001) == "insurance_above_expected"
    answer(post, "a1", paid=5000)
    assert code(post, "a2", paid=3001) == "insurance_above_expected"
    answer(post, "a2", paid=3000)
    assert (owed(post), net(post, "insurer")) == (10000, 0)


def test_an_insurer_of_whom_nothing_was_expected_lowers_what_the_client_owes(post: Posting) -> None:
    post.charge(MAYA, ChargeFacts("c2", "2026-01-02", "Session", "ada", 15000, 0))
    assert code(post, "a1", paid=15000, charge="c2") == "insurance_above_expected"
    answer(post, "a1", paid=15000, charge="c2", above_expected=True)
    assert owed(post) == 10000
    assert net(post, "liability:insurers") == 0


def test_what_the_client_had_paid_already_becomes_credit(post: Posting) -> None:
    post.external_payment(MAYA, "p1", 10000, method="cash", on="2026-01-03")
    answer(post, "a1", paid=11000, above_expected=True)
    assert owed(post) == -3000


def test_the_excess_first_lowers_the_clients_part_and_the_rest_is_the_insurers_with_an_alert(
    post: Posting,
) -> None:
    alerts = MemoryAlerts()
    post = replace(post, alerting=Alerting(alerts, FakeClock()))
    for _ in range(2):
        answer(post, "a1", paid=900000, above_expected=True)
    assert owed(post) == 0
    assert net(post, "liability:insurers") == -(900000 - 18000)
    assert net(post, "insurer") == 0
    about: dict[str, str | int] = {"account": "maya", "reference": "a1", "amount_minor": 882000}
    cause = Cause(AlertName.INSURER_OVERPAID, "maya a1", about)
    assert {held: alert.cause for held, alert in alerts.held.items()} == {("fern", cause.id): cause}


def test_a_crash_right_after_it_was_posted_does_not_hide_that_it_was_too_much(
    post: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 8, number 7: who runs the same file again is told that its row is known, and no more."""
    alerts, commit = MemoryAlerts(), post.ledgers.commit
    post = replace(post, alerting=Alerting(alerts, FakeClock()))

    def dies(practice: str, change: Change) -> None:
        commit(practice, change)
        raise KeyboardInterrupt

    monkeypatch.setattr(post.ledgers, "commit", dies)
    with pytest.raises(KeyboardInterrupt):
        answer(post, "a1", paid=20000, above_expected=True)
    assert net(post, "liability:insurers") == -2000
    (alert,) = alerts.held.values()
    assert alert.cause.facts == {"account": "maya", "reference": "a1", "amount_minor": 2000}


def test_no_more_is_lost_by_contract_than_the_fee(post: Posting) -> None:
    assert code(post, "a1", paid=9000, contractual=9001, above_expected=True) == "contractual_above_fee"
    answer(post, "a1", paid=9000, contractual=9000, above_expected=True)
    assert owed(post) == 0


def test_an_answer_on_purpose_can_be_undone_and_given_again(post: Posting) -> None:
    answer(post, "a1", paid=9000, above_expected=True)
    assert owed(post) == 9000
    account = post.ledgers.account(MAYA)
    assert account is not None
    Correcting(post.ledgers, FakeClock(), "cli").reverse(MAYA, account.ledger.seq, on="2026-02-02")
    assert owed(post) == 10000
    answer(post, "a2", paid=8000)
    assert (owed(post), net(post, "insurer")) == (10000, 0)
