"""`billfold practice connect-stripe`: take the keys, show the account, say what is still to be done."""

from collections.abc import Iterator
from dataclasses import asdict

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED, UNAVAILABLE
from chalicelib.entrypoints.cli.payments.typed_keys import refused, typed_keys
from chalicelib.entrypoints.cli.practice.practice_entries import Fault
from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.payments.ports.connections import STRIPE_EVENTS, STRIPE_RIGHTS, ProcessorAccount
from chalicelib.payments.services.account_notes import MEDICAL
from chalicelib.payments.services.connecting import Connected, Keys, RightsMissing
from chalicelib.practice.domain.practices import Practice
from chalicelib.settings import SettingsError, check_stripe_key

_RIGHTS = "\n".join(f"  {right}" for right in STRIPE_RIGHTS)
_DETAILS = f"""\
The keys are read from standard input, one NAME=value a line, never from the command line, where other
users of the machine would see them; on a terminal they are asked for:

  STRIPE_SECRET_KEY       sk_… or rk_…
  STRIPE_PUBLISHABLE_KEY  pk_…
  STRIPE_WEBHOOK_SECRET   whsec_…, of an endpoint that is there already (without it one is made)

Stripe is asked about the account first, and nothing is kept of keys that it does not take. Then the webhook
endpoint is made, or brought up to date. A restricted key (rk_…) needs these rights, and each is tried:

{_RIGHTS}

Without the last one, make the endpoint by hand; without those of customers, payment methods, set-ups and
mandates nobody can save a card or bank account. Status 4: the keys are kept, and something is to be done.
"""
_UNCHECKED = "keep the keys without asking Stripe anything"
_NAMES = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
_KINDS = {
    "STRIPE_SECRET_KEY": ("sk_", "rk_"),
    "STRIPE_PUBLISHABLE_KEY": ("pk_",),
    "STRIPE_WEBHOOK_SECRET": ("whsec_",),
}
_UNSEEN = """\
Stripe's API does not tell these. Look in the Dashboard:
  Settings, Business, Customer emails: "Successful payments" and "Refunds" off. Billfold mails receipts.
  Settings, Payments, Payment methods: cards on{debits}. Link does not matter: no payment offers it.
  Settings, Business, Public details: a discreet statement descriptor; it is on every card statement."""


def add(kinds: Subparsers) -> None:
    summary = "Connect a practice's own Stripe account, or replace its keys."
    parser = command(kinds, "connect-stripe", run, summary, writes=True, details=_DETAILS)
    parser.add_argument("--unchecked", action="store_true", help=_UNCHECKED)


def run(invocation: Invocation) -> int:
    practice, output, options = invocation.practice(), invocation.output, invocation.options
    given = typed_keys(_NAMES)
    if faults := list(_faults(invocation, given)):
        return refused(output, faults)
    keys = Keys(*(given.get(name, "") for name in _NAMES))
    url = f"{invocation.app.settings.public_url}/api/webhooks/{practice.id}/stripe"
    if options.unchecked:
        connected = invocation.app.connecting.keep_unchecked(practice, keys, dry_run=options.dry_run)
        return _told(invocation, practice, keys, connected, url)
    try:
        account = invocation.app.stripe_account(keys.secret_key)
        connected = invocation.app.connecting.connect(practice, keys, account, url, dry_run=options.dry_run)
    except RightsMissing as error:
        return _rights_missing(invocation, error)
    except ProcessorDenied as error:
        text = f"Stripe does not take this secret key: {error.said or error.code}. Nothing was written."
        output.complain("stripe_key_refused", text)
        return REFUSED
    except ProcessorTimeout:
        text = "Stripe did not answer. Nothing was written. Try again, or keep the keys with --unchecked."
        output.complain("processor_unavailable", text)
        return UNAVAILABLE
    except ProcessorRefused as error:
        text = f"Stripe does not tell about this account: {error.said or error.code}. Nothing was written."
        output.complain("processor_refused", text)
        return REFUSED
    return _told(invocation, practice, keys, connected, url)


def _rights_missing(invocation: Invocation, error: RightsMissing) -> int:
    lines = "\n  ".join(map(str, error.rights))
    text = (
        "this restricted key lacks rights. Give it these in the Dashboard (Developers, API keys), and run "
        f"this command again; nothing was written:\n  {lines}"
    )
    rights = [asdict(right) for right in error.rights]
    invocation.output.complain("stripe_rights_missing", text, rights=rights)
    return REFUSED


def _told(invocation: Invocation, practice: Practice, keys: Keys, connected: Connected, url: str) -> int:
    output, dry_run = invocation.output, invocation.options.dry_run
    if connected.account:
        _tell_account(invocation, connected.account, keys)
        for note in connected.notes:
            output.tell("note", f"* {note.text}", code=note.code, message=note.text)
        output.tell("unseen", _UNSEEN.format(debits=", ACH Direct Debit on" if practice.bank_debits else ""))
    facts = {"webhook_url": url, "events": STRIPE_EVENTS, "saved": connected.saved, "heard": connected.heard}
    if dry_run:
        output.tell("dry_run", "Dry run: the keys would be kept. Nothing was written.", **facts)
    elif not connected.saved and connected.heard:
        output.tell("done", "Nothing new: these keys are kept already.", **facts)
    elif connected.heard:
        output.tell("done", f"Connected. Stripe sends its events to {url}", **facts)
    elif connected.account:
        output.tell(
            "partly", "The keys are kept. What is said above of the endpoint is still to be done.", **facts
        )
    else:
        events = "\n  ".join(STRIPE_EVENTS)
        text = f"The keys are kept. Next is the signing secret of an endpoint at {url} for\n  {events}"
        output.tell("partly", text, **facts)
    return OK if connected.heard else PARTLY


def _tell_account(invocation: Invocation, account: ProcessorAccount, keys: Keys) -> None:
    of = f" ({MEDICAL[account.category]})" if account.category in MEDICAL else ""
    category = f"{account.category or 'none'}{of}"
    facts = {
        "account": account.id, "name": account.name or "(no name)", "country": account.country,
        "mode": "live" if keys.live else "test", "currency": account.currency, "category": category,
    }  # fmt: skip
    text = "Stripe account:\n" + "\n".join(f"  {name:9} {value}" for name, value in facts.items())
    invocation.output.tell("account", text, **{**asdict(account), "live": keys.live})


def _faults(invocation: Invocation, given: dict[str, str]) -> Iterator[Fault]:
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
