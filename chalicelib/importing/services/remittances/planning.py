"""Remittances as a plan: each line matched, rehearsed on its account, and posted by the importer's writer;
or left to a person, with the reason and what would fit."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.remittances.decisions import lines_of, objection
from chalicelib.importing.domain.remittances.model import Remittance
from chalicelib.importing.domain.remittances.names import LineName
from chalicelib.importing.domain.rows import InsurancePaymentRow
from chalicelib.importing.services.applying import DecideAgain
from chalicelib.importing.services.naming import Naming
from chalicelib.importing.services.planning import AccountPlan, Plan
from chalicelib.importing.services.rehearsal import Rehearsal
from chalicelib.importing.services.remittances.answers import Answers
from chalicelib.importing.services.remittances.deciding import Item, Outcome, Rehearsing, Result
from chalicelib.importing.services.remittances.matching import Match, Matching, Unmatched
from chalicelib.importing.services.steps import Step
from chalicelib.importing.services.stored import Stored, stored
from chalicelib.importing.services.unfinished import in_the_way
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import Posting
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice

Lines = Sequence[tuple[Item, Charge]]


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the report; `number` is the segment's. `near`: charges that it may be of, by client."""

    file: str
    number: int
    code: str
    details: Mapping[str, object] = field(default_factory=dict)
    near: tuple[tuple[str, Charge], ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """`plan` is what will be written; with any problem nothing may be. `left` is what a person has to see to,
    `notes` are what nobody has to; `counts`: lines by what becomes of them. `again` decides an
    account's lines on what stands once it is hidden."""

    practice: Practice
    remittances: tuple[Remittance, ...] = ()
    problems: tuple[Problem, ...] = ()
    left: tuple[Told, ...] = ()
    notes: tuple[Told, ...] = ()
    counts: Mapping[Result, int] = field(default_factory=dict)
    plan: Plan | None = None
    again: DecideAgain | None = None


@dataclass(frozen=True)
class _Notebook:
    """What one run finds."""

    left: list[Told] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)
    counts: Counter[Result] = field(default_factory=Counter)

    def leave(
        self,
        item: Item,
        code: str,
        details: Mapping[str, object] | None = None,
        near: tuple[tuple[str, Charge], ...] = (),
    ) -> None:
        self.counts[Result.LEFT] += 1
        self.left.append(item_told(item, code, details, near))

    def outcome(self, item: Item, outcome: Outcome) -> None:
        self.counts[outcome.result] += 1
        for code, details in outcome.left:
            self.left.append(item_told(item, code, details))
        for code, details in outcome.notes:
            self.notes.append(item_told(item, code, details))


@dataclass(frozen=True)
class RemittancePlanning:
    """`take_over` goes on where another import was broken off, instead of refusing to."""

    practice: Practice
    ledgers: Ledgers
    register: Register
    clock: Clock
    matching: Matching
    naming: Naming
    take_over: bool = False

    def plan(self, remittances: Sequence[Remittance]) -> Prepared:
        notebook = _Notebook()
        in_order = sorted(remittances, key=lambda one: one.date)
        items = self._items(in_order, notebook)
        import_id = _import_id(self.practice.id, items)
        groups = self._matched(items, notebook)
        accounts, problems = [], list[Problem]()
        for ref, of_account in groups.items():
            hold = self._hold(ref)
            others = "" if hold == import_id else hold
            if problem := self._in_the_way(of_account[0][0], others):
                problems.append(problem)
                continue
            accounts.append(self._account(ref, of_account, hold, notebook))
        under_way = self.register.under_way(self.practice.id)
        plan = Plan(
            self.practice, import_id, len(items), tuple(problems), tuple(accounts),
            files=tuple(dict.fromkeys(one.file for one in remittances)),
            begun=any(one.id == import_id for one in under_way),
            given_up=tuple(one for one in under_way if self.take_over and one.id != import_id),
        )  # fmt: skip
        left = sorted(notebook.left, key=lambda told: (told.file, told.number))
        notes = sorted(notebook.notes, key=lambda told: (told.file, told.number))
        return Prepared(
            self.practice, tuple(remittances), tuple(problems), tuple(left), tuple(notes),
            dict(notebook.counts), plan, partial(self._decided_again, groups),
        )  # fmt: skip

    def _account(self, ref: AccountRef, matched: Lines, hold: str, notebook: _Notebook) -> AccountPlan:
        """Line by line, each on the account as those before would leave it."""
        rehearsing = self._rehearsing(ref, self.matching.account(ref), matched, hold)
        steps, known = [], 0
        for item, charge in matched:
            outcome = rehearsing.decide(item, charge)
            notebook.outcome(item, outcome)
            known += outcome.result is Result.KNOWN
            steps += [outcome.step] if outcome.step else []
        return AccountPlan(ref, tuple(steps), known=known, unfinished=hold)

    def _decided_again(
        self, groups: Mapping[AccountRef, Lines], account: AccountPlan
    ) -> tuple[AccountPlan, list[Problem]]:
        """What was to be posted, on the account as it is by now: left where somebody posted it by hand."""
        matched, problems, steps = groups[account.ref], list[Problem](), list[Step]()
        rows = [step.row for step in account.steps]
        planned = {row.insurance_payment_id for row in rows if isinstance(row, InsurancePaymentRow)}
        before = stored(self.ledgers, account.ref)
        rehearsing = self._rehearsing(account.ref, before, matched, account.unfinished)
        for item, charge in matched:
            outcome = rehearsing.decide(item, charge) if item.id in planned else Outcome(Result.NOTHING)
            steps += [outcome.step] if outcome.step else []
            problems += [
                Problem(item.remittance.file, item.line.number, "", code, dict(details))
                for code, details in outcome.left
            ]
        return replace(account, steps=tuple(steps)), problems

    def _rehearsing(self, ref: AccountRef, before: Stored, matched: Lines, hold: str) -> Rehearsing:
        ids, empty = [item.id for item, _ in matched], Account("", Ledger(self.practice.currency))
        ahead = Rehearsal(self.ledgers, before, empty, unused=False)
        last_seq = Answers(before.entries).last_of(ids) if hold else 0
        return Rehearsing(ref, Posting(ahead, self.clock), tuple(ids), last_seq)

    def _matched(
        self, items: Sequence[Item], notebook: _Notebook
    ) -> dict[AccountRef, list[tuple[Item, Charge]]]:
        found = [(item, self.matching.match(item.claim, item.line)) for item in items]
        several = Counter((id(item.claim), m.charge.id) for item, m in found if isinstance(m, Match))
        groups: dict[AccountRef, list[tuple[Item, Charge]]] = {}
        for item, match in found:
            if isinstance(match, Unmatched):
                notebook.leave(item, match.code, match.details, near=match.near)
            elif several[id(item.claim), match.charge.id] > 1:
                near = ((self._client_id(match), match.charge),)
                notebook.leave(item, "lines_of_one_charge", near=near)
            else:
                groups.setdefault(match.ref, []).append((item, match.charge))
        return groups

    def _client_id(self, match: Match) -> str:
        client = self.matching.client(match.ref)
        return client.external_id if client else ""

    def _items(self, remittances: Iterable[Remittance], notebook: _Notebook) -> list[Item]:
        """The lines that may be posted, each name once: of a payment that is in two of the files, too."""
        found: dict[str, Item] = {}
        for remittance in remittances:
            notebook.notes.extend(_besides(remittance))
            if self._ours(remittance):
                self._add(found, _named(remittance), notebook)
            else:
                notebook.left.append(
                    _told(remittance, remittance.number, "payee_other", payee=remittance.payee)
                )
        to_post = (item for item in found.values() if not objection(item.claim))
        return [replace(item, id=self.naming.answer(item.id)) for item in to_post]

    @staticmethod
    def _add(found: dict[str, Item], items: Iterable[Item], notebook: _Notebook) -> None:
        for item in items:
            known = found.setdefault(str(item.name), item)
            if known is not item and not _same(known, item):
                notebook.leave(item, "line_posted_otherwise", {"stored_minor": known.line.paid_minor})
            elif known is item and (why := objection(item.claim)):
                notebook.leave(item, why, _reasons(item))

    def _ours(self, remittance: Remittance) -> bool:
        """Whether the payee is the practice, as far as its numbers tell."""
        practice = self.practice
        npis = {practice.npi, *(c.npi for c in practice.clinicians)} - {""}
        taxes = {practice.tax_id, *(c.tax_id for c in practice.clinicians)} - {""}
        ids = remittance.payee_ids
        npi, tax = ids.get("XX", ""), ids.get("FI", "") or ids.get("TJ", "")
        if npi and npis:
            return npi in npis
        return not (tax and taxes) or tax.replace("-", "") in {one.replace("-", "") for one in taxes}

    def _hold(self, ref: AccountRef) -> str:
        account = self.matching.account(ref).account
        return account.hold if account else ""

    def _in_the_way(self, item: Item, hold: str) -> Problem | None:
        code, which = in_the_way(self.register, self.practice, hold, take_over=self.take_over)
        place = item.remittance.file, item.line.number, ""
        return Problem(*place, code, {"which": which}) if code else None


def _same(one: Item, other: Item) -> bool:
    """Whether they say the same, wherever in their files they stand."""
    return replace(one.line, number=0) == replace(other.line, number=0) and (
        replace(one.claim, number=0, lines=()) == replace(other.claim, number=0, lines=())
    )


def _named(remittance: Remittance) -> Iterator[Item]:
    """Every line, by the name that it has in whichever file it comes."""
    nth = Counter[tuple[str, str]]()
    for claim in remittance.claims:
        own = claim.payer_control or claim.control
        kind = f"level {claim.level}" if claim.level else f"status {claim.status}"
        nth[own, kind] += 1
        for place, line in enumerate(lines_of(claim), start=1):
            within = f"{remittance.date} {kind} {nth[own, kind]} {place}"
            name = LineName(remittance.payer_id, remittance.trace, own, int(claim.level), within)
            if line.charged_minor or line.paid_minor or line.adjustments:  # some only report something
                yield Item(remittance, claim, line, name, str(name))


def _besides(remittance: Remittance) -> Iterator[Told]:
    """What of the payment is of no client: told, and never posted."""
    for kept in remittance.provider_adjustments:
        details = {"reason": kept.reason, "reference": kept.reference, "money_minor": kept.amount_minor}
        yield _told(remittance, kept.number, "provider_adjustment", **details)
    for claim in remittance.claims:
        if claim.interest_minor:
            details = {"claim": claim.control, "money_minor": claim.interest_minor}
            yield _told(remittance, claim.number, "interest", **details)


def _reasons(item: Item) -> dict[str, object]:
    said = (*item.claim.adjustments, *item.line.adjustments)
    return {"reasons": ", ".join(dict.fromkeys(map(str, said))) or "-", "status": item.claim.status}


def item_told(
    item: Item,
    code: str,
    details: Mapping[str, object] | None = None,
    near: tuple[tuple[str, Charge], ...] = (),
) -> Told:
    line, claim = item.line, item.claim
    about = {
        "claim": claim.control,
        "date": line.date or claim.date,
        "service": "-".join((line.code, *line.modifiers)),
        "charged_minor": line.charged_minor,
        "paid_minor": line.paid_minor,
    }
    return Told(item.remittance.file, line.number, code, {**about, **(details or {})}, near)


def _told(remittance: Remittance, number: int, code: str, **details: object) -> Told:
    return Told(remittance.file, number, code, details)


def _import_id(practice: str, items: Iterable[Item]) -> str:
    """The same for the same lines, whatever their files are called."""
    texts = sorted(f"{item.name} {item.line.charged_minor} {item.line.paid_minor}" for item in items)
    return hashlib.sha256(repr((practice, "835", texts)).encode()).hexdigest()[:16]
