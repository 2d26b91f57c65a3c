"""`billfold host add`, `invite` and `confirm`: a practice, and the owner who was told of it."""

import json
from collections.abc import Iterator
from dataclasses import replace

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import OK, REFUSED
from chalicelib.entrypoints.cli.practice.practice_entries import PracticeFileError
from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.hosting.domain.owners import Invitation, invitation
from chalicelib.kernel.errors import Refused, Stale
from chalicelib.kernel.instants import instant
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import language

_CLINICIAN = "owner"  # its id, until a file says otherwise


def run_add(invocation: Invocation) -> int:
    """Errors: Invalid email_invalid, host_name_invalid, mail_refused; Refused restore_unfinished,
    host_practice_differs, host_owner_differs, host_in_hand."""
    app, output, asked = invocation.app, invocation.output, _asked(invocation)
    try:
        wanted = parse(_file(invocation, asked))
    except PracticeFileError as error:
        for fault in error.faults:
            told = f"{fault.field}: {fault.text}"
            output.tell("problem", told, field=fault.field, message=fault.text)
        output.tell("refused", "Nothing was written.", problems=len(error.faults))
        return REFUSED
    known = _known(invocation, wanted)
    app.inviting.check(wanted.id, asked)
    if invocation.options.dry_run:
        what = "invite the owner of" if known else "create and invite the owner of"
        text = f"Dry run: would {what} {wanted.id}. Nothing was written."
        output.tell("dry_run", text, practice=wanted.id)
        return OK
    practice = known or _created(invocation, wanted)
    mailed = app.inviting.invite(practice, asked)
    made = "is there already" if known else "was created"
    said = f"an invitation went to {asked.email}" if mailed else f"{asked.email} was invited before"
    url = f"{app.settings.public_url}/{practice.id}/"
    text = f"{practice.id} {made}; {said}. Its portal is {url}\nNext: billfold host show {practice.id}"
    output.tell(
        "done", text, practice=practice.id, created=known is None, invited=mailed, url=url,
    )  # fmt: skip
    return OK


def run_invite(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found; Stale record_stale; as of `run_add`, but for what differs."""
    practice, asked = invocation.practice(), _asked(invocation)
    app, output = invocation.app, invocation.output
    office = app.inviting.has_office_of(practice, asked)
    if invocation.options.dry_run:
        more = ", and make it the practice's own address" if office else ""
        text = f"Dry run: would mail {asked.email}{more}. Nothing was written."
        output.tell("dry_run", text, practice=practice.id, office_changed=office)
        return OK
    if office:  # before the owner: who is killed in between finds the former one here, and does the rest
        moved = replace(practice, email=asked.email, changed_at=instant(app.clock.now()))
        app.practices.save_practice(moved, before=practice)
        practice = invocation.practice()
    app.inviting.invite_anew(practice, asked)
    text = f"An invitation went to {asked.email}; the codes of former ones hold no longer."
    if office:
        text += " Clients answered the former owner's address: the practice's own is the new one now, too."
    output.tell("done", text, practice=practice.id, invited=True, office_changed=office)
    return OK


def run_confirm(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, host_owner_missing; Invalid code_format; Refused host_code_wrong,
    host_in_hand."""
    practice, options = invocation.practice(), invocation.options
    if options.dry_run:
        invocation.app.inviting.owner_of_code(practice.id, options.code)
        text = "Dry run: it is the code. Nothing was written."
        invocation.output.tell("dry_run", text, practice=practice.id)
        return OK
    owner = invocation.app.inviting.confirm(practice.id, options.code)
    text = f"The owner of {practice.id} has confirmed ({owner.confirmed_at[:10]})."
    invocation.output.tell("done", text, practice=practice.id, confirmed_at=owner.confirmed_at)
    return OK


def _asked(invocation: Invocation) -> Invitation:
    options = invocation.options
    return invitation(
        email=options.owner_email, language=options.language, host=options.host, host_email=options.host_email
    )


def _file(invocation: Invocation, asked: Invitation) -> bytes:
    """As `billfold practice create` reads it."""
    options = invocation.options
    said = {
        "id": options.practice, "name": options.name, "timezone": options.timezone,
        "currency": options.currency or "USD", "locale": options.language or "en",
        "descriptor": options.descriptor,
        "email": options.office_email or asked.email,
        "clinicians": [{"id": _CLINICIAN, "name": options.clinician or options.name}],
    }  # fmt: skip
    return json.dumps(said).encode()


def _known(invocation: Invocation, wanted: Practice) -> Practice | None:
    known = invocation.app.practices.practice(wanted.id)
    if known is None and invocation.app.backing_up.unfinished(wanted.id):
        raise Refused("restore_unfinished", "practice")
    if known is not None and (other := list(_other(invocation, known, wanted))):
        raise Refused("host_practice_differs", "practice", fields=", ".join(other))
    return known


def _other(invocation: Invocation, known: Practice, wanted: Practice) -> Iterator[str]:
    """The names of the options that say something else than the practice has; of those that were given."""
    options = invocation.options
    for name in ("name", "timezone", "descriptor", "currency"):
        if getattr(options, name) and getattr(known, name) != getattr(wanted, name):
            yield name
    if options.language and language(known.locale) != options.language:
        yield "language"
    if options.office_email and known.email.casefold() != wanted.email.casefold():
        yield "office-email"
    if options.clinician and options.clinician not in {each.name for each in known.clinicians}:
        yield "clinician"


def _created(invocation: Invocation, wanted: Practice) -> Practice:
    """Or as somebody else has created it since, the same."""
    app = invocation.app
    try:
        app.practices.save_practice(replace(wanted, changed_at=instant(app.clock.now())))
    except Stale:
        if known := _known(invocation, wanted):
            return known
        raise
    return invocation.practice()
