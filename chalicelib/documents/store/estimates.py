"""Good faith estimates in DynamoDB: two rows each, written together and never again; the account counts them.

P#practice#A#account        DOC#estimate#000001     the estimate, for lists
P#practice#A#account        PAPER#estimate#000001   its names and lines
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist

from chalicelib.documents.domain.estimate_requests import EstimateRequest
from chalicelib.documents.domain.estimates import Estimate, EstimatePaper
from chalicelib.documents.ports.estimates import Estimates
from chalicelib.documents.store.estimate_requests import ended
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.store.items import AccountItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec
from chalicelib.platform.dynamo.table import Canceled, guarded, shard, transact

KIND = "estimate"
_DOCUMENT = f"DOC#{KIND}#"
_PAPER = f"PAPER#{KIND}#"

ESTIMATES = Codec(Estimate)
ESTIMATE_PAPERS = Codec(EstimatePaper, private=frozenset({"letterhead", "diagnoses"}))

R = TypeVar("R", bound=Body)


class EstimateItem(Body, discriminator="estimate"):
    """Its body never changes. It is in the work list until somebody is told of it."""

    def estimate(self) -> Estimate:
        return ESTIMATES.read(self, f"estimate {int(self.sk.removeprefix(_DOCUMENT))}")


class EstimatePaperItem(Body, discriminator="estimate-paper"):
    """Never changes. Apart from the estimate, so that a list reads no lines."""


class DynamoEstimates(Estimates):
    def issue(
        self,
        practice: str,
        estimate: Estimate,
        paper: EstimatePaper,
        *,
        account: Account,
        answered: Sequence[EstimateRequest] = (),
    ) -> None:
        mine, seq = keys.account(estimate.ref(practice)), estimate.seq
        document = EstimateItem(
            mine, _sk(_DOCUMENT, seq), gsi2pk=keys.due(KIND, shard(estimate.account_id)),
            gsi2sk=estimate.issued_at, **ESTIMATES.parts(estimate),
        )  # fmt: skip
        row = EstimatePaperItem(mine, _sk(_PAPER, seq), **ESTIMATE_PAPERS.parts(paper))
        has = AccountItem.of(practice, replace(account, estimates=seq), account.version + 1)
        puts, left = ended(practice, answered)
        puts += [
            (document, EstimateItem.pk.does_not_exist()),
            (row, EstimatePaperItem.pk.does_not_exist()),
            (has, AccountItem.version == account.version),
        ]
        try:
            transact(puts, left)
        except Canceled as canceled:
            raise Conflict("estimate") from canceled

    @guarded
    def all_of(self, ref: AccountRef) -> Sequence[Estimate]:
        of_it = EstimateItem.sk.startswith(_DOCUMENT)
        rows = EstimateItem.query(keys.account(ref), of_it, scan_index_forward=False, consistent_read=True)
        return [row.estimate() for row in rows]

    def estimate(self, ref: AccountRef, seq: int) -> Estimate | None:
        row = _row(EstimateItem, ref, _DOCUMENT, seq)
        return row.estimate() if row else None

    def untold(self, ref: AccountRef, seq: int) -> bool:
        row = _row(EstimateItem, ref, _DOCUMENT, seq)
        return row is not None and row.gsi2pk is not None

    @guarded
    def told(self, ref: AccountRef, seq: int) -> None:
        row = EstimateItem(keys.account(ref), _sk(_DOCUMENT, seq))
        waits = (EstimateItem.gsi2pk, EstimateItem.gsi2sk, EstimateItem.sweeps)
        row.update([name.remove() for name in waits], condition=EstimateItem.pk.exists())

    def paper(self, ref: AccountRef, seq: int) -> EstimatePaper | None:
        row = _row(EstimatePaperItem, ref, _PAPER, seq)
        return ESTIMATE_PAPERS.read(row, f"paper of estimate {seq}") if row else None


@guarded
def _row(of: type[R], ref: AccountRef, kind: str, seq: int) -> R | None:
    try:
        return of.get(keys.account(ref), _sk(kind, seq), consistent_read=True)
    except DoesNotExist:
        return None


def _sk(kind: str, seq: int) -> str:
    return f"{kind}{seq:06d}"
