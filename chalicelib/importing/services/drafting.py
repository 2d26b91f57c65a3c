"""What one account's rows come to: what is posted, what is corrected, what stays, and what is wrong."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import of_row
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import ChargeRow, ClientRow, OpeningBalanceRow, PaymentRow, Row
from chalicelib.importing.services.comparing import AmountChange, Changed, Difference, New, Odd, compared
from chalicelib.importing.services.elsewhere import Elsewhere
from chalicelib.importing.services.missing import KINDS
from chalicelib.importing.services.naming import as_given
from chalicelib.importing.services.opened import beside_entries
from chalicelib.importing.services.steps import CorrectionStep, FactsStep, Step, opening_id, step_of
from chalicelib.importing.services.stored import Stored
from chalicelib.importing.services.successors import given, standing, successor, taken_back
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.services.posting import Posting
from chalicelib.practice.domain.practices import Practice

_REVERSE = "billfold post reverse"
_IN_NO_ENTRY = frozenset({"charge_ids", "notes"})  # of a payment's row


@dataclass(frozen=True, slots=True)
class Correction:
    """A posted amount that the file now gives otherwise (minor units). `anew`: the id under which it is
    posted in the place of what staff took back, "" of what is corrected."""

    row: Row
    column: str
    old_minor: int
    new_minor: int
    anew: str = ""


@dataclass(frozen=True, slots=True)
class FactDifference:
    """What the books say, and what the file says, as texts. `anew`: as of a correction."""

    row: Row
    column: str
    old: str
    new: str
    anew: str = ""

    @property
    def problem(self) -> Problem:
        """For who changes no facts."""
        return self.row.problem(self.column, "posted_otherwise", stored=shown(self.old), reverse=_REVERSE)


@dataclass(frozen=True)
class Drafts:
    """`facts` are those that new versions change, `kept` those that staff corrected here and that stay;
    `known` are rows that need nothing; of those `taken_back` are in entries that staff took back.
    `payments`: the next ids of those that are posted in the place of one taken back."""

    steps: list[Step] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    facts: list[FactDifference] = field(default_factory=list)
    kept: list[FactDifference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    taken_back: list[Row] = field(default_factory=list)
    payments: dict[str, str] = field(default_factory=dict)

    @property
    def in_order(self) -> tuple[Step, ...]:
        return tuple(sorted(self.steps, key=lambda step: step.order))


@dataclass(frozen=True)
class Drafting:
    """`charged_on` dates the batch's charges; `today` is the day of corrections; `posting` rehearses."""

    practice: Practice
    charged_on: Mapping[str, str]
    today: str
    import_id: str

    def drafted(self, ref: AccountRef, rows: Iterable[Row], before: Stored, posting: Posting) -> Drafts:
        """Of the rows of one account, but its client's own."""
        drafts = Drafts()
        for given_row in (row for row in rows if not isinstance(row, ClientRow)):
            row = standing(given_row, before, drafts.payments)
            match compared(self.practice.id, row, before):
                case New():
                    drafts.steps.append(step_of(row, self.charged_on))
                    if isinstance(row, OpeningBalanceRow):
                        problem = self._beside(row, before)
                        drafts.problems.extend([problem] if problem else [])
                case Changed() as changed:
                    self._change(drafts, row, changed, before)
                case Odd() as odd:
                    self._odd(drafts, row, odd, before)
                case _:
                    _known(drafts, row, before)
                    if isinstance(row, PaymentRow) and _is_compared(row, before):
                        drafts.problems.extend(rehearsed([step_of(row, self.charged_on)], posting, ref))
        return drafts

    def _beside(self, row: OpeningBalanceRow, before: Stored) -> Problem | None:
        """None of an account that this very import left hidden: half of it is there."""
        if before.account and before.account.hold == self.import_id:
            return None
        return beside_entries(row, before, self.practice.currency, self.import_id)

    def _odd(self, drafts: Drafts, row: Row, odd: Odd, before: Stored) -> None:
        """Posted anew where the old one was taken back, and listed as that."""
        anew = successor(row, before, odd)
        if anew is not None:
            self._anew(drafts, row, anew, odd, before)
        elif taken_back(row, before):
            _known(drafts, row, before)
        else:
            reverse = _reversing(row, before)
            found = [self._at_odds(row, column, value, reverse) for column, value in odd.columns]
            drafts.problems.extend(found)

    def _anew(self, drafts: Drafts, row: Row, anew: Row, odd: Odd, before: Stored) -> None:
        drafts.steps.append(step_of(anew, self.charged_on))
        if isinstance(row, PaymentRow) and isinstance(anew, PaymentRow):
            drafts.payments[row.payment_id] = anew.payment_id
        id_ = str(given(anew, of_row(row).key))
        for column, held in odd.columns:
            now = given(row, column)
            if isinstance(now, int) and isinstance(held, int):
                drafts.corrections.append(Correction(row, column, held, now, id_))
            else:
                drafts.facts.append(replace(_difference(row, (column, now, held)), anew=id_))
        if row.source:  # asked as it was mapped, where the person may have answered
            return
        there = Elsewhere(self.practice.id, {"": before}, every_answer=True).found([("", anew)])
        drafts.problems.extend(
            row.problem(of_row(row).key, "row_put_in_by_hand", ids=shown(one.id), on=one.on)
            for _, one in there
        )

    def _change(self, drafts: Drafts, row: Row, changed: Changed, before: Stored) -> None:
        if changed.amount:
            drafts.corrections.append(_correction(row, changed.amount))
            drafts.steps.append(self._correcting(row, changed.amount))
        if changed.facts:
            facts = changed.facts
            step = FactsStep(row, self.today, facts.external_id, facts.charge_id, facts.facts)
            drafts.steps.append(step)
        drafts.facts.extend([_difference(row, each) for each in changed.taken])
        drafts.kept.extend([_difference(row, each) for each in changed.kept])
        if not (changed.amount or changed.facts):
            _known(drafts, row, before)

    def _correcting(self, row: Row, changed: AmountChange) -> Step:
        lower_by = changed.old_minor - changed.new_minor
        return CorrectionStep(row, self.today, changed.external_id, changed.charge_id, lower_by)

    def _at_odds(self, row: Row, column: str, value: object, reverse: str) -> Problem:
        if isinstance(value, int) and column != "units":
            text = decimal_text(Money(value, self.practice.currency))
        else:
            text = str(value)
        return row.problem(column, "posted_otherwise", stored=shown(text), reverse=reverse)


def _is_compared(row: PaymentRow, before: Stored) -> bool:
    """Whether its marker is to be held against what is in no entry. What was taken back stays out anyhow."""
    return bool(row.given & _IN_NO_ENTRY) and not taken_back(row, before)


def rehearsed(steps: Iterable[Step], posting: Posting, ref: AccountRef) -> list[Problem]:
    """The very commands of the import, on a copy of the account that is thrown away."""
    problems = []
    for step in steps:
        try:
            step.run(posting, ref)
        except BillfoldError as error:
            problems.append(step.problem(error))
    return problems


def _reversing(row: Row, before: Stored) -> str:
    """The command that takes back the row's entry, where it stands in one."""
    format_ = of_row(row)
    kinds, id_ = KINDS.get(format_.kind, ()), key_of(format_, row)
    found = (e for e in before.entries if e.draft.kind in kinds and as_given(e.draft.reference) == id_)
    entry = next((entry for entry in found if not before.undone(entry.draft.kind, id_)), None)
    if entry is None or isinstance(row, ChargeRow):
        return _REVERSE
    whose = str(getattr(row, "client_id", ""))
    return " ".join([_REVERSE, *(["--client", shlex.quote(whose)] if whose else []), f"--entry {entry.seq}"])


def _known(drafts: Drafts, row: Row, before: Stored) -> None:
    drafts.known.append(row)
    format_ = of_row(row)
    id_ = opening_id(row.client_id) if isinstance(row, OpeningBalanceRow) else key_of(format_, row)
    kinds = KINDS.get(format_.kind, (EntryKind.OPENING_BALANCE,))
    if any(before.undone(kind, id_) for kind in kinds):
        drafts.taken_back.append(row)


def _correction(row: Row, changed: AmountChange) -> Correction:
    column = "fee" if isinstance(row, ChargeRow) else "amount"
    return Correction(row, column, changed.old_minor, changed.new_minor)


def _difference(row: Row, found: Difference) -> FactDifference:
    column, given, held = found
    return FactDifference(row, column, _text(held), _text(given))


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
