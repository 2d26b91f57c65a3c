"""Issue 17: an insurer's answer is up to three entries, and an import may be killed between them."""

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import of_import
from chalicelib.ledger.services.posting import Posting
from tests.support.clock import FakeClock
from tests.unit.importing.world import NOW, Killed, World, edited


def test_half_an_insurers_answer_is_finished_by_running_the_files_again() -> None:
    """Above what was expected it frees what the client had paid; once freed, it must not be freed again."""
    files = edited("payments.csv", "P1,C1,2026-10-08,150.00,check,A2,", "P1,C1,2026-10-08,200.00,check,,")
    header = "insurance_payment_id,charge_id,date,paid,contractual_adjustment,above_expected\n"
    answer = {"insurance_payments.csv": f"{header}I1,A1,2026-10-22,130.00,10.00,yes\n"}
    before = {name: files[name] for name in ("clients.csv", "charges.csv", "payments.csv")}
    whole, world = World(), World()
    for each in (whole, world):
        each.load(before)
    whole.load(answer)
    world.writes.kill_at = (world.writes.count + 3, False)  # noted and hidden, and not posted
    with pytest.raises(Killed):
        world.load(answer)
    account = AccountRef("oak", world.account("C1").id)
    world.writes.kill_at = (world.writes.count + 1, True)  # as where a batch is posted row by row
    with pytest.raises(Killed):
        Posting(world.ledgers, FakeClock(NOW), of_import(world.prepare(answer).import_id)).insurance_payment(
            account, "I1", charge_external_id="A1", paid_minor=13000, contractual_minor=1000,
            to_client_minor=0, on="2026-10-22", above_expected=True,
        )  # fmt: skip
    world.writes.kill_at = None
    world.load(answer)
    assert world.picture() == whole.picture()
