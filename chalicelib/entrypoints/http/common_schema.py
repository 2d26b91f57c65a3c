"""What several requests share."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
Positive = Annotated[int, Meta(ge=1, le=99_999_999)]
Notes = Annotated[str, Meta(max_length=500)]
Locale = Literal["en", "es"]


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every request body."""
