"""Practices: one item each, and a row in the index that jobs go through."""

from collections.abc import Mapping, Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.errors import Refused
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec
from chalicelib.platform.dynamo.table import Item, connection, guarded
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

PROFILE = "PRACTICE"


PRACTICES = Codec(Practice, elsewhere=frozenset({"id"}))


class PracticeItem(Body, discriminator="practice"):
    """The first row that requests, jobs and commands read: by its version a table of before is refused."""

    def practice(self, practice_id: str) -> Practice:
        if self.v is None:
            raise Refused("table_outdated")
        return PRACTICES.read(self, f"practice {practice_id}", id=practice_id)


class PracticeIndexItem(Item, discriminator="practice-index"):
    """Says that a practice exists and which processors it has, by commas; `sk` is its id."""

    processors = UnicodeAttribute()


class DynamoPractices(Practices):
    @guarded
    def practice(self, practice: str) -> Practice | None:
        try:
            item = PracticeItem.get(keys.practice(practice), PROFILE, consistent_read=True)
        except PracticeItem.DoesNotExist:
            return None
        return item.practice(practice)

    @guarded
    def save_practice(self, practice: Practice) -> None:
        # The operator's own decision, whole: the last one holds, and so no condition. Both rows or neither.
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(PracticeItem(keys.practice(practice.id), PROFILE, **PRACTICES.parts(practice)))
            transaction.save(
                PracticeIndexItem(keys.PRACTICES, practice.id, processors=",".join(practice.processors))
            )

    @guarded
    def practice_ids(self) -> Sequence[str]:
        return list(self.processors())

    @guarded
    def processors(self) -> Mapping[str, Sequence[str]]:
        rows = PracticeIndexItem.query(keys.PRACTICES, consistent_read=True)
        return {row.sk: tuple(filter(None, row.processors.split(","))) for row in rows}
