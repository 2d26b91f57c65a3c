"""A receipt is its payment's alone, whatever id the payer of another payment chose."""

from dataclasses import replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.operations.services.claims import LEASE_SECONDS
from tests.unit.documents.world import MOVEMENT, PAID, World


def test_a_payment_of_another_account_with_the_same_id_opens_nothing_of_ours() -> None:
    """The id is the Idempotency-Key, which the page makes and addresses show: another client may send it."""
    world = World()
    world.receipts.send("willow", MOVEMENT)
    ours = world.mailed_token()
    theirs = replace(PAID, account_id="a2", amount_minor=50, owed_after_minor=0)
    world.ledgers.accounts["willow", "a2"] = Account("a2", Ledger("USD"), version=1)
    world.pay(theirs)
    world.clock.pass_seconds(LEASE_SECONDS)  # ours was claimed by the same key
    world.receipts.send("willow", MOVEMENT)

    assert world.mailed_token() != ours
    assert world.open_link("willow", ours)[0].account_id == PAID.account_id
    urls = {world.receipts.url(AccountRef("willow", id_), PAID.id, inline=True) for id_ in ("a1", "a2")}
    assert len(urls) == len(set(world.files.kept.values())) == 2
