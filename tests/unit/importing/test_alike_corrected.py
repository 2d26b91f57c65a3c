"""Issue 17, every week again: several alike of a day, of which staff took some back, and files with others.

Whatever comes after whatever: each question has an answer that a person can give, and what stands then is
what the file has, but for what was told by its row.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement, product

import pytest

from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.naming import as_given
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.entries import Entry
from tests.unit.importing.exports import mapped, own_map, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.world import PRACTICE, World

PAYMENTS = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
date = "Day"
amount = "Fee"
method = { value = "check" }
""")
MAPS = {"payment": PAYMENTS, "charge": CHARGES}
LISTS = [some for number in (1, 2, 3) for some in combinations_with_replacement((50, 61), number)]
Amounts = tuple[int, ...]


def week(amounts: Amounts) -> dict[str, str]:
    lines = "".join(f"Robin Vale,2026-10-13,90837,{amount}.00,\n" for amount in amounts)
    return {"week.csv": f"Client,Day,Code,Fee,Status\n{lines}"}


def standing(world: World, kind: str, client: str = "C2") -> list[Entry]:
    entries = list(world.ledgers.entries(AccountRef(PRACTICE.id, world.account(client).id)))
    reversed_ = {entry.draft.reverses for entry in entries}
    return [entry for entry in entries if entry.draft.kind.value == kind and entry.seq not in reversed_]


def take_back(world: World, kind: str, ids: str, *, client: str = "C2") -> None:
    """As a person does who reads the question: each by its number among all of the kind."""
    entries = list(world.ledgers.entries(AccountRef(PRACTICE.id, world.account(client).id)))
    of_kind = [entry.seq for entry in entries if entry.draft.kind.value == kind]
    for id_ in ids.split(", "):
        (entry,) = [e for e in standing(world, kind, client) if as_given(e.draft.reference) == id_]
        if kind == "charge":
            for nth, other in enumerate(e for e in entries if e.draft.kind.value == "adjustment"):
                if other.draft.reference.startswith(f"fee:{entry.draft.reference}:"):
                    world.take_back(client, kind="adjustment", nth=nth)
        world.take_back(client, kind=kind, nth=of_kind.index(entry.seq))


def answered(world: World, kind: str, amounts: Amounts) -> Iterator[tuple[str, Plan, set[str]]]:
    """The plan, with what was asked before; the last one has no question."""
    said = DR_A if kind == "charge" else Said()
    for _ in range(4):
        found = mapped(world, week(amounts), MAPS[kind], said)
        plan = world.importer.plan(PRACTICE, found.batch, found.problems)
        codes = [problem.code for problem in plan.problems]
        yield ",".join(codes), plan, {told.code for told in found.told}
        if not codes:
            return
        if codes == ["repeats_changed"]:
            said = replace(said, repeats_confirmed=True)
        elif codes == ["repeats_differ"]:
            take_back(world, kind, str(plan.problems[0].details["ids"]))
        else:  # the only one there is has another amount: refused as of any row
            assert codes == ["posted_otherwise"], codes
            take_back(world, kind, as_given(standing(world, kind)[0].draft.reference))


@pytest.mark.parametrize("kind", ["payment", "charge"])
@pytest.mark.parametrize("before", LISTS, ids=str)
def test_every_question_about_several_alike_has_an_answer_and_the_money_is_right(
    kind: str, before: Amounts
) -> None:
    sign, column = (1, "fee_minor") if kind == "charge" else (-1, "amount_minor")
    for undone, after in product([None, *range(len(before))], LISTS):
        world = with_clients()
        *_, (_, plan, _) = answered(world, kind, before)
        assert world.importer.apply(plan) == ()
        if undone is not None:
            world.take_back("C2", kind=kind, nth=undone)
        *asked, (_, plan, told) = answered(world, kind, after)
        assert plan.problems == (), (undone, after, asked)
        assert world.importer.apply(plan) == ()
        wanted = Counter(after)
        wanted.subtract(getattr(row, column) // 100 for row in plan.taken_back)
        stands = world.balance("C2") * sign
        missing = stands - 100 * sum(amount * number for amount, number in wanted.items())
        may = (
            {5000 * one + 6100 * two for one in range(3) for two in range(3)}
            if "repeats_missing" in told
            else {0}
        )
        assert missing in may, (undone, after, stands, plan.taken_back)
        again = list(answered(world, kind, after))
        assert again[-1][1].empty, (undone, after)
        assert {code for code, _, _ in again} <= {"", "repeats_changed"} if missing else {""}
