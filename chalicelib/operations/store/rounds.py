"""The rounds of daily jobs in DynamoDB: P#practice, JOB#job; only the latest of each is kept."""

from dataclasses import replace

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.kernel.outside import Conflict
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, guarded, refused_by_condition


class RoundItem(Item, discriminator="round"):
    begun_at = UnicodeAttribute()
    since = UnicodeAttribute(null=True)
    cursor = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    carried = UnicodeAttribute(null=True)
    version = NumberAttribute()
    tries = NumberAttribute(null=True)


class DynamoRounds(Rounds):
    @guarded
    def latest(self, practice: str, job: str) -> Round | None:
        try:
            item = RoundItem.get(keys.practice(practice), f"JOB#{job}", consistent_read=True)
        except DoesNotExist:
            return None
        return Round(
            item.begun_at, item.since or "", item.cursor or "", item.ended_at or "", item.carried or "",
            int(item.version), int(item.tries or 0),
        )  # fmt: skip

    @guarded
    def save(self, practice: str, job: str, after: Round) -> Round:
        saved = replace(after, version=after.version + 1)
        item = RoundItem(
            keys.practice(practice),
            f"JOB#{job}",
            begun_at=saved.begun_at,
            since=saved.since or None,
            cursor=saved.cursor or None,
            ended_at=saved.ended_at or None,
            carried=saved.carried or None,
            version=saved.version,
            tries=saved.tries or None,
        )
        unchanged = RoundItem.version == after.version if after.version else RoundItem.pk.does_not_exist()
        try:
            item.save(condition=unchanged)
        except PutError as error:
            if refused_by_condition(error):
                raise Conflict from error
            raise
        return saved
