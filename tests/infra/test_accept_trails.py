"""`make accept`, cloudtrail: whether a trail keeps who reads the table, by the structure of its selectors."""

import pytest

from infra.accept.account import cloudtrail
from infra.accept.answers import State
from tests.infra.accepting import TABLE_ARN, Made

ALL_BUCKETS = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
ALL_TABLES = {"Type": "AWS::DynamoDB::Table", "Values": ["arn:aws:dynamodb"]}


def advanced(kind: str, **more: object) -> dict[str, object]:
    """A selector of all reads of a kind, but for what `more` says."""
    fields = {"eventCategory": {"Equals": ["Data"]}, "resources.type": {"Equals": [kind]}, **more}
    return {"FieldSelectors": [{"Field": name, **value} for name, value in fields.items()]}  # type: ignore[dict-item]


def in_full(*of_table: dict[str, object]) -> dict[str, object]:
    return {"AdvancedEventSelectors": [advanced("AWS::S3::Object"), *of_table]}


_TABLE = "AWS::DynamoDB::Table"
BLIND_TRAILS: list[dict[str, object]] = [
    {"EventSelectors": [{"ReadWriteType": "All", "DataResources": [ALL_BUCKETS]}]},
    {"EventSelectors": [{"ReadWriteType": "WriteOnly", "DataResources": [ALL_BUCKETS, ALL_TABLES]}]},
    {
        "EventSelectors": [
            {
                "ReadWriteType": "All",
                "DataResources": [ALL_BUCKETS, {"Type": _TABLE, "Values": [f"{TABLE_ARN}-other"]}],
            }
        ]
    },
    in_full(advanced(_TABLE, readOnly={"Equals": ["false"]})),
    in_full(advanced(_TABLE, **{"resources.ARN": {"Equals": [f"{TABLE_ARN}-other"]}})),
    in_full(advanced(_TABLE, **{"resources.ARN": {"NotStartsWith": [TABLE_ARN]}})),
    in_full(advanced(_TABLE, eventName={"Equals": ["PutItem"]})),
    {},
]
SEEING_TRAILS: list[dict[str, object]] = [
    {"EventSelectors": [{"ReadWriteType": "ReadOnly", "DataResources": [ALL_BUCKETS, ALL_TABLES]}]},
    in_full(advanced(_TABLE)),
    in_full(advanced(_TABLE, readOnly={"Equals": ["true"]})),
    in_full(advanced(_TABLE, **{"resources.ARN": {"StartsWith": [TABLE_ARN[:-5]]}})),
]


@pytest.mark.parametrize("selectors", BLIND_TRAILS)
def test_a_trail_that_keeps_no_reads_of_the_table_is_red(selectors: dict[str, object]) -> None:
    made = Made()
    made.answers["get-event-selectors"] = selectors
    answer = cloudtrail(made.subject())
    assert answer.state is State.RED
    assert "the table" in answer.text


@pytest.mark.parametrize("selectors", SEEING_TRAILS)
def test_a_trail_of_all_or_of_ours_is_green(selectors: dict[str, object]) -> None:
    made = Made()
    made.answers["get-event-selectors"] = selectors
    assert cloudtrail(made.subject()).state is State.GREEN
