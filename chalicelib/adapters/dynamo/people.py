"""The practice's directory of clients, and the people who sign in."""

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.adapters.dynamo.table import Item, guarded
from chalicelib.domain.mailing import MailStop, Setback
from chalicelib.domain.practices import Client, Grant, Person
from chalicelib.services.ports import People

_CLIENT = "C#"
_PERSON = "PERSON"
_STOP = "STOP#"
_MAX_NAME_BYTES = 500  # an index key holds 1,024


class ClientItem(Item, discriminator="client"):
    """gsi1sk is the folded name, so that the directory can be listed and searched by name."""

    body = JSONAttribute()


class PersonItem(Item, discriminator="person"):
    body = JSONAttribute()


class StopItem(Item, discriminator="mail_stop"):
    """Beside the person: `STOP#bounce`, `STOP#complaint`."""

    at = UnicodeAttribute()
    why = UnicodeAttribute(null=True)

    def stop(self) -> MailStop:
        return MailStop(Setback(self.sk.removeprefix(_STOP)), self.at, self.why or "")


class DynamoPeople(People):
    """Whole items, put as they are given: only the practice's own imports write clients and people."""

    @guarded
    def client(self, practice: str, client_id: str) -> Client | None:
        try:
            item = ClientItem.get(_directory(practice), _CLIENT + client_id, consistent_read=True)
        except ClientItem.DoesNotExist:
            return None
        return Client(**item.body)

    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        rows = guarded(ClientItem.query)(
            _directory(practice),
            ClientItem.sk.between(_CLIENT + after, f"{_CLIENT}~"),
            consistent_read=True,
        )
        step = guarded(lambda: next(rows, None))
        while (row := step()) is not None:
            if row.sk != _CLIENT + after:
                yield Client(**row.body)

    @guarded
    def save_client(self, practice: str, client: Client) -> None:
        ClientItem(
            _directory(practice),
            _CLIENT + client.id,
            gsi1sk=f"N#{folded(client.name)}",
            body=asdict(client),
        ).save()

    @guarded
    def person(self, practice: str, person_id: str) -> Person | None:
        try:
            # Strong: a grant that was taken away is gone with the next request.
            item = PersonItem.get(_person(practice, person_id), _PERSON, consistent_read=True)
        except PersonItem.DoesNotExist:
            return None
        grants = tuple(Grant(**grant) for grant in item.body["grants"])
        return Person(**{**item.body, "grants": grants})

    @guarded
    def save_person(self, practice: str, person: Person) -> None:
        PersonItem(_person(practice, person.id), _PERSON, body=asdict(person)).save()

    @guarded
    def mail_stop(self, practice: str, person_id: str) -> MailStop | None:
        found = StopItem.query(
            _person(practice, person_id), StopItem.sk.startswith(_STOP), consistent_read=True
        )
        stops = {row.stop().setback: row.stop() for row in found}
        return stops.get(Setback.COMPLAINT) or stops.get(Setback.BOUNCE)

    @guarded
    def stop_mail(self, practice: str, person_id: str, stop: MailStop) -> None:
        StopItem(_person(practice, person_id), _STOP + stop.setback, at=stop.at, why=stop.why or None).save()

    @guarded
    def forget_bounce(self, practice: str, person_id: str) -> None:
        StopItem(_person(practice, person_id), _STOP + Setback.BOUNCE).delete()


def folded(name: str) -> str:
    """For sorting and searching: no accents, no case, short enough for a key."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain.casefold().strip().encode()[:_MAX_NAME_BYTES].decode(errors="ignore")


def _directory(practice: str) -> str:
    return f"P#{practice}#DIR"


def _person(practice: str, person_id: str) -> str:
    return f"P#{practice}#EMAIL#{person_id}"
