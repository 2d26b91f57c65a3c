"""How a row keeps what it is about: a body with the number of its version, and what is private apart from it.

A field that has its default is left out, so that one may be added with a default. Every other change of what
a kind of row keeps, of a default too, is a new version. What is not known here is refused, never read half.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kernel import stored_format
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import OtherVersion, Unreadable
from chalicelib.platform.dynamo.table import Item

T = TypeVar("T")


class Body(Item):
    """A row with a body; `private` is JSON of the fields that are to be sealed, plain until they are."""

    v = NumberAttribute(null=True)
    body = UnicodeAttribute()
    private = UnicodeAttribute(null=True)


class VersionedBody(Body):
    """A row that people write: `version` counts how often it was, and who writes it names the one read."""

    version = NumberAttribute(default=0)

    @classmethod
    def standing_at(cls, version: int) -> Condition:
        return cls.version == version if version else cls.pk.does_not_exist()


class Kept(Protocol):
    """What of a row is read: the row itself, or what another room has read of it."""

    @property
    def v(self) -> float | None: ...

    @property
    def body(self) -> str: ...

    @property
    def private(self) -> str | None: ...


@dataclass(frozen=True)
class Codec(Generic[T]):
    """Of one kind of row. `type` is the dataclass that its rows are. `private` names the fields that tell of
    a person's life: names, addresses, birth dates, notes, diagnoses, member ids. `elsewhere` names those that
    the row's key and other attributes keep; who reads it gives them. `lean` names those that are dataclasses
    of many defaults, which are left out of them, too: a row of more than a kilobyte costs twice. `packed`
    gives plain fields the form that the body has; `unpacked` undoes it, also of a `former` version, whose
    rows are still read. `since`: the deployment's format that brought `version`; while an earlier one is in
    force, the version before is written, in the form that `packed_before` gives."""

    type: type[T]
    version: int = 1
    private: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    lean: frozenset[str] = frozenset()
    packed: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    unpacked: Callable[[Mapping[str, Any], int], Mapping[str, Any]] = lambda held, _version: held
    former: frozenset[int] = frozenset()
    since: int = 1
    packed_before: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    @property
    def written(self) -> int:
        """The version that is written now. Error: Busy."""
        return self.version if stored_format.in_force() >= self.since else self.version - 1

    def parts(self, value: T) -> dict[str, Any]:
        """The attributes of a `Body` row that keep it."""
        plain, private = dict[str, object](), dict[str, object]()
        for name, held in _told(value):
            if name not in self.elsewhere:
                kept = dict(_told(held)) if name in self.lean else held
                (private if name in self.private else plain)[name] = kept
        version = self.written
        form = self.packed if version == self.version else self.packed_before
        body, apart = _json(form(plain)), _json(private) if private else None
        return {"v": version, "body": body, "private": apart}

    def read(self, row: Kept, item: str, **elsewhere: object) -> T:
        """What the row keeps; `item` is what to call it. Error: Unreadable."""
        with reading(item):
            if row.v not in self.former:
                check_version(row.v, self.version)
            held = self.unpacked(msgspec.json.decode(row.body), int(row.v or 0))
            private: Mapping[str, object] = msgspec.json.decode(row.private) if row.private else {}
            return msgspec.convert({**held, **private, **elsewhere}, self.type)


def check_version(found: float | None, known: int) -> None:
    """Error: OtherVersion; of 0, where the row has none: before there were versions, there was no number."""
    if found != known:
        raise OtherVersion(int(found or 0))


@contextmanager
def reading(item: str) -> Iterator[None]:
    """What an edited row runs into, or one of another version, as the ports name it. Error: Unreadable."""
    try:
        yield
    except OtherVersion as error:
        raise Unreadable(f"{item} (version {error.version})") from error
    except (ArithmeticError, ValueError, TypeError, AttributeError, LookupError, BillfoldError) as error:
        raise Unreadable(item) from error


def _told(value: Any) -> list[tuple[str, object]]:
    """The fields of a dataclass that say something else than they would without being there."""
    return [
        (f.name, held)
        for f in fields(value)
        if (held := getattr(value, f.name)) != f.default
        and (f.default_factory is MISSING or held != f.default_factory())
    ]


def _json(told: Mapping[str, object]) -> str:
    return msgspec.json.encode(told).decode()
