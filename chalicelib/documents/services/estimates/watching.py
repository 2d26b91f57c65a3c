"""Look through the good faith estimates of clients who pay for themselves: which of them want doing."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.documents.domain.estimate_watch import (
    Care,
    Concern,
    Overrun,
    Wants,
    concerns,
    overruns,
)
from chalicelib.documents.domain.invoices import written_off
from chalicelib.documents.services.estimates.showing import EstimateShowing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant, local_date
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.lookback import items_from
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Coverage, Practice


@dataclass(frozen=True)
class EstimateWatch:
    ledgers: Ledgers
    showing: EstimateShowing
    alerting: Alerting
    clock: Clock

    def concerns(self, practice: Practice, client: Client) -> list[Concern]:
        """Nothing of a client whose coverage is another. Errors: Unreadable, Busy."""
        if client.coverage is not Coverage.SELF_PAY:
            return []
        ref, today = client.ref(practice.id), local_date(instant(self.clock.now()), practice.timezone)
        issued = self.showing.all_opened(ref)
        return concerns(issued, self._care(ref) if issued else Care(), today=today)

    def call_if_exceeded(self, practice: Practice, clients: Iterable[Client]) -> None:
        """A person, once for each estimate and clinician; for whoever has just posted charges of these
        clients. Errors: as `concerns`."""
        for client in clients:
            for concern in self.concerns(practice, client):
                if concern.wants is Wants.EXCEEDED:
                    self.alerting.raise_alert(practice.id, _cause(client, concern))

    def overruns(self, practice: Practice, client: Client, account: Account) -> list[Overrun]:
        """Of the account as it was read. Nothing is read of one that has no estimate, and there is none of a
        client whose coverage is another. Errors: Unreadable, Busy."""
        if not account.estimates or client.coverage is not Coverage.SELF_PAY:
            return []
        ref = client.ref(practice.id)
        return overruns(self.showing.all_opened(ref), self._care_of(ref, account))

    def _care(self, ref: AccountRef) -> Care:
        account = self.ledgers.account(ref)
        return self._care_of(ref, account) if account else Care()

    def _care_of(self, ref: AccountRef, account: Account) -> Care:
        entries = list(self.ledgers.entries(ref, first=1, last=account.ledger.seq))
        posted = (entry.draft.opens for entry in entries if entry.draft.kind is EntryKind.CHARGE)
        ids = [item.charge_id for opens in posted for item in opens]
        items = items_from(entries, frozenset(ids))
        found = self.ledgers.charges(ref, ids)
        held = [
            charge
            for id_, charge in found.items()
            if charge.status is ChargeStatus.HELD and id_ in items and not items[id_].reversed
        ]
        lost = written_off(entries)
        return Care(held, {one.id: items[one.id].adjustments_minor - lost.get(one.id, 0) for one in held})


def _cause(client: Client, concern: Concern) -> Cause:
    subject = f"{client.id} estimate {concern.estimate} {concern.clinician_id}"
    facts: dict[str, str | int] = {
        "account": client.id, "estimate": concern.estimate, "clinician": concern.clinician_id,
        "charged_minor": concern.charged_minor, "expected_minor": concern.expected_minor,
    }  # fmt: skip
    return Cause(AlertName.ESTIMATE_EXCEEDED, subject, facts)
