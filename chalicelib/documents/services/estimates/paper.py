"""The paper list of good faith estimates: those for days to come that no e-mail tells of, for the practice to
post."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.documents.domain.estimates import Estimate, EstimatePaper
from chalicelib.documents.services.by_post import why_by_post
from chalicelib.documents.services.estimates.notices import reader_of
from chalicelib.documents.services.estimates.showing import EstimateShowing
from chalicelib.operations.services.addresses import Addresses
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class EstimateToPost:
    """`why` no e-mail tells of it: "" where there is no address."""

    client: Client
    estimate: Estimate
    paper: EstimatePaper
    why: str


@dataclass(frozen=True)
class EstimatePaperList:
    people: People
    showing: EstimateShowing
    addresses: Addresses

    def of(self, practice: str, *, today: str, since: str = "") -> list[EstimateToPost]:
        """In the order of the clients' names; of estimates whose days are over, none. `since`: only what was
        issued on that day (YYYY-MM-DD) or later. Errors: Unreadable, Busy."""
        found = (
            row
            for client in self.people.clients(practice)
            if (why := why_by_post(self.addresses, practice, client, reader_of(client))) is not None
            for row in self._to_post(practice, client, today, since, why)
        )
        return sorted(found, key=lambda row: (row.client.name, row.client.id, row.estimate.seq))

    def _to_post(
        self, practice: str, client: Client, today: str, since: str, why: str
    ) -> Iterator[EstimateToPost]:
        for estimate, paper in self.showing.all_opened(client.ref(practice)):
            if estimate.last_date >= today and estimate.issued_on >= since:
                yield EstimateToPost(client, estimate, paper, why)
