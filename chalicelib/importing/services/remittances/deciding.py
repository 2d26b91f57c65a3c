"""One line on its charge, as the account then is: known, posted, taken back, or left to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.importing.domain.remittances.decisions import Said, denied, misfit, said, to_client
from chalicelib.importing.domain.remittances.model import Claim, Level, Remittance, ServiceLine
from chalicelib.importing.domain.remittances.names import ANSWER, LineName, answers_of, is_twin, level_of
from chalicelib.importing.domain.rows import InsurancePaymentRow
from chalicelib.importing.services.remittances.answers import Answer, AnswerReversal, Answers
from chalicelib.importing.services.steps import Step, step_of
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.services.posting import Posting


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
    """A line. `name`: by which it is known again, in whichever file it comes. `id`: under which it is posted
    once; where an import's undoing took that back, its successor."""

    remittance: Remittance
    claim: Claim
    line: ServiceLine
    name: LineName
    id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    result: Result
    step: Step | None = None
    left: tuple[Code, ...] = ()
    notes: tuple[Code, ...] = ()


def _left(code: str, **details: object) -> Outcome:
    return Outcome(Result.LEFT, left=((code, details),))


@dataclass(frozen=True)
class Rehearsing:
    """One account's lines, each on what those before would leave. `ids` are those of its lines in their
    order. `last_seq`: of a run that was broken off, the last entry; its line may be half posted."""

    ref: AccountRef
    posting: Posting
    ids: tuple[str, ...]
    last_seq: int

    def decide(self, item: Item, charge: Charge) -> Outcome:
        answers = Answers(list(self.posting.ledgers.entries(self.ref)))
        if item.claim.reverses:
            return self._reversal(item, charge, answers)
        own = next(iter(answers.of(charge.id, lambda reference: reference == item.id)), None)
        if own and own.last_seq != self.last_seq:
            return _known(item, charge, answers, own)
        return _against(item, charge, answers) or self._answer(item, charge, answers, own)

    def _answer(self, item: Item, charge: Charge, answers: Answers, own: Answer | None) -> Outcome:
        """`own`: what of it is posted already."""
        given, standing = said(item.claim, item.line), answers.standing(charge.id, besides=item.id)
        moved = to_client(given, standing)
        notes = tuple(_notes(item, given, standing.client_minor))
        amounts = given.paid_minor, given.contractual_minor, moved
        if own and own.amounts == amounts:
            return Outcome(Result.KNOWN)
        if not any(amounts):
            return Outcome(Result.NOTHING, notes=notes)
        return self._tried(Result.POSTED, step_of(_row(item, charge, moved), {}), notes)

    def _reversal(self, item: Item, charge: Charge, answers: Answers) -> Outcome:
        """Of exactly what an earlier line posted: by insurer, claim and amounts."""
        begun = answers.taken_back_for(item.id)
        found = answers.of(charge.id, lambda ref: ref == begun if begun else self._may_be(item, ref))
        standing = [answer for answer in found if answer.standing]
        if begun and not standing:
            return Outcome(Result.KNOWN)
        wanted = -item.line.paid_minor, said(item.claim, item.line).contractual_minor * -1
        equal = [a for a in standing if begun or (a.paid_minor, a.contractual_minor) == wanted]
        if len(equal) > 1:
            return _left("reversal_ambiguous")
        if not equal:
            return _nothing_to_reverse(item, found, standing)
        row = replace(_row(item, charge, 0), paid_minor=0, contractual_minor=0)
        return self._tried(Result.TAKEN_BACK, AnswerReversal(row, row.date, equal[0].reference, item.id))

    def _may_be(self, item: Item, reference: str) -> bool:
        """Whether it answers the claim that is taken back, and is no line that comes later in the files."""
        claims = filter(None, (item.claim.payer_control, item.claim.original))
        of_claim = any(reference.startswith(answers_of(item.name.payer_id, own)) for own in claims)
        return of_claim and reference not in self.ids[self.ids.index(item.id) :]

    def _tried(self, result: Result, step: Step, notes: tuple[Code, ...] = ()) -> Outcome:
        try:
            step.run(self.posting, self.ref)
        except BillfoldError as error:
            return _left(error.code, **error.details)
        return Outcome(result, step, notes=notes)


def _known(item: Item, charge: Charge, answers: Answers, own: Answer) -> Outcome:
    """The client's part counts, too: as it would have been decided then, on what stood before."""
    given = said(item.claim, item.line)
    then = answers.before(own.last_seq).standing(charge.id, besides=item.id)
    same = own.amounts == (given.paid_minor, given.contractual_minor, to_client(given, then))
    if not same or misfit(given, then):
        return _left("line_posted_otherwise", stored_minor=own.paid_minor)
    return Outcome(Result.KNOWN)


def _against(item: Item, charge: Charge, answers: Answers) -> Outcome | None:
    """Why a person has to look at it first."""
    reasons = {"reasons": ", ".join(dict.fromkeys(map(str, item.line.adjustments))) or "-"}
    if denied(item.line):
        return _left("line_denied", **reasons)
    if item.remittance.date < charge.date:
        return _left("line_before_charge")
    given, standing = said(item.claim, item.line), answers.standing(charge.id, besides=item.id)
    former = _answered(item, charge, answers)
    if former and former.on > item.remittance.date and not given.paid_minor + given.contractual_minor:
        return Outcome(Result.NOTHING)  # it moved nothing, and a later answer has
    if former:
        return _left("line_answered", on=former.on, reference=former.reference)
    other = _from_elsewhere(item, charge, answers)
    if other:
        return other
    why = misfit(given, standing)
    details = {"client_minor": standing.client_minor, "expected_minor": max(standing.expected_minor, 0)}
    return _left(why, patient_minor=given.patient_minor, **details, **reasons) if why else None


def _answered(item: Item, charge: Charge, answers: Answers) -> Answer | None:
    """What the same insurer, as the same, answered to the charge before, and stands."""
    prefix, level = answers_of(item.name.payer_id), str(item.name.level)

    def same(reference: str) -> bool:
        return reference.startswith(prefix) and level_of(reference) == level and reference != item.id

    return next((answer for answer in answers.of(charge.id, same) if answer.standing), None)


def _from_elsewhere(item: Item, charge: Charge, answers: Answers) -> Outcome | None:
    """What may be this very answer, posted by another way: under another id of the insurer (TRN03), by
    hand or from a report. A first insurer's answer has none before it; a later one's amounts are others."""
    twin = next(iter(answers.of(charge.id, lambda reference: is_twin(item.name, reference))), None)
    if twin:
        return _left("line_of_another_id", on=twin.on, reference=twin.reference)
    given = said(item.claim, item.line)
    for answer in answers.of(charge.id, lambda reference: not reference.startswith(ANSWER)):
        alike = (answer.paid_minor, answer.contractual_minor) == (given.paid_minor, given.contractual_minor)
        if answer.standing and (alike or item.name.level == Level.PRIMARY):
            return _left("line_answered_elsewhere", on=answer.on, reference=answer.reference)
    return None


def _nothing_to_reverse(item: Item, found: Sequence[Answer], standing: Sequence[Answer]) -> Outcome:
    if standing:
        return _left("reversal_differs", stored_minor=standing[0].paid_minor)
    if found:
        return Outcome(Result.KNOWN, notes=(("reversed_before", {}),))
    if not item.line.paid_minor:  # of a denial nothing was posted
        return Outcome(Result.NOTHING)
    return _left("reversal_unknown")


def _row(item: Item, charge: Charge, moved_minor: int) -> InsurancePaymentRow:
    return InsurancePaymentRow(
        file=item.remittance.file, number=item.line.number, insurance_payment_id=item.id,
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
