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

PROFILE, RESTORE = "PRACTICE", "RESTORE"


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


class RestoreItem(Item, discriminator="restore"):
    """Which backup the practice is restored from. Nobody makes a practice between its beginning and its end.

    `rest`: only rows of work lists may be missing. `ended`: when it was whole; the row stays, so that a
    restore whose last answer was lost finds that all is in.
    """

    name = UnicodeAttribute()
    rest = UnicodeAttribute(null=True)
    ended = UnicodeAttribute(null=True)


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
        puts = [(item, PracticeItem.standing_at(version)), (index, always)]  # both rows or neither
        whole = RestoreItem.pk.does_not_exist() | RestoreItem.ended.exists()
        restored = RestoreItem(keys.practice(practice.id), RESTORE)
        try:
            transact(puts, checks=[] if before else [(restored, whole)])
        except (Canceled, Conflict):
            if not before and self._being_restored(practice.id):
                raise Refused("restore_unfinished", "practice") from None
            refuse_stale(before, practice, self.practice(practice.id))

    @guarded
    def _being_restored(self, practice: str) -> bool:
        mine = keys.practice(practice)
        rows = RestoreItem.query(mine, RestoreItem.sk == RESTORE, consistent_read=True)
        return any(not row.ended for row in rows)

    @guarded
    def practice_ids(self) -> Sequence[str]:
        return list(self.processors())

    @guarded
    def processors(self) -> Mapping[str, Sequence[str]]:
        rows = PracticeIndexItem.query(keys.PRACTICES, consistent_read=True)
        return {row.sk: tuple(filter(None, row.processors.split(","))) for row in rows}
