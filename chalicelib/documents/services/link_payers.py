"""Where mail about a payment goes that was made by the link on a bill: nobody signed in for it."""

from chalicelib.ledger.domain.payments import Payment
from chalicelib.operations.services.addresses import recipient
from chalicelib.platform.ports import Keys
from chalicelib.practice.ports import People
from chalicelib.practice.services.address_hashes import address_hash


def address_on_file(people: People, keys: Keys, practice: str, payment: Payment) -> tuple[str, str]:
    """That which the practice has for the account, and the hash it is filed under; "" without one."""
    client = people.client(practice, payment.account_id)
    to = recipient(client) if client else ""
    return to, address_hash(keys, practice, to) if to else ""
