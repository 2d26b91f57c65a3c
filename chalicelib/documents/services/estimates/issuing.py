"""Issue good faith estimates: what is written once stays, however often the command is run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from chalicelib.documents.domain.estimates import DraftEstimate, Estimate, EstimateWish, drafted
from chalicelib.documents.ports.estimates import Estimates
from chalicelib.documents.services.estimates.requests import RequestClocks
from chalicelib.kernel.errors import present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice

_ATTEMPTS = 8


@dataclass(frozen=True)
class EstimateIssuing:
    estimates: Estimates
    ledgers: Ledgers
    requests: RequestClocks
    clock: Clock

    def foresee(self, practice: Practice, client: Client, wish: EstimateWish) -> DraftEstimate:
        """What `issue` would issue. Writes nothing. Errors: as `drafted`."""
        at = instant(self.clock.now())
        return drafted(practice, client, wish, issued_on=local_date(at, practice.timezone), issued_at=at)

    def issue(self, practice: Practice, client: Client, wish: EstimateWish) -> tuple[Estimate, bool]:
        """The estimate, and whether it is new: the same words on the same day are issued once. It answers the
        client's requests that wait.

        Errors: as `drafted`; NotFound account_not_found; Busy.
        """
        draft, ref = self.foresee(practice, client, wish), client.ref(practice.id)
        for attempt in range(_ATTEMPTS):
            account = present(self.ledgers.account(ref), "account_not_found")
            latest = next(iter(self.estimates.all_of(ref)), None)
            if latest and _says(latest, draft):
                self.requests.answered(ref, latest.seq)
                return latest, attempt > 0
            estimate = draft.numbered(client.id, latest.seq + 1 if latest else 1)
            waiting = self.requests.open_of_account(ref)
            answered = [one.answered(estimate.seq, at=draft.issued_at) for one in waiting]
            write = partial(
                self.estimates.issue, practice.id, estimate, draft.paper, account=account, answered=answered
            )
            if self._commits(write, attempt):
                self.requests.over(ref.practice, answered)
                return estimate, True
        raise Busy("the client's estimates stay contended")

    def _commits(self, write: Callable[[], None], attempt: int) -> bool:
        """Where no reply comes it may have been issued all the same."""
        try:
            write()
        except (Conflict, Busy):
            self.clock.pause(attempt)
            return False
        return True


def _says(estimate: Estimate, draft: DraftEstimate) -> bool:
    """Whether the draft would say the same."""
    return draft.numbered(estimate.account_id, estimate.seq) == _at(estimate, draft)


def _at(estimate: Estimate, draft: DraftEstimate) -> Estimate:
    """The estimate, had it been issued at the draft's instant of the same day."""
    return replace(estimate, issued_at=draft.issued_at)
