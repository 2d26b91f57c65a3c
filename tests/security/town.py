"""Two practices with clients, payments and receipts, whoever may call, and an eye on every call to AWS."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.client import BaseClient

from chalicelib.entrypoints.http import openapi
from chalicelib.entrypoints.http.policies import Signed
from chalicelib.entrypoints.http.runtime import Route
from chalicelib.kernel.account_refs import AccountRef
from sandbox.resources import Resources
from tests.support.api import ORIGIN, World
from tests.support.practice import PRACTICE
from tests.support.processor import GOOD_SIGNATURE

FERN, OAK = "fern", "oak"
MINE, THEIRS, ELSEWHERE, ABSENT = "maya", "theirs", "acorn", "nobody-has-this"
# Payments' ids: of MINE, of THEIRS, and of the account in the other practice.
PAID = {
    account: f"0b8f1c1e-0000-4000-8000-00000000000{n}" for n, account in enumerate((MINE, THEIRS, ELSEWHERE))
}
_WRITES = re.compile(r"Put|Update|Delete|Write")


@dataclass(frozen=True)
class Caller:
    """`practice` and `accounts` are what the session, link or signature stands for."""

    name: str
    practice: str = ""
    accounts: tuple[str, ...] = ()
    email: str = ""
    token: str = ""
    signature: str = ""


@dataclass
class Eye:
    """The AWS calls made while it was open: (operation, partition keys or names)."""

    calls: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        return {key for _, keys in self.calls for key in keys}

    @property
    def deleted(self) -> set[str]:
        return {key for operation, keys in self.calls if operation == "DeleteItem" for key in keys}

    @property
    def writes(self) -> list[str]:
        return [operation for operation, _ in self.calls if _WRITES.search(operation)]


@contextmanager
def watching() -> Iterator[Eye]:
    """Every call that any botocore client of this process makes."""
    eye, real = Eye(), BaseClient._make_api_call

    def watched(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        eye.calls.append((operation, sorted(partitions(operation, asked))))
        return real(client, operation, asked)

    BaseClient._make_api_call = watched
    try:
        yield eye
    finally:
        BaseClient._make_api_call = real


def partitions(operation: str, asked: Mapping[str, Any]) -> set[str]:
    """The partition keys of a DynamoDB call; names of objects and parameters; unknown calls fail."""
    match operation:
        case "GetItem" | "UpdateItem" | "DeleteItem":
            return {asked["Key"]["pk"]["S"]}
        case "PutItem":
            return {asked["Item"]["pk"]["S"]}
        case "BatchGetItem":
            return {key["pk"]["S"] for table in asked["RequestItems"].values() for key in table["Keys"]}
        case "TransactWriteItems":
            parts = [part for action in asked["TransactItems"] for part in action.values()]
            return {(part.get("Item") or part["Key"])["pk"]["S"] for part in parts}
        case "Query":
            return set(_queried(asked))
        case "GetParameter":
            return {f"ssm:{asked['Name']}"}
        case "PutObject" | "HeadObject":
            return {f"s3:{asked['Key']}"}
    raise AssertionError(f"a request made the call {operation}")


def _queried(asked: Mapping[str, Any]) -> Iterator[str]:
    names, values = asked["ExpressionAttributeNames"], asked["ExpressionAttributeValues"]
    for name, value in re.findall(r"(#\w+) = (:\w+)", asked["KeyConditionExpression"]):
        if names[name] in ("pk", "gsi2pk"):
            yield values[value]["S"]
    if start := asked.get("ExclusiveStartKey"):
        yield start["pk"]["S"]


class Town(World):
    def __init__(self, names: Resources) -> None:
        super().__init__(names)
        self.practice(replace(PRACTICE, id=OAK))
        token = self._pay(AccountRef(FERN, MINE))
        self._pay(AccountRef(FERN, THEIRS))
        self._pay(AccountRef(OAK, ELSEWHERE))
        self.nobody = Caller("nobody")
        self.owner = Caller("the client", FERN, (MINE,), f"{MINE}@example.test")
        self.other = Caller("another client", FERN, (THEIRS,), f"{THEIRS}@example.test")
        self.elsewhere = Caller("another practice's client", OAK, (ELSEWHERE,), f"{ELSEWHERE}@example.test")
        self.link_holder = Caller("link holder", FERN, token=token)
        self.processor_ = Caller("processor", FERN, signature=GOOD_SIGNATURE)
        self.callers = (
            self.nobody,
            self.owner,
            self.other,
            self.elsewhere,
            self.link_holder,
            self.processor_,
        )
        self.sign_in_again()

    def cookie(self, caller: Caller) -> str:
        return self._cookies.get(caller.name, "")

    def sign_in_again(self) -> None:
        """New sessions for all: theirs were signed out, or are too old."""
        self._cookies = {c.name: self._signed_in(c) for c in self.callers if c.accounts}

    def send(
        self, route: Route, caller: Caller, ids: Mapping[str, str], *, query: str = "", body: object = None,
        cookie: str | None = None, **headers: str,
    ) -> tuple[int, dict[str, Any], bytes]:  # fmt: skip
        """Status, headers and the bytes of the body; without `body` one that fits the route."""
        made = sample(route, caller) if body is None else body
        raw = made if isinstance(made, bytes) else b"" if made is None else json.dumps(made).encode()
        sent = {
            "Content-Type": "application/json", "Billfold-Request": "1", "Origin": ORIGIN,
            "Cookie": self.cookie(caller) if cookie is None else cookie, "Stripe-Signature": caller.signature,
            "Idempotency-Key": "a-key-that-nobody-used", **headers,
        }  # fmt: skip
        path = route.path.format_map(ids) + query
        answer = self._http.request(
            route.method, path, headers={n: v for n, v in sent.items() if v}, body=raw
        )
        return answer.status_code, dict(answer.headers), answer.body

    def _signed_in(self, caller: Caller) -> str:
        return self.person(caller.email, *caller.accounts, practice=caller.practice)

    def _pay(self, ref: AccountRef) -> str:
        """One paid and one open charge; the token of the receipt's link."""
        cookie = self.person(f"{ref.account}@example.test", ref.account, practice=ref.practice)
        self.charge(ref.account, f"{ref.account}-1", 12000, practice=ref.practice)
        self.pay(ref.account, cookie, PAID[ref.account], type="balance")
        self.processor.take(PAID[ref.account])
        self.call("POST", f"/accounts/{ref.account}/payments/{PAID[ref.account]}/check", cookie=cookie)
        self.charge(ref.account, f"{ref.account}-2", 5000, practice=ref.practice)
        for task in self.documents_queue.sent:
            self.app.receipts.send(task["practice"], task["marker"])
        self.documents_queue.sent.clear()
        return self.app.keys.keyed_hash("receipt-link", f"{ref.practice}/{ref.account}/{PAID[ref.account]}")


def ids_of(route: Route, account: str = MINE, **others: str) -> dict[str, str]:
    """A value for each of the path's parameters; those nobody has thought of get an id that is absent."""
    known = {
        "account_id": account,
        "payment_id": PAID.get(account, ABSENT),
        "practice_id": FERN,
        "processor_id": "stripe",
    }
    known |= others
    return {name: known.get(name, ABSENT) for name in re.findall(r"{(\w+)}", route.path)}


def sample(route: Route, caller: Caller) -> Any:
    """A body that the route accepts, from its own description; None where it takes none."""
    if isinstance(route.policy, Signed):
        return f"evt_1 charge.succeeded pi_{PAID[MINE]}".encode()
    if route.body is None:
        return None
    described = openapi.document()
    own = {"practice": caller.practice or FERN, "token": caller.token or "none", "email": "who@example.test"}
    return _example({"$ref": f"#/components/schemas/{route.body.__name__}"}, described, own)


def _example(schema: Mapping[str, Any], described: Mapping[str, Any], own: Mapping[str, str]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _example(described["components"]["schemas"][name], described, own)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], described, own)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            wanted = {*schema.get("required", ()), *(own.keys() & schema["properties"].keys())}
            return {
                name: own.get(name) or _example(part, described, own)
                for name, part in schema["properties"].items()
                if name in wanted
            }
        case "array":
            return [_example(schema["items"], described, own)]
        case "integer":
            return schema.get("minimum", 1)
    return "x"
