"""Clients by their names: exactly, but for case, accents and the order of `Last, First`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from chalicelib.importing.domain.mapping.folding import folded_name, turned

_ALIKE = 0.88


@dataclass(frozen=True, slots=True)
class KnownClient:
    """`id` is the practice's own."""

    id: str
    names: tuple[str, ...]
    email: str = ""
    birth_date: str = ""


@dataclass
class Names:
    """`said` is what the person says whose name it is, by the folded name."""

    said: Mapping[str, str] = field(default_factory=dict)
    clients: dict[str, KnownClient] = field(default_factory=dict)
    _named: dict[str, set[str]] = field(default_factory=dict)

    def add(self, client: KnownClient) -> None:
        self.clients[client.id] = client
        for name in filter(None, client.names):
            for key in keys_of(name):
                self._named.setdefault(key, set()).add(client.id)

    def find(self, name: str, birth_date: str = "") -> tuple[str, ...]:
        """The ids of all who are called that; by the birth date where it tells them apart."""
        keys = keys_of(name)
        said = {self.said[key] for key in keys if key in self.said}
        if said:
            return tuple(sorted(said))
        found = set().union(*(self._named.get(key, set()) for key in keys))
        born = {id_ for id_ in found if birth_date and self.clients[id_].birth_date == birth_date}
        return tuple(sorted(born if len(found) > 1 and born else found))

    def alike(self, name: str) -> str:
        """The id of somebody who is called nearly that, "" where there is none."""
        close = (
            near
            for key in sorted(keys_of(name))
            for near in get_close_matches(key, self._named, n=1, cutoff=_ALIKE)
        )
        return next((min(self._named[near]) for near in close), "")


def keys_of(name: str) -> frozenset[str]:
    return frozenset({folded_name(name), folded_name(turned(name))})


def said_names(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What a person says whose name it is: name and client id, one after the other."""
    return {folded_name(spelled): id_ for name, id_ in pairs for spelled in (name, turned(name))}
