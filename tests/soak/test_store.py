"""The in-process store is DynamoDB as far as the emulator is; what it does not know it refuses."""

import random
import time
from typing import Any

import pytest

from tests.soak.differential import compare
from tests.soak.expressions import Unknown
from tests.soak.store import Store
from tests.support.ministack import Ministack

SEQUENCES = 150


@pytest.mark.ministack
def test_the_store_answers_as_the_emulator_does(ministack: Ministack) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}: python -m tests.soak.differential --sequences {SEQUENCES} --seed {seed}")
    seen = compare(ministack, SEQUENCES, seed)
    assert sum(seen.values()) > SEQUENCES * 10
    assert {"TransactWriteItems ok", "TransactWriteItems TransactionCanceledException"} <= seen.keys()


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("Scan", {"TableName": "t"}),
        (
            "GetItem",
            {"TableName": "t", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}, "ProjectionExpression": "x"},
        ),
        ("PutItem", {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": "1.5"}}}),
        ("PutItem", {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"BOOL": "x"}}}),
    ],
)
def test_the_store_refuses_what_it_does_not_know(operation: str, asked: dict[str, Any]) -> None:
    with pytest.raises(Unknown):
        Store().call(operation, asked)


@pytest.mark.parametrize("text", ["size(#a) < :v", "#a.#b = :v", "contains(#a, :v)", "a = :v", "#a = :v #b"])
def test_the_store_refuses_conditions_it_does_not_know(text: str) -> None:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    names, values = {"#a": "x", "#b": "y"}, {":v": {"N": "1"}}
    asked = {"TableName": "t", "Item": item, "ConditionExpression": text}
    with pytest.raises(Unknown):
        Store().call(
            "PutItem", {**asked, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
        )


def test_the_store_is_quick_enough_for_many_schedules() -> None:
    store, transactions = Store(), 3000
    absent = {"ConditionExpression": "attribute_not_exists (#0)", "ExpressionAttributeNames": {"#0": "pk"}}
    started = time.process_time()
    for number in range(transactions):
        rows = ({"pk": {"S": f"A#{number}"}, "sk": {"S": f"E#{part}"}, "v": {"N": "1"}} for part in range(4))
        store.call(
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "t", "Item": r, **absent}} for r in rows]},
        )
    assert time.process_time() - started < 1.0, "fewer than 3,000 transactions of four puts a second"
