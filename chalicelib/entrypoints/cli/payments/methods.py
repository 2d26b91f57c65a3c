"""`billfold methods`: what people have saved to pay with, and removing one of it for them."""

from chalicelib.documents.domain.receipts import method_text
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.kernel.errors import present
from chalicelib.kernel.formatting import one_line
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.saved_methods import Payer, PayerMethod
from chalicelib.practice.domain.practices import Person, Practice, person_of
from chalicelib.practice.services.address_hashes import person_at

_ABOUT = """\
Cards and bank accounts that people keep to pay with again. They belong to the person, whosever accounts they
pay. Only the processor has their numbers.
"""
_REMOVE = """\
Nobody pays with it any more, and the processor detaches it for good. Where it was the default, the newest of
the others is. Its payer reads in the portal that the practice removed it. A payment that is under way goes
on.
"""


def add(commands: Subparsers) -> None:
    top = commands.add_parser("methods", help="Saved cards and bank accounts.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    listed = command(
        kinds, "list", run_list, "List saved methods, and when that was agreed to.", writes=False
    )
    listed.add_argument("--email", metavar="ADDRESS", help="of the person who signs in with it alone")
    remove = command(kinds, "remove", run_remove, "Remove a saved method.", writes=True, details=_REMOVE)
    remove.add_argument("--email", required=True, metavar="ADDRESS", help="of the person whose it is")
    remove.add_argument("method", metavar="METHOD", help="its id, as `billfold methods list` says")


def run_list(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, person_not_found."""
    practice, app = invocation.practice(), invocation.app
    email, count = invocation.options.email, 0
    whose = _person(invocation, email).id if email is not None else ""
    for payer in _payers(invocation, practice, whose):
        consents = {consent.addition: consent for consent in app.payers.consents(practice.id, payer.id)}
        for method in payer.listed:
            given = consents.get(method.addition)
            _tell(invocation, payer, method, given.at if given else "", given.version if given else "")
            count += 1
    invocation.output.tell("methods", how_many(count, "method", "methods"), methods=count)
    return OK


def run_remove(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, person_not_found, method_not_found."""
    practice, options, app = invocation.practice(), invocation.options, invocation.app
    person = _person(invocation, options.email)
    theirs = _payers(invocation, practice, person.id)
    having = (payer for payer in theirs if options.method in {method.id for method in payer.listed})
    payer = present(next(having, None), "method_not_found", "method")
    method = payer.method(options.method)
    if options.dry_run:
        text = f"Dry run: {_name(method)} of {person.email} would be removed. Nothing was written."
        invocation.output.tell("dry_run", text, method=method.id)
        return OK
    app.choosing.take_away(practice.id, payer.id, method.id)
    invocation.output.tell("removed", f"Removed: {_name(method)} of {person.email}.", method=method.id)
    return OK


def _payers(invocation: Invocation, practice: Practice, person_id: str) -> list[Payer]:
    """All of the practice, or that person's: also what was saved by a former address of theirs."""
    payers = invocation.app.payers.payers(practice.id)
    return [payer for payer in payers if person_id in ("", person_of(payer.id))]


def _person(invocation: Invocation, email: str) -> Person:
    """Error: NotFound person_not_found."""
    app, practice = invocation.app, invocation.options.practice
    return present(person_at(app.people, app.keys, practice, email), "person_not_found", "email")


def _name(method: PayerMethod) -> str:
    return method_text(method.look.method, "en")


def _bank(method: PayerMethod) -> str:
    return method.look.brand if method.look.kind == Way.BANK else ""


def _tell(invocation: Invocation, payer: Payer, method: PayerMethod, agreed_at: str, version: str) -> None:
    person = invocation.app.people.person(invocation.options.practice, person_of(payer.id))
    whose = person.email if person else payer.id
    former = " by a former address" if person and person.payer_id != payer.id else ""
    default = method.id == payer.default
    expiry = f", expires {method.look.expiry}" if method.look.expiry else ""
    label, bank = payer.labels.get(method.id, ""), _bank(method)
    text = f"{method.id}: {whose}{former}, {_name(method)}"
    text += f" ({one_line(bank)})" if bank else ""
    text += f', named "{one_line(label)}"' if label else ""
    text += f"{expiry}, {method.state}"
    text += ", default" if default else ""
    if agreed_at:
        text += f", saving agreed to {agreed_at} (text of {version})"
    invocation.output.tell(
        "method", text, id=method.id, email=whose, person=person_of(payer.id), kind=method.look.kind,
        name=_name(method), bank=bank, label=label, expiry=method.look.expiry,
        state=method.state.value, default=default, agreed_at=agreed_at, consent=version,
    )  # fmt: skip
