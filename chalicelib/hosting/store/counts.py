"""What is counted of a practice. DynamoDB counts, and sends numbers: no row of a client leaves the table."""

from pynamodb.expressions.condition import Condition

from chalicelib.documents.domain.statements import Outcome
from chalicelib.documents.store.statements import KIND as STATEMENT
from chalicelib.documents.store.statements import NotedItem
from chalicelib.hosting.domain.costs import Counts
from chalicelib.hosting.ports import HostCounts
from chalicelib.operations.store.worklists import InboxItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, connection, guarded

# What each processor says once of money that has arrived.
_PAID = ("payment_intent.succeeded", "PAYMENT.CAPTURE.COMPLETED")
_MADE = (Outcome.PENDING, Outcome.SENT, Outcome.PAPER, Outcome.MAIL_REFUSED, Outcome.BOUNCED)


class DynamoHostCounts(HostCounts):
    def unmatched(self, practice: str, *, most: int) -> int:
        return _counted(keys.unmatched(practice), most, index="gsi2")[0]

    def heard(self, practice: str) -> bool:
        return _counted(keys.inbox(practice), 1)[0] > 0

    def month(self, practice: str, *, since: str, month: str, most: int) -> Counts:
        paid = InboxItem.event_type.is_in(*_PAID) & (InboxItem.received_at >= since)
        made = NotedItem.outcome.is_in(*(each.value for each in _MADE))
        within = NotedItem.sk.startswith(f"{month}#")
        clients, more_clients = _counted(keys.accounts(practice), most)
        payments, more_payments = _counted(keys.inbox(practice), most, only=paid)
        statements, more_statements = _counted(keys.runs(practice, STATEMENT), most, within=within, only=made)
        return Counts(clients, payments, statements, more_clients or more_payments or more_statements)


@guarded
def _counted(
    partition: str,
    most: int,
    *,
    within: Condition | None = None,
    only: Condition | None = None,
    index: str | None = None,
) -> tuple[int, bool]:
    """How many rows there are, of `most` at most that DynamoDB looks at; and whether it left some."""
    found, looked, after = 0, 0, None
    while looked < most:
        page = connection().query(
            Item.Meta.table_name, partition, range_key_condition=within, filter_condition=only,
            index_name=index, limit=most - looked, select="COUNT", exclusive_start_key=after,
        )  # fmt: skip
        found, looked = found + page["Count"], looked + page["ScannedCount"]
        after = page.get("LastEvaluatedKey")
        if not after:
            break
    return found, bool(after)
