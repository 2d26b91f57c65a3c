"""Statements in DynamoDB: a document and what is carried on, put together; the notes of each month's run.

P#practice#A#account        DOC#statement#2026-10   the document; in the work list while it is pending
P#practice#A#account        CARRIED#statement       what its latest statement left to the next
P#practice#RUN#statement    2026-10#RUN, 2026-10#C#client   the run and its outcomes
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.expressions.condition import Condition

from chalicelib.documents.domain.statements import (
    Carried,
    Delivery,
    FanOut,
    Issued,
    Noted,
    Outcome,
    Statement,
)
from chalicelib.documents.ports.statements import Statements
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.kernel.periods import Period
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec
from chalicelib.platform.dynamo.table import (
    Canceled,
    Item,
    guarded,
    refused_by_condition,
    shard,
    transact,
    walked,
)

KIND = "statement"
_DOCUMENT = f"DOC#{KIND}#"
_CARRIED = f"CARRIED#{KIND}"
_RUN = "RUN"
_CLIENT = "C#"


# Version 1 had account and month in the body, too.
STATEMENTS = Codec(
    Statement, version=2, former=frozenset({1}), private=frozenset({"letterhead"}),
    elsewhere=frozenset({"account_id", "period"}), lean=frozenset({"letterhead"}),
)  # fmt: skip
CARRIED_ON = Codec(Carried)


class StatementItem(Body, discriminator="statement"):
    """`body` never changes; the rest says what was done with it. `writes` counts how often that was written,
    and guards the row; no index holds it or the claim, so that a claim writes none.
    """

    delivery = UnicodeAttribute()
    sending_until = UnicodeAttribute(null=True)
    writes = NumberAttribute(null=True)
    message_id = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, practice: str, issued: Issued, writes: int) -> "StatementItem":
        statement = issued.statement
        pending = issued.delivery is Delivery.PENDING
        sk = _document(statement.period)
        return cls(
            pk=keys.account(statement.ref(practice)),
            sk=sk,
            gsi1sk=sk,
            gsi2pk=keys.due(KIND, shard(statement.account_id)) if pending else None,
            gsi2sk=statement.issued_at if pending else None,
            **STATEMENTS.parts(statement),
            writes=writes,
            delivery=issued.delivery.value,
            sending_until=issued.claimed_until or None,
            message_id=issued.message_id or None,
        )

    @classmethod
    def standing_at(cls, writes: int) -> Condition:
        return cls.writes == writes if writes else cls.writes.does_not_exist()

    def issued(self) -> Issued:
        month = self.sk.removeprefix(_DOCUMENT)
        own = {"account_id": keys.account_of(self.pk), "period": _period(month)}
        return Issued(
            STATEMENTS.read(self, f"statement {month}", **own),
            Delivery(self.delivery),
            self.sending_until or "",
            int(self.writes or 0),
            self.message_id or "",
        )


class CarriedItem(Body, discriminator="carried"):
    """`period` guards it: an account's statements are issued in the order of their months."""

    period = UnicodeAttribute()

    @classmethod
    def of(cls, ref: AccountRef, carried: Carried) -> "CarriedItem":
        pk, period = keys.account(ref), str(carried.period)
        return cls(pk, _CARRIED, period=period, **CARRIED_ON.parts(carried))

    def carried(self) -> Carried:
        return CARRIED_ON.read(self, "statement carried on")


class RunItem(Item, discriminator="run"):
    """`after`: the account up to which all were handed to the queue, while some are not."""

    clients = NumberAttribute()
    at = UnicodeAttribute()
    after = UnicodeAttribute(null=True)


class NotedItem(Item, discriminator="noted"):
    outcome = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    at = UnicodeAttribute()

    @classmethod
    def of(cls, practice: str, period: Period, noted: Noted) -> "NotedItem":
        return cls(
            _runs(practice),
            f"{period}#{_CLIENT}{noted.client_id}",
            outcome=noted.outcome.value,
            why=noted.why or None,
            at=noted.at,
        )

    def noted(self) -> Noted:
        return Noted(self.sk.partition(f"#{_CLIENT}")[2], Outcome(self.outcome), self.at, self.why or "")


class DynamoStatements(Statements):
    @guarded
    def carried(self, ref: AccountRef) -> Carried | None:
        try:
            return CarriedItem.get(keys.account(ref), _CARRIED, consistent_read=True).carried()
        except DoesNotExist:
            return None

    def issue(
        self, practice: str, statement: Statement, *, before: Carried | None, after: Carried, noted: Noted
    ) -> None:
        unchanged: Condition = (
            CarriedItem.period == str(before.period) if before else CarriedItem.pk.does_not_exist()
        )
        _together(
            (StatementItem.of(practice, Issued(statement), 1), StatementItem.pk.does_not_exist()),
            (CarriedItem.of(statement.ref(practice), after), unchanged),
            (NotedItem.of(practice, statement.period, noted), None),
        )

    @guarded
    def issued(self, ref: AccountRef, period: Period) -> Issued | None:
        try:
            pk = keys.account(ref)
            return StatementItem.get(pk, _document(period), consistent_read=True).issued()
        except DoesNotExist:
            return None

    def save(self, practice: str, issued: Issued, noted: Noted | None = None) -> Issued:
        item = StatementItem.of(practice, issued, issued.version + 1)
        unchanged = (item, StatementItem.standing_at(issued.version))
        if noted is None:
            _alone(*unchanged)
        else:
            _together(unchanged, (NotedItem.of(practice, issued.statement.period, noted), None))
        return item.issued()

    @guarded
    def claim(self, practice: str, issued: Issued, *, until: str) -> Issued:
        statement, after = issued.statement, replace(issued, claimed_until=until, version=issued.version + 1)
        row = StatementItem(keys.account(statement.ref(practice)), _document(statement.period))
        told = [StatementItem.sending_until.set(until), StatementItem.writes.set(after.version)]
        with _conflicting():
            row.update([*told], condition=StatementItem.standing_at(issued.version))
        return after

    @guarded
    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Issued]:
        pk = keys.account(ref)
        rows = StatementItem.by_date.query(
            pk,
            StatementItem.gsi1sk.startswith(_DOCUMENT),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=keys.cursor_key(
                cursor, pk, sk=_DOCUMENT, first=_DOCUMENT, last=f"{_DOCUMENT}~"
            ),
        )
        found = [row.issued() for row in rows if isinstance(row, StatementItem)]
        return Page(found, keys.cursor_text(rows.last_evaluated_key))

    def all_of(self, ref: AccountRef) -> Iterator[Issued]:
        of_it = StatementItem.sk.startswith(_DOCUMENT)
        for row in walked(StatementItem.query)(keys.account(ref), of_it, consistent_read=True):
            yield row.issued()

    @guarded
    def note(self, practice: str, period: Period, noted: Noted) -> None:
        NotedItem.of(practice, period, noted).save()

    def noted(self, practice: str, period: Period) -> Iterator[Noted]:
        for row in walked(NotedItem.query)(
            _runs(practice), NotedItem.sk.startswith(f"{period}#{_CLIENT}"), consistent_read=True
        ):
            yield row.noted()

    @guarded
    def fanned_out(self, practice: str, period: Period) -> FanOut | None:
        try:
            row = RunItem.get(_runs(practice), f"{period}#{_RUN}", consistent_read=True)
        except DoesNotExist:
            return None
        return FanOut(int(row.clients), row.after or "")

    @guarded
    def mark_fanned_out(
        self, practice: str, period: Period, *, clients: int, at: str, after: str = ""
    ) -> None:
        RunItem(_runs(practice), f"{period}#{_RUN}", clients=clients, at=at, after=after or None).save()


@contextmanager
def _conflicting() -> Iterator[None]:
    """Where the row's condition does not hold, somebody else wrote it."""
    try:
        yield
    except (PutError, UpdateError) as error:
        if refused_by_condition(error):
            raise Conflict("statement") from error
        raise


@guarded
def _alone(item: Item, unchanged: Condition) -> None:
    with _conflicting():
        item.save(condition=unchanged)


def _together(*puts: tuple[Item, Condition | None]) -> None:
    """A note is the latest word on its client; what guards it is the document put beside it."""
    try:
        transact(puts)
    except Canceled as canceled:
        raise Conflict("statement") from canceled


def _period(month: str) -> dict[str, int]:
    year, _, number = month.partition("-")
    return {"year": int(year), "month": int(number)}


def _document(period: Period) -> str:
    return f"{_DOCUMENT}{period}"


def _runs(practice: str) -> str:
    return keys.runs(practice, KIND)
