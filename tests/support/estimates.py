"""Good faith estimates in memory, and bills that know of none."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chalicelib.documents.domain.estimate_requests import EstimateRequest
from chalicelib.documents.domain.estimates import DraftEstimate, Estimate, EstimatePaper
from chalicelib.documents.ports.estimate_requests import EstimateRequests
from chalicelib.documents.ports.estimates import Estimates
from chalicelib.documents.services.estimates.bill_notices import BillNoticing
from chalicelib.documents.services.estimates.issuing import EstimateIssuing
from chalicelib.documents.services.estimates.requests import RequestClocks
from chalicelib.documents.services.estimates.showing import EstimateShowing
from chalicelib.documents.services.estimates.watching import EstimateWatch
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from tests.support.alerts import MemoryAlerts
from tests.support.clock import FakeClock
from tests.support.ledgers import MemoryLedgers


class NoRequests(EstimateRequests):
    """Nobody has asked for an estimate."""

    def request(self, practice: str, request_id: str) -> None:
        return None

    def open_of(self, practice: str, *, before: str = "") -> Sequence[EstimateRequest]:
        return ()

    def open_of_account(self, ref: AccountRef) -> Sequence[EstimateRequest]:
        return ()

    def note(self, practice: str, request: EstimateRequest) -> None:
        raise AssertionError

    def end(self, practice: str, requests: Sequence[EstimateRequest]) -> None:
        assert not requests


class MemoryEstimates(Estimates):
    """The account counts them, where it is in `ledgers`."""

    def __init__(self, ledgers: MemoryLedgers | None = None) -> None:
        self.ledgers = ledgers or MemoryLedgers()
        self.rows: dict[tuple[AccountRef, int], tuple[Estimate, EstimatePaper]] = {}
        self.before_issue: Callable[[], None] = lambda: None
        self.after_issue: Callable[[], None] = lambda: None

    def issue(
        self,
        practice: str,
        estimate: Estimate,
        paper: EstimatePaper,
        *,
        account: Account,
        answered: Sequence[EstimateRequest] = (),
    ) -> None:
        self.before_issue()
        key, place = (estimate.ref(practice), estimate.seq), (practice, account.id)
        if key in self.rows or self.ledgers.accounts[place].version != account.version:
            raise Conflict("estimate")
        after = replace(account, estimates=estimate.seq, version=account.version + 1)
        self.ledgers.accounts[place] = after
        self.rows[key] = (estimate, paper)
        self.after_issue()

    def all_of(self, ref: AccountRef) -> list[Estimate]:
        found = [estimate for (of, _), (estimate, _) in self.rows.items() if of == ref]
        return sorted(found, key=lambda estimate: -estimate.seq)

    def estimate(self, ref: AccountRef, seq: int) -> Estimate | None:
        found = self.rows.get((ref, seq))
        return found[0] if found else None

    def untold(self, ref: AccountRef, seq: int) -> bool:
        return False

    def told(self, ref: AccountRef, seq: int) -> None:
        pass

    def paper(self, ref: AccountRef, seq: int) -> EstimatePaper | None:
        found = self.rows.get((ref, seq))
        return found[1] if found else None


def put_estimate(
    estimates: Estimates, ledgers: Ledgers, practice: str, made: DraftEstimate, id_: str
) -> None:
    """The account's first one."""
    account = ledgers.account(AccountRef(practice, id_))
    assert account is not None
    estimates.issue(practice, made.numbered(id_, 1), made.paper, account=account)


def noticing(
    ledgers: Ledgers, estimates: Estimates | None = None, clock: Clock | None = None
) -> BillNoticing:
    """What bills say beside what every one says."""
    rows = estimates or MemoryEstimates()
    showing = EstimateShowing(rows, None)  # type: ignore[arg-type]
    watch = EstimateWatch(ledgers, showing, None, clock or FakeClock())  # type: ignore[arg-type]
    return BillNoticing(watch)


def issuing(rows: MemoryEstimates, clock: Clock) -> EstimateIssuing:
    """To who has not asked for one."""
    clocks = RequestClocks(NoRequests(), Alerting(MemoryAlerts(), clock), clock)
    return EstimateIssuing(rows, rows.ledgers, clocks, clock)
