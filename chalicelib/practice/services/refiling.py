"""Files a practice's people under the hashes of the lookups' key that is in force: after it changed, or after
a restore under another one. It needs no former key: people keep their address and what they are filed under.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.kernel.errors import Stale
from chalicelib.kernel.outside import Busy
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.ports import FiledByAddress, People
from chalicelib.practice.services.address_hashes import address_hash

_TRIES = 3


@dataclass(frozen=True)
class Refiling:
    """`beside`: what other rooms have filed by addresses; each of that has one place."""

    people: People
    keys: Keys
    beside: Sequence[FiledByAddress] = ()

    def refile(self, practice: str, *, keep: bool = False) -> int:
        """Returns how many were filed otherwise. Broken off, it is finished by running it again. Error: Busy.

        What stops mail to their addresses goes along; that of addresses nobody has any more is lost. `keep`:
        they are found as before, too.
        """
        filed = sum(self._refiled(practice, person, keep) for person in self.people.people(practice))
        if not keep:
            self.refile_beside(practice)
        return filed

    def refile_beside(self, practice: str) -> None:
        """What is beside people, which is found by this key alone from then on. Errors: Unreadable, Busy."""
        for each in self.beside:
            each.refile(practice, lambda email: address_hash(self.keys, practice, email))

    def _refiled(self, practice: str, person: Person, keep: bool) -> bool:
        """As an import has left them, where one has written them since they were read."""
        now: Person | None = person
        for _ in range(_TRIES):
            if now is None:
                return False
            try:
                return self._filed(practice, now, keep)
            except Stale:
                now = self.people.person(practice, person.id)
        raise Busy("the person stays contended")

    def _filed(self, practice: str, person: Person, keep: bool) -> bool:
        hashed = address_hash(self.keys, practice, person.email)
        former = [h for h in person.filed_under if h != hashed]
        if person.filed_under == (hashed,) or (keep and hashed in person.filed_under):
            return False
        for source in former:
            self.people.copy_stops(practice, source=source, target=hashed)
        if keep:
            self.people.save_person(practice, replace(person, filed_under=(hashed, *former)), before=person)
            return True
        alone = replace(person, filed_under=(hashed,))
        self.people.save_person(practice, alone, before=person, leaving=former)
        for source in former:
            self.people.drop_address(practice, source)
        return True
