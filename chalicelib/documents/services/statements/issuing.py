"""Issue one client's statement for one month: once, however often it is asked, wherever it was cut off."""

from dataclasses import dataclass

from chalicelib.documents.domain import statement_lines as rules
from chalicelib.documents.domain.letterheads import PostedLetterhead
from chalicelib.documents.domain.spans import numbers
from chalicelib.documents.domain.statements import (
    Carried,
    Delivery,
    Issued,
    Noted,
    Outcome,
    Statement,
    with_notices,
)
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.estimates.bill_notices import BillNoticing
from chalicelib.documents.services.statements.reading import rows_of
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict, Unreadable
from chalicelib.kernel.periods import Period
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.recording import ATTEMPTS
from chalicelib.operations.services.addresses import recipient
from chalicelib.platform.ports import Clock, Queue
from chalicelib.practice.domain.practices import Client, Practice, pay_link_generation

TASK = "statement"
_RETRIED = frozenset({Delivery.MAIL_REFUSED, Delivery.BOUNCED, Delivery.UNRENDERABLE})


def task(ref: AccountRef, period: Period) -> dict[str, str]:
    """The delivery function's message: say that there is one."""
    return {"task": TASK, "practice": ref.practice, "account": ref.account, "period": str(period)}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the run comes to for a client. `statement` is to be issued; `issued` is there already."""

    outcome: Outcome
    issued: Issued | None = None
    statement: Statement | None = None
    before: Carried | None = None
    after: Carried | None = None
    why: str = ""


@dataclass(frozen=True)
class Issuing:
    """`public_url` is the portal's origin, without a final slash."""

    ledgers: Ledgers
    statements: Statements
    noticing: BillNoticing
    delivery_queue: Queue
    clock: Clock
    public_url: str

    def issue(self, practice: Practice, period: Period, client: Client, *, again: bool = False) -> Decision:
        """Write the statement and hand it to the delivery function. The caller sees to it that the month is
        over. `again`: deliver once more what could not be delivered. Error: Busy; safe to repeat."""
        for attempt in range(ATTEMPTS):
            decision = self.foresee(practice, period, client)
            try:
                return self._carry_out(practice, period, client, decision, again=again)
            except Conflict:  # another worker issued, or delivered, it meanwhile
                self.clock.pause(attempt)
        raise Busy("the account stays contended")

    def foresee(self, practice: Practice, period: Period, client: Client) -> Decision:
        """What `issue` would do; writes nothing. Error: Busy."""
        try:
            return self._decide(practice, period, client)
        except BillfoldError as error:  # no retry mends it, and it keeps nobody else waiting
            return Decision(Outcome.FAILED, why=error.code)
        except Unreadable as damaged:
            return Decision(Outcome.FAILED, why=unreadable(damaged))

    def nameless(self, ref: AccountRef) -> Decision:
        """What there is instead of a statement for an account with no client: an import has not shown them
        yet, or their row is gone. Errors: NotFound client_not_found, where there is no account; Busy."""
        try:
            account = present(self.ledgers.account(ref), "client_not_found")
        except Unreadable as damaged:
            return Decision(Outcome.FAILED, why=unreadable(damaged))
        return (
            Decision(Outcome.UPDATING) if account.hold else Decision(Outcome.FAILED, why="client_not_found")
        )

    def note_nameless(self, ref: AccountRef, period: Period) -> Decision:
        """Note what `nameless` says. Errors: as there."""
        decision, at = self.nameless(ref), instant(self.clock.now())
        self.statements.note(ref.practice, period, Noted(ref.account, decision.outcome, at, decision.why))
        return decision

    def _decide(self, practice: Practice, period: Period, client: Client) -> Decision:
        before = self.statements.carried(client.ref(practice.id))
        if before is not None and before.period >= period:
            issued = self.statements.issued(client.ref(practice.id), period)
            return Decision(Outcome(issued.delivery), issued) if issued else Decision(Outcome.LATER_ISSUED)
        account = self.ledgers.account(client.ref(practice.id))
        if account is None or account.hold:
            return Decision(Outcome.NO_ACCOUNT if account is None else Outcome.UPDATING)
        uncovered = rules.uncovered(before, account.ledger.seq)
        rows, at = rows_of(self.ledgers, client.ref(practice.id), uncovered), instant(self.clock.now())
        entries = [row.entry for row in rows]
        statement, after = rules.issue(
            before,
            account.ledger,
            entries,
            PostedLetterhead.to(practice, client),
            account_id=client.id,
            period=period,
            made_on=local_date(at, practice.timezone),
            at=at,
        )
        if practice.skip_zero_statements and rules.idle(statement, entries):
            return Decision(Outcome.SKIPPED)
        said = self.noticing.of(practice, client, account).on(rules.billed(account.ledger, entries, period))
        statement = with_notices(statement, said)
        covered = set(numbers(statement.covered))
        full = rules.sealed(
            statement,
            [row for row in rows if row.entry.seq in covered],
            practice,
            pay_at=f"{self.public_url}/{practice.id}/billing",
            pay_link=pay_link_generation(practice, client),
        )
        return Decision(Outcome.PENDING, None, full, before, after)

    def _carry_out(
        self, practice: Practice, period: Period, client: Client, decision: Decision, *, again: bool
    ) -> Decision:
        noted = Noted(client.id, decision.outcome, instant(self.clock.now()), decision.why)
        if decision.statement is not None and decision.after is not None:
            self.statements.issue(
                practice.id, decision.statement, before=decision.before, after=decision.after, noted=noted
            )
        elif decision.issued is None:
            self.statements.note(practice.id, period, noted)
            return decision
        elif again and _worth_another_try(decision.issued, client):
            pending = decision.issued.now(Delivery.PENDING)
            self.statements.save(practice.id, pending, Noted(client.id, Outcome.PENDING, noted.at))
            decision = Decision(Outcome.PENDING, pending)
        if decision.outcome is Outcome.PENDING:
            self.delivery_queue.send(task(client.ref(practice.id), period))
        return decision


def unreadable(damaged: Unreadable) -> str:
    """Why there is no statement: the row that somebody edited until it is none."""
    return f"row_unreadable: {damaged.item}"


def _worth_another_try(issued: Issued, client: Client) -> bool:
    return issued.delivery in _RETRIED or (issued.delivery is Delivery.PAPER and bool(recipient(client)))
