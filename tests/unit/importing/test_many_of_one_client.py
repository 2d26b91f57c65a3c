"""Issue 17: a client with many rows, whose ids are all new or whose amounts are all others: each is held
against what has its day or its amount, and not against all."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.importing.services import moved, repeats, replaced, retyped
from tests.unit.importing.exports import loaded, own_map, prepared, with_clients
from tests.unit.importing.test_alike_corrected import PAYMENTS

NUMBERED = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date", "Number"] }
client_id = { header = "Client", join = "client" }
date = "Day"
amount = "Fee"
method = { value = "check" }
""")


def numbered(many: int, series: str, later: int = 0) -> dict[str, str]:
    days = (date(2020, 1, 1) + timedelta(days=8 * n + later) for n in range(many))
    rows = "".join(f"Robin Vale,{on},{series}{n},{10 + n}.00\n" for n, on in enumerate(days))
    return {"p.csv": f"Client,Day,Number,Fee\n{rows}"}


def alike(many: int, least: int) -> dict[str, str]:
    rows = "".join(f"Robin Vale,2026-10-13,{least + n}.00\n" for n in range(many))
    return {"p.csv": f"Client,Day,Fee\n{rows}"}


def counted(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> int:
    """How often a row was held against one of the books, or an id was made for it."""
    calls = list[str]()
    for module, name in (
        (repeats, "compared"),
        (replaced, "compared"),
        (retyped, "compared"),
        (moved, "stem_on"),
    ):
        held: Callable[..., Any] = getattr(module, name)

        def each(*given: Any, _held: Callable[..., Any] = held, _name: str = name) -> Any:
            calls.append(_name)
            return _held(*given)

        monkeypatch.setattr(module, name, each)
    do()
    monkeypatch.undo()
    return len(calls)


@pytest.mark.parametrize("later", [0, 3])
def test_many_rows_under_new_numbers_are_each_held_against_a_few(
    monkeypatch: pytest.MonkeyPatch, later: int
) -> None:
    world, many = with_clients(), 60
    loaded(world, numbered(many, "A"), NUMBERED)
    again = numbered(many, "B", later)
    assert counted(monkeypatch, lambda: prepared(world, again, NUMBERED)) <= 4 * many
    codes = [problem.code for problem in prepared(world, again, NUMBERED).problems]
    assert codes == (["row_moved"] if later else ["row_beside"]) * many


def test_many_alike_of_a_day_with_other_amounts_are_each_held_against_a_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, many = with_clients(), 60
    loaded(world, alike(many, 10), PAYMENTS)
    assert counted(monkeypatch, lambda: prepared(world, alike(many, 40), PAYMENTS)) <= 4 * many
    assert [p.code for p in prepared(world, alike(many, 40), PAYMENTS).problems] == ["repeats_differ"]
