"""`billfold host add`, `invite` and `confirm`: a practice, and the owner who was told of it."""

import json
from dataclasses import replace

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import OK, REFUSED
from chalicelib.entrypoints.cli.practice.practice_entries import PracticeFileError
from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.hosting.domain.owners import Invitation, invitation
from chalicelib.kernel.errors import Refused, Stale
from chalicelib.kernel.instants import instant
from chalicelib.practice.domain.practices import Practice

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
    """Errors: NotFound practice_not_found; as of `run_add`, but for those of the practice."""
    practice, asked = invocation.practice(), _asked(invocation)
    if invocation.options.dry_run:
        text = f"Dry run: would mail {asked.email}. Nothing was written."
        invocation.output.tell("dry_run", text, practice=practice.id)
        return OK
    invocation.app.inviting.invite_anew(practice, asked)
    text = f"An invitation went to {asked.email}; the codes of former ones hold no longer."
    invocation.output.tell("done", text, practice=practice.id, invited=True)
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
        "currency": options.currency, "locale": options.language, "descriptor": options.descriptor,
        "email": options.office_email or asked.email,
        "clinicians": [{"id": _CLINICIAN, "name": options.clinician or options.name}],
    }  # fmt: skip
    return json.dumps(said).encode()


def _known(invocation: Invocation, wanted: Practice) -> Practice | None:
    known = invocation.app.practices.practice(wanted.id)
    if known is None and invocation.app.backing_up.unfinished(wanted.id):
        raise Refused("restore_unfinished", "practice")
    if known is not None and known.name != wanted.name:
        raise Refused("host_practice_differs", "practice")
    return known


def _created(invocation: Invocation, wanted: Practice) -> Practice:
    """Or as somebody else has created it since, of the same name."""
    app = invocation.app
    try:
        app.practices.save_practice(replace(wanted, changed_at=instant(app.clock.now())))
    except Stale:
        if known := _known(invocation, wanted):
            return known
        raise
    return invocation.practice()
