"""The practice's directory of clients, and the people who sign in."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.kernel.outside import Conflict
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Codec, VersionedBody
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, refused_by_condition, transact, walked
from chalicelib.practice.domain.practices import Client, Person, refuse_stale
from chalicelib.practice.ports import People
from chalicelib.practice.store import lookups

_CLIENT = "C#"
_STOP = "STOP#"
_PAGE = 100  # clients: whoever takes some at a time does not read a megabyte of them
_MAX_NAME_BYTES = 500  # an index key holds 1,024


CLIENTS = Codec(
    Client,
    private=frozenset(
        {
            "name",
            "email",
            "address",
            "birth_date",
            "guarantor_email",
            "guarantor_name",
            "legal_name",
            "preferred_name",
            "member_id",
            "insured",
            "relation_to_insured",
            "addresses_given",
        }
    ),
    elsewhere=frozenset({"id", "version"}),
)
PEOPLE = Codec(
    Person, private=frozenset({"email", "grants", "claimed"}), elsewhere=frozenset({"id", "version"})
)


class ClientItem(VersionedBody, discriminator="client"):
    """gsi1sk is the folded name, so that the directory can be listed and searched by name."""

    def client(self) -> Client:
        id_ = self.sk.removeprefix(_CLIENT)
        return CLIENTS.read(self, f"client {id_}", id=id_, version=int(self.version))


class PersonItem(VersionedBody, discriminator="person"):
    def person(self) -> Person:
        person_id = self.sk.removeprefix(keys.person(""))
        return PEOPLE.read(self, f"person {person_id}", id=person_id, version=int(self.version))


class StopItem(Item, discriminator="mail_stop"):
    """Beside what finds the person, after the hash: `STOP#bounce`, `STOP#complaint#<kind>`; `STOP#complaint`
    of any kind.

    A lifted one stays: a report that comes late must not stop anew what was sent before.
    """

    at = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    mail = UnicodeAttribute(null=True)
    lifted_at = UnicodeAttribute(null=True)

    def stop(self) -> MailStop:
        setback, _, about = self.sk.partition(f"#{_STOP}")[2].partition("#")
        return MailStop(
            Setback(setback), self.at, self.why or "", MailKind(about or MailKind.UNKNOWN), self.mail or "",
            self.lifted_at or "",
        )  # fmt: skip


class AskedItem(Item, discriminator="asked"):
    """Beside the stops: on which day the address was last asked for money."""

    on = UnicodeAttribute()


class DynamoPeople(People):
    """Whole items, each put over the version that was read."""

    @guarded
    def client(self, practice: str, client_id: str) -> Client | None:
        try:
            item = ClientItem.get(keys.directory(practice), _CLIENT + client_id, consistent_read=True)
        except ClientItem.DoesNotExist:
            return None
        return item.client()

    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        for row in walked(ClientItem.query)(
            keys.directory(practice),
            ClientItem.sk.between(_CLIENT + after, f"{_CLIENT}~"),
            consistent_read=True,
            page_size=_PAGE,
        ):
            if row.sk != _CLIENT + after:
                yield row.client()

    @guarded
    def accounts_of(self, practice: str, external_ids: Iterable[str]) -> Mapping[str, str]:
        places = {keys.client_lookup(practice, id_): id_ for id_ in external_ids}
        return {places[place]: account for place, account in lookups.targets(places).items()}

    @guarded
    def save_client(self, practice: str, client: Client, *, before: Client | None = None) -> None:
        version = before.version if before else 0
        item = ClientItem(
            keys.directory(practice),
            _CLIENT + client.id,
            gsi1sk=f"N#{folded(client.name)}",
            version=version + 1,
            **CLIENTS.parts(client),
        )
        if not _put_over(item, version):
            refuse_stale(before, client, self.client(practice, client.id))

    @guarded
    def person(self, practice: str, person_id: str) -> Person | None:
        try:
            # Strong: a grant that was taken away is gone with the next request.
            item = PersonItem.get(keys.directory(practice), keys.person(person_id), consistent_read=True)
        except PersonItem.DoesNotExist:
            return None
        return item.person()

    def people(self, practice: str) -> Iterator[Person]:
        mine = PersonItem.sk.startswith(keys.person(""))
        for row in walked(PersonItem.query)(keys.directory(practice), mine, consistent_read=True):
            yield row.person()

    @guarded
    def people_at(self, practice: str, hashes: Iterable[str]) -> Mapping[str, str]:
        places = {keys.address_lookup(practice, hashed): hashed for hashed in hashes}
        return {places[place]: person for place, person in lookups.targets(places).items()}

    def save_person(
        self, practice: str, person: Person, *, before: Person | None = None, leaving: Sequence[str] = ()
    ) -> None:
        version = before.version if before else 0
        place = keys.directory(practice), keys.person(person.id)
        row = PersonItem(*place, version=version + 1, **PEOPLE.parts(person))
        kept, left = person.filed_under, [hashed for hashed in leaving if hashed not in person.filed_under]
        found_by = [lookups.lookup(keys.address_lookup(practice, hashed), person.id) for hashed in kept]
        former = [lookups.LookupItem(*keys.address_lookup(practice, hashed)) for hashed in left]
        try:
            transact([(row, PersonItem.standing_at(version)), *found_by], former)
        except Canceled as canceled:
            if 0 not in canceled.failed:
                raise Conflict("the address is somebody else's") from canceled
            refuse_stale(before, person, self.person(practice, person.id))

    @guarded
    def copy_stops(self, practice: str, *, source: str, target: str) -> None:
        mine, stops = keys.addresses(practice), StopItem.sk.startswith(f"{source}#{_STOP}")
        for row in StopItem.query(mine, stops, consistent_read=True):
            sk = target + row.sk.removeprefix(source)
            copy = StopItem(mine, sk, at=row.at, why=row.why, mail=row.mail)
            copy.lifted_at = row.lifted_at
            with _unless_there():
                copy.save(condition=StopItem.pk.does_not_exist())
        _, of_source = keys.address_asked(practice, source)
        for asked in AskedItem.query(mine, AskedItem.sk == of_source, consistent_read=True):
            with _unless_there():
                later = AskedItem.pk.does_not_exist() | (AskedItem.on < asked.on)
                AskedItem(*keys.address_asked(practice, target), on=asked.on).save(condition=later)

    @guarded
    def drop_address(self, practice: str, hashed: str) -> None:
        of_it = Item.sk.startswith(f"{hashed}#")
        for row in Item.query(keys.addresses(practice), of_it, consistent_read=True):
            row.delete()

    @guarded
    def mail_stops(self, practice: str, address_hash: str) -> Sequence[MailStop]:
        mine = StopItem.sk.startswith(f"{address_hash}#{_STOP}")
        found = StopItem.query(keys.addresses(practice), mine, consistent_read=True)
        return [row.stop() for row in found]

    @guarded
    def stop_mail(self, practice: str, address_hash: str, stop: MailStop, *, sent_at: str) -> MailStop | None:
        key = keys.addresses(practice), _stop_key(address_hash, stop)
        item = StopItem(*key, at=stop.at, why=stop.why or None, mail=stop.mail or None)
        try:
            item.save(condition=StopItem.pk.does_not_exist() | (StopItem.lifted_at < sent_at))
        except PutError as error:
            if not refused_by_condition(error):
                raise
            kept = StopItem.get(*key, consistent_read=True).stop()
            return None if kept.lifted_at else kept
        return stop

    @guarded
    def lift_stop(self, practice: str, address_hash: str, stop: MailStop, *, at: str) -> bool:
        standing = StopItem.at.exists() & StopItem.lifted_at.does_not_exist()
        try:
            StopItem(keys.addresses(practice), _stop_key(address_hash, stop)).update(
                actions=[StopItem.lifted_at.set(at)], condition=standing
            )
        except UpdateError as error:
            if not refused_by_condition(error):
                raise
            return False
        return True


def _put_over(item: VersionedBody, version: int) -> bool:
    """False where the row is not at that version any more."""
    try:
        item.save(condition=item.standing_at(version))
    except PutError as error:
        if not refused_by_condition(error):
            raise
        return False
    return True


def folded(name: str) -> str:
    """For sorting and searching: no accents, no case, short enough for a key."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain.casefold().strip().encode()[:_MAX_NAME_BYTES].decode(errors="ignore")


def _stop_key(address_hash: str, stop: MailStop) -> str:
    about = "" if stop.name in (Setback.BOUNCE, MailKind.UNKNOWN) else f"#{stop.name}"
    return f"{address_hash}#{_STOP}{stop.setback}{about}"


@contextmanager
def _unless_there() -> Iterator[None]:
    """For a put that is to leave what is there as it is."""
    try:
        yield
    except PutError as error:
        if not refused_by_condition(error):
            raise
