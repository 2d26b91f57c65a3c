"""Lists as Stripe pages them: newest first, cursors are ids, `created` takes gt, gte, lt, lte."""

from typing import Any

from sandbox.standin.listing import CursorMissing, Wanted, page
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
    after, before = params.get("starting_after", ""), params.get("ending_before", "")
    if after and before:
        raise refuse("paging_both_ways", param="starting_after")
    filters = {name: value for name, value in params.items() if name not in _PAGING} | (where or {})
    created = _created(params.get("created"))
    wanted = Wanted(kind, limit, filters, one_of or {}, created, after=after, before=before)
    try:
        found = page(scope.store, scope.account, wanted)
    except CursorMissing as missing:
        param = "starting_after" if after else "ending_before"
        raise refuse("cursor_missing", param=param, id=str(missing)) from None
    return {"object": "list", "data": found.rows, "has_more": found.has_more, "url": url}


def _created(asked: Any) -> dict[str, int]:
    bounds = asked if isinstance(asked, dict) else {} if asked is None else {"gte": asked, "lte": asked}
    return {_COMPARISONS[name]: instant for name, instant in bounds.items()}
