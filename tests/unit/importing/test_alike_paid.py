"""Issue 17, every week again: each of several sessions alike keeps its payment, however the lines come."""

from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.services.posting import Posting
from tests.support.clock import FakeClock
from tests.unit.importing.exports import loaded, own_map, prepared, with_clients
from tests.unit.importing.test_alike_corrected import take_back
from tests.unit.importing.world import NOW, World

LINES = own_map("""
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Client", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
cpt = "Code"
[[tables.rows]]
kind = "payments"
when = [{ header = "Paid", sign = "plus" }]
payment_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Client", join = "client" }
date = "Day"
amount = "Paid"
method = { value = "check" }
charge_ids = { row = "charges" }
""")
SAID = Said(clinician="dr-a")
SECOND = replace(SAID, repeats_confirmed=True)
OTHER = "2026-10-02,96127,7.00,1.00"
PAID = "2026-10-01,90834,100.00,25.00"


def report(*lines: str) -> dict[str, str]:
    return {"s.csv": "Client,Day,Code,Fee,Paid\n" + "".join(f"Bo Lind,{line}\n" for line in lines)}


def settles(world: World, *lines: str, said: Said = SAID) -> None:
    assert prepared(world, report(*lines), LINES, said).empty


@pytest.mark.parametrize("second", ["100.00,", "100.00,30.00", "100.00,25.00", "120.00,25.00"])
@pytest.mark.parametrize("before", [True, False])
def test_a_second_session_is_posted_wherever_it_stands_and_turned_lines_change_nothing(
    second: str, before: bool
) -> None:
    world, new = with_clients(), f"2026-10-01,90834,{second}"
    loaded(world, report(PAID, OTHER), LINES, SAID)
    lines = (new, PAID, OTHER) if before else (PAID, OTHER, new)
    assert {p.code for p in prepared(world, report(*lines), LINES, SAID).problems} >= {"repeats_changed"}
    loaded(world, report(*lines), LINES, SECOND)
    fee, paid = (round(float(text or 0) * 100) for text in second.split(","))
    assert world.balance("C3") == 10000 - 2500 + 700 - 100 + fee - paid
    for turned in (lines, lines[::-1], (PAID, new, OTHER), (new, OTHER, PAID)):
        settles(world, *turned)
        settles(world, *turned, said=SECOND)


def test_of_two_sessions_alike_the_one_that_was_paid_first_keeps_its_payment() -> None:
    """Ids go by what stands in the lines: by them, the first is another as soon as both are paid."""
    world, alike = with_clients(), "2026-10-01,90834,100.00"
    loaded(world, report(f"{alike},30.00", f"{alike},"), LINES, SAID)
    loaded(world, report(f"{alike},30.00", f"{alike},45.00"), LINES, SECOND)
    assert world.balance("C3") == 20000 - 7500
    settles(world, f"{alike},30.00", f"{alike},45.00")
    settles(world, f"{alike},45.00", f"{alike},30.00")


def test_of_paid_sessions_alike_that_differ_by_now_the_way_that_is_named_leads_out() -> None:
    """Payments first, then the session, the import with --confirm-repeats, and the payments by hand."""
    world, alike = with_clients(), "2026-10-01,90834"
    loaded(world, report(f"{alike},100.00,40.00", f"{alike},100.00,50.00"), LINES, SECOND)
    lines = f"{alike},100.00,40.00", f"{alike},90.00,50.00"
    (asked,) = prepared(world, report(*lines), LINES, SAID).problems
    assert asked.code == "repeats_differ"
    session = str(asked.details["ids"])
    with pytest.raises(Refused) as refused:
        take_back(world, "charge", session, client="C3")
    assert refused.value.code == "entry_in_use"
    world.take_back("C3", kind="payment", nth=1)
    take_back(world, "charge", session, client="C3")
    loaded(world, report(*lines), LINES, SECOND)
    ref = AccountRef("oak", world.account("C3").id)
    Posting(world.ledgers, FakeClock(NOW), "cli:desk").external_payment(
        ref, "by hand", 5000, method="check", on="2026-10-01"
    )
    assert world.balance("C3") == 19000 - 9000
    settles(world, *lines)
