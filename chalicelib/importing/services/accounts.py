"""Which account a practice's own client id stands for."""

from chalicelib.platform.ports import Keys

_LENGTH = 20


def account_id(keys: Keys, practice: str, client_id: str) -> str:
    """The client's and the account's id: opaque, always the same, and not to be found by guessing."""
    return keys.keyed_hash("account", f"{practice}/{client_id}")[:_LENGTH]
