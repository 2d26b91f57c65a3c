"""Practices: one item each, and a row in the index that jobs go through."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pynamodb.attributes import JSONAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.platform.dynamo.table import Item, connection, guarded
from chalicelib.practice.domain.practices import Clinician, Location, Practice
from chalicelib.practice.ports import Practices

INDEX = "PRACTICES"
PROFILE = "PRACTICE"


class PracticeItem(Item, discriminator="practice"):
    body = JSONAttribute()


class PracticeIndexItem(Item, discriminator="practice-index"):
    """Says that a practice exists; `sk` is its id."""


class DynamoPractices(Practices):
    @guarded
    def practice(self, practice: str) -> Practice | None:
        try:
            item = PracticeItem.get(f"P#{practice}", PROFILE, consistent_read=True)
        except PracticeItem.DoesNotExist:
            return None
        return _practice(item.body)

    @guarded
    def save_practice(self, practice: Practice) -> None:
        # The operator's own decision, whole: the last one holds, and so no condition. Both rows or neither.
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(PracticeItem(f"P#{practice.id}", PROFILE, body=asdict(practice)))
            transaction.save(PracticeIndexItem(INDEX, practice.id))

    @guarded
    def practice_ids(self) -> Sequence[str]:
        return [item.sk for item in PracticeIndexItem.query(INDEX, consistent_read=True)]


def _practice(body: Mapping[str, Any]) -> Practice:
    parts = {
        "clinicians": tuple(Clinician(**clinician) for clinician in body["clinicians"]),
        "locations": tuple(Location(**location) for location in body["locations"]),
    }
    return Practice(**{**body, **parts})
