"""What `reconcile` keeps of a practice from call to call, in its round's row: bounded in number and bytes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from chalicelib.kernel.outside import Unreadable
from chalicelib.payments.domain.saved_methods import PayerMethod
from chalicelib.payments.ports.processors import Facts, ObjectKind, Reference

MOST = 300  # digests, about 20 kB of the row
ROOM = 100  # objects that could not be settled
NOTHING = "-"  # the digest of what is none of ours


@dataclass(frozen=True, slots=True)
class Heard:
    """Objects by `name`. `before`, `now`: the digest of the facts last settled of each, in the round before
    and in this one. `again`: those that could not be settled, and since when. `due_at`: when the practice is
    asked again, though nothing is under way there. `books`: since when the processor's books are compared
    first, "" where the list of news goes far enough back. Instants are UTC RFC 3339.
    """

    before: Mapping[str, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)
    due_at: str = ""
    books: str = ""

    @staticmethod
    def parse(text: str) -> "Heard":
        """Error: Unreadable, of what a person edited, or a newer version of the program kept."""
        try:
            found = Heard(**json.loads(text or "{}"))
            _ = [*map(named, found.again), *found.before.items(), *found.now.items()]
            _ = [
                datetime.fromisoformat(at) for at in (*found.again.values(), found.due_at, found.books) if at
            ]
        except (AttributeError, TypeError, ValueError) as error:
            raise Unreadable("news") from error
        return found

    def __str__(self) -> str:
        return json.dumps({key: value for key, value in asdict(self).items() if value}, separators=(",", ":"))

    def knows(self, name: str, digest: str) -> bool:
        """Whether just that was settled. What is on another page of this round, too, is asked for anew."""
        return digest in (self.before.get(name), self.now.get(name))

    def settled(self, name: str, digest: str) -> "Heard":
        """What there is no room for is settled again where it is met again."""
        again = {other: since for other, since in self.again.items() if other != name}
        room = name in self.now or len(self.now) < MOST
        return replace(self, now={**self.now, name: digest} if room else self.now, again=again)

    def failed(self, name: str, since: str) -> "Heard":
        now = {other: digest for other, digest in self.now.items() if other != name}
        return replace(self, now=now, again={name: since, **self.again})

    def given_up(self, name: str) -> "Heard":
        return replace(self, again={other: since for other, since in self.again.items() if other != name})

    @property
    def told(self) -> bool:
        """Whether this round met anything of ours that the one before had not."""
        return any(said not in (NOTHING, self.before.get(name)) for name, said in self.now.items())

    @property
    def full(self) -> bool:
        return len(self.again) >= ROOM


def name_of(about: Reference) -> str:
    return f"{about.kind.value} {about.id}"


def named(name: str) -> Reference:
    kind, _, id_ = name.partition(" ")
    return Reference(ObjectKind(kind), id_)


def digest(facts: Facts | tuple[PayerMethod, ...] | None) -> str:
    """The same for the same facts; another version of the program may have another, and settles again."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16] if facts is not None else NOTHING
