"""Errors (RFC 9457)."""

from msgspec import Struct

from chalicelib.entrypoints.http.payments.schemas import Quote


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457. `code` is stable; `title` and `detail` are in the reader's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    field: str | None = None
    quote: Quote | None = None
