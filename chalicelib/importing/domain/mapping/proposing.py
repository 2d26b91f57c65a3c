"""A map proposed by headers alone, to be looked at, changed and kept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chalicelib.importing.domain.mapping.known_headers import meant_by
from chalicelib.importing.domain.mapping.maps import (
    AS_OF,
    CLINICIAN,
    SESSION,
    Condition,
    ExportMap,
    Join,
    LeftOut,
    Rule,
    Sign,
    TableMap,
    Value,
)
from chalicelib.importing.domain.mapping.words import DONE, INSURERS, NOT_DONE, PAYMENTS, REFUNDS

_TELLING = "number", "service_date", "cpt", "clinician"  # two payments of one client and day apart


def proposed(name: str, source: str, tables_columns: Sequence[tuple[str, ...]]) -> ExportMap | None:
    """For tables by their columns; None where no header of any of them tells enough.

    The tables are numbered: a sheet, or a file, may be called like a client.
    """
    tables = [t for n, found in enumerate(tables_columns, 1) if (t := _table(f"Table {n}", found))]
    return ExportMap(name, source, tuple(tables)) if tables else None


def skeleton(name: str, source: str, columns: tuple[str, ...]) -> tuple[ExportMap, tuple[str, ...]]:
    """A map to be finished by hand, and what it lacks: its headers stand there as `(fee)` and the like."""
    found = _Columns(columns)
    lacking = found.complete()
    return ExportMap(name, source, (TableMap("Table 1", tuple(found.rules())),)), lacking


def _table(title: str, columns: tuple[str, ...]) -> TableMap | None:
    found = _Columns(columns)
    rules = tuple(found.rules())
    return TableMap(title, rules, tuple(found.left_out(rules))) if rules else None


class _Columns:
    """The headers of a table by what they are about; of two about the same the first."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.found: dict[str, str] = {}
        for header in columns:
            meant = meant_by(header)
            if meant:
                self.found.setdefault(meant, header)
        if "rate" in self.found and "units" not in self.found:  # beside units it may be the price of one
            self.found.setdefault("fee", self.found["rate"])
        # What a line is may be said by its way of paying: then each word has to be known.
        self._decides = "kind" in self.found and "method" not in self.found
        if self._decides:
            self.found["method"] = self.found.pop("kind")

    def has(self, *any_of: str) -> bool:
        return any(meant in self.found for meant in any_of)

    def complete(self) -> tuple[str, ...]:
        """Puts `(fee)` for what is missing of sessions, or of payments where only those can be meant."""
        paid = self.has("amount", "payment_date") and not self.has("service_date", "cpt", "fee", "rate")
        wanted = ["date", "amount"] if paid else ["date", "fee"]
        lacking = [] if self.has("client", "client_id", "first_name") else ["client"]
        for meant in wanted:
            there = self._day("payment" if paid else "service") if meant == "date" else self.has(meant)
            lacking += [] if there else [meant]
        self.found |= {meant: f"({meant})" for meant in lacking}
        return tuple(lacking)

    def rules(self) -> Iterator[Rule]:
        if not self.has("client", "client_id", "first_name"):
            return
        charged, paid = self.has("fee") and self._day("service"), self.has("amount") and self._day("payment")
        if not charged and not paid:
            yield from self._people()
        if charged:
            yield self._charges()
            yield from self._about_charges()
        if paid:
            yield from self._payments(with_charges=bool(charged))

    def left_out(self, rules: tuple[Rule, ...]) -> Iterator[LeftOut]:
        """An insurer's payment that stands alone does not say what it was for."""
        kinds = {rule.kind for rule in rules}
        if "payments" in kinds and "charges" not in kinds:
            yield LeftOut((Condition((self.found["amount"],), sign=Sign.ZERO),), "no money")
            for meant in ("method", "kind"):
                if self.has(meant):
                    insurers = Condition((self.found[meant],), among=INSURERS)
                    yield LeftOut((insurers,), "an insurer's payment, which does not say what it was for")
            if became := self._became:
                yield LeftOut((Condition((became,), among=NOT_DONE),), "a payment that did not come about")

    def _people(self) -> Iterator[Rule]:
        if self.has("balance") and not self.has(
            "date", "service_date", "payment_date"
        ):  # of lines it runs on
            values = {**self._client(), "date": Value(constant=AS_OF), "amount": self._of("balance")}
            yield Rule("opening_balances", values, sums=("amount",))
        elif self.has("email", "birth_date", "first_name", "guarantor_email"):
            given = ["preferred_name", "email", "birth_date", "address", "member_id"]
            given += ["guarantor_name", "guarantor_email"] if self.has("guarantor_email") else []
            theirs = {name: replace(value, born=()) for name, value in self._client().items()}
            yield Rule("clients", {**theirs, "name": self._name(), **self._given(*given)})

    def _charges(self) -> Rule:
        made_of = ("client_id", "date", *(("cpt",) if self.has("cpt") else ("service",)), SESSION)
        values = {
            "charge_id": Value(made_of=made_of),
            **self._client(),
            "date": Value(headers=(self._day("service"),)),
            "service": self._service(),
            "clinician_id": self._clinician(),
            "fee": self._of("fee"),
            **self._given("insurance_expected", "cpt", "diagnoses", "place_of_service", "units"),
        }
        if self.has("status"):
            values["status"] = Value(headers=(self.found["status"],), optional=True)
        return Rule("charges", values, once=self.has("amount") and self.has("payment_date", "number"))

    def _about_charges(self) -> Iterator[Rule]:
        """What a line says of its own session besides."""
        code = self.found.get("cpt") or self.found.get("service") or ""
        made_of = Value(made_of=("client_id", "date", *filter(None, (code,))))
        day = Value(headers=(self._day("service"),))
        of_it = {**self._client(), "charge_id": Value(row="charges"), "date": day}
        settled = self._given("paid", "contractual_adjustment", "patient_responsibility")
        answer = {
            "insurance_payment_id": made_of,
            **of_it,
            **settled,
            "above_expected": Value(constant="yes"),
        }
        zeros: tuple[Condition, ...] = ()
        for meant in settled:
            column = (self.found[meant],)
            yield Rule("insurance_payments", answer, (*zeros, Condition(column, sign=Sign.PLUS)))
            zeros = (*zeros, Condition(column, sign=Sign.ZERO))
        if self.has("write_off"):
            lowered = {"amount": self._of("write_off"), "kind": Value(constant="write_off")}
            when = (Condition((self.found["write_off"],), sign=Sign.PLUS),)
            yield Rule("adjustments", {"adjustment_id": made_of, **of_it, **lowered}, when)

    def _payments(self, *, with_charges: bool) -> Iterator[Rule]:
        """Money that came in and money that went back, by a word for it or by the sign."""
        day, amount = self._day("payment"), (self.found["amount"],)
        value = {**self._client(), "date": Value(headers=(day,))}
        more = [day, *(self.found[m] for m in _TELLING if self.has(m))][1:]
        id_ = Value(made_of=("client_id", "date", *more))
        method = Value(constant="other")
        if self.has("method"):
            method = Value(headers=(self.found["method"],), otherwise=None if self._decides else "other")
        done: tuple[Condition, ...] = ()
        if (became := self._became) and not with_charges:
            done = (Condition((became,), among=DONE),)
        kind = self.found.get("kind", "") if not with_charges else ""
        paying = (Condition((kind,), among=PAYMENTS, besides=REFUNDS),) if kind else ()
        named = {"charge_ids": Value(row="charges")} if with_charges else {}
        paid = {"payment_id": id_, **value, "amount": self._of("amount"), "method": method, **named}
        said = self.found.get("method", "")
        no_refund = (Condition((said,), besides=REFUNDS),) if said and not kind else ()
        coming = (*done, *paying, *no_refund)
        yield Rule("payments", {**paid, **self._given("notes")}, (*coming, _signed(amount, Sign.PLUS)))
        back = {
            "refund_id": id_, **value, "payment_id": Value(join=Join.REFUNDED),
            "amount": Value(headers=amount, positive=True),
        }  # fmt: skip
        if telling := kind or said:
            yield Rule("refunds", back, (*done, Condition((telling,), among=REFUNDS)))
        yield Rule("refunds", back, (*coming, _signed(amount, Sign.MINUS)))

    @property
    def _became(self) -> str:
        """The column that says what became of a payment."""
        return self.found.get("payment_status") or self.found.get("status", "")

    def _client(self) -> dict[str, Value]:
        if self.has("client_id"):
            return {"client_id": self._of("client_id")}
        return {"client_id": replace(self._name(), join=Join.CLIENT, born=self._born)}

    @property
    def _born(self) -> tuple[str, ...]:
        return (self.found["birth_date"],) if self.has("birth_date") else ()

    def _name(self) -> Value:
        if self.has("first_name") and self.has("last_name"):
            return Value(parts=(self.found["first_name"], self.found["last_name"]))
        return Value(headers=(self.found.get("client") or self.found.get("first_name", ""),))

    def _clinician(self) -> Value:
        if self.has("clinician"):
            return Value(headers=(self.found["clinician"],), join=Join.CLINICIAN)
        return Value(constant=CLINICIAN)

    def _service(self) -> Value:
        if self.has("service"):
            return Value(headers=(self.found["service"],), otherwise="Session")
        return Value(constant="Session")

    def _of(self, meant: str) -> Value:
        return Value(headers=(self.found[meant],))

    def _given(self, *meant: str) -> dict[str, Value]:
        """Of ours by the same name, where there is such a column: its cells may be empty."""
        return {one: Value(headers=(self.found[one],), optional=True) for one in meant if self.has(one)}

    def _day(self, of: str) -> str:
        """A payment beside a session, without a day of its own, was made on the session's."""
        own = self.found.get(f"{of}_date") or self.found.get("date", "")
        return own or (self.found.get("service_date", "") if self.has("fee") else "")


def _signed(column: tuple[str, ...], sign: Sign) -> Condition:
    return Condition(column, sign=sign)
