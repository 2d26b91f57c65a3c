"""One row of the table of refusals."""

from dataclasses import dataclass

INVALID = "invalid_request_error"


@dataclass(frozen=True)
class Refusal:
    """The HTTP status, Stripe's error type and code, and the message with its blanks."""

    status: int
    type: str
    code: str | None
    message: str
