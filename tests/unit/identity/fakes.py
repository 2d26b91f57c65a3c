"""In-memory stand-ins for what signing in needs; the store tests hold them to the DynamoDB adapters."""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.identity.ports import (
    Access,
    Link,
    LinkSession,
    Live,
    PayLink,
    PayLinkRows,
    SessionRow,
    SignIn,
    Use,
)
from chalicelib.kernel.outside import Conflict
from chalicelib.mail.domain.setbacks import MailStop
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.operations.ports.claims import Claims
from chalicelib.platform.ports import Clock, Keys, Queue
from chalicelib.practice.domain.practices import (
    Client,
    Clinician,
    Grant,
    Location,
    Person,
    Practice,
    T,
    refuse_stale,
)
from chalicelib.practice.ports import People, Practices

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class FakeClock(Clock):
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def pause(self, attempt: int) -> None:
        """Nothing waits in a test."""

    def wait(self, seconds: float) -> None:
        """Nor here."""

    def pass_seconds(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @property
    def seconds(self) -> int:
        return int(self.at.timestamp())


class FakeKeys(Keys):
    """`valid` are the versions of the tokens' key, for a test to change."""

    def __init__(self) -> None:
        self.valid: tuple[int, ...] = (1,)

    @property
    def versions(self) -> tuple[int, ...]:
        return self.valid

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        number = self.valid[0] if version is None else version
        assert number in self.valid, "a version that was dropped makes nothing"
        secret = f"test {purpose}" if number == 1 else f"test {number} {purpose}"
        return hmac.digest(secret.encode(), text.encode(), "sha256").hex()

    def lookup_hash(self, purpose: str, text: str) -> str:
        return hmac.digest(f"lookup {purpose}".encode(), text.encode(), "sha256").hex()


class FakeQueue(Queue):
    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []

    def send(self, message: Mapping[str, str]) -> None:
        self.sent.append(dict(message))


class FakeMailer(Mailer):
    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> str:
        self.sent.append(mail)
        return f"mail-{len(self.sent)}"


def put_over(now: T | None, after: T, before: T | None) -> T:
    """As the stores do: over the version that was read."""
    if (now.version if now else 0) != (before.version if before else 0):
        refuse_stale(before, after, now)
        return now or after
    return replace(after, version=(before.version if before else 0) + 1)


class FakePractices(Practices):
    def __init__(self) -> None:
        self.rows: dict[str, Practice] = {}

    def practice(self, practice: str) -> Practice | None:
        return self.rows.get(practice)

    def save_practice(self, practice: Practice, *, before: Practice | None = None) -> None:
        self.rows[practice.id] = put_over(self.rows.get(practice.id), practice, before)

    def practice_ids(self) -> Sequence[str]:
        return sorted(self.rows)

    def processors(self) -> Mapping[str, Sequence[str]]:
        return {id_: practice.processors for id_, practice in self.rows.items()}


class FakePeople(People):
    def __init__(self) -> None:
        self.client_rows: dict[tuple[str, str], Client] = {}
        self.person_rows: dict[tuple[str, str], Person] = {}
        self.found_by: dict[tuple[str, str], str] = {}  # the person by practice and hash of the address
        self.stops: dict[tuple[str, str, str], MailStop] = {}

    def client(self, practice: str, client_id: str) -> Client | None:
        return self.client_rows.get((practice, client_id))

    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        for key in sorted(self.client_rows):
            if key[0] == practice and key[1] > after:
                yield self.client_rows[key]

    def accounts_of(self, practice: str, external_ids: Iterable[str]) -> Mapping[str, str]:
        raise AssertionError("a client's account is found by commands only")

    def save_client(self, practice: str, client: Client, *, before: Client | None = None) -> None:
        place = practice, client.id
        self.client_rows[place] = put_over(self.client_rows.get(place), client, before)

    def person(self, practice: str, person_id: str) -> Person | None:
        return self.person_rows.get((practice, person_id))

    def people(self, practice: str) -> Iterator[Person]:
        yield from (person for (at, _), person in sorted(self.person_rows.items()) if at == practice)

    def people_at(self, practice: str, hashes: Iterable[str]) -> Mapping[str, str]:
        found = ((hashed, self.found_by.get((practice, hashed))) for hashed in hashes)
        return {hashed: person for hashed, person in found if person}

    def save_person(
        self, practice: str, person: Person, *, before: Person | None = None, leaving: Sequence[str] = ()
    ) -> None:
        places = [(practice, hashed) for hashed in person.filed_under]
        row = put_over(self.person_rows.get((practice, person.id)), person, before)
        if any(self.found_by.get(place, person.id) != person.id for place in places):
            raise Conflict
        for hashed in leaving:
            self.found_by.pop((practice, hashed), None)
        self.found_by.update(dict.fromkeys(places, person.id))
        self.person_rows[practice, person.id] = row

    def copy_stops(self, practice: str, *, source: str, target: str) -> None:
        for stop in self.mail_stops(practice, source):
            self.stops.setdefault((practice, target, stop.name), stop)

    def drop_address(self, practice: str, hashed: str) -> None:
        self.found_by.pop((practice, hashed), None)
        self.stops = {key: stop for key, stop in self.stops.items() if key[:2] != (practice, hashed)}

    def mail_stops(self, practice: str, address_hash: str) -> Sequence[MailStop]:
        return [stop for key, stop in sorted(self.stops.items()) if key[:2] == (practice, address_hash)]

    def stop_mail(self, practice: str, address_hash: str, stop: MailStop, *, sent_at: str) -> MailStop | None:
        key = (practice, address_hash, stop.name)
        kept = self.stops.get(key)
        if kept is None or (kept.lifted_at and kept.lifted_at < sent_at):
            self.stops[key] = kept = stop
        return None if kept.lifted_at else kept

    def lift_stop(self, practice: str, address_hash: str, stop: MailStop, *, at: str) -> bool:
        kept = self.stops.get((practice, address_hash, stop.name))
        if kept is None or kept.lifted_at:
            return False
        self.stops[practice, address_hash, stop.name] = replace(kept, lifted_at=at)
        return True


class FakeAccess(Access):
    """`people` is where the people are, whom a session is read with."""

    def __init__(self, people: People | None = None) -> None:
        self.people = people or FakePeople()
        self.sign_ins: dict[tuple[str, str], SignIn] = {}
        self.sessions: dict[tuple[str, str], SessionRow] = {}
        self.links: dict[tuple[str, str], Link] = {}
        self.counts: dict[tuple[str, str, int], int] = {}
        self.noted: dict[tuple[str, str], tuple[Use, ...]] = {}

    def save_sign_in(self, practice: str, sign_in: SignIn) -> None:
        self.sign_ins[practice, sign_in.id] = sign_in

    def sign_in(self, practice: str, sign_in_id: str) -> SignIn | None:
        return self.sign_ins.get((practice, sign_in_id))

    def count_try(self, practice: str, sign_in_id: str, *, limit: int) -> bool:
        row = self.sign_ins.get((practice, sign_in_id))
        if row is None or row.tries >= limit:
            return False
        self.sign_ins[practice, sign_in_id] = replace(row, tries=row.tries + 1)
        return True

    def use_sign_in(self, practice: str, sign_in_id: str) -> bool:
        return self.sign_ins.pop((practice, sign_in_id), None) is not None

    def save_session(self, practice: str, session: SessionRow) -> None:
        self.sessions[practice, session.hash] = session

    def session(
        self, practice: str, hashes: Sequence[str], person_id: str
    ) -> tuple[SessionRow, Person] | None:
        row = next((self.sessions[practice, h] for h in hashes if (practice, h) in self.sessions), None)
        person = self.people.person(practice, person_id)
        return (row, person) if row and person and row.person_id == person.id else None

    def touch_session(self, practice: str, token_hash: str, *, seen_at: int) -> None:
        row = self.sessions.get((practice, token_hash))
        if row is not None and row.seen_at < seen_at:
            self.sessions[practice, token_hash] = replace(row, seen_at=seen_at)

    def end_session(self, practice: str, token_hash: str) -> None:
        self.sessions.pop((practice, token_hash), None)

    def save_link(self, practice: str, link: Link) -> None:
        self.links[practice, link.hash] = link

    def link(self, practice: str, token_hash: str) -> Link | None:
        return self.links.get((practice, token_hash))

    def live(self, key_version: int, *, now: int) -> Live:
        ends = [row.expires_at for row in self.sign_ins.values() if row.key_version == key_version]
        ends += [row.expires_at for row in self.links.values() if row.key_version == key_version]
        ends += [s.created_at + 24 * 3600 for s in self.sessions.values() if s.key_version == key_version]
        ends = [end for end in ends if end > now]
        return Live(len(ends), max(ends, default=0))

    def allow(self, practice: str, key: str, *, limit: int, window_seconds: int, now: int) -> bool:
        window = (practice, key, now // window_seconds)
        if self.counts.get(window, 0) >= limit:
            return False
        self.counts[window] = self.counts.get(window, 0) + 1
        return True

    def uses(self, practice: str, key: str, *, strong: bool = True) -> tuple[Use, ...]:
        return self.noted.get((practice, key), ())

    def note_uses(
        self, practice: str, key: str, *, before: tuple[Use, ...], after: tuple[Use, ...], expires_at: int
    ) -> bool:
        if self.noted.get((practice, key), ()) != before:
            return False
        self.noted[practice, key] = after
        return True


class FakePayLinkRows(PayLinkRows):
    def __init__(self) -> None:
        self.links: dict[tuple[str, str], PayLink] = {}
        self.sessions: dict[tuple[str, str], LinkSession] = {}

    def save_link(self, practice: str, link: PayLink) -> None:
        self.links.setdefault((practice, link.hash), link)

    def link(self, practice: str, token_hash: str) -> PayLink | None:
        return self.links.get((practice, token_hash))

    def count_try(self, practice: str, token_hash: str, *, limit: int) -> bool:
        row = self.links.get((practice, token_hash))
        if row is None or row.tries >= limit:
            return False
        self.links[practice, token_hash] = replace(row, tries=row.tries + 1)
        return True

    def give_back(self, practice: str, token_hash: str) -> None:
        row = self.links.get((practice, token_hash))
        if row is not None and row.tries > 0:
            self.links[practice, token_hash] = replace(row, tries=row.tries - 1)

    def use_code(self, practice: str, token_hash: str, *, step: int) -> bool:
        row = self.links.get((practice, token_hash))
        if row is None or row.code_step >= step:
            return False
        self.links[practice, token_hash] = replace(row, tries=0, code_step=step)
        return True

    def save_session(self, practice: str, session: LinkSession) -> None:
        self.sessions[practice, session.hash] = session

    def session(self, practice: str, hashes: Sequence[str]) -> LinkSession | None:
        return next((self.sessions[practice, h] for h in hashes if (practice, h) in self.sessions), None)


class FakeClaims(Claims):
    def __init__(self) -> None:
        self.claims: dict[tuple[str, str], int] = {}

    def claim(self, practice: str, name: str, *, now: int, until: int) -> bool:
        if self.claims.get((practice, name), now) > now:
            return False
        self.claims[practice, name] = until
        return True


class Watched:
    """Passes every call of a port on to `inner` and writes its name down in `calls`."""

    def __init__(self, inner: object, calls: list[str]) -> None:
        self._inner = inner
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def call(*args: object, **kwargs: object) -> object:
            self._calls.append(f"{type(self._inner).__name__}.{name}")
            return method(*args, **kwargs)

        return call


def practice(id_: str = "willow") -> Practice:
    return Practice(
        id=id_,
        name="Willow Creek Counseling",
        about="Therapy in Example Town",
        timezone="America/New_York",
        currency="USD",
        locale="en",
        phone="555-0100",
        email="office@willow.example",
        website="https://willow.example",
        address="1 Example Street",
        payments_enabled=True,
        flow="inline",
        limit_minor=500_000,
        descriptor="WCC SERVICES",
        clinicians=(Clinician("c1", "Ana Núñez", "LCSW", True), Clinician("c2", "Bo Li", "PhD", False)),
        locations=(Location("l1", "Main office", "1 Example Street"),),
    )


def grant(account_id: str, relation: str = "self") -> Grant:
    return Grant(account_id, f"Name of {account_id}", relation, True)
