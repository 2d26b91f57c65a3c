"""An import as a whole taken back, by reversals of its entries, the newest first, while nothing rests on it.
Facts that it corrected become what they were, by a new version.

All of it is looked at before anything is written, and again once the accounts are hidden: nobody can pay, or
be sent a bill, in between. What another import hides is not undone until that has ended. Killed anywhere, the
same command goes on; an entry is undone once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.superbills import SuperbillStatus, standing
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services import undone_facts
from chalicelib.importing.services.naming import of_undoing
from chalicelib.importing.services.progress import Progress, Together
from chalicelib.importing.services.rehearsal import Ahead
from chalicelib.importing.services.steps import ReversalStep
from chalicelib.importing.services.undone_facts import FactsBackStep, given_back, gives_back
from chalicelib.importing.services.writing import Writing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import of_import
from chalicelib.kernel.errors import BillfoldError, Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.corrections import charges_of, named_by
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import Entry, EntryKind, Part
from chalicelib.ledger.domain.insurance import ANSWER_KINDS
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.ledger.services.import_register import UNDOING, Register
from chalicelib.ledger.services.posting import Posting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice

REVERSAL = "reversal"  # what keeps a remittance for good that took something back
_ON_ANSWERS = frozenset({*ANSWER_KINDS, EntryKind.ADJUSTMENT, EntryKind.WRITE_OFF})
"""What is posted in view of what an insurer has left."""


@dataclass(frozen=True, slots=True)
class Resting:
    """What keeps an import from being undone: `what` is "entry", "reversal", "payment", "invoice",
    "superbill", "import" or a code of the ledger's, `name` its number or id."""

    account: str
    what: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountUndoing:
    """`steps`: what is left to undo, the newest first. `hidden`: by this undoing already."""

    ref: AccountRef
    steps: tuple[ReversalStep | FactsBackStep, ...]
    resting: tuple[Resting, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """With anything `resting` nothing is to be written."""

    practice: Practice
    found: UnderWay
    accounts: tuple[AccountUndoing, ...]
    begun: bool

    @property
    def resting(self) -> tuple[Resting, ...]:
        """Once it has begun, only what hides an account: the rest was looked at."""
        found = (one for account in self.accounts for one in account.resting)
        return tuple(one for one in found if not self.begun or one.what == "import")

    @property
    def steps(self) -> int:
        return sum(len(account.steps) for account in self.accounts)

    @property
    def empty(self) -> bool:
        """Whether it is undone already."""
        return not (self.steps or self.begun)


@dataclass(frozen=True)
class Undoing:
    ledgers: AuditedLedgers
    invoices: Invoices
    superbills: Superbills
    register: Register
    clock: Clock
    together: Together
    progress: Progress

    def plan(self, practice: Practice, import_id: str) -> UndoPlan:
        """Reads only. Errors: NotFound import_not_found; Refused import_not_ended, import_without_entries
        (nothing of it is left to undo, and it was never undone); Busy."""
        known = self.register.known(practice.id)
        found = present(
            next((one for one in known if one.id == import_id), None), "import_not_found", "import"
        )
        if not found.ended_at:
            raise Refused("import_not_ended", "import")
        refs = list(self.ledgers.account_refs(practice.id))
        self.progress.start("checking", len(refs))
        looked = self.together(lambda ref: self._account(practice, import_id, ref), refs)
        accounts = tuple(one for one in looked if one and (one.steps or one.hidden or one.resting))
        plan = UndoPlan(practice, found, accounts, any(one.id == UNDOING + import_id for one in known))
        if plan.empty and not (plan.resting or found.undone_at):
            raise Refused("import_without_entries", "import")
        return plan

    def apply(self, plan: UndoPlan) -> tuple[Problem, ...]:
        """The entries that could not be undone, since somebody posted meanwhile. Errors: Refused
        import_in_use (something came to rest on it since the plan, nothing is undone); Busy, run it again."""
        if plan.resting:
            raise ValueError("what something rests on is not to be undone")
        practice, id_ = plan.practice.id, UNDOING + plan.found.id
        self.progress.start("undoing", plan.steps)
        self.register.begin(
            practice, id_, actor=of_import(plan.found.id), rows=plan.steps, accounts=len(plan.accounts),
            files=(),
        )  # fmt: skip
        posting = Posting(self.ledgers, self.clock, of_import(plan.found.id))
        others = self.together(lambda account: posting.hold(account.ref, id_), plan.accounts)
        if plan.begun and any(others):  # some of it may be undone: what is hidden stays so
            raise Busy("another import hides an account")
        again = () if plan.begun or any(others) else plan.accounts
        looked = self.together(lambda account: self._rests(plan, account), again)
        rests, refused = any(others) or any(looked), list[list[Problem]]()
        if not rests:
            refused = self.together(lambda account: self._undo(plan, account), plan.accounts)
            self.register.undone(practice, plan.found.id)
        self.together(lambda account: posting.release(account.ref, id_), plan.accounts)
        self._end(practice, id_)
        if rests:
            raise Refused("import_in_use", "import")
        return tuple(problem for problems in refused for problem in problems)

    def _end(self, practice: str, id_: str) -> None:
        for one in self.register.under_way(practice):
            if one.id == id_:
                self.register.end(practice, one)

    def _undo(self, plan: UndoPlan, account: AccountUndoing) -> list[Problem]:
        writing = Writing(self.ledgers, self.clock, self.progress, of_import(plan.found.id))
        return writing.post(account.ref, account.steps)

    def _rests(self, plan: UndoPlan, account: AccountUndoing) -> bool:
        again = self._account(plan.practice, plan.found.id, account.ref)
        return again is not None and bool(again.resting)

    def _account(self, practice: Practice, import_id: str, ref: AccountRef) -> AccountUndoing | None:
        """None where nothing of the import is."""
        entries = list(self.ledgers.entries(ref))
        self.progress.advance()
        by = [entry for entry in entries if entry.actor == of_import(import_id) and not gives_back(entry)]
        account = self.ledgers.account(ref) if by else None
        if account is None:
            return None
        ours = [entry for entry in by if entry.draft.kind is not EntryKind.REVERSAL]
        undone = {entry.draft.reverses for entry in entries} | given_back(entries)
        today = local_date(instant(self.clock.now()), practice.timezone)
        steps = self._steps(ref, [entry for entry in ours if entry.seq not in undone], today)
        resting, hidden = [*_taken_back(ref, by)], account.hold == UNDOING + import_id
        if steps:
            resting += [*_resting(account, ours, entries, undone), *self._on_paper(ref, ours)]
        if steps and account.hold and not hidden:
            resting.append(Resting(ref.account, "import", account.hold))
        if steps and not resting:
            resting += self._refused(ref, steps)
        return AccountUndoing(ref, steps, tuple(dict.fromkeys(resting)), hidden)

    def _steps(
        self, ref: AccountRef, left: Sequence[Entry], today: str
    ) -> tuple[ReversalStep | FactsBackStep, ...]:
        """The newest first. Of a charge that is undone itself, the facts are left as they are."""
        facts = undone_facts.steps(self.ledgers, ref, left, without=_charged(left), on=today)
        posted = [entry for entry in left if entry.draft.kind is not EntryKind.FACTS_CORRECTED]
        reversals = (ReversalStep(entry.seq, today) for entry in posted)
        return tuple(sorted((*reversals, *facts), key=lambda step: step.seq, reverse=True))

    def _on_paper(self, ref: AccountRef, ours: Sequence[Entry]) -> Iterator[Resting]:
        """What was issued of the import's services, and is not void."""
        charged = _charged(ours)
        invoiced = self.invoices.invoiced(ref).charges
        for number in sorted({number for id_, number in invoiced.items() if id_ in charged}):
            yield Resting(ref.account, "invoice", str(number))
        superbilled = self.superbills.superbilled(ref)
        for one in self.superbills.all_of(ref) if superbilled.standing else ():
            stands = standing(one, superbilled).status is SuperbillStatus.ISSUED
            if stands and charged & set(one.charge_ids):
                yield Resting(ref.account, "superbill", str(one.number))

    def _refused(self, ref: AccountRef, steps: Sequence[ReversalStep | FactsBackStep]) -> Iterator[Resting]:
        """By the ledger's own rules, of which the first is enough."""
        posting = Posting(Ahead(self.ledgers, sure=True), self.clock)
        for step in steps:
            try:
                step.run(posting, ref)
            except BillfoldError as error:
                yield Resting(ref.account, error.code, str(step.seq))
                return


def _charged(ours: Sequence[Entry]) -> set[str]:
    """The charges that the import made."""
    drafts = [entry.draft for entry in ours]
    free = {item.charge_id for draft in drafts if draft.kind is EntryKind.SERVICE for item in draft.opens}
    return free | {p.book.charge_id for draft in drafts for p in draft.postings if p.book.name == Part.FEE}


def _answered(ours: Sequence[Entry], undone: set[int | None]) -> dict[str, int]:
    """Charges with answers that stand, each with the number of the first."""
    answers = (e for e in reversed(ours) if e.draft.kind in ANSWER_KINDS and e.seq not in undone)
    return {about(entry.draft): entry.seq for entry in answers}


def _taken_back(ref: AccountRef, by: Sequence[Entry]) -> Iterator[Resting]:
    """What an insurer's file took back by it: a reversal cannot be reversed."""
    for entry in by:
        if entry.draft.kind is EntryKind.REVERSAL and not of_undoing(entry):
            yield Resting(ref.account, REVERSAL, str(entry.seq))


def _resting(
    account: Account, ours: Sequence[Entry], entries: Sequence[Entry], undone: set[int | None]
) -> Iterator[Resting]:
    """What others posted, or are about to, of what the import made; reversals rest on nothing."""
    own, charged = {entry.seq for entry in ours}, _charged(ours)
    answered = _answered(ours, undone)
    paid = {entry.draft.payment_id for entry in ours if entry.draft.kind is EntryKind.PAYMENT}
    for entry in entries:
        takes_back = entry.draft.kind is EntryKind.REVERSAL or gives_back(entry)
        if entry.seq in own or entry.seq in undone or takes_back:
            continue
        later = entry.draft.kind in _ON_ANSWERS and answered.get(about(entry.draft), entry.seq) < entry.seq
        if later or (charges_of(entry) | named_by(entry)) & charged or entry.draft.payment_id in paid:
            yield Resting(account.id, "entry", str(entry.seq))
    for entry in undone_facts.later(ours, entries, undone):
        yield Resting(account.id, "entry", str(entry.seq))
    for payment_id, reservation in account.reserved.items():
        if charged & reservation.shares.keys():
            yield Resting(account.id, "payment", payment_id)
