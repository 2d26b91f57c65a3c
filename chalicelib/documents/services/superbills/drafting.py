"""Draft a client's superbills from the books, and say what is missing for them before anything is issued."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain import superbill_lines as rules
from chalicelib.documents.domain.superbill_lines import Billed, Missing
from chalicelib.documents.domain.superbills import (
    DraftSuperbill,
    Stretch,
    Superbill,
    SuperbillStatus,
    standing,
)
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, NotFound, Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.insurance import NOTHING, answered
from chalicelib.ledger.domain.lookback import items_from
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.positions import Positions
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.diagnosis_codes import DiagnosisCodes
from chalicelib.practice.domain.practices import Client, Practice


@dataclass(frozen=True, slots=True)
class SuperbillWish:
    """`clinician_id`: only this one's services, "" for every clinician's."""

    stretch: Stretch
    clinician_id: str = ""


@dataclass(frozen=True, slots=True)
class SuperbillPlan:
    """A client's superbills as the `account` was read: a draft for each clinician for whom nothing is
    missing, and of the others what is. `elsewhere`: the numbers of superbills for other days, or of another
    clinician, that stand and have services of these days, which the drafts so leave out."""

    account: Account
    drafts: Sequence[DraftSuperbill]
    missing: Sequence[Missing]
    elsewhere: Sequence[int]

    def for_clinician(self, clinician_id: str) -> DraftSuperbill | None:
        return next((draft for draft in self.drafts if draft.clinician_id == clinician_id), None)


@dataclass(frozen=True)
class SuperbillDrafting:
    """`codes` are read once a superbill wants them."""

    superbills: Superbills
    ledgers: Ledgers
    codes: Callable[[], DiagnosisCodes]
    clock: Clock

    def plan(self, practice: Practice, client: Client, wish: SuperbillWish) -> SuperbillPlan:
        """Writes nothing. Errors: NotFound account_not_found, clinician_not_found; Invalid
        date_range_reversed, superbill_days_ahead; Refused account_updating; Busy."""
        account = present(self.ledgers.account(client.ref(practice.id)), "account_not_found")
        if account.hold:
            raise Refused("account_updating")
        return self._planned(practice, client, account, wish)

    def plan_if_there(self, practice: Practice, client: Client, wish: SuperbillWish) -> SuperbillPlan | None:
        """None of a client without an account yet, or whose import has not ended. Errors: as `plan`."""
        account = self.ledgers.account(client.ref(practice.id))
        return None if account is None or account.hold else self._planned(practice, client, account, wish)

    def _planned(
        self, practice: Practice, client: Client, account: Account, wish: SuperbillWish
    ) -> SuperbillPlan:
        at = instant(self.clock.now())
        today = local_date(at, practice.timezone)
        _check(practice, wish, today)
        drafts, gaps = list[DraftSuperbill](), list[Missing]()
        there = rules.by_clinician(self._billed(practice, account, wish.stretch), only=wish.clinician_id)
        on_one = self._on_one(account.ref(practice.id)) if there else {}
        free, elsewhere = rules.on_no_other(there, on_one, wish.stretch)
        for clinician_id, billed in free.items():
            gaps += (found := rules.missing(practice, client, clinician_id, billed, self.codes()))
            clinician = practice.clinician(clinician_id)
            if clinician and not found:
                paper = rules.paper(practice, client, clinician, billed, self.codes())
                drafts.append(
                    DraftSuperbill(
                        account.id, clinician_id, account.ledger.currency, wish.stretch, today, at, paper
                    )
                )
        return SuperbillPlan(account, drafts, gaps, elsewhere)

    def _on_one(self, ref: AccountRef) -> Mapping[str, Superbill]:
        """On which superbill that stands each service is, by charge id. Whoever issues guards by a version
        that was read before this."""
        superbilled = self.superbills.superbilled(ref)
        found = self.superbills.all_of(ref) if superbilled.standing else ()
        stands = (one for one in found if standing(one, superbilled).status is SuperbillStatus.ISSUED)
        return {id_: superbill for superbill in stands for id_ in superbill.charge_ids}

    def _billed(self, practice: Practice, account: Account, stretch: Stretch) -> list[Billed]:
        """The charges of these days, as they stand at the account's own number. All entries are read: what
        pays a service may be years after it, and a service may be posted years after its day."""
        ref: AccountRef = account.ref(practice.id)
        entries = list(self.ledgers.entries(ref, first=1, last=account.ledger.seq))
        ids = rules.charged_in(entries, stretch)
        charges, items = self.ledgers.charges(ref, ids), items_from(entries, frozenset(ids))
        going = Positions(self.ledgers).leaving(practice.id, account)
        told = answered(entries)
        return [
            Billed(charges[id_], items[id_], going.get(id_, 0), told.get(id_, NOTHING))
            for id_ in ids
            if id_ in charges
        ]


def _check(practice: Practice, wish: SuperbillWish, today: str) -> None:
    if wish.stretch.first > wish.stretch.last:
        raise Invalid("date_range_reversed", "from")
    if wish.stretch.last > today:  # services of days to come would be on none
        raise Invalid("superbill_days_ahead", "to")
    if wish.clinician_id and practice.clinician(wish.clinician_id) is None:
        raise NotFound("clinician_not_found", "clinician")
