"""`billfold post …` and `billfold refund`: one row by hand, by the import's own rules."""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.entrypoints.cli.command import Invocation, Run, Subparsers, command
from chalicelib.entrypoints.cli.importing.estimates import call_if_exceeded
from chalicelib.entrypoints.cli.ledger import correcting, facts
from chalicelib.entrypoints.cli.output import OK, REFUSED, Output
from chalicelib.importing.domain.batch import gathered
from chalicelib.importing.domain.formats import (
    ADJUSTMENTS,
    CHARGES,
    INSURANCE_PAYMENTS,
    PAYMENTS,
    REFUNDS,
    Format,
)
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.reading import row_of
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.services import doubts
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.practice.domain.practices import Practice

_ID_HELP = "your own id of it; without one, the same command twice posts once"
_NO_ID = "none"  # until the row is read
_BY_CARD = "If it was paid online: use `billfold refund-card`."


@dataclass(frozen=True, slots=True)
class _Kind:
    """A command: its file's format, what it fixes, and its options (option, column, required, help)."""

    name: str
    format: Format
    summary: str
    fixed: Mapping[str, str]
    options: tuple[tuple[str, str, bool, str], ...]


_AMOUNT = ("amount", "amount", True, "like 125.00")
_CLIENT = ("client", "client_id", True, "the client's id")
_CHARGE = ("charge", "charge_id", True, "the charge's id, or opening:CLIENT")
_PAYMENT_OPTIONS = (
    _CLIENT,
    _AMOUNT,
    ("charges", "charge_ids", False, "ids of the charges it pays first, spaces between them"),
    ("notes", "notes", False, "kept with the payment"),
)
_ADJUSTMENT_OPTIONS = (
    _CHARGE,
    _AMOUNT,
    ("reason", "reason", False, "why; kept with the entry, for the practice alone"),
)
_POSTS = (
    _Kind(
        "charge", CHARGES, "Post a fee; 0.00 for a service that is free.", {},
        (
            _CLIENT, ("service", "service", True, "in the practice's own words"),
            ("clinician", "clinician_id", True, "the clinician's id"),
            ("fee", "fee", True, "like 125.00, or 0.00"),
            ("insurance-expected", "insurance_expected", False, "what an insurer is expected to pay of it"),
            ("cpt", "cpt", False, "for superbills"),
            ("diagnoses", "diagnoses", False, "for superbills; spaces between them"),
            ("place-of-service", "place_of_service", False, "for superbills"),
            ("units", "units", False, "for superbills"),
            ("status", "status", False, "held without it; late_cancel, no_show, other: on no superbill"),
        ),
    ),
    _Kind("cash", PAYMENTS, "Post a payment in cash.", {"method": "cash"}, _PAYMENT_OPTIONS),
    _Kind("check", PAYMENTS, "Post a payment by check.", {"method": "check"}, _PAYMENT_OPTIONS),
    _Kind("card", PAYMENTS, "Post a payment by your card terminal.", {"method": "card"}, _PAYMENT_OPTIONS),
    _Kind("other", PAYMENTS, "Post a payment made in another way.", {"method": "other"}, _PAYMENT_OPTIONS),
    _Kind(
        "adjustment", ADJUSTMENTS, "Lower (or, with a negative amount, raise) what is owed for a charge.",
        {"kind": "adjustment"}, _ADJUSTMENT_OPTIONS,
    ),
    _Kind("write-off", ADJUSTMENTS, "Give up what is owed.", {"kind": "write_off"}, _ADJUSTMENT_OPTIONS),
    _Kind(
        "insurance-payment", INSURANCE_PAYMENTS, "Post an insurer's answer to a charge.", {},
        (
            ("charge", "charge_id", True, "the charge's id"),
            ("paid", "paid", False, "what the insurer paid"),
            ("contractual-adjustment", "contractual_adjustment", False, "not to be collected by contract"),
            ("patient-responsibility", "patient_responsibility", False, "what it leaves to the client"),
            ("above-expected", "above_expected", False, "that it settled more is right"),
        ),
    ),
)  # fmt: skip
_REFUND = _Kind(
    "refund", REFUNDS, "Post money given back outside Billfold.", {},
    (("payment", "payment_id", True, "the payment's id"), _AMOUNT),
)  # fmt: skip


def add(commands: Subparsers) -> None:
    post = commands.add_parser("post", help="Post one thing by hand.", description="Post one thing by hand.")
    kinds = post.add_subparsers(title="what to post", metavar="<what>", required=True)
    for kind in _POSTS:
        _add(kinds, kind)
    correcting.add(kinds)
    facts.add(kinds)
    _add(commands, _REFUND)


def _add(commands: Subparsers, kind: _Kind) -> None:
    parser = command(commands, kind.name, _runner(kind), kind.summary, writes=True)
    for option, column, required, text in kind.options:
        parser.add_argument(
            f"--{option}", dest=column, required=required, metavar=_metavar(column), help=text
        )
    if kind.format is ADJUSTMENTS or kind.format is INSURANCE_PAYMENTS:
        parser.add_argument(
            "--client", dest="client_id", metavar="ID", help="refuse if the charge is not this client's"
        )
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day it happened; today without it")
    parser.add_argument("--id", metavar="ID", help=_ID_HELP)


def _metavar(column: str) -> str:
    if column.endswith("_id"):
        return "ID"
    names = {
        "charge_ids": "IDS", "notes": "TEXT", "reason": "TEXT", "above_expected": "yes", "service": "TEXT",
        "cpt": "CODE", "diagnoses": "CODES", "place_of_service": "CODE", "units": "NUMBER",
        "status": "STATUS",
    }  # fmt: skip
    return names.get(column, "AMOUNT")


def _runner(kind: _Kind) -> Run:
    return lambda invocation: _run(kind, invocation)


def _run(kind: _Kind, invocation: Invocation) -> int:
    options, output, practice = invocation.options, invocation.output, invocation.practice()
    importer = invocation.importer(actor=CLI)
    texts = _texts(kind, options, today=local_date(instant(invocation.app.clock.now()), practice.timezone))
    columns = tuple(column for name in texts if (column := kind.format.column(name)))
    found = list(
        row_of("", 0, kind.format, columns, frozenset(texts), tuple(texts.values()), importer.terms(practice))
    )
    problems = [one for one in found if isinstance(one, Problem)]
    rows = [row if options.id else _named(kind, row) for row in found if isinstance(row, Row)]
    plan = importer.plan(practice, gathered(rows), problems)
    otherwise = tuple(difference.problem for difference in plan.facts)
    wrong = plan.problems or otherwise or _foreign(invocation, practice, plan)
    if not (wrong or options.dry_run):
        wrong = importer.apply(plan)
        call_if_exceeded(invocation, plan)
    if wrong:
        return _refuse(kind, wrong, output, practice)
    for warning in doubts.warnings(plan, invocation.app.diagnosis_codes):
        output.warning(replace(warning, row=0, column=_option(kind, warning.column)))
    id_ = getattr(rows[0], kind.format.key)
    if not plan.steps:
        again = "Give it another --id to post it again."
        output.tell("done", f"{id_} is in the books already. {again}", id=id_, posted=0)
    elif options.dry_run:
        output.tell("dry_run", f"Dry run: {id_} would be posted. Nothing was written.", id=id_, posted=0)
    else:
        balance = _balance(invocation, practice, plan)
        text = f"Posted {id_}. The balance of this client is now {balance} {practice.currency}."
        output.tell("done", text, id=id_, posted=1, balance=balance)
    return OK


def _refuse(kind: _Kind, wrong: Sequence[Problem], output: Output, practice: Practice) -> int:
    for problem in wrong:
        output.problem(replace(problem, row=0, column=_option(kind, problem.column)), practice.currency)
    if any(problem.code == "payment_unknown_id" for problem in wrong):
        output.complain("refund_card", _BY_CARD)
    return REFUSED


def _texts(kind: _Kind, options: argparse.Namespace, *, today: str) -> dict[str, str]:
    """The cells of the one row."""
    named = {column: getattr(options, column) or "" for _, column, _, _ in kind.options}
    cells = {**kind.fixed, **named, "date": options.date or today}
    return {kind.format.key: options.id or _NO_ID, **cells}


def _named(kind: _Kind, row: Row) -> Row:
    """The row with an id made of what was understood, so that `20` and `20.00` are the same command."""
    other = {kind.format.key, "above_expected"}  # the latter only permits
    facts = ((c.name, getattr(row, c.attribute)) for c in kind.format.columns if c.name not in other)
    told = sorted((name, sorted(fact) if isinstance(fact, tuple) else fact) for name, fact in facts)
    digest = hashlib.sha256(repr((kind.name, told)).encode()).hexdigest()
    key: dict[str, Any] = {kind.format.key: f"cli-{digest[:12]}"}
    return replace(row, **key)


def _foreign(invocation: Invocation, practice: Practice, plan: Plan) -> tuple[Problem, ...]:
    """With --client, a charge of somebody else is refused before anything is written."""
    client_id = getattr(invocation.options, "client_id", None)
    if not client_id or all(a.ref == invocation.account_of(client_id) for a in plan.accounts):
        return ()
    charge_id = invocation.options.charge_id
    return (Problem("", 0, "charge_id", "charge_of_other_client", {"value": shown(charge_id)}),)


def _option(kind: _Kind, column: str) -> str:
    names = {column: f"--{option}" for option, column, _, _ in kind.options}
    return {**names, kind.format.key: "--id", "date": "--date"}.get(column, column)


def _balance(invocation: Invocation, practice: Practice, plan: Plan) -> str:
    account = invocation.app.ledgers.account(plan.accounts[0].ref)
    return decimal_text(Money(account.ledger.balance_minor if account else 0, practice.currency))
