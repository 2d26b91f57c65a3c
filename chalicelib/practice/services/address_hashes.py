"""How an e-mail address is kept where it only has to be found again: as a keyed hash."""

from chalicelib.kernel.emails import normalised
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.ports import People

_LENGTH = 40


def address_hash(keys: Keys, practice: str, email: str) -> str:
    """The address within the practice; two practices know it by different hashes. Error: email_invalid."""
    return keys.lookup_hash("address", f"{practice}/{normalised(email)}")[:_LENGTH]


def person_by_hash(people: People, practice: str, hashed: str) -> Person | None:
    """Who has the address of that hash."""
    id_ = people.people_at(practice, [hashed]).get(hashed)
    return people.person(practice, id_) if id_ else None


def person_at(people: People, keys: Keys, practice: str, email: str) -> Person | None:
    """Who has that address. Error: Invalid email_invalid."""
    return person_by_hash(people, practice, address_hash(keys, practice, email))
