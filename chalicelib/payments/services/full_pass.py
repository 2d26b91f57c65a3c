"""Compare a processor's own books with the ledger, row by row; settle what is missing, or call a person.

Once a day since the day before, however long that was; on demand since any day. Whatever webhooks, `sweep`
and `reconcile` have missed ends here, in the same use case as theirs. A row that cannot be settled calls a
person, is tried again each night, and keeps none of those after it waiting. Captured money of ours whose
payment is lost is adopted, where nothing speaks against it.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorDenied
from chalicelib.ledger.domain.disputes import Event
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.payments.ports.movements import Kind, Movement, MovementsPage
from chalicelib.payments.ports.processors import Books, Facts, ObjectKind, Processors, Reference
from chalicelib.payments.services import book_rows, unbooked
from chalicelib.payments.services.adopting import Adopting
from chalicelib.payments.services.after_capture_entries import news
from chalicelib.payments.services.fees import post_fee
from chalicelib.payments.services.movements import MarkedMovements
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.unsettled_rows import OF_ONE_ROW, LeftOver, code
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice

log = logging.getLogger("billfold.full_pass")
JOB = "full-pass"  # and the processor's name: each has its own rounds, so that none waits for another
BILLS = "bills_minor_"  # and a currency: what the processor billed for no payment, among what a pass counts
OVERLAP = timedelta(days=3)  # with the round before: rows may appear late in the processor's books
FIRST = timedelta(days=30)  # how far a practice's first round looks back
GRACE = timedelta(days=1)  # a row may be in the books before what moved it shows that
LONGEST = timedelta(days=15)  # that a debit or a refund may take before a person asks why
CALLED = timedelta(minutes=3)  # of a step, for money that a person was called for before


@dataclass(frozen=True, slots=True)
class _Look:
    """`settled`: whether there is a payment that it is about."""

    facts: Facts
    settled: bool


Looks = dict[str, _Look | None]


@dataclass(frozen=True)
class FullPass:
    daily: Daily
    processors: Processors
    ledgers: Ledgers
    settling: Settling
    alerting: Alerting
    clock: Clock
    processor: str
    adopting: Adopting

    def run(self, has: Mapping[str, Sequence[str]] | None = None) -> dict[str, int]:
        """The scheduled job: every practice that has the processor, or had it once, as far as the time goes.
        A second run changes nothing. `has`: see Daily."""
        return self.daily.run(self._step, self.processor, has)

    def look_back(self, practice: str, *, since: datetime) -> dict[str, int]:
        """Everything since then, now; how many rows, how many had to be settled, and how many could not.

        Errors: Refused payments_disabled, ProcessorTimeout, ProcessorRefused, Busy: run it again.
        """
        done, cursor, first = _nothing(), "", True
        self._look_again(practice)
        while first or cursor:
            page = self._page(practice, since, cursor)
            self._compare_all(practice, page.rows, done)
            cursor, first = page.next_cursor, False
        return dict(done)

    def page(self, practice: str, *, since: datetime, cursor: str) -> str:
        """Compare one page of the books since then; the next page's cursor, "" after the last. Rows on their
        way are the nightly rounds' to look at again. Errors: as look_back."""
        page = self._page(practice, since, cursor)
        self._compare_all(practice, page.rows, _nothing())
        return page.next_cursor

    def _step(self, practice: str, found: Round) -> Round:
        begun = datetime.fromisoformat(found.begun_at)
        since = datetime.fromisoformat(found.since) - OVERLAP if found.since else begun - FIRST
        done, left = _nothing(), LeftOver.parse(found.carried)
        if not found.cursor:
            self._look_again(practice)
            left = LeftOver().plus(self._compare_all(practice, left, done))
        page = self._page(practice, since, found.cursor)
        left = left.plus(self._compare_all(practice, page.rows, done))
        log.info("books compared", extra={"practice": practice, **done})
        ended_at = "" if page.next_cursor else instant(self.clock.now())
        return replace(found, cursor=page.next_cursor, carried=str(left), ended_at=ended_at)

    def _look_again(self, practice: str) -> None:
        """At money under our ids that a person was called for: a bank's comes days after its row of the
        books, and who adopts it may die before the call is closed."""
        until = self.clock.now() + CALLED
        for alert in self.alerting.listed(practice):
            ours = alert.cause.name is AlertName.UNKNOWN_MONEY and "payment" in alert.cause.facts
            if not ours or self.clock.now() >= until:
                continue
            try:
                self.adopting.look_again(practice, self.processor, alert)
            except ProcessorDenied:
                raise
            except OF_ONE_ROW as error:
                about = {"practice": practice, "intent": alert.cause.subject, "code": code(error)}
                log.warning("money still unknown", extra=about)

    def _page(self, practice: str, since: datetime, cursor: str) -> MovementsPage:
        at = self.processors.of(practice, self.processor)
        return at.movements(since=since, cursor=cursor) if isinstance(at, Books) else MovementsPage((), "")

    def _compare_all(self, practice: str, rows: Iterable[Movement], done: Counter[str]) -> list[Movement]:
        """Each row by itself; those to be looked at again: not settled, or still on their way."""
        looks, again = Looks(), list[Movement]()
        for row in rows:
            done["rows"] += 1
            try:
                again += [row] if self._bring(practice, row, looks, done) else []
            except ProcessorDenied:  # nothing is wrong with the row, and the next one would fare no better
                raise
            except OF_ONE_ROW as error:
                done["failed"] += 1
                again += [row] if self._call_person(practice, row, error) else []
        return again

    def _bring(self, practice: str, row: Movement, looks: Looks, done: Counter[str]) -> bool:
        """Whether to look at the row again another night. Errors: row_not_posted, row_pending.

        `looks`: what the processor said of what was looked at this time.
        """
        if row.kind is Kind.OTHER:
            unbooked.count(row, done)
            self.alerting.raise_alert(practice, unbooked.cause(row))
            return False
        if row.kind is Kind.FEE and not row.intent_id:  # which payment it is for, the processor does not say
            done["bills"] += 1
            done[f"{BILLS}{row.currency}"] += row.fee_minor
            return False
        if self._agrees(practice, row):
            return False
        look = self._looked(practice, row, looks, done)
        if look is None:
            return False
        if not look.settled:  # a debit whose payment is lost is adopted once it has come
            return book_rows.waits(row, look.facts)
        movements = MarkedMovements(self.ledgers, self.daily.practices, self.clock)
        post_fee(movements, practice, self.processor, look.facts, row)
        return self._still_missing(practice, row, look.facts)

    def _looked(self, practice: str, row: Movement, looks: Looks, done: Counter[str]) -> _Look | None:
        about = row.about if row.kind in book_rows.DISPUTES else row.intent_id or row.about
        if about not in looks:
            found = looks[about] = self._settle(practice, row)
            done["settled"] += found is not None and found.settled
        return looks[about]

    def _still_missing(self, practice: str, row: Movement, facts: Facts) -> bool:
        """After all that the processor says was settled. A row that should be in the ledger and is not calls
        a person: so ends every fault that nobody thought of."""
        if self._agrees(practice, row) or self._comes_to_nothing(practice, row, facts):
            return False
        age = self.clock.now() - datetime.fromisoformat(row.at)
        waits = book_rows.waits(row, facts)
        if age > (LONGEST if waits else GRACE):
            raise Refused("row_pending" if waits else "row_not_posted")
        return True

    def _comes_to_nothing(self, practice: str, row: Movement, facts: Facts) -> bool:
        payment = self.ledgers.payment(facts.ref(practice), facts.payment_id)
        if payment is not None and payment.intent_id not in ("", facts.intent_id):
            return True  # a second capture, and a person knows of it
        if payment is not None and payment.currency != facts.currency:
            return True  # never credited, and a person knows of it
        if row.kind is Kind.LOST:
            return payment is not None and news(payment, row.about, Event.LOST) is None
        posted = self.ledgers.marker(practice, at_processor(self.processor, row.about, Outcome.SUCCEEDED))
        return posted is None and book_rows.cancels(row, facts)

    def _call_person(self, practice: str, row: Movement, error: Exception) -> bool:
        """Whether nobody has decided about the row yet."""
        facts = {**_about(row), "intent": row.intent_id, "code": code(error)}
        log.warning("row not settled", extra={"practice": practice, **facts}, exc_info=error)
        return self.alerting.raise_alert(practice, Cause(AlertName.MONEY_NOT_SETTLED, row.id, facts)).open

    def _agrees(self, practice: str, row: Movement) -> bool:
        """Whether the ledger has all of the row. Other amounts than the row's are a person's to look at."""
        there = list[bool]()
        for key, amount_minor, currency in book_rows.wanted(self.processor, row):
            marker = self.ledgers.marker(practice, key)
            there.append(marker is not None)
            if marker is not None:
                self._compare(practice, row, marker, amount_minor, currency)
        return bool(there) and all(there)

    def _compare(
        self, practice: str, row: Movement, marker: Marker, amount_minor: int, currency: str
    ) -> None:
        seq = marker.entry_seq
        for entry in self.ledgers.entries(marker.ref(practice), first=seq, last=seq):
            held_minor, kept_in = entry.held_minor, entry.draft.postings[0].money.currency
            name = AlertName.AMOUNT_DIFFERS if kept_in == currency else AlertName.CURRENCY_DIFFERS
            if (held_minor, kept_in) != (amount_minor, currency):
                facts: dict[str, str | int] = {
                    "account": marker.account_id, "payment": marker.payment_id, "entry": seq,
                    "ledger_minor": held_minor, "processor_minor": amount_minor, "row": row.id,
                }  # fmt: skip
                self.alerting.raise_alert(practice, Cause(name, marker.key, facts))

    def _settle(self, practice: str, row: Movement) -> _Look | None:
        """What the processor says of the attempt behind the row; None where it is none of ours."""
        found = self.processors.of(practice, self.processor).look(_behind(row)) if row.intent_id else None
        if found is None:
            self.alerting.raise_alert(practice, _unknown(row))
            return None
        if self.adopting.by_itself(practice, self.processor, found) is not None:
            return _Look(found, settled=True)
        try:
            self.settling.settle(practice, self.processor, found)
        except NotFound as error:  # lost, or another deployment's; settling has called a person
            log.warning("money of no payment", extra={"practice": practice, "code": error.code})
            return _Look(found, settled=False)
        return _Look(found, settled=True)


@dataclass(frozen=True)
class FullPasses:
    """Over the books of every processor, one after the other."""

    passes: Sequence[FullPass]

    def run(self) -> dict[str, int]:
        done, has = Counter[str](), self.passes[0].daily.practices.processors()
        for each in self.passes:
            done.update(each.run(has))
        return dict(done)

    def page(self, practice: str, processor: str, *, since: datetime, cursor: str) -> str:
        """As FullPass.page, of that processor's."""
        passes = (each for each in self.passes if each.processor == processor)
        return next(passes).page(practice, since=since, cursor=cursor)

    def look_back(self, practice: Practice, *, since: datetime) -> dict[str, int]:
        """Of those that the practice has. Errors: as FullPass.look_back."""
        done = _nothing()
        for each in (found for found in self.passes if found.processor in practice.processors):
            done.update(each.look_back(practice.id, since=since))
        return dict(done)


def _behind(row: Movement) -> Reference:
    if row.kind in book_rows.DISPUTES:
        return Reference(ObjectKind.DISPUTE, row.about)
    return Reference(ObjectKind.PAYMENT, row.intent_id)


def _unknown(row: Movement) -> Cause:
    return Cause(AlertName.UNKNOWN_MONEY, row.intent_id or row.about, _about(row))


def _about(row: Movement) -> dict[str, str | int]:
    facts: dict[str, str | int] = {"kind": row.kind.value, "row": row.id, "about": row.about}
    return facts | {"amount_minor": row.amount_minor, "currency": row.currency}


def _nothing() -> Counter[str]:
    return Counter(rows=0, settled=0, failed=0)
