"""Wishes for billing records in DynamoDB, in partitions that nobody lists: a restore brings none back, for
their files are not kept either.

P#practice#REC#account      PERSON#person       the latest wish of that person
"""

from dataclasses import replace

from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.documents.domain.records import KEPT, Records
from chalicelib.documents.ports.records import RecordsWishes
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Codec, VersionedBody
from chalicelib.platform.dynamo.table import guarded, refused_by_condition

WISHES = Codec(Records, elsewhere=frozenset({"version"}))


class RecordsItem(VersionedBody, discriminator="records"):
    """Gone by itself a day after the file is."""


class DynamoRecordsWishes(RecordsWishes):
    @guarded
    def wish(self, ref: AccountRef, person_id: str) -> Records | None:
        try:
            row = RecordsItem.get(keys.records(ref), keys.person(person_id), consistent_read=True)
        except DoesNotExist:
            return None
        return WISHES.read(row, "wish for records", version=int(row.version))

    @guarded
    def save(self, practice: str, wish: Records) -> Records:
        after = replace(wish, version=wish.version + 1)
        row = RecordsItem(
            keys.records(wish.ref(practice)), keys.person(wish.person_id), version=after.version,
            ttl=int((wish.until + KEPT / 7).timestamp()), **WISHES.parts(after),
        )  # fmt: skip
        try:
            row.save(condition=RecordsItem.standing_at(wish.version))
        except PutError as error:
            if refused_by_condition(error):
                raise Conflict("records") from error
            raise
        return after
