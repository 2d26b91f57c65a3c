"""The statement's renderer: from what was issued to what its template places."""

from chalicelib.documents.domain.line_words import line_word
from chalicelib.documents.domain.receipts import method_text
from chalicelib.documents.domain.statements import Line, Statement, StatementData
from chalicelib.documents.pdf.page import (
    DocumentWords,
    Logos,
    addressed,
    document_page,
    how_to_pay,
    link_to_pay,
    no_logos,
)
from chalicelib.documents.pdf.typesetting import typeset
from chalicelib.documents.ports.documents import StatementRenderer
from chalicelib.kernel.formatting import (
    isolated,
    month_text,
    one_line,
    short_date_text,
)
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.methods import Method
from chalicelib.words.documents import METHODS

_AGES = ("days_0_30", "days_31_60", "days_61_90", "days_over_90")


class TypstStatementRenderer(StatementRenderer):
    def __init__(self, logos: Logos = no_logos) -> None:
        self._logos = logos

    def statement(self, data: StatementData) -> bytes:
        return typeset("statement", page_of(data, self._logos), dated=data.statement.period.last_day)


def page_of(data: StatementData, logos: Logos = no_logos) -> dict[str, object]:
    """All that the template places, in its reader's language."""
    return _Words(data.statement, logos).page(data)


class _Words(DocumentWords):
    """One statement in its reader's language."""

    def __init__(self, statement: Statement, logos: Logos) -> None:
        super().__init__(statement.letterhead.locale, statement.currency)
        self._logos, self._statement = logos, statement

    def page(self, data: StatementData) -> dict[str, object]:
        head = self._statement.letterhead
        return {
            **self._document_page(),
            "heading": self._say("statement"),
            "to": addressed(head.client_name, head.client_address),
            "about": self._about(),
            "headline": self._closing(),
            "pay": how_to_pay(data.statement.pay_at, self._locale) if data.statement.asks else "",
            **link_to_pay(data.pay_link if data.statement.asks else "", self._locale),
            "summary": {"heading": self._say("summary"), "rows": self._sums(), "note": self._late()},
            "ageing": {
                "heading": self._say("ageing"),
                "rows": self._ageing(),
                "note": self._dated("ageing_note"),
            },
            "insurance": self._insurance(),
            "activity": {
                "heading": self._say("activity"),
                "columns": [
                    self._say(key) for key in ("date", "line_description", "line_amount", "line_balance")
                ],
                "lines": [self._line(line) for line in data.lines],
                "none": self._say("no_activity"),
            },
        }

    def _document_page(self) -> dict[str, object]:
        head, period = self._statement.letterhead, self._statement.period
        month = month_text(period.first_day.isoformat(), self._locale)
        return document_page(
            title=self._say("statement_title", practice=self._name(head.practice_name), month=month),
            day=period.last_day,
            currency=self._statement.currency,
            locale=self._locale,
            head=head,
            logos=self._logos,
        )

    def _about(self) -> list[dict[str, str]]:
        return [
            self._row("statement_period", self._range()),
            self._row("statement_made", self._day(self._statement.made_on)),
        ]

    def _closing(self) -> dict[str, str]:
        """A balance in credit is not "-$5.00 owed" but $5.00 the client has with the practice; and who has
        paid since the period's end is told so, lest it be paid twice."""
        closing = self._statement.sums.closing_minor
        label = self._say("closing_credit" if closing < 0 else "closing_owed", date=self._last_day())
        note = self._dated("settled_since") if closing > 0 and not self._statement.asks else ""
        return {"label": label, "text": self._money(abs(closing)), "note": note}

    def _sums(self) -> list[dict[str, str]]:
        sums = self._statement.sums
        rows = (
            ("opening_balance", sums.opening_minor),
            ("charges", sums.charges_minor),
            ("payments", -sums.payments_minor),
            ("adjustments", sums.adjustments_minor),
            ("refunds", sums.refunds_minor),
            ("closing_balance", sums.closing_minor),
        )
        return [self._row(key, self._money(amount)) for key, amount in rows]

    def _late(self) -> str:
        return self._dated("late_note") if self._statement.late else ""

    def _ageing(self) -> list[dict[str, str]]:
        """Nothing where nothing was open."""
        ages = self._statement.ageing
        if not ages.total_minor:
            return []
        pairs = zip(_AGES, ages.parts, strict=True)
        return [self._row(key, self._money(amount)) for key, amount in pairs]

    def _insurance(self) -> dict[str, str] | None:
        pending = self._statement.pending_minor
        if pending <= 0:
            return None
        text = self._say("insurance_pending", amount=self._money(pending), date=self._last_day())
        return {"heading": self._say("insurance"), "text": text}

    def _line(self, line: Line) -> dict[str, str]:
        return {
            "date": short_date_text(line.date, self._locale),
            "text": self._description(line),
            "detail": self._detail(line),
            "amount": self._money(line.amount_minor),
            "balance": self._money(line.balance_minor),
        }

    def _description(self, line: Line) -> str:
        service = isolated(one_line(line.service))
        if line.kind in (EntryKind.CHARGE, EntryKind.SERVICE) and service:
            return service
        what = line_word(line.kind, line.amount_minor, self._locale)
        if line.processor in METHODS:
            return f"{what}: {method_text(Method(line.processor), self._locale)}"
        return f"{what}: {service}" if service else what

    def _detail(self, line: Line) -> str:
        details = []
        if line.insurer_minor > 0:
            fee, insurer = self._money(line.fee_minor), self._money(line.insurer_minor)
            details.append(self._say("line_insured", fee=fee, insurer=insurer))
        if line.late:
            details.append(self._say("line_late"))
        return "\n".join(details)

    def _dated(self, key: str) -> str:
        """A sentence about the period's first and last day, or the day on which the statement was made."""
        period = self._statement.period
        days = {"first": period.first_day.isoformat(), "last": period.last_day.isoformat()}
        named = {name: self._day(day) for name, day in (days | {"made": self._statement.made_on}).items()}
        return self._say(key, **named)

    def _range(self) -> str:
        """In short, for it stands in a narrow column."""
        period = self._statement.period
        ends = {"first": period.first_day.isoformat(), "last": period.last_day.isoformat()}
        named = {name: short_date_text(day, self._locale) for name, day in ends.items()}
        return self._say("statement_range", **named)

    def _last_day(self) -> str:
        return self._day(self._statement.period.last_day.isoformat())
