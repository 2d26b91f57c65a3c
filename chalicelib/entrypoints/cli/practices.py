"""`billfold practice …`: create or change a practice, show it, connect its Stripe account."""

import getpass
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from chalicelib.domain.practices import Practice
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED
from chalicelib.entrypoints.cli.practice_file import Fault, PracticeFileError, parse
from chalicelib.services.receiving import STRIPE_EVENTS
from chalicelib.settings import SettingsError, check_stripe_key

_CREATE = """\
Makes the practice, or changes it to what the file says now. docs/own-practice.md describes the file.
"""
_CONNECT = """\
The keys are read from standard input, one NAME=value a line, never from the command line, where other
users of the machine would see them; on a terminal they are asked for:

  STRIPE_SECRET_KEY       sk_… or rk_…
  STRIPE_PUBLISHABLE_KEY  pk_…
  STRIPE_WEBHOOK_SECRET   whsec_…, of the endpoint that the command prints the address of (may come later)
"""
_NAMES = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
_KINDS = {
    "STRIPE_SECRET_KEY": ("sk_", "rk_"),
    "STRIPE_PUBLISHABLE_KEY": ("pk_",),
    "STRIPE_WEBHOOK_SECRET": ("whsec_",),
}


def add(commands: Subparsers) -> None:
    top = commands.add_parser("practice", help="Create, show and connect a practice.")
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    summary = "Create a practice, or change it."
    create = command(kinds, "create", run_create, summary, writes=True, practice=False, details=_CREATE)
    create.add_argument("--file", type=Path, required=True, metavar="practice.json")
    command(kinds, "show", run_show, "Show a practice as it is stored.", writes=False)
    summary = "Connect a practice's own Stripe account, or replace its keys."
    command(kinds, "connect-stripe", run_connect, summary, writes=True, details=_CONNECT)


def run_create(invocation: Invocation) -> int:
    options, output, practices = invocation.options, invocation.output, invocation.app.practices
    try:
        practice = parse(options.file.read_bytes())
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    except PracticeFileError as error:
        return _refuse(invocation, error.faults)
    before = practices.practice(practice.id)
    faults = list(_conflicts(before, practice)) if before else []
    if faults:
        return _refuse(invocation, faults)
    if before == practice:
        output.tell(
            "done",
            f"Nothing new: {practice.id} is there already, the same.",
            practice=practice.id,
            saved=False,
        )
        return OK
    changed = [
        f.name for f in fields(practice) if before and getattr(before, f.name) != getattr(practice, f.name)
    ]
    what = f"change {practice.id} ({', '.join(changed)})" if before else f"create {practice.id}"
    if options.dry_run:
        output.tell(
            "dry_run", f"Dry run: would {what}. Nothing was written.", practice=practice.id, changed=changed
        )
        return OK
    practices.save_practice(practice)
    url = f"{invocation.app.settings.public_url}/{practice.id}/"
    output.tell(
        "done",
        f"Done: {what}. Its portal is {url}",
        practice=practice.id,
        saved=True,
        changed=changed,
        url=url,
    )
    return OK


def run_show(invocation: Invocation) -> int:
    practice = invocation.practice()
    facts = {**asdict(practice), "stripe_connected": _stripe(invocation, practice) is not None}
    lines = (f"{name:18} {value}" for name, value in facts.items() if not isinstance(value, list | tuple))
    parts = (
        f"{'clinician':18} {c.id}: {c.name}{'' if c.payments_enabled else ' (no online payments)'}"
        for c in practice.clinicians
    )
    places = (f"{'location':18} {place.id}: {place.name}" for place in practice.locations)
    invocation.output.tell("practice", "\n".join([*lines, *parts, *places]), **facts)
    return OK


def run_connect(invocation: Invocation) -> int:
    practice, output, app = invocation.practice(), invocation.output, invocation.app
    given = _given()
    faults = list(_key_faults(invocation, given))
    if faults:
        return _refuse(invocation, faults)
    before = _stripe(invocation, practice) or {}
    secrets = (
        [given["STRIPE_WEBHOOK_SECRET"]]
        if given.get("STRIPE_WEBHOOK_SECRET")
        else before.get("webhook_secrets", [])
    )
    wanted = {
        "secret_key": given["STRIPE_SECRET_KEY"],
        "publishable_key": given["STRIPE_PUBLISHABLE_KEY"],
        "webhook_secrets": list(secrets),
    }
    url = f"{app.settings.public_url}/api/webhooks/{practice.id}/stripe"
    if wanted == before:
        output.tell("done", "Nothing new: these keys are kept already.", webhook_url=url, saved=False)
    elif invocation.options.dry_run:
        output.tell("dry_run", "Dry run: the keys would be kept. Nothing was written.", webhook_url=url)
    else:
        app.credentials.save(practice.id, "stripe", wanted)
        text = f"Connected. Stripe must send its events to {url}\n  " + "\n  ".join(STRIPE_EVENTS)
        output.tell("done", text, webhook_url=url, events=STRIPE_EVENTS, saved=True)
    return OK


def _conflicts(before: Practice, after: Practice) -> Iterator[Fault]:
    if before.currency != after.currency:
        yield Fault("currency", f"stays {before.currency}: the books are kept in it")
    for clinician in before.clinicians:
        if after.clinician(clinician.id) is None:
            yield Fault(
                "clinicians",
                f"{clinician.id} stays: charges name them (set payments_enabled to false instead)",
            )


def _given() -> dict[str, str]:
    if sys.stdin.isatty():
        return {name: getpass.getpass(f"{name}: ").strip() for name in _NAMES}
    pairs = (line.partition("=") for line in sys.stdin.read().splitlines())
    return {
        name.strip(): value.strip().strip("\"'")
        for name, mark, value in pairs
        if mark and name.strip() in _NAMES
    }


def _key_faults(invocation: Invocation, given: dict[str, str]) -> Iterator[Fault]:
    for name, kinds in _KINDS.items():
        key = given.get(name, "")
        if key and not key.startswith(kinds):
            yield Fault(name, f"begins with {' or '.join(kinds)}")
        if not key and name != "STRIPE_WEBHOOK_SECRET":
            yield Fault(name, "is missing")
    pair = [given.get(name, "") for name in _NAMES[:2]]
    if all(pair) and len({"_live_" in key for key in pair}) > 1:
        yield Fault("STRIPE_PUBLISHABLE_KEY", "one key is live, the other is not")
    try:
        for key in pair:
            check_stripe_key(key, invocation.app.settings)
    except SettingsError as error:
        yield Fault("STRIPE_SECRET_KEY", str(error))


def _refuse(invocation: Invocation, faults: list[Fault]) -> int:
    for fault in faults:
        invocation.output.tell(
            "problem", f"{fault.field or 'file'}: {fault.text}", field=fault.field, message=fault.text
        )
    invocation.output.tell("refused", "Nothing was written.", problems=len(faults))
    return REFUSED


def _stripe(invocation: Invocation, practice: Practice) -> dict[str, Any] | None:
    found = invocation.app.credentials.of(practice.id, "stripe")
    return dict(found) if found else None
