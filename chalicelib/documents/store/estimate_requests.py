"""Requests for good faith estimates in DynamoDB: the work list of a practice, and what became of them.

P#practice#ESTIMATES    OPEN#2026-11-25#<request>    waits for an estimate until that day
P#practice#ESTIMATES    ENDED#<request>              was answered or withdrawn
"""

from collections.abc import Iterator, Sequence

from chalicelib.documents.domain.estimate_requests import EstimateRequest, RequestState
from chalicelib.documents.ports.estimate_requests import EstimateRequests
from chalicelib.documents.store.numbered import Put
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec
from chalicelib.platform.dynamo.table import Canceled, guarded, transact

_OPEN, _ENDED = "OPEN#", "ENDED#"

ESTIMATE_REQUESTS = Codec(EstimateRequest, private=frozenset({"reason"}))


class EstimateRequestItem(Body, discriminator="estimate-request"):
    """Its key says whether it waits; what has ended never changes."""

    @classmethod
    def of(cls, practice: str, request: EstimateRequest) -> "EstimateRequestItem":
        waits = request.state is RequestState.OPEN
        sk = _open(request) if waits else _ENDED + request.id
        return cls(keys.estimates(practice), sk, **ESTIMATE_REQUESTS.parts(request))

    def request(self) -> EstimateRequest:
        return ESTIMATE_REQUESTS.read(self, f"request for an estimate {self.sk.rpartition('#')[2]}")


class DynamoEstimateRequests(EstimateRequests):
    @guarded
    def request(self, practice: str, request_id: str) -> EstimateRequest | None:
        ended = EstimateRequestItem.sk == _ENDED + request_id
        rows = EstimateRequestItem.query(keys.estimates(practice), ended, consistent_read=True)
        found = next(iter(rows), None)
        if found is not None:
            return found.request()
        return next((one for one in self.open_of(practice) if one.id == request_id), None)

    @guarded
    def open_of(self, practice: str, *, before: str = "") -> Sequence[EstimateRequest]:
        of_it = EstimateRequestItem.sk.between(_OPEN, f"{_OPEN}{before or '~'}")
        rows = EstimateRequestItem.query(keys.estimates(practice), of_it, consistent_read=True)
        return [row.request() for row in rows]

    def open_of_account(self, ref: AccountRef) -> Sequence[EstimateRequest]:
        return [one for one in self.open_of(ref.practice) if one.account_id == ref.account]

    def note(self, practice: str, request: EstimateRequest) -> None:
        row = EstimateRequestItem.of(practice, request)
        ended = EstimateRequestItem(row.pk, _ENDED + request.id)
        absent = EstimateRequestItem.pk.does_not_exist()
        try:
            transact([(row, absent)], checks=[(ended, absent)])
        except Canceled as canceled:
            raise Conflict("estimate request") from canceled

    def end(self, practice: str, requests: Sequence[EstimateRequest]) -> None:
        puts, left = ended(practice, requests)
        try:
            transact(puts, left)
        except Canceled as canceled:
            raise Conflict("estimate request") from canceled


def ended(practice: str, requests: Sequence[EstimateRequest]) -> tuple[list[Put], list[EstimateRequestItem]]:
    """What a transaction puts of requests that end in it, each where it has not ended before; and what it
    deletes: that they wait."""
    absent = EstimateRequestItem.pk.does_not_exist()
    puts: list[Put] = [(EstimateRequestItem.of(practice, request), absent) for request in requests]
    return puts, list(_waiting(practice, requests))


def _waiting(practice: str, requests: Sequence[EstimateRequest]) -> Iterator[EstimateRequestItem]:
    return (EstimateRequestItem(keys.estimates(practice), _open(request)) for request in requests)


def _open(request: EstimateRequest) -> str:
    return f"{_OPEN}{request.due_on}#{request.id}"
