"""Practices, their clients, and who signs in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from chalicelib.mail.domain.setbacks import MailStop
from chalicelib.practice.domain.diagnosis_codes import CodeTable
from chalicelib.practice.domain.practices import Client, Person, Practice


class Practices(Protocol):
    def practice(self, practice: str) -> Practice | None:
        """Error: Refused table_outdated, where an earlier version wrote the table; Unreadable."""
        ...

    def save_practice(self, practice: Practice, *, before: Practice | None = None) -> None:
        """`before` is the one that was read and changed, None if there was none. Error: Stale record_stale,
        `changed` names the fields that somebody else has written since; Refused restore_unfinished, of a
        practice whose restore has begun and not ended."""
        ...

    def practice_ids(self) -> Sequence[str]:
        """Every practice of the deployment, for jobs."""
        ...

    def processors(self) -> Mapping[str, Sequence[str]]:
        """The processors of every practice by its id, in as few reads as the ids alone. For jobs."""
        ...


class FiledByAddress(Protocol):
    """What another room finds by the hash of an address that it keeps."""

    def refile(self, practice: str, hashed: Callable[[str], str]) -> int:
        """File all of the practice's under the hash that `hashed` makes of each address; how many were filed
        otherwise. Broken off, it is finished by running it again. Errors: Unreadable, Busy."""
        ...


class CodeReleases(Protocol):
    """Releases of the diagnosis codes that were loaded, beside those that ship; of the whole deployment."""

    def loaded(self) -> Sequence[CodeTable]:
        """One a release, by their days. Strongly consistent. Errors: Unreadable, Busy."""
        ...

    def keep(self, day: str, text: str) -> None:
        """In place of the one of that day, if there is one. `text` as `table_text` makes it. Errors: Refused
        order_file_large, Busy."""
        ...


class People(Protocol):
    def client(self, practice: str, client_id: str) -> Client | None: ...

    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        """By their ids; only those after `after`."""
        ...

    def accounts_of(self, practice: str, external_ids: Iterable[str]) -> Mapping[str, str]:
        """The accounts' ids by the practice's own ids of its clients; absent ones are left out.

        They are written with the accounts, by the ledger. Strongly consistent.
        """
        ...

    def save_client(self, practice: str, client: Client, *, before: Client | None = None) -> None:
        """As `save_practice`."""
        ...

    def person(self, practice: str, person_id: str) -> Person | None: ...

    def people(self, practice: str) -> Iterator[Person]:
        """By their ids. Strongly consistent."""
        ...

    def people_at(self, practice: str, hashes: Iterable[str]) -> Mapping[str, str]:
        """Their ids by the hashes of their addresses; absent ones are left out. Strongly consistent."""
        ...

    def save_person(
        self, practice: str, person: Person, *, before: Person | None = None, leaving: Sequence[str] = ()
    ) -> None:
        """As `save_practice`; with the rows by which they are found, and without those of `leaving`, in one.

        Errors: Conflict (one of the addresses is somebody else's by now), Busy.
        """
        ...

    def copy_stops(self, practice: str, *, source: str, target: str) -> None:
        """What stops mail under one hash of an address stops it under the other, too; and the day on which it
        was last asked for money holds there."""
        ...

    def drop_address(self, practice: str, hashed: str) -> None:
        """Forget the rows of a hash by which nobody is found any more, stops with them."""
        ...

    def mail_stops(self, practice: str, address_hash: str) -> Sequence[MailStop]:
        """What stops mail to the address, or did until it was lifted: one a name. Strongly consistent."""
        ...

    def stop_mail(self, practice: str, address_hash: str, stop: MailStop, *, sent_at: str) -> MailStop | None:
        """Keep it, unless one of its name stands, or was lifted after the mail was sent.

        Returns the one of its name that stands then; None where it was lifted.
        """
        ...

    def lift_stop(self, practice: str, address_hash: str, stop: MailStop, *, at: str) -> bool:
        """False where there is none, or it is lifted."""
        ...
