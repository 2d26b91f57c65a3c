"""Pages of a kind of object: the newest first, from a place that an object's id names."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.standin.exchange import Json
from sandbox.standin.store import Store


class CursorMissing(LookupError):
    """No object has the id that the page was to begin at."""


@dataclass(frozen=True)
class Wanted:
    """Which objects. `equal` and `one_of` are by the fields of their bodies; `created` maps a comparison of
    SQL (">", ">=", "<", "<=") to an instant; `after` and `before` are ids, at most one of them given."""

    kind: str
    limit: int
    equal: Mapping[str, Any] = field(default_factory=dict)
    one_of: Mapping[str, Collection[Any]] = field(default_factory=dict)
    created: Mapping[str, int] = field(default_factory=dict)
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Page:
    rows: list[Json]
    has_more: bool


def page(store: Store, account: str, wanted: Wanted) -> Page:
    """Error: CursorMissing."""
    sql, values = _conditions(account, wanted)
    for ident, comparison in ((wanted.after, "<"), (wanted.before, ">")):
        if ident:
            sql += f" AND seq {comparison} ?"
            values.append(_place(store, account, ident))
    order = "ASC" if wanted.before else "DESC"
    rows = store.rows(
        f"SELECT body FROM objects WHERE {sql} ORDER BY seq {order} LIMIT ?",  # noqa: S608 - names come from schemas
        *values, wanted.limit + 1,
    )  # fmt: skip
    found = [json.loads(row["body"]) for row in rows[: wanted.limit]]
    return Page(found[::-1] if wanted.before else found, len(rows) > wanted.limit)


def _conditions(account: str, wanted: Wanted) -> tuple[str, list[Any]]:
    sql = "account = ? AND type = ?"
    values: list[Any] = [account, wanted.kind]
    for name, value in wanted.equal.items():
        sql += f" AND json_extract(body, '$.{name}') = ?"
        values.append(value)
    for comparison, instant in wanted.created.items():
        sql += f" AND created {comparison} ?"
        values.append(instant)
    for name, allowed in wanted.one_of.items():
        sql += f" AND json_extract(body, '$.{name}') IN ({', '.join('?' * len(allowed))})"
        values += allowed
    return sql, values


def _place(store: Store, account: str, ident: str) -> int:
    row = store.row("SELECT seq FROM objects WHERE account = ? AND id = ?", account, ident)
    if row is None:
        raise CursorMissing(ident)
    return int(row["seq"])
