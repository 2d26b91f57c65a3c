"""Correct what was said of a charge: its service, clinician, codes or place. What is owed stays as it is."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.closing import closing
from chalicelib.ledger.domain.entries import Draft, EntryKind, OpenItem, Service
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.commands import Commands
from chalicelib.ledger.services.recording import Posted, fingerprint


@dataclass(frozen=True, slots=True)
class FactChanges:
    """What may be corrected of a charge; None leaves it as it is."""

    service: str | None = None
    clinician_id: str | None = None
    cpt: str | None = None
    diagnoses: tuple[str, ...] | None = None
    place_of_service: str | None = None
    status: ChargeStatus | None = None

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class CorrectingFacts(Commands):
    """One entry without postings for each correction; the charge as it was stays beside it."""

    def correct(
        self,
        ref: AccountRef,
        external_id: str,
        *,
        charge_external_id: str,
        facts: FactChanges,
        on: str,
        reason: str = "",
        unchanged: bool = False,
    ) -> Posted:
        """`unchanged`: also where nothing is corrected, since the entry's id says something of the charge.
        Errors: NotFound account_not_found, charge_not_found; Refused charge_reversed, facts_unchanged,
        external_id_taken."""

        def decide(account: Account) -> Change:
            before, after, item = self._corrected(ref.practice, account, charge_external_id, facts)
            if after == before and not unchanged:
                raise Refused("facts_unchanged", "charge_id")
            draft = _draft(item, after, on=on, reference=external_id, reason=reason)
            later, entry = self._entered(account, draft)
            corrected = replace(after, facts_seq=entry.seq)
            called = Service(after.service, after.date)
            sequel = Sequel(before.seq, before.date, closing(item), service=called)
            return Change(account, later, entry, corrected=corrected, former=before, sequels=(sequel,))

        command = _command(charge_external_id, facts, on)
        return self._once(ref, _KIND, external_id, command, decide)

    def foresee(
        self,
        ref: AccountRef,
        external_id: str,
        *,
        charge_external_id: str,
        facts: FactChanges,
        on: str,
    ) -> Draft | None:
        """What `correct` would post, None when it stands already. Writes nothing. Errors: as `correct`."""

        def draft(account: Account) -> Draft:
            before, after, item = self._corrected(ref.practice, account, charge_external_id, facts)
            if after == before:
                raise Refused("facts_unchanged", "charge_id")
            return _draft(item, after, on=on, reference=external_id)

        command = _command(charge_external_id, facts, on)
        return self._rehearse(ref, _KIND, external_id, command, draft)

    def _corrected(
        self, practice: str, account: Account, charge_external_id: str, facts: FactChanges
    ) -> tuple[Charge, Charge, OpenItem]:
        """The charge before and after, and how it stands."""
        item = self._item(practice, account, charge_external_id)
        before = self.ledgers.charges(account.ref(practice), [item.charge_id])[item.charge_id]
        return before, replace(before, **facts.given), item


_KIND = EntryKind.FACTS_CORRECTED.value


def _draft(item: OpenItem, after: Charge, *, on: str, reference: str, reason: str = "") -> Draft:
    return drafts.facts_corrected(
        item,
        service=after.service,
        clinician_id=after.clinician_id,
        on=on,
        reference=reference,
        reason=reason,
    )


def _command(charge_external_id: str, facts: FactChanges, on: str) -> str:
    return fingerprint(_KIND, charge=charge_external_id, on=on, **facts.given)
