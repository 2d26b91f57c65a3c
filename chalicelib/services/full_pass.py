"""Compare the processor's own books with the ledger, row by row; settle what is missing, or call a person.

Once a day since the day before, however long that was; on demand since any day. Whatever webhooks, `sweep`
and `reconcile` have missed ends here, in the same use case as theirs. A row that cannot be settled calls a
person, is tried again each night, and keeps none of those after it waiting.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.alerts import AlertName, Cause
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import NotFound
from chalicelib.services import unbooked
from chalicelib.services.alerting import Alerting
from chalicelib.services.daily import Daily
from chalicelib.services.fees import post_row
from chalicelib.services.left_over import OF_ONE_ROW, LeftOver, code
from chalicelib.services.moving import Moving
from chalicelib.services.paying import PROCESSOR
from chalicelib.services.ports import (
    Clock,
    Facts,
    Kind,
    Ledgers,
    Moved,
    MovedPage,
    Movement,
    ProcessorDenied,
    Processors,
    Round,
)
from chalicelib.services.recording import instant
from chalicelib.services.settling import Settling

log = logging.getLogger("billfold.full_pass")
JOB = "full-pass"
BILLS = "bills_minor_"  # and a currency: what the processor billed for no payment, among what a pass counts
OVERLAP = timedelta(days=3)  # with the round before: rows may appear late in the processor's books
FIRST = timedelta(days=30)  # how far a practice's first round looks back
_ENDS = {
    Kind.REFUND: "succeeded",
    Kind.REFUND_RETURNED: "failed",
    Kind.DISPUTE: "opened",
    Kind.WON: "won",
    Kind.LOST: "lost",
}


@dataclass(frozen=True)
class FullPass:
    daily: Daily
    processors: Processors
    ledgers: Ledgers
    settling: Settling
    alerting: Alerting
    clock: Clock

    def run(self) -> dict[str, int]:
        """The scheduled job: every practice, as far as the time goes. A second run changes nothing."""
        return self.daily.run(self._step)

    def look_back(self, practice: str, *, since: datetime) -> dict[str, int]:
        """Everything since then, now; how many rows, how many had to be settled, and how many could not.

        Errors: Refused payments_disabled, ProcessorTimeout, ProcessorRefused, Busy: run it again.
        """
        done, cursor, first = _nothing(), "", True
        while first or cursor:
            page = self._page(practice, since, cursor)
            self._compare_all(practice, page.rows, done)
            cursor, first = page.next_cursor, False
        return dict(done)

    def _step(self, practice: str, found: Round) -> Round:
        begun = datetime.fromisoformat(found.begun_at)
        since = datetime.fromisoformat(found.since) - OVERLAP if found.since else begun - FIRST
        done, left = _nothing(), LeftOver.parse(found.carried)
        if not found.cursor:
            left = LeftOver().plus(self._compare_all(practice, left, done))
        page = self._page(practice, since, found.cursor)
        left = left.plus(self._compare_all(practice, page.rows, done))
        log.info("books compared", extra={"practice": practice, **done})
        ended_at = "" if page.next_cursor else instant(self.clock.now())
        return replace(found, cursor=page.next_cursor, carried=str(left), ended_at=ended_at)

    def _page(self, practice: str, since: datetime, cursor: str) -> MovedPage:
        return self.processors.of(practice, PROCESSOR).movements(since=since, cursor=cursor)

    def _compare_all(self, practice: str, rows: Iterable[Moved], done: Counter[str]) -> list[Moved]:
        """Each row by itself; those that could not be settled and have to be tried again."""
        looks, again = dict[str, Facts | None](), list[Moved]()
        for row in rows:
            done["rows"] += 1
            try:
                self._bring(practice, row, looks, done)
            except ProcessorDenied:  # nothing is wrong with the row, and the next one would fare no better
                raise
            except OF_ONE_ROW as error:
                done["failed"] += 1
                again += [row] if self._call_person(practice, row, error) else []
        return again

    def _bring(self, practice: str, row: Moved, looks: dict[str, Facts | None], done: Counter[str]) -> None:
        """`looks`: what the processor said of the attempts that were settled this time."""
        if row.kind is Kind.OTHER:
            unbooked.count(row, done)
            self.alerting.raise_alert(practice, unbooked.cause(row))
            return
        if row.kind is Kind.FEE and not row.intent_id:  # which payment it is for, the processor does not say
            done["bills"] += 1
            done[f"{BILLS}{row.currency}"] += row.fee_minor
            return
        if self._agrees(practice, row):
            return
        attempt = row.intent_id or row.about
        if attempt not in looks:
            looks[attempt] = self._settle(practice, row)
            done["settled"] += looks[attempt] is not None
        facts = looks[attempt]
        if facts is not None:
            moving = Moving(self.ledgers, self.daily.practices, self.clock)
            post_row(moving, practice, PROCESSOR, facts, row)

    def _call_person(self, practice: str, row: Moved, error: Exception) -> bool:
        """Whether nobody has decided about the row yet."""
        facts = {**_about(row), "intent": row.intent_id, "code": code(error)}
        log.warning("row not settled", extra={"practice": practice, **facts}, exc_info=error)
        return self.alerting.raise_alert(practice, Cause(AlertName.MONEY_NOT_SETTLED, row.id, facts)).open

    def _agrees(self, practice: str, row: Moved) -> bool:
        """Whether the ledger has all of the row. Other amounts than the row's are a person's to look at."""
        wanted = list(_wanted(row))
        posted = [(self.ledgers.movement(practice, key), amount) for key, amount in wanted]
        for movement, amount_minor in posted:
            if movement is not None:
                self._compare(practice, row, movement, amount_minor)
        return bool(wanted) and all(movement is not None for movement, _ in posted)

    def _compare(self, practice: str, row: Moved, movement: Movement, amount_minor: int) -> None:
        seq = movement.entry_seq
        for entry in self.ledgers.entries(practice, movement.account_id, first=seq, last=seq):
            held_minor, currency = _held(entry)
            name = AlertName.AMOUNT_DIFFERS if held_minor != amount_minor else AlertName.CURRENCY_DIFFERS
            if held_minor != amount_minor or currency != row.currency:
                facts: dict[str, str | int] = {
                    "account": movement.account_id, "payment": movement.payment_id, "entry": seq,
                    "ledger_minor": held_minor, "processor_minor": amount_minor, "row": row.id,
                }  # fmt: skip
                self.alerting.raise_alert(practice, Cause(name, movement.key, facts))

    def _settle(self, practice: str, row: Moved) -> Facts | None:
        """What the processor says of the attempt behind the row; None where it is no payment of ours."""
        found = self.processors.of(practice, PROCESSOR).look(row.intent_id) if row.intent_id else None
        if found is None:
            self.alerting.raise_alert(practice, _unknown(row))
            return None
        try:
            self.settling.settle(practice, PROCESSOR, found)
        except NotFound as error:  # another deployment's payment; settling has called a person
            log.warning("money of no payment", extra={"practice": practice, "code": error.code})
            return None
        return found


def _wanted(row: Moved) -> Iterator[tuple[str, int]]:
    """The markers that say the ledger has the row, and what each one's entry adds to the money held."""
    if row.kind is Kind.PAYMENT:
        yield f"{PROCESSOR}#{row.intent_id}#succeeded", row.amount_minor
    elif row.kind in _ENDS:
        yield f"{PROCESSOR}#{row.about}#{_ENDS[row.kind]}", row.amount_minor
    if row.fee_minor:
        yield f"{PROCESSOR}#{row.id}#fee", -row.fee_minor


def _unknown(row: Moved) -> Cause:
    return Cause(AlertName.UNKNOWN_MONEY, row.intent_id or row.about, _about(row))


def _about(row: Moved) -> dict[str, str | int]:
    facts: dict[str, str | int] = {"kind": row.kind.value, "row": row.id, "about": row.about}
    return facts | {"amount_minor": row.amount_minor, "currency": row.currency}


def _nothing() -> Counter[str]:
    return Counter(rows=0, settled=0, failed=0)


def _held(entry: Entry) -> tuple[int, str]:
    """What the entry adds to the money that processors hold, and its currency."""
    held = (p for p in entry.draft.postings if p.book.name.startswith("processor:"))
    return sum(posting.debit_minor for posting in held), entry.draft.postings[0].money.currency
