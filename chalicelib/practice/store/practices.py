"""Practices: one item each, and a row in the index that jobs go through."""

from collections.abc import Mapping, Sequence

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import Conflict
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Codec, VersionedBody
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, transact
from chalicelib.practice.domain.practices import Practice, refuse_stale
from chalicelib.practice.ports import Practices

PROFILE = "PRACTICE"


# 2: what finds clients and people, the inbox and the notes of runs are in one partition each.
PRACTICES = Codec(Practice, version=2, elsewhere=frozenset({"id", "version"}))


class PracticeItem(VersionedBody, discriminator="practice"):
    """The first row that requests, jobs and commands read: by its version a table of before is refused."""

    def practice(self, practice_id: str) -> Practice:
        if (self.v or 0) < PRACTICES.version:
            raise Refused("table_outdated")
        return PRACTICES.read(self, f"practice {practice_id}", id=practice_id, version=int(self.version))


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

    def save_practice(self, practice: Practice, *, before: Practice | None = None) -> None:
        version = before.version if before else 0
        item = PracticeItem(
            keys.practice(practice.id), PROFILE, version=version + 1, **PRACTICES.parts(practice)
        )
        index = PracticeIndexItem(keys.PRACTICES, practice.id, processors=",".join(practice.processors))
        always = PracticeIndexItem.pk.exists() | PracticeIndexItem.pk.does_not_exist()
        try:
            transact([(item, PracticeItem.standing_at(version)), (index, always)])  # both rows or neither
        except (Canceled, Conflict):
            refuse_stale(before, practice, self.practice(practice.id))

    @guarded
    def practice_ids(self) -> Sequence[str]:
        return list(self.processors())

    @guarded
    def processors(self) -> Mapping[str, Sequence[str]]:
        rows = PracticeIndexItem.query(keys.PRACTICES, consistent_read=True)
        return {row.sk: tuple(filter(None, row.processors.split(","))) for row in rows}
