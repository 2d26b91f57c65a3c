"""The rounds of daily jobs in DynamoDB: P#practice, JOB#job; only the latest of each is kept."""

from collections.abc import Iterable, Mapping
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

    def round(self) -> Round:
        return Round(
            self.begun_at, self.since or "", self.cursor or "", self.ended_at or "", self.carried or "",
            int(self.version), int(self.tries or 0),
        )  # fmt: skip


class DynamoRounds(Rounds):
    @guarded
    def latest(self, practice: str, job: str) -> Round | None:
        try:
            return RoundItem.get(keys.practice(practice), f"JOB#{job}", consistent_read=True).round()
        except DoesNotExist:
            return None

    @guarded
    def latest_of(self, practices: Iterable[str], job: str) -> Mapping[str, Round]:
        practice_at = {keys.practice(practice): practice for practice in practices}
        places = [(pk, f"JOB#{job}") for pk in practice_at]
        items = RoundItem.batch_get(places, consistent_read=True) if places else ()
        return {practice_at[item.pk]: item.round() for item in items}

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
