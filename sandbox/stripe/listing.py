"""Lists as Stripe pages them: newest first, cursors are ids, `created` takes gt, gte, lt, lte."""

import json
from typing import Any

from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.scope import Scope

_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_PAGING = ("limit", "starting_after", "ending_before", "created", "expand")


def listed(
    scope: Scope, kind: str, params: Json, url: str, *, where: Json | None = None, one_of: Json | None = None
) -> Json:
    """A list object. Any other parameter, and `where`, filters by equality; `one_of` by membership."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise refuse("limit_out_of_range", param="limit")
    if "starting_after" in params and "ending_before" in params:
        raise refuse("paging_both_ways", param="starting_after")
    filters = {name: value for name, value in params.items() if name not in _PAGING} | (where or {})
    sql, values = _conditions(scope, kind, params.get("created"), filters)
    for name, allowed in (one_of or {}).items():
        sql += f" AND json_extract(body, '$.{name}') IN ({', '.join('?' * len(allowed))})"
        values += allowed
    return _page(scope, sql, values, params, limit) | {"url": url}


def _conditions(scope: Scope, kind: str, created: Any, filters: Json) -> tuple[str, list[Any]]:
    sql, values = "account = ? AND type = ?", [scope.account, kind]
    for name, value in filters.items():
        sql += f" AND json_extract(body, '$.{name}') = ?"
        values.append(value)
    bounds = (
        created if isinstance(created, dict) else {} if created is None else {"gte": created, "lte": created}
    )
    for name, value in bounds.items():
        sql += f" AND created {_COMPARISONS[name]} ?"
        values.append(value)
    return sql, values


def _page(scope: Scope, sql: str, values: list[Any], params: Json, limit: int) -> Json:
    backwards = "ending_before" in params
    for name, comparison in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            sql += f" AND seq {comparison} ?"
            values.append(_place(scope, params[name], name))
    order = "ASC" if backwards else "DESC"
    rows = scope.store.rows(
        f"SELECT body FROM objects WHERE {sql} ORDER BY seq {order} LIMIT ?",  # noqa: S608 - names come from the schema
        *values, limit + 1,
    )  # fmt: skip
    found = [json.loads(row["body"]) for row in rows[:limit]]
    return {
        "object": "list",
        "data": found[::-1] if backwards else found,
        "has_more": len(rows) > limit,
    }


def _place(scope: Scope, ident: str, param: str) -> int:
    row = scope.store.row("SELECT seq FROM objects WHERE account = ? AND id = ?", scope.account, ident)
    if row is None:
        raise refuse("cursor_missing", param=param, id=ident)
    return int(row["seq"])
