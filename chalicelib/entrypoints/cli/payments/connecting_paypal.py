"""`billfold practice connect-paypal`: take the keys of the practice's app, say what is still to be done."""

from collections.abc import Iterator

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED, UNAVAILABLE
from chalicelib.entrypoints.cli.payments.typed_keys import refused, typed_keys
from chalicelib.entrypoints.cli.practice.practice_entries import Fault
from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.payments.services.connecting_paypal import PROCESSOR, PayPalConnected, PayPalKeys
from chalicelib.practice.domain.practices import Practice
from chalicelib.settings import SettingsError, check_paypal_client

_NAMES = ("PAYPAL_CLIENT_ID", "PAYPAL_SECRET")
_DETAILS = """\
The keys are those of an app that the practice makes at developer.paypal.com (Apps & Credentials), with the
features "Transaction search" and "Disputes". They are read from standard input, one NAME=value a line, never
from the command line, where other users of the machine would see them; on a terminal they are asked for:

  PAYPAL_CLIENT_ID
  PAYPAL_SECRET

PayPal is asked first, and nothing is kept of keys that it does not take. Then the address for its events is
made, or found again. Clients are offered PayPal once practice.json names it among its "processors".
Status 4: the keys are kept, and something is to be done.
"""
_UNSEEN = """\
PayPal's API does not tell these. Look in the business account's settings:
  "PayPal account optional" is on, so that people without an account may pay by card where PayPal offers that.
  Payments in the books' currency are accepted at once; else each waits for somebody there.
  The name on card statements is a discreet one."""


def add(kinds: Subparsers) -> None:
    summary = "Connect a practice's own PayPal account, or replace its keys."
    parser = command(kinds, "connect-paypal", run, summary, writes=True, details=_DETAILS)
    parser.add_argument("--sandbox", action="store_true", help="the keys are of PayPal's sandbox, not live")


def run(invocation: Invocation) -> int:
    practice, output, options = invocation.practice(), invocation.output, invocation.options
    given = typed_keys(_NAMES)
    if faults := list(_faults(invocation, given)):
        return refused(output, faults)
    client_id, secret = (given[name] for name in _NAMES)
    keys = PayPalKeys(client_id, secret, live=not options.sandbox)
    url = f"{invocation.app.settings.public_url}/api/webhooks/{practice.id}/{PROCESSOR}"
    try:
        app = invocation.app.paypal_app(keys)
        connecting = invocation.app.connecting_paypal
        connected = connecting.connect(practice, keys, app, url, dry_run=options.dry_run)
    except ProcessorDenied as error:
        output.complain("paypal_keys_refused", f"PayPal does not take these: {error.code}. Nothing was kept.")
        return REFUSED
    except ProcessorTimeout:
        output.complain("processor_unavailable", "PayPal did not answer. Nothing was kept. Try again.")
        return UNAVAILABLE
    except ProcessorRefused as error:
        output.complain("processor_refused", f"PayPal refuses {url}: {error.code}. Nothing was kept.")
        return REFUSED
    return _told(invocation, practice, connected, url)


def _told(invocation: Invocation, practice: Practice, connected: PayPalConnected, url: str) -> int:
    output, dry_run = invocation.output, invocation.options.dry_run
    output.tell("account", f"PayPal app {connected.app_id}", account=connected.app_id)
    notes = list(_notes(practice, connected, url, dry_run=dry_run))
    for code, text in notes:
        output.tell("note", f"* {text}", code=code, message=text)
    output.tell("unseen", _UNSEEN)
    facts = {"webhook_url": url, "saved": connected.saved, "lacking": list(connected.lacking)}
    if dry_run:
        output.tell("dry_run", "Dry run: the keys would be kept. Nothing was written.", **facts)
    elif connected.lacking:
        output.tell("partly", "The keys are kept. What is said above is still to be done.", **facts)
    elif connected.saved:
        output.tell("done", f"Connected. PayPal sends its events to {url}", **facts)
    else:
        output.tell("done", "Nothing new: these keys are kept already.", **facts)
    return PARTLY if connected.lacking and not dry_run else OK


def _notes(
    practice: Practice, connected: PayPalConnected, url: str, *, dry_run: bool
) -> Iterator[tuple[str, str]]:
    for feature in connected.lacking:
        yield (
            "feature_missing",
            f'The app lacks the feature "{feature}". Switch it on at developer.paypal.com (Apps & '
            "Credentials), wait some minutes for PayPal, and run this command again.",
        )  # fmt: skip
    if connected.made:
        made = "would be made" if dry_run else "was made"
        yield "webhook_made", f"The address for events {made}: {url}"
    if connected.other:
        text = "The keys kept so far were of another app. If its account is another one, too, what was paid "
        yield "account_changed", f"{text}there can be neither settled nor refunded with these."
    if PROCESSOR not in practice.processors:
        names = ", ".join(f'"{name}"' for name in (*practice.processors, PROCESSOR))
        yield "not_offered", f'Nobody is offered PayPal yet: give practice.json "processors": [{names}].'


def _faults(invocation: Invocation, given: dict[str, str]) -> Iterator[Fault]:
    for name in _NAMES:
        if not given.get(name):
            yield Fault(name, "is missing")
    if client_id := given.get(_NAMES[0]):
        try:
            live = not invocation.options.sandbox
            check_paypal_client(client_id, invocation.app.settings, live=live)
        except SettingsError as error:
            yield Fault(_NAMES[0], str(error))
