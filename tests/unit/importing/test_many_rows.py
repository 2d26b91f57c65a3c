"""Many rows by a map: memory by the row, and books by some clients at a time (issue 17)."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.table import Row, Table
from chalicelib.importing.services import mapped_rows
from tests.soak.bench_import import HEADS, PAYROLL, lines, payroll
from tests.unit.importing import exports
from tests.unit.importing.exports import loaded, mapped, own_map, prepared
from tests.unit.importing.world import World

MOST_BYTES_A_ROW, MOST_BYTES_A_ROW_AT_ONCE = 550, 1_500


def export(count: int, clients: int) -> dict[str, str]:
    """Of a practice whose clinician the report calls A."""
    found = [PAYROLL, *(["A", *line[1:]] for line in payroll(count, clients))]
    return {"payroll.csv": "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in found)}


def with_clients(count: int) -> World:
    world, clients = World(), (line for kind, line in lines(count, count) if kind == "clients")
    world.load({"clients.csv": "\n".join([HEADS["clients"], *clients, ""])})
    return world


@contextmanager
def measured() -> Iterator[list[int]]:
    """What is left in the end, and the most there was: bytes."""
    found: list[int] = []
    tracemalloc.start()
    try:
        yield found
        found += tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()


def test_a_row_of_an_export_takes_few_bytes_and_what_it_was_made_of_is_gone() -> None:
    """Of 19,000 rows 370 bytes each stay, and there are 1,050 at most: the record of each, then its row."""
    world, files = with_clients(250), export(5_000, 250)
    mapped(world, export(300, 15), "theranest")  # what is made once for all
    with measured() as found:
        batch = mapped(world, files, "theranest").batch
    left, most = (bytes_ / len(batch) for bytes_ in found)
    assert len(batch) > 4_700
    assert left < MOST_BYTES_A_ROW
    assert most < MOST_BYTES_A_ROW_AT_ONCE


def test_rows_of_one_kind_share_what_they_have_together() -> None:
    batch = mapped(with_clients(15), export(200, 10), "theranest").batch
    for rows in (batch.charges, batch.payments):
        assert len({id(row.given) for row in rows}) == 1
        assert len({id(row.headers) for row in rows}) == 1
        assert len({id(row.date) for row in rows}) == len({row.date for row in rows})


def test_a_table_is_read_twice_and_no_more_where_nothing_in_it_is_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once for what its columns mean, once for its records; again only for lines to be told apart."""
    passes = list[str]()

    def counted(table: Table) -> Table:
        def rows() -> Iterator[Row]:
            passes.append(table.file)
            return table.rows()

        return replace(table, rows=rows)

    tables = list(map(counted, tables_of("payroll.csv", export(200, 10)["payroll.csv"].encode())))
    monkeypatch.setattr(exports, "tables_of", lambda *_: tables)
    mapped(with_clients(15), {"payroll.csv": ""}, "theranest")
    assert len(passes) == 2


@pytest.mark.parametrize("at_once", [1, 3])
def test_by_some_clients_at_a_time_all_is_as_it_is_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    files, later = export(300, 15), export(360, 15)
    once, parts = with_clients(15), with_clients(15)
    for world, clients in ((once, 10_000), (parts, at_once)):
        monkeypatch.setattr(mapped_rows, "AT_ONCE", clients)
        loaded(world, files, "theranest")
        assert prepared(world, files, "theranest").empty
        world.check_ledgers()
    plans = [prepared(world, later, "theranest") for world in (once, parts)]
    assert plans[0].import_id == plans[1].import_id
    assert plans[0].known == plans[1].known > 0
    assert once.picture() == parts.picture()


def test_a_row_whose_client_the_file_does_not_name_is_refused_at_its_place() -> None:
    by = own_map(
        '[[tables.rows]]\nkind = "payments"\npayment_id = "No"\ndate = "When"\namount = "Sum"\n'
        'client_id = { header = "Who", optional = true }\nmethod = { value = "card" }\n'
    )
    found = mapped(World(), {"s.csv": "When,Sum,No\n2026-10-06,30.00,P1\n"}, by)
    assert [(problem.row, problem.code) for problem in found.problems] == [(2, "cell_empty")]


def test_one_text_is_read_by_each_columns_own_rule() -> None:
    """An opening balance may be below zero, a payment may not: what one was read as is not the other's."""
    by = own_map(
        '[[tables.rows]]\nkind = "opening_balances"\nclient_id = "Who"\ndate = "When"\namount = "Sum"\n'
        '[[tables.rows]]\nkind = "payments"\npayment_id = "No"\nclient_id = "Who"\ndate = "Then"\n'
        'amount = "Sum"\nmethod = { value = "card" }\n'
    )
    found = mapped(World(), {"s.csv": "Who,When,Then,Sum,No\nC1,2026-10-06,2026-10-07,-30.00,P1\n"}, by)
    assert [problem.code for problem in found.problems] == ["amount_not_positive"]
    assert [row.amount_minor for row in found.batch.opening_balances] == [-3000]
