"""Issue 17: all that is wrong with a map is told at once, each fault at its place."""

import pytest

from chalicelib.importing.domain.mapping.map_text import BadMap, parse_map

GOOD = """
format = 1
name = "Mine"
source = "mine"

[[tables]]
title = "Owed"
[[tables.rows]]
kind = "opening_balances"
sums = "amount"
client_id = { header = "Client", join = "client" }
date = { value = "$as_of" }
amount = "Owes"

[[tables]]
title = "Given back"
[[tables.leave_out]]
when = [{ header = "Amount", sign = "zero" }]
why = "no money"
[[tables.rows]]
kind = "refunds"
when = [{ header = "Type", is = "refund" }]
refund_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
payment_id = { join = "refunded" }
date = "Date"
amount = { header = "Amount", amount = "positive" }
"""


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(BadMap) as refused:
        parse_map("mine.toml", text)
    return [(problem.column, problem.code) for problem in refused.value.problems]


def test_every_fault_is_told_at_its_place() -> None:
    assert len(parse_map("mine.toml", GOOD).tables) == 2
    text = GOOD
    for old, new in (
        ("format = 1", "format = 2"),
        ('source = "mine"', 'source = "My own"'),
        ('title = "Owed"', 'titel = "Owed"'),
        ('header = "Client", join = "client" }\ndate', 'header = "Client", join = "patient" }\nday'),
        ('amount = "Owes"', "amount = 3"),
        ('sign = "zero"', 'sign = "none"'),
        ('why = "no money"', 'why = "no money"\nreason = "x"'),
        ('[{ header = "Type", is = "refund" }]', '[{ is = "refund" }, { header = 1, is = true }]'),
        ('["client_id", "date"]', '["date"]'),
        ('amount = "positive"', 'amount = "above"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    first, second = "tables 1.rows 1", "tables 2.rows 1"
    assert faults(text) == [
        ("format", "map_format"),
        ("source", "map_source"),
        ("tables 1", "map_key_missing"),
        (f"{first}.client_id.join", "map_choice"),
        (first, "map_column_unknown"),
        (f"{first}.amount", "map_value"),
        (first, "map_column_missing"),
        ("tables 1", "map_key_unknown"),
        (f"{second}.when 1", "map_key_missing"),
        (f"{second}.when 2.header", "map_value"),
        (f"{second}.when 2.is", "map_value"),
        (f"{second}.amount.amount", "map_choice"),
        (f"{second}.refund_id", "map_id_without_client"),
        ("tables 2.leave_out 1.when 1.sign", "map_choice"),
        ("tables 2.leave_out 1", "map_key_unknown"),
    ]


def test_a_row_of_an_unknown_kind_is_told_once_and_the_others_are_read() -> None:
    text = GOOD.replace('kind = "opening_balances"', 'kind = "openings"').replace('"positive"', '"above"')
    assert faults(text) == [
        ("tables 1.rows 1.kind", "map_choice"),
        ("tables 2.rows 1.amount.amount", "map_choice"),
    ]
    assert faults(GOOD.replace('kind = "refunds"\n', "")) == [("tables 2.rows 1", "map_key_missing")]


@pytest.mark.parametrize("text", ["", "format = 1\n", 'tables = 3\nname = ["x"]\n'])
def test_what_is_no_map_at_all_lacks_all_of_it(text: str) -> None:
    keys = ("format", "source", "name", "tables")
    with pytest.raises(BadMap) as refused:
        parse_map("mine.toml", text)
    told = [problem.details.get("key", problem.column) for problem in refused.value.problems]
    assert told == [key for key in keys if f"{key} = 1" not in text]


@pytest.mark.parametrize("sums", ['"amountt"', '"date"', '["amount", "client_id"]', '"fee"'])
def test_only_amounts_are_added_up(sums: str) -> None:
    with pytest.raises(BadMap) as refused:
        parse_map("mine.toml", GOOD.replace('sums = "amount"', f"sums = {sums}"))
    (problem,) = refused.value.problems
    assert (problem.column, problem.code) == ("tables 1.rows 1.sums", "map_choice")
    assert problem.details["choices"] == "amount"


def test_a_refund_whose_payment_is_looked_for_says_whose_it_is() -> None:
    whose = 'client_id = { header = "Client", join = "client" }\npayment_id'
    named = GOOD.replace(whose, "payment_id").replace('{ made_of = ["client_id", "date"] }', '"No"')
    assert faults(named) == [("tables 2.rows 1", "map_column_missing")]
    _, back = parse_map("mine.toml", named.replace('{ join = "refunded" }', '"Payment"')).tables
    assert "client_id" not in back.rules[0].values


def test_an_id_is_made_of_a_client_whom_the_rule_reads() -> None:
    whose = 'client_id = { header = "Client", join = "client" }\npayment_id = { join = "refunded" }'
    text = GOOD.replace(whose, 'payment_id = "Payment"')
    assert faults(text) == [("tables 2.rows 1.refund_id", "map_id_without_client")]
