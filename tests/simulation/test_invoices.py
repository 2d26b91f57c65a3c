"""Invoices issued while the process is killed at every call, shipped code down to botocore (issue 14)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.documents.domain.invoices import Grouping, Invoice
from chalicelib.documents.ports.invoices import BATCH
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.practice.domain.practices import Client
from tests.soak.store import item_bytes
from tests.support.cloud import Cloud, Killed
from tests.unit.invoices.world import World

SOME = 200  # clients of the long run
EACH = 50  # services of each, an invoice a service: 10,000
SESSIONS = InvoiceWish(Grouping.SESSION)


def books(world: World, clients: int, services: int) -> list[Client]:
    """Accounts with that many open services each; how they came to be is of no concern here."""
    made = [Client(f"a{number:05d}", f"a{number:05d}", "Maya", "", "en") for number in range(clients)]
    with world.on_aws():
        for client in made:
            items = [_item(client, number) for number in range(services)]
            empty = Account(client.id, Ledger("USD"))
            ledger = replace(empty.ledger, open={item.charge_id: item for item in items})
            world.app.ledgers.commit("fern", Change(empty, replace(empty, ledger=ledger)))
    world.cloud.calls.clear()
    return made


def _item(client: Client, number: int) -> OpenItem:
    on = f"2026-{number % 9 + 1:02d}-{number // 9 + 1:02d}"
    return OpenItem(f"{client.id}{number:015d}", "ada", on, 10_000, service="Session", service_on=on)


def issue(world: World, clients: Sequence[Client], wish: InvoiceWish) -> bool:
    """Whether the process came to its end."""
    try:
        with world.on_aws():
            for _ in world.app.invoice_issuing.issue_all(world.practice, clients, wish):
                pass
    except Killed:
        return False
    return True


def check(world: World, clients: Sequence[Client], services: int) -> list[Invoice]:
    """No gap, none twice, no service on two and none left out; the rows agree with each other."""
    invoices = world.app.invoices
    with world.on_aws():
        found = [one for client in clients for one in invoices.all_of(client.ref("fern"))]
        numbers = [number for number, _ in invoices.numbers("fern")]
        assert numbers == list(range(1, len(found) + 1))
        assert sorted(one.number for one in found) == numbers
        assert invoices.counted("fern").last == len(found)
        for client in clients:
            ref, own = client.ref("fern"), [one for one in found if one.account_id == client.id]
            charges = invoices.invoiced(ref).charges
            assert len(charges) == services
            assert Counter(charges.values()) == {one.number: one.lines for one in own}
    return found


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("services", [1, 30])
def test_killed_at_any_call_it_resumes_without_a_gap_and_issues_none_twice(
    services: int, after: bool
) -> None:
    whole = World()
    clients = books(whole, 3, services)
    assert issue(whole, clients, SESSIONS)
    steps = list(whole.cloud.calls)
    assert {"dynamodb TransactWriteItems", "dynamodb GetItem"} == set(steps)
    for at, step in enumerate(steps):
        world = World()
        books(world, 3, services)
        world.cloud.at, world.cloud.after = at, after
        assert not issue(world, clients, SESSIONS), step
        world.cloud.at = -1
        assert issue(world, clients, SESSIONS)
        assert len(check(world, clients, services)) == 3 * services, f"{at}: {step}"


@pytest.mark.slow
def test_ten_thousand_invoices_under_kills_have_no_gap_and_cost_the_same_each() -> None:
    """Issue 14: 10,000 invoices under kills at every call: gap-free, none twice, cost per invoice flat."""
    world, struck = World(), Counter[str]()
    clients = books(world, SOME, EACH)
    written = list[int]()
    for number, client in enumerate(clients):
        calls = world.cloud.calls
        calls.clear()
        world.cloud.at, world.cloud.after = number % 14, bool(number // 14 % 2)
        if not issue(world, [client], SESSIONS):
            struck[f"{calls[-1]} {world.cloud.after}"] += 1
        world.cloud.at = -1
        calls.clear()
        assert issue(world, [client], SESSIONS)
        written.append(len(calls))
    assert len(check(world, clients, EACH)) == SOME * EACH == 10_000
    assert len(struck) == 4, "reads and transactions, before and after their effect"
    assert max(written) <= 3 * (-(-EACH // BATCH) + 1)


def test_the_twentieth_batch_costs_what_the_first_did() -> None:
    world = World()
    clients = books(world, 20 * BATCH, 1)
    costs = list[tuple[int, int]]()
    for start in range(0, len(clients), BATCH):
        world.cloud.calls.clear()
        before = _bytes(world.cloud)
        assert issue(world, clients[start : start + BATCH], InvoiceWish())
        costs.append((len(world.cloud.calls), _bytes(world.cloud) - before))
    calls, written = zip(*costs, strict=True)
    assert set(calls) == {calls[0]}
    assert max(written[1:]) - min(written[1:]) < 200  # numbers grow by a figure


def _bytes(cloud: Cloud) -> int:
    return sum(map(item_bytes, cloud.store.items.values()))
