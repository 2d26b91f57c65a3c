"""One line on its charge, as the account then is: known, posted, taken back, or left to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.importing.domain.remittances.decisions import Said, Standing, denied, misfit, said, to_client
from chalicelib.importing.domain.remittances.model import Claim, Remittance, ServiceLine
from chalicelib.importing.domain.remittances.names import LineName, answers_of, level_of
from chalicelib.importing.domain.rows import InsurancePaymentRow
from chalicelib.importing.services.rehearsal import Rehearsal
from chalicelib.importing.services.remittances.answers import Answer, Answers, ReversalStep
from chalicelib.importing.services.steps import Step, step_of
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import Posting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice


class Result(StrEnum):
    """What becomes of a line."""

    POSTED = "posted"
    TAKEN_BACK = "taken_back"
    NOTHING = "nothing"
    KNOWN = "known"
    LEFT = "left"


Code = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Item:
    """A line, and the name under which it is posted once."""

    remittance: Remittance
    claim: Claim
    line: ServiceLine
    name: LineName


@dataclass(frozen=True, slots=True)
class Outcome:
    result: Result
    step: Step | None = None
    left: tuple[Code, ...] = ()
    notes: tuple[Code, ...] = ()


def _left(code: str, **details: object) -> Outcome:
    return Outcome(Result.LEFT, left=((code, details),))


@dataclass(frozen=True)
class Deciding:
    ledgers: Ledgers
    register: Register
    clock: Clock

    def rehearsing(
        self, practice: Practice, ref: AccountRef, before: Stored, names: Sequence[str], hold: str
    ) -> "Rehearsing":
        """For one account. `names` are those of its lines in their order; `hold` is not "" where a former run
        of them was broken off."""
        rehearsal = Rehearsal(self.ledgers, before, Account("", Ledger(practice.currency)), unused=False)
        last = Answers(before.entries).last_of(names) if hold else 0
        return Rehearsing(ref, Posting(rehearsal, self.clock), tuple(names), last)


@dataclass(frozen=True)
class Rehearsing:
    """`last_seq`: of a run that was broken off, the last entry; the line that it is of may be half posted."""

    ref: AccountRef
    posting: Posting
    names: tuple[str, ...]
    last_seq: int

    def decide(self, item: Item, charge: Charge) -> Outcome:
        if item.claim.reverses:
            return self._reversal(item, charge)
        return self._known(item, charge) or self._answer(item, charge)

    @property
    def _answers(self) -> Answers:
        return Answers(list(self.posting.ledgers.entries(self.ref)))

    def _known(self, item: Item, charge: Charge) -> Outcome | None:
        """None where it is not posted, or perhaps not all of it."""
        own, given = self._own(item, charge), said(item.claim, item.line)
        if own is None or own.last_seq == self.last_seq:
            return None
        if (own.paid_minor, own.contractual_minor) != (given.paid_minor, given.contractual_minor):
            return _left("line_posted_otherwise", stored_minor=own.paid_minor)
        return Outcome(Result.KNOWN)

    def _own(self, item: Item, charge: Charge) -> Answer | None:
        return next(iter(self._answers.of(charge.id, lambda reference: reference == str(item.name))), None)

    def _answer(self, item: Item, charge: Charge) -> Outcome:
        why = self._against(item, charge)
        if why:
            return why
        given, standing = said(item.claim, item.line), self._standing(item, charge)
        moved, own = to_client(given, standing), self._own(item, charge)
        notes = tuple(_notes(item, given, standing.client_minor))
        amounts = given.paid_minor, given.contractual_minor, moved
        if own and own.amounts == amounts:
            return Outcome(Result.KNOWN)
        if not any(amounts):
            return Outcome(Result.NOTHING, notes=notes)
        return self._tried(Result.POSTED, step_of(_row(item, charge, moved), {}), notes)

    def _against(self, item: Item, charge: Charge) -> Outcome | None:
        """Why a person has to look at it first."""
        reasons = {"reasons": ", ".join(dict.fromkeys(map(str, item.line.adjustments))) or "-"}
        if denied(item.line):
            return _left("line_denied", **reasons)
        if item.remittance.date < charge.date:
            return _left("line_before_charge")
        given, standing = said(item.claim, item.line), self._standing(item, charge)
        former = self._answered(item, charge)
        if former and former.on > item.remittance.date and not given.paid_minor + given.contractual_minor:
            return Outcome(Result.NOTHING)  # it moved nothing, and a later answer has
        if former:
            return _left("line_answered", on=former.on, reference=former.reference)
        why = misfit(given, standing)
        details = {"client_minor": standing.client_minor, "expected_minor": standing.expected_minor}
        return _left(why, patient_minor=given.patient_minor, **details, **reasons) if why else None

    def _standing(self, item: Item, charge: Charge) -> Standing:
        return self._answers.standing(charge.id, besides=str(item.name))

    def _answered(self, item: Item, charge: Charge) -> Answer | None:
        """What the same insurer, as the same, answered to the charge before, and stands."""
        prefix, level = answers_of(item.name.payer_id), str(item.name.level)
        answers = self._answers.of(
            charge.id,
            lambda reference: (
                reference.startswith(prefix) and level_of(reference) == level and reference != str(item.name)
            ),
        )
        return next((answer for answer in answers if answer.standing), None)

    def _reversal(self, item: Item, charge: Charge) -> Outcome:
        """Of exactly what an earlier line posted: by insurer, claim and amounts."""
        name = str(item.name)
        begun = self._answers.taken_back_for(name)
        found = self._answers.of(charge.id, lambda ref: ref == begun if begun else self._may_be(item, ref))
        standing = [answer for answer in found if answer.standing]
        if begun and not standing:
            return Outcome(Result.KNOWN)
        wanted = -item.line.paid_minor, said(item.claim, item.line).contractual_minor * -1
        equal = [a for a in standing if begun or (a.paid_minor, a.contractual_minor) == wanted]
        if len(equal) > 1:
            return _left("reversal_ambiguous")
        if not equal:
            return self._nothing_to_reverse(item, found, standing)
        row = replace(_row(item, charge, 0), paid_minor=0, contractual_minor=0)
        return self._tried(Result.TAKEN_BACK, ReversalStep(row, row.date, equal[0].reference, name))

    def _may_be(self, item: Item, reference: str) -> bool:
        """Whether it answers the claim that is taken back, and is no line that comes later in the files."""
        claims = filter(None, (item.claim.payer_control, item.claim.original))
        of_claim = any(reference.startswith(answers_of(item.name.payer_id, own)) for own in claims)
        return of_claim and reference not in self.names[self.names.index(str(item.name)) :]

    @staticmethod
    def _nothing_to_reverse(item: Item, found: Sequence[Answer], standing: Sequence[Answer]) -> Outcome:
        if standing:
            return _left("reversal_differs", stored_minor=standing[0].paid_minor)
        if found:
            return Outcome(Result.KNOWN, notes=(("reversed_before", {}),))
        if not item.line.paid_minor:  # of a denial nothing was posted
            return Outcome(Result.NOTHING)
        return _left("reversal_unknown")

    def _tried(self, result: Result, step: Step, notes: tuple[Code, ...] = ()) -> Outcome:
        try:
            step.run(self.posting, self.ref)
        except BillfoldError as error:
            return _left(error.code, **error.details)
        return Outcome(result, step, notes=notes)


def _row(item: Item, charge: Charge, moved_minor: int) -> InsurancePaymentRow:
    return InsurancePaymentRow(
        file=item.remittance.file, number=item.line.number, insurance_payment_id=str(item.name),
        charge_id=charge.external_id, date=item.remittance.date, paid_minor=item.line.paid_minor,
        contractual_minor=said(item.claim, item.line).contractual_minor, patient_minor=moved_minor,
        above_expected=True,
    )  # fmt: skip


def _notes(item: Item, given: Said, client_minor: int) -> list[Code]:
    found: list[Code] = []
    if item.line.decided_code != item.line.code:
        found.append(("code_changed", {"decided": item.line.decided_code}))
    if given.forwarded and given.patient_minor > client_minor:
        found.append(("line_forwarded", {"money_minor": given.patient_minor - client_minor}))
    return found
