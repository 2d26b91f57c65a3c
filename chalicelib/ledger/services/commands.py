"""What staff's and imports' commands share: each posts one entry for its external id, however often asked."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import IMPORT
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain import marker_keys
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Draft, Entry, OpenItem
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.recording import Posted, already, entered, once
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock


def own_id(practice: str, kind: str, external_id: str) -> str:
    """Our id for somebody else's: the same every time, and fit for an address. It hides nothing."""
    return hashlib.sha256(f"{practice}/{kind}/{external_id}".encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Commands:
    """`actor` is the text of who asks; it is written into every entry. Rehearsals have
    no `alerting`. `kind` and `external_id` make an entry's marker; `command` is its fingerprint."""

    ledgers: Ledgers
    clock: Clock
    actor: str = IMPORT.text
    alerting: Alerting | None = None

    @property
    def _positions(self) -> Positions:
        return Positions(self.ledgers)

    def _item(self, practice: str, account: Account, charge_external_id: str) -> OpenItem:
        ids = [own_id(practice, kind, charge_external_id) for kind in ("charge", "opening")]
        items = self._positions.items(practice, account, ids)
        if not items:
            raise NotFound("charge_not_found", "charge_id")
        return next(iter(items.values()))

    def _entered(self, account: Account, draft: Draft) -> tuple[Account, Entry]:
        return entered(account, draft, at=instant(self.clock.now()), actor=self.actor)

    def _once(
        self,
        ref: AccountRef,
        kind: str,
        external_id: str,
        command: str,
        decide: Callable[[Account], Change],
    ) -> Posted:
        key = marker_keys.by_hand(kind, external_id)
        return once(self.ledgers, self.clock, ref, key, command, decide)

    def _post(
        self,
        ref: AccountRef,
        kind: str,
        external_id: str,
        command: str,
        draft: Callable[[Account], Draft],
    ) -> Posted:
        """Post what `draft` makes of the account as it then is."""

        def decide(account: Account) -> Change:
            made = draft(account)
            after, entry = self._entered(account, made)
            sequels = self._positions.sequels(ref.practice, account, made)
            return Change(account, after, entry, sequels=sequels)

        return self._once(ref, kind, external_id, command, decide)

    def _rehearse(
        self,
        ref: AccountRef,
        kind: str,
        external_id: str,
        command: str,
        draft: Callable[[Account], Draft],
    ) -> Draft | None:
        """Raise what `_post` would raise; None for what stands already."""
        account = self.ledgers.account(ref)
        known = already(self.ledgers, ref, marker_keys.by_hand(kind, external_id), command)
        return draft(account) if account is not None and known is None else None
