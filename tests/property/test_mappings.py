"""Issue 17: a mapped export imported twice changes nothing the second time, and its sums are the clients'."""

import random

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from chalicelib.importing.domain.tables.choices import Choices, DateOrder
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.services.explaining import Explaining
from chalicelib.importing.services.mapping import Said
from tests.property.conftest import MORE
from tests.support.seed import SEED
from tests.unit.importing.exports import loaded, prepared, with_clients
from tests.unit.importing.world import PRACTICE

HEADER = "Date,Client,Staff,CPT Code,Fee,Insurance paid,Insurance write off,Client paid,Method,Write off\n"
NAMES = {"C1": ('"Nunez, Ana"', "ANA NÚÑEZ"), "C2": ("Robin Vale", '"Vale,  Robin"'), "C3": ("bo lind",)}
SAID = Said(choices=Choices(dates=DateOrder.MONTH_FIRST), repeats_confirmed=True)  # each line is a session


@st.composite
def reports(draw: st.DrawFn) -> list[tuple[str, str, int]]:
    """Either with write-offs or with credit: what credit has paid can be written off no more."""
    return draw(st.lists(lines(write_offs=draw(st.booleans())), min_size=1, max_size=12))


@st.composite
def lines(draw: st.DrawFn, *, write_offs: bool) -> tuple[str, str, int]:
    """A line, whose it is, and what it leaves owed. Days and codes are few, so that many are alike."""
    client = draw(st.sampled_from(sorted(NAMES)))
    fee = draw(st.sampled_from([9000, 12000, 125000]))
    insurer, contract, lowered = (draw(st.sampled_from([0, 0, 1000, 2500])) for _ in range(3))
    lowered = lowered if write_offs else 0
    paid = draw(st.sampled_from([0, 500, fee - insurer - contract - lowered if write_offs else fee]))
    day, code = draw(st.integers(1, 4)), draw(st.sampled_from(["90834", "90837"]))
    cells = [
        f"10/{day}/2026", draw(st.sampled_from(NAMES[client])), "A", code, _usd(fee),
        *map(_usd, (insurer, contract, paid)), draw(st.sampled_from(["Check", "Credit Card"])), _usd(lowered),
    ]  # fmt: skip
    return ",".join(cells) + "\n", client, fee - insurer - contract - paid - lowered


def _usd(minor: int) -> str:
    return f'"${minor // 100:,}.{minor % 100:02}"' if minor else ""


@seed(SEED)
@settings(max_examples=8 * MORE, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=reports(), order=st.randoms(use_true_random=False))
def test_twice_is_once_and_the_sums_are_the_files(
    found: list[tuple[str, str, int]], order: random.Random
) -> None:
    files = {"report.csv": HEADER + "".join(line for line, _, _ in found)}
    world = with_clients()
    tables = tables_of("report.csv", files["report.csv"].encode())
    export = Explaining().explain(tables, world.importer.terms(PRACTICE), SAID.choices).proposal
    assert export is not None
    loaded(world, files, export, SAID)
    for client in NAMES:
        assert world.balance(client) == sum(owed for _, whose, owed in found if whose == client)
    before, writes = world.picture(), world.writes.count
    order.shuffle(found)
    for again in (files, {"renamed.csv": HEADER + "".join(line for line, _, _ in found)}):
        assert prepared(world, again, export, SAID).empty
    assert (world.picture(), world.writes.count) == (before, writes)
    world.check_ledgers()
