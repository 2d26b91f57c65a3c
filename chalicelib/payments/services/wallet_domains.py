"""Apple Pay and Google Pay on the pages of this deployment: their domain is registered with each practice's
account, else the buttons never show."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from chalicelib.kernel.outside import ProcessorDenied, ProcessorForbids, ProcessorRefused
from chalicelib.payments.ports.connections import Connection
from chalicelib.payments.services.account_notes import Note

_NAMES = {"apple_pay": "Apple Pay", "google_pay": "Google Pay"}


def wallet_notes(connection: Connection, url: str) -> Iterator[Note]:
    """What is to be said of wallets on the domain of that URL; nothing of a name that is no domain, as on a
    developer's machine. Errors: ProcessorTimeout; ProcessorDenied, but for a right that is missing."""
    name = urlsplit(url).hostname or ""
    if "." not in name or name.replace(".", "").isdigit():
        return
    try:
        domain = connection.wallet_domain(name)
    except ProcessorForbids:
        yield Note("wallets_unregistered", f"This key may not register {name} for Apple Pay and Google Pay.")
    except ProcessorDenied:
        raise
    except ProcessorRefused as refusal:
        said = refusal.said or refusal.code
        yield Note("wallets_unregistered", f"{name} is not registered for Apple Pay and Google Pay: {said}")
    else:
        for wallet, why in domain.inactive.items():
            yield Note(f"{wallet}_inactive", f"{_NAMES[wallet]} is not offered on {name}: {why}")
        if not domain.inactive:
            yield Note("wallets_active", f"Apple Pay and Google Pay are registered for {name}.")
