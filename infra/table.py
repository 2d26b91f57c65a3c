"""The one definition of the table: read from data.yaml, made wherever it is needed.

CloudFormation makes it in the cloud. The sandbox and the tests make the same table through an AWS client,
without what the emulators do not take (recovery, encryption, deletion protection, tags).
"""

from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA_TEMPLATE = Path(__file__).with_name("data.yaml")

# Properties of AWS::DynamoDB::Table that CreateTable takes as they are, by the same names.
_CREATE_TABLE_TAKES = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


class _CloudFormationLoader(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms: `!Ref X` becomes {"Ref": "X"}, `!Sub x` {"Fn::Sub": x}.

    The parser is libyaml, and a text is parsed once: tests read the template thousands of times.
    """


def _short_form(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    key = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {key: value}


_CloudFormationLoader.add_multi_constructor("!", _short_form)


def load_template(path: Path) -> dict[str, Any]:
    """A CloudFormation YAML template as plain data, its short forms spelled out; the caller may change it."""
    return deepcopy(_parsed(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=8)
def _parsed(text: str) -> dict[str, Any]:
    # The loader is a SafeLoader: it makes nothing but plain values.
    template: dict[str, Any] = yaml.load(text, Loader=_CloudFormationLoader)  # noqa: S506
    return template


def table_properties() -> dict[str, Any]:
    """The properties of the table's resource in data.yaml."""
    properties: dict[str, Any] = load_template(DATA_TEMPLATE)["Resources"]["Table"]["Properties"]
    return properties


def create_table(dynamodb: Any, name: str) -> None:
    """Make the table `name` with a boto3 DynamoDB client, indexes and time-to-live included.

    Raises botocore's ResourceInUseException where it exists already.
    """
    properties = table_properties()
    dynamodb.create_table(TableName=name, **{key: properties[key] for key in _CREATE_TABLE_TAKES})
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
    )
