"""What of the API's description a portal built for an earlier one would miss, or be refused for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Described = Mapping[str, Any]


def broken(before: Described, after: Described) -> list[str]:
    """Each change that the pages of `before` would run into; empty where they go on working."""
    return sorted(set(_Comparison(before, after).of_paths()))


@dataclass(frozen=True)
class _Comparison:
    before: Described
    after: Described

    def of_paths(self) -> Iterator[str]:
        for path, operations in self.before["paths"].items():
            for method, old in operations.items():
                new = self.after["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{method} {path} is gone"
                else:
                    yield from (f"{method} {path}: {what}" for what in self._of_operation(old, new))

    def _of_operation(self, old: Described, new: Described) -> Iterator[str]:
        known = {(given["in"], given["name"]) for given in old.get("parameters", ()) if given["required"]}
        for given in new.get("parameters", ()):
            if given["required"] and (given["in"], given["name"]) not in known:
                yield f"{given['name']} is required now"
        yield from self._of_sent(_body(old.get("requestBody")), _body(new.get("requestBody")), "", ())
        for status, answer in old["responses"].items():
            there = new["responses"].get(status)
            if there is None:
                yield f"it answers no {status} any more"
            elif status >= "400":
                gone = set(answer["description"].split(", ")) - set(there["description"].split(", "))
                yield from (f"{status} {code} is gone" for code in gone)
            else:
                yield from self._of_shown(_body(answer), _body(there), "", ())

    def _of_sent(self, old: Any, new: Any, at: str, seen: tuple[str, ...]) -> Iterator[str]:
        """What is sent as before is still taken."""
        for was, now, where, above in self._pairs(old, new, at, seen):
            fields = was.get("properties", {})
            yield from (f"{where}{name} is required now" for name in _new(now, was))
            gone = set(fields) - set(now.get("properties", {}))
            if gone and now.get("additionalProperties") is False:
                yield from (f"{where}{name} is not taken any more" for name in gone)
            yield from (f"{where[:-1]} takes {value} no more" for value in _values(was) - _values(now))
            for name in set(fields) - gone:
                yield from self._of_sent(fields[name], now["properties"][name], f"{where}{name}.", above)

    def _of_shown(self, old: Any, new: Any, at: str, seen: tuple[str, ...]) -> Iterator[str]:
        """What was always there still is."""
        for was, now, where, above in self._pairs(old, new, at, seen):
            for name, field in was.get("properties", {}).items():
                if name not in now.get("properties", {}):
                    yield f"{where}{name} is gone"
                    continue
                if name in was.get("required", ()) and name not in now.get("required", ()):
                    yield f"{where}{name} may be missing"
                yield from self._of_shown(field, now["properties"][name], f"{where}{name}.", above)

    def _pairs(
        self, old: Any, new: Any, at: str, seen: tuple[str, ...]
    ) -> Iterator[tuple[Described, Described, str, tuple[str, ...]]]:
        """Both, with what they refer to; then their items, and each of several shapes with its namesake."""
        if not isinstance(old, dict) or not isinstance(new, dict):
            return
        name = old.get("$ref", "")
        if name and name in seen:
            return
        was, now, above = self._followed(self.before, old), self._followed(self.after, new), (*seen, name)
        if was.get("type") != now.get("type"):
            yield {"properties": {"(its type)": {}}}, {"additionalProperties": False}, at, above
            return
        yield was, now, at, above
        if "items" in was:
            yield from self._pairs(was["items"], now.get("items"), at, above)
        for kind in ("anyOf", "oneOf"):
            theirs = {self._called(self.after, one): one for one in now.get(kind, ())}
            for one in was.get(kind, ()):
                yield from self._pairs(one, theirs.get(self._called(self.before, one), {}), at, above)

    @staticmethod
    def _followed(described: Described, schema: Described) -> Described:
        while "$ref" in schema:
            schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def _called(self, described: Described, schema: Described) -> str:
        followed = self._followed(described, schema)
        return str(followed.get("title") or followed.get("type"))


def _body(part: Any) -> Any:
    content = (part or {}).get("content", {})
    return next((kind.get("schema") for kind in content.values()), None)


def _new(now: Described, was: Described) -> set[str]:
    return set(now.get("required", ())) - set(was.get("required", ()))


def _values(schema: Described) -> set[str]:
    return {str(value) for value in schema.get("enum", ())}
