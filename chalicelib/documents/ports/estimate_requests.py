"""Requests for good faith estimates."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.documents.domain.estimate_requests import EstimateRequest
from chalicelib.kernel.account_refs import AccountRef


class EstimateRequests(Protocol):
    """All reads are strongly consistent."""

    def request(self, practice: str, request_id: str) -> EstimateRequest | None:
        """Errors: Unreadable, Busy."""
        ...

    def open_of(self, practice: str, *, before: str = "") -> Sequence[EstimateRequest]:
        """Those that nobody has answered, the earliest due first; `before`: only those due before that day.
        Errors: Unreadable, Busy."""
        ...

    def open_of_account(self, ref: AccountRef) -> Sequence[EstimateRequest]:
        """Errors: as `open_of`."""
        ...

    def note(self, practice: str, request: EstimateRequest) -> None:
        """Only where there is none of its id. Errors: Conflict, Busy."""
        ...

    def end(self, practice: str, requests: Sequence[EstimateRequest]) -> None:
        """All of them, as they have ended, or none. Errors: Conflict, where one has ended before; Busy."""
        ...
