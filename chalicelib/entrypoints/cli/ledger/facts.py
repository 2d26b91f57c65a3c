"""`billfold post facts`: correct what was said of a charge."""

import hashlib
from dataclasses import replace
from typing import Any

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.ledger.correcting import account_of, date_of, given
from chalicelib.entrypoints.cli.output import OK
from chalicelib.importing.domain import values
from chalicelib.importing.domain.problems import BadValue, shown
from chalicelib.importing.services.doubts import charge_warnings
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import own_id
from chalicelib.practice.domain.practices import Practice

_FACTS = """\
Corrects the service, clinician, codes, place or status of a charge, on the client's pages and on documents
that are made from now on. What is owed stays as it is. The charge as it was, who corrected it, when and why
are kept.
"""
_ID_HELP = "your own id of it; without one, the same command twice corrects once"


def add(kinds: Subparsers) -> None:
    parser = command(kinds, "facts", run, "Correct what was said of a charge.", writes=True, details=_FACTS)
    parser.add_argument("--client", required=True, metavar="ID", help="the client's id")
    parser.add_argument("--charge", required=True, metavar="ID", help="the charge's id, or opening:CLIENT")
    parser.add_argument("--service", metavar="TEXT", help="in the practice's own words")
    parser.add_argument("--clinician", metavar="ID", help="the clinician's id")
    parser.add_argument("--cpt", metavar="CODE")
    parser.add_argument("--diagnoses", metavar="CODES", help="all of them, spaces between them")
    parser.add_argument("--place-of-service", metavar="CODE")
    parser.add_argument("--status", metavar="STATUS", help=", ".join(ChargeStatus))
    parser.add_argument("--reason", metavar="TEXT", help="why; kept with the entry, for the practice alone")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day of the entry; today without it")
    parser.add_argument("--id", metavar="ID", help=_ID_HELP)


def run(invocation: Invocation) -> int:
    """Errors: account_not_found, charge_not_found, charge_reversed, facts_unchanged, external_id_taken."""
    practice, options, output = invocation.practice(), invocation.options, invocation.output
    ref, on = account_of(invocation, options.client), date_of(invocation, practice)
    facts = _facts(invocation, practice)
    made = hashlib.sha256(repr((ref.account, options.charge, facts, on)).encode()).hexdigest()[:12]
    id_ = given(invocation, practice, "id", options.id or f"cli-{made}", values.identifier)
    reason = str(given(invocation, practice, "reason", options.reason or "", values.line(200)))
    correcting = CorrectingFacts(invocation.app.ledgers, invocation.app.clock, CLI.text)
    asked: dict[str, Any] = {"charge_external_id": options.charge, "facts": facts, "on": on}
    if options.dry_run:
        correcting.foresee(ref, id_, **asked)
        _warn(invocation, ref, facts)
        text = f"Dry run: the facts of {options.charge} would be corrected. Nothing was written."
        output.tell("dry_run", text, id=id_, posted=0)
        return OK
    done = correcting.correct(ref, id_, **asked, reason=reason)
    _warn(invocation, ref, facts)
    if client := invocation.app.people.client(ref.practice, ref.account):
        invocation.app.estimate_watch.call_if_exceeded(practice, [client])
    text = f"Entry {done.seq} corrects the facts of {options.charge}."
    if done.duplicate:
        text = f"{id_} is in the books already, as entry {done.seq}."
    output.tell("done", text, id=id_, entry=done.seq, posted=int(not done.duplicate))
    return OK


def _warn(invocation: Invocation, ref: AccountRef, facts: FactChanges) -> None:
    """Of the charge with what was given; an opening balance has no codes."""
    id_ = own_id(ref.practice, "charge", invocation.options.charge)
    charge = invocation.app.ledgers.charges(ref, [id_]).get(id_)
    if charge:
        corrected = replace(charge, **facts.given)
        for warning in charge_warnings(corrected, invocation.app.diagnosis_codes):
            option = f"--{warning.column.replace('_', '-')}"
            invocation.output.warning(replace(warning, column=option))


def _facts(invocation: Invocation, practice: Practice) -> FactChanges:
    """Errors: field_missing, where there is nothing to correct; Invalid, with the option at fault."""
    options = invocation.options

    def read(name: str, parse: values.Parser) -> Any:
        text = getattr(options, name)
        return None if text is None else given(invocation, practice, name, text, parse)

    facts = FactChanges(
        service=read("service", values.line(80)),
        clinician_id=read("clinician", _clinician(practice)),
        cpt=read("cpt", values.cpt),
        diagnoses=read("diagnoses", values.diagnoses),
        place_of_service=read("place_of_service", values.place_of_service),
        status=read("status", _status),
    )
    if facts == FactChanges():
        raise Invalid("field_missing", "service")
    return facts


def _status(text: str, terms: values.Terms) -> ChargeStatus:
    return ChargeStatus(str(values.one_of(*ChargeStatus)(text, terms)))


def _clinician(practice: Practice) -> values.Parser:
    def parse(text: str, terms: values.Terms) -> str:
        id_ = values.identifier(text, terms)
        if practice.clinician(id_) is None:
            raise BadValue("clinician_unknown", value=shown(text))
        return id_

    return parse
