"""What an insurer settled is never collected from the client as well."""

import pytest

from chalicelib.domain.errors import Refused
from chalicelib.services.posting import ChargeFacts, Posting
from tests.support.clock import FakeClock
from tests.support.ledgers import MemoryLedgers


@pytest.fixture
def post() -> Posting:
    """One charge of 180.00: 100.00 the client's, 80.00 the insurer's."""
    posting = Posting(MemoryLedgers(), FakeClock())
    posting.open_account("fern", "maya", "USD")
    posting.charge("fern", "maya", ChargeFacts("c1", "2026-01-01", "Session", "ada", 10000, 8000))
    return posting


def answer(post: Posting, id_: str, *, paid: int = 0, contractual: int = 0, to_client: int = 0) -> None:
    post.insurance_payment(
        "fern", "maya", id_, charge_external_id="c1", paid_minor=paid,
        contractual_minor=contractual, to_client_minor=to_client, on="2026-02-01",
    )  # fmt: skip


def owed(post: Posting) -> int:
    account = post.ledgers.account("fern", "maya")
    assert account is not None
    return account.ledger.balance_minor


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
    assert post.ledgers.movement("fern", "import#insurance#a1") is None


def test_the_same_answer_twice_changes_nothing(post: Posting) -> None:
    for _ in range(2):
        answer(post, "a1", paid=5000, contractual=1000, to_client=2000)
    assert owed(post) == 12000
