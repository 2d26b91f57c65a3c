"""Why no e-mail tells somebody of a document, so that the practice posts it."""

from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.operations.services.addresses import Addresses
from chalicelib.practice.domain.practices import Client

PAPER_WANTED = "paper, as the client file says"


def why_by_post(addresses: Addresses, practice: str, client: Client, to: str) -> str | None:
    """`to`: whose address would be told; "" of nobody's. None where an e-mail tells them, "" where there is
    no address. Error: Busy."""
    if to and client.paper:
        return PAPER_WANTED
    stop = addresses.stopped(practice, to, MailKind.STATEMENT) if to else ""
    return None if stop is None else str(stop)
