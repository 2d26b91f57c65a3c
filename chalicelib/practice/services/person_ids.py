"""Who a person is to a practice: an id made from the e-mail address, the same every time."""

from chalicelib.kernel.emails import normalised
from chalicelib.platform.ports import Keys

_ID_LENGTH = 40


def person_id(keys: Keys, practice: str, email: str) -> str:
    """The person's id within the practice: a keyed hash, so that it gives no address away.

    Two practices know the same person by different ids. Error: Invalid email_invalid.
    """
    return keys.keyed_hash("person", f"{practice}/{normalised(email)}")[:_ID_LENGTH]
