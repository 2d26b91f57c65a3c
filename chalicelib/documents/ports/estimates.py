"""Issued good faith estimates, and how one is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.documents.domain.estimate_requests import EstimateRequest
from chalicelib.documents.domain.estimates import Estimate, EstimatePaper
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account


@dataclass(frozen=True, slots=True)
class EstimateData:
    """All that is printed of an estimate."""

    estimate: Estimate
    paper: EstimatePaper


class EstimateRenderer(Protocol):
    def estimate(self, data: EstimateData) -> bytes:
        """A PDF (PDF/UA-1, PDF/A-2a); the same data gives the same bytes. Error: Invalid
        document_unrenderable."""
        ...


class Estimates(Protocol):
    """All reads are strongly consistent."""

    def issue(
        self,
        practice: str,
        estimate: Estimate,
        paper: EstimatePaper,
        *,
        account: Account,
        answered: Sequence[EstimateRequest] = (),
    ) -> None:
        """Both, in the account how many it has, and the requests as they have ended by it; or nothing.
        Errors: Conflict (there is one of that `seq`, a request has ended, or the account is not as it was
        read any more), Busy."""
        ...

    def all_of(self, ref: AccountRef) -> Sequence[Estimate]:
        """The latest first. Errors: Unreadable, Busy."""
        ...

    def estimate(self, ref: AccountRef, seq: int) -> Estimate | None:
        """Error: Unreadable."""
        ...

    def untold(self, ref: AccountRef, seq: int) -> bool:
        """Whether nobody has been told of the estimate yet: it waits in the work list for that."""
        ...

    def told(self, ref: AccountRef, seq: int) -> None:
        """Off the work list. Doing it twice is harmless. Error: Busy."""
        ...

    def paper(self, ref: AccountRef, seq: int) -> EstimatePaper | None:
        """Error: Unreadable."""
        ...
