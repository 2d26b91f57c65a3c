"""Of which accounts one address is told, so that one e-mail stands for all of their new documents."""

from collections.abc import Callable, Iterator

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People
from chalicelib.practice.services.address_hashes import person_by_hash


def told_together(
    people: People, ref: AccountRef, hashed: str, of: Callable[[Client], bool]
) -> Iterator[AccountRef]:
    """It, and whichever others are told of at the address of that hash ("" is none's). Error: Busy."""
    yield ref
    person = person_by_hash(people, ref.practice, hashed) if hashed else None
    for grant in person.grants if person else ():
        if grant.account_id != ref.account:
            client = people.client(ref.practice, grant.account_id)
            if client is not None and of(client):
                yield grant.ref(ref.practice)
