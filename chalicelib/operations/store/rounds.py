"""The rounds of daily jobs in DynamoDB: P#practice, JOB#job; only the latest of each is kept."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.kernel.outside import Conflict, Unreadable
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
        """Errors: TypeError, ValueError."""
        found = Round(
            self.begun_at, self.since or "", self.cursor or "", self.ended_at or "", self.carried or "",
            int(self.version), int(self.tries or 0),
        )  # fmt: skip
        for at in filter(None, (found.begun_at, found.since)):
            if datetime.fromisoformat(at).tzinfo is None:
                raise ValueError(at)
        return found


class DynamoRounds(Rounds):
    @guarded
    def latest(self, practice: str, job: str) -> Round | None:
        try:
            return RoundItem.get(keys.practice(practice), f"JOB#{job}", consistent_read=True).round()
        except DoesNotExist:
            return None
        except (TypeError, ValueError) as error:
            raise Unreadable("round") from error

    def latest_of(self, practices: Iterable[str], job: str) -> Mapping[str, Round]:
        practice_at = {keys.practice(practice): practice for practice in practices}
        try:
            return {practice_at[item.pk]: item.round() for item in _all(practice_at, job)}
        except (TypeError, ValueError):  # of one row, which keeps none of the others from being read
            return dict(self._each(practice_at.values(), job))

    def _each(self, practices: Iterable[str], job: str) -> Iterator[tuple[str, Round]]:
        for practice in practices:
            with suppress(Unreadable):
                if found := self.latest(practice, job):
                    yield practice, found

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


@guarded
def _all(places: Iterable[str], job: str) -> list[RoundItem]:
    wanted = [(pk, f"JOB#{job}") for pk in places]
    return list(RoundItem.batch_get(wanted, consistent_read=True)) if wanted else []
