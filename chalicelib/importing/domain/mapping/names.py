"""Clients by their names: exactly, but for case, accents and the order of `Last, First`."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from chalicelib.importing.domain.mapping.folding import folded_name, has_marks, marked, turned

_ALIKE = 0.88
_PARTS = re.compile(r"[\W_]+")
_TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sr", "sra", "srta", "dra", "jr", "ii", "iii", "iv",
    "esq", "phd", "psyd", "md", "do", "edd", "dds", "rn", "np", "lcsw", "lmft", "lpc", "lmhc",
})  # fmt: skip
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownClient:
    """`id` is the practice's own."""

    id: str
    names: tuple[str, ...]
    email: str = ""
    birth_date: str = ""
    guarantor_email: str = ""


@dataclass
class Names:
    """`said` is what the person says whose name it is, by the folded name, or by that and the birth date.
    `_named`: the ids of all who have a name, by its folded forms."""

    said: Mapping[str, str] = field(default_factory=dict)
    clients: dict[str, KnownClient] = field(default_factory=dict)
    _named: dict[str, set[str]] = field(default_factory=dict)
    _bare: dict[str, set[str]] = field(default_factory=dict)
    _alike: dict[str, str] = field(default_factory=dict)
    _letters: dict[str, int] = field(default_factory=dict)  # of each name in `_named`

    def add(self, client: KnownClient) -> None:
        self.clients[client.id] = client
        self._alike.clear()
        for name in filter(None, client.names):
            for key in keys_of(name):
                self._named.setdefault(key, set()).add(client.id)
                self._letters[key] = _letters(key)
            self._bare.setdefault(bare(name), set()).add(client.id)

    def find(self, name: str, birth_date: str = "") -> tuple[str, ...]:
        """The ids of all who are called that; by the birth date where it tells them apart."""
        keys = keys_of(name)
        said = self._said(keys, birth_date) if self.said else ()
        if said:
            return said
        found = set().union(*(self._named.get(key, _NOBODY) for key in keys))
        if len(found) == 1:
            return tuple(found)
        born = {id_ for id_ in found if birth_date and self.clients[id_].birth_date == birth_date}
        return tuple(sorted(born if len(found) > 1 and born else found))

    def is_said(self, name: str, birth_date: str) -> bool:
        """Whether the person said whose the name is."""
        return bool(self._said(keys_of(name), birth_date))

    def is_said_with_birth(self, name: str, birth_date: str) -> bool:
        """Whether the person said whose it is where somebody of that name was born on that day."""
        return any(with_birth(key, birth_date) in self.said for key in keys_of(name))

    def _said(self, keys: Set[str], birth_date: str) -> tuple[str, ...]:
        told = (self.said.get(with_birth(key, birth_date)) or self.said.get(key) for key in keys)
        return tuple(sorted({id_ for id_ in told if id_}))

    def alike(self, name: str) -> str:
        """The id of somebody who is called nearly that, or that but for titles and the order of the parts; ""
        where there is none."""
        if name not in self._alike:
            self._alike[name] = min(self._bare.get(bare(name), _NOBODY), default="") or self._near(name)
        return self._alike[name]

    def accented_otherwise(self, name: str, id_: str, birth_date: str = "") -> bool:
        """Whether both write accents, and other ones: it may be another's name."""
        known = self.clients.get(id_)
        if known is None or not has_marks(name) or self.is_said(name, birth_date):
            return False
        theirs = [other for other in filter(None, known.names) if keys_of(other) & keys_of(name)]
        return all(has_marks(other) and marked(other) != marked(name) for other in theirs) and bool(theirs)

    def _near(self, name: str) -> str:
        close = (
            near
            for key in sorted(keys_of(name))
            for near in get_close_matches(key, self._likely(key), n=1, cutoff=_ALIKE)
        )
        return next((min(self._named[near]) for near in close), "")

    def _likely(self, key: str) -> list[str]:
        """Those that can be near it: a letter that one of two names lacks is matched by none of the other's,
        and to compare two names costs many times as much as to see that."""
        letters, length = _letters(key), len(key)
        return [
            other
            for other, theirs in self._letters.items()
            if (letters ^ theirs).bit_count() <= (1 - _ALIKE) * (length + len(other))
        ]


def _letters(key: str) -> int:
    """One bit for each letter that it has; some share one."""
    found = 0
    for letter in key:
        found |= 1 << (ord(letter) & 63)
    return found


@lru_cache(maxsize=16_384)
def keys_of(name: str) -> frozenset[str]:
    return frozenset({folded_name(name), folded_name(turned(name))})


def bare(name: str) -> str:
    """The parts of the name in one order, without titles."""
    parts = folded_name(name).replace(".", "").replace(",", " ").split()
    return " ".join(sorted(part for part in parts if part not in _TITLES) or parts)


def parts_of(name: str) -> frozenset[str]:
    """Without titles; a double name is two."""
    return frozenset(part for part in _PARTS.split(bare(name)) if len(part) > 1)


def with_birth(name: str, birth_date: str) -> str:
    return f"{name}\x1f{birth_date}"


def said_names(found: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """What a person says whose name it is: the name, a birth date or "", the client's id."""
    return {with_birth(key, born) if born else key: id_ for name, born, id_ in found for key in keys_of(name)}
