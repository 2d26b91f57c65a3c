"""See that Stripe's events come here: the endpoint is there, sends what is needed, and its secret is known.

A signing secret is told once, when its endpoint is made. An endpoint at our address whose secret is not kept
is named to the person, who finds it in the Dashboard; a second one beside it would send everything twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.kernel.outside import ProcessorForbids, ProcessorRefused, ProcessorTimeout
from chalicelib.payments.ports.connections import STRIPE_EVENTS, Connection, EventAddress
from chalicelib.payments.services.account_notes import Note

_WHERE = "in the Dashboard (Developers, Webhooks)"
_AGAIN = "run this command again with STRIPE_WEBHOOK_SECRET"


@dataclass(frozen=True, slots=True)
class Events:
    """The endpoint's id, "" where it is not known; the secrets to be kept; what was done. Not `heard`: a
    person has something to do before events are taken."""

    address_id: str
    secrets: Sequence[str]
    notes: Sequence[Note]
    heard: bool
    changed: bool = False


def see_to_events(
    connection: Connection, url: str, *, given: str, kept: Sequence[str], known_id: str, dry_run: bool
) -> Events:
    """Events come to `url`, in a form and of types that can be worked with.

    `given`: the secret that the person typed, "" if none; `kept`: the secrets to begin with; `known_id`: of
    which endpoint they are, "" if that is not known.
    """
    try:
        found = connection.addresses(url)
        if found:
            return _existing(connection, found, given=given, kept=kept, known_id=known_id, dry_run=dry_run)
        if given:
            return Events("", kept, [_elsewhere(url)], heard=True)
        return _new(connection, url, kept, dry_run=dry_run)
    except ProcessorForbids as error:
        rights = ", ".join(error.rights) or error.code
        return _by_hand(
            url, kept, known_id, f"This key may not manage webhook endpoints (it lacks {rights})."
        )
    except ProcessorTimeout:
        text = "Stripe did not answer about webhook endpoints. Run the same command again."
        return Events(known_id, kept, [Note("endpoint_unheard", text)], heard=False)
    except ProcessorRefused as error:
        return _by_hand(
            url, kept, known_id, f"Stripe does not take this endpoint: {error.said or error.code}"
        )


def _new(connection: Connection, url: str, kept: Sequence[str], *, dry_run: bool) -> Events:
    if dry_run:
        text = f"A webhook endpoint would be made: {url}"
        return Events("", kept, [Note("endpoint_to_be_made", text)], heard=True)
    made, secret = connection.add_address(url, STRIPE_EVENTS)
    text = f"Webhook endpoint {made.id} was made, and its signing secret is kept: {url}"
    # Another address of this deployment may have sent events until now: its secret stays beside the new one.
    return Events(made.id, [secret, *kept], [Note("endpoint_made", text)], heard=True, changed=True)


def _existing(
    connection: Connection,
    found: Sequence[EventAddress],
    *,
    given: str,
    kept: Sequence[str],
    known_id: str,
    dry_run: bool,
) -> Events:
    told, changed = list(_oddities(connection, found)), False
    for address in found:
        if lacking := _lacking(address):
            if not dry_run:
                connection.renew_address(address, [*address.events, *address.lacks(STRIPE_EVENTS)])
                changed = True
            told.append(_renewed(address, lacking, dry_run=dry_run))
    ids = [address.id for address in found]
    known = bool(given) or (bool(kept) and known_id in ("", *ids))
    if not known:
        told.append(_secret_unknown(found[0]))
    elif not changed and not told:
        told.append(Note("endpoint_ready", f"Webhook endpoint {ids[0]} sends what is needed."))
    if known and len(ids) == 1:
        known_id = ids[0]
    elif given:  # of which of them it is, nobody says
        known_id = ""
    return Events(known_id, kept, told, heard=known, changed=changed)


def _oddities(connection: Connection, found: Sequence[EventAddress]) -> Iterator[Note]:
    if len(found) > 1:
        ids = ", ".join(address.id for address in found)
        yield Note("endpoint_twice", f"{len(found)} endpoints send here ({ids}): keep one {_WHERE}.")
    for address in found:
        if address.version != connection.version:
            form = (
                f"version {address.version} of Stripe's API"
                if address.version
                else "the account's own version"
            )
            text = (
                f"Webhook endpoint {address.id} sends events in {form}, and Billfold speaks "
                f"{connection.version}. It reads only ids from events, so that they are taken. To have both "
                f"the same, delete the endpoint {_WHERE} and run this command again without a signing secret."
            )
            yield Note("endpoint_version", text)


def _lacking(address: EventAddress) -> list[str]:
    return [*address.lacks(STRIPE_EVENTS), *([] if address.enabled else ["(it is switched off)"])]


def _renewed(address: EventAddress, lacking: Sequence[str], *, dry_run: bool) -> Note:
    done = "would be brought" if dry_run else "was brought"
    text = f"Webhook endpoint {address.id} {done} up to date; it lacked: {', '.join(lacking)}"
    return Note("endpoint_to_be_renewed" if dry_run else "endpoint_renewed", text)


def _secret_unknown(address: EventAddress) -> Note:
    text = (
        f"Webhook endpoint {address.id} sends to {address.url}, and its signing secret is not known here: "
        f"Stripe tells it to programs only once. Reveal or roll it {_WHERE}, and {_AGAIN}."
    )
    return Note("endpoint_secret_unknown", text)


def _elsewhere(url: str) -> Note:
    text = f"No webhook endpoint of this account sends to {url}: the secret that is kept is of another one."
    return Note("endpoint_elsewhere", text)


def _by_hand(url: str, kept: Sequence[str], known_id: str, why: str) -> Events:
    then = "" if kept else f", and {_AGAIN}"
    events = "\n  ".join(STRIPE_EVENTS)
    text = f"{why} Make or change it {_WHERE}{then}. It sends to {url} these events:\n  {events}"
    return Events(known_id, kept, [Note("endpoint_by_hand", text)], heard=bool(kept))
