"""Random operations for the in-process store and the emulator: the same answers, or the store is wrong.

`python -m tests.soak.differential --sequences 1000 --seed 1` prints what was compared.
"""

import argparse
import random
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.soak.environment import forget_accounts, versions
from tests.soak.store import Store
from tests.support.ministack import Ministack, running_ministack

OPERATIONS = 14  # a sequence
_NAMES = {"#pk": "pk", "#sk": "sk", "#v": "version", "#b": "body", "#k": "kind"}
_CONDITIONS = (
    "attribute_not_exists (#pk)",
    "attribute_exists (#sk)",
    "#v = :v",
    "#v < :v",
    "(attribute_not_exists (#v) OR #v < :v)",
    "(#v >= :v AND attribute_exists (#b))",
    "#k IN (:k, :b)",
    "#b BETWEEN :a AND :b",
    "begins_with (#k, :a)",
)
_VALUES: Mapping[str, Mapping[str, str]] = {":a": {"S": "a"}, ":b": {"S": "b"}, ":k": {"S": "account"}}
_UPDATES = (
    "SET #v = :v",
    "SET #v = :v, #b = :b",
    "REMOVE #b",
    "SET #b = :a REMOVE #g1, #g2",
    "ADD #v :v",
    "SET #b = :b ADD #v :v",
)
_UPDATE_NAMES = {"#v": "version", "#b": "body", "#g1": "gsi2pk", "#g2": "gsi2sk"}
_RANGES = ("", "{} BETWEEN :lo AND :hi", "begins_with ({}, :lo)", "{} < :hi", "{} >= :lo")
_INDEXES = {None: ("pk", "sk"), "gsi1": ("pk", "gsi1sk"), "gsi2": ("gsi2pk", "gsi2sk")}

Call = tuple[str, dict[str, Any]]


class Sequence:
    """One sequence's operations, in partitions of its own."""

    def __init__(self, seed: str, table: str) -> None:
        self._random = random.Random(seed)
        self._table = table
        self._mark = seed

    def calls(self) -> Iterator[Call]:
        for _ in range(OPERATIONS):
            yield self._random.choices(
                (self._get, self._batch, self._query, self._put, self._delete, self._update, self._transact),
                (2, 1, 4, 4, 1, 3, 5),
            )[0]()

    def _key(self) -> dict[str, dict[str, str]]:
        partition, name = (
            self._random.choice("AB"),
            self._random.choice(("ACCT", "E#1", "E#2", "E#10", "PAY#x", "é")),
        )
        return {"pk": {"S": f"{self._mark}#{partition}"}, "sk": {"S": name}}

    def _item(self) -> dict[str, dict[str, str]]:
        pick, item = self._random, self._key()
        about = item["pk"]["S"][-1] + item["sk"]["S"]
        item["kind"] = {"S": pick.choice(("account", "entry"))}
        item["version"] = {"N": str(pick.randint(-2, 5))}
        if pick.random() < 0.7:
            item["body"] = {"S": pick.choice(("a", "b", "äöü", "{}"))}
        if pick.random() < 0.5:
            item["gsi1sk"] = {"S": f"D#{pick.randint(1, 3)}#{about}"}
        if pick.random() < 0.5:
            item["gsi2pk"] = {"S": f"DUE#{self._mark}"}
            item["gsi2sk"] = {"S": f"{pick.randint(1, 3)}#{about}"}
        if pick.random() < 0.03:
            item[pick.choice(("gsi1sk", "gsi2pk"))] = {"S": ""}
        if pick.random() < 0.01:
            item["body"] = {"S": "x" * 410_000}
        return item

    def _conditioned(self, asked: dict[str, Any], chance: float = 0.7) -> dict[str, Any]:
        if self._random.random() < chance:
            text = self._random.choice(_CONDITIONS)
            asked["ConditionExpression"] = text
            used_in(asked, text, _NAMES, {**_VALUES, ":v": {"N": str(self._random.randint(-1, 5))}})
        return asked

    def _get(self) -> Call:
        return "GetItem", {"TableName": self._table, "Key": self._key(), "ConsistentRead": True}

    def _batch(self) -> Call:
        keys = {str(key): key for key in (self._key() for _ in range(self._random.randint(1, 4)))}
        wanted = {"Keys": list(keys.values()), "ConsistentRead": True}
        return "BatchGetItem", {"RequestItems": {self._table: wanted}}

    def _query(self) -> Call:
        index = self._random.choice((None, None, "gsi1", "gsi2"))
        hash_name, range_name = _INDEXES[index]
        partition = f"DUE#{self._mark}" if index == "gsi2" else f"{self._mark}#{self._random.choice('AB')}"
        low, high = {None: ("E#", "E#2"), "gsi1": ("D#2", "D#3"), "gsi2": ("2", "3")}[index]
        spread = self._random.choice(_RANGES).format("#range")
        text = f"(#hash = :hash AND {spread})" if spread else "#hash = :hash"
        asked: dict[str, Any] = {"TableName": self._table, "KeyConditionExpression": text}
        if index:
            asked["IndexName"] = index
        else:
            asked["ConsistentRead"] = True
        if self._random.random() < 0.5:
            asked["Limit"] = self._random.randint(1, 3)
        if self._random.random() < 0.5:
            asked["ScanIndexForward"] = False
        if self._random.random() < 0.6:
            asked["FilterExpression"] = self._random.choice(("#k IN (:k)", "#k IN (:k, :b)"))
        values = {**_VALUES, ":hash": {"S": partition}, ":lo": {"S": low}, ":hi": {"S": high}}
        names = {**_NAMES, "#hash": hash_name, "#range": range_name}
        used_in(asked, f"{text} {asked.get('FilterExpression', '')}", names, values)
        return "Query", asked

    def _put(self) -> Call:
        return "PutItem", self._conditioned({"TableName": self._table, "Item": self._item()})

    def _delete(self) -> Call:
        return "DeleteItem", self._conditioned({"TableName": self._table, "Key": self._key()})

    def _update(self) -> Call:
        return "UpdateItem", {**self._updating(), "ReturnValues": "ALL_NEW"}

    def _updating(self) -> dict[str, Any]:
        text = self._random.choice(_UPDATES)
        asked = self._conditioned({"TableName": self._table, "Key": self._key()})
        asked["UpdateExpression"] = text
        names, values = (
            {**_NAMES, **_UPDATE_NAMES},
            {**_VALUES, ":v": {"N": str(self._random.randint(-1, 5))}},
        )
        used_in(asked, f"{text} {asked.get('ConditionExpression', '')}", names, values)
        return asked

    def _transact(self) -> Call:
        members = [self._member() for _ in range(self._random.randint(1, 4))]
        asked: dict[str, Any] = {"TransactItems": members}
        if self._random.random() < 0.5:
            asked["ClientRequestToken"] = f"{self._mark}-{self._random.randint(1, 3)}"
        return "TransactWriteItems", asked

    def _member(self) -> dict[str, Any]:
        action = self._random.choice(("Put", "Put", "Update", "Delete", "ConditionCheck"))
        if action == "Update":
            return {"Update": self._updating()}
        chance = 1 if action == "ConditionCheck" else 0.7
        what = {"Item": self._item()} if action == "Put" else {"Key": self._key()}
        return {action: self._conditioned({"TableName": self._table, **what}, chance)}


def used_in(asked: dict[str, Any], text: str, names: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Give the placeholders that the text uses, and no others: DynamoDB refuses the others."""
    words = set(text.replace("(", " ").replace(")", " ").replace(",", " ").split())
    asked["ExpressionAttributeNames"] = {name: names[name] for name in sorted(words & names.keys())}
    used = {name: values[name] for name in sorted(words & values.keys())}
    if used:
        asked["ExpressionAttributeValues"] = used


def outcome(call: Any, operation: str, asked: Mapping[str, Any]) -> Any:
    """The answer, or the error's code and its cancellation reasons' codes."""
    try:
        answer = dict(call(operation, asked))
    except ClientError as error:
        response: Mapping[str, Any] = error.response
        return response["Error"]["Code"], [r["Code"] for r in response.get("CancellationReasons", ())]
    answer.pop("ResponseMetadata", None)
    if "Responses" in answer:  # in no order
        ((_, rows),) = answer["Responses"].items()
        answer["Responses"] = sorted(rows, key=str)
    return answer


def compare(emulator: Ministack, sequences: int, seed: int) -> dict[str, int]:
    """How many of each outcome were identical. Error: AssertionError naming the sequence and the call."""
    table, client, store = emulator.new_table(), emulator.client("dynamodb"), Store()
    seen: dict[str, int] = {}
    for number in range(sequences):
        name = f"{seed}.{number}"
        for operation, asked in Sequence(name, table).calls():
            ours = outcome(store.call, operation, asked)
            theirs = outcome(client._make_api_call, operation, asked)
            assert ours == theirs, f"sequence {name}: {operation} {asked}\nstore    {ours}\nemulator {theirs}"
            kind = f"{operation} {ours[0] if isinstance(ours, tuple) else 'ok'}"
            seen[kind] = seen.get(kind, 0) + 1
    return seen


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--sequences", type=int, default=1000)
    read.add_argument("--seed", type=int, default=1)
    asked = read.parse_args()
    forget_accounts()
    print(versions())
    with running_ministack() as emulator:
        seen = compare(emulator, asked.sequences, asked.seed)
    print(f"{asked.sequences} sequences, seed {asked.seed}, {sum(seen.values())} operations: all the same")
    for kind, count in sorted(seen.items()):
        print(f"  {count:6} {kind}")


if __name__ == "__main__":
    main()
