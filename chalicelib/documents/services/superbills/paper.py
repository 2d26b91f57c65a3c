"""The paper list of superbills: those that stand and that no e-mail tells of, for the practice to post."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.superbills import Superbill, SuperbillStatus
from chalicelib.documents.services.by_post import why_by_post
from chalicelib.documents.services.superbills.notices import superbill_reader
from chalicelib.documents.services.superbills.showing import SuperbillShowing
from chalicelib.operations.services.addresses import Addresses
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class SuperbillToPost:
    """`why` no e-mail tells of it: "" where there is no address."""

    client: Client
    superbill: Superbill
    filed: Filed
    why: str


@dataclass(frozen=True)
class SuperbillPaperList:
    people: People
    showing: SuperbillShowing
    addresses: Addresses

    def of(self, practice: str, *, since: str = "") -> list[SuperbillToPost]:
        """In the order of the clients' names; of whom nobody may see superbills, none. `since`: only what was
        issued on that day (YYYY-MM-DD) or later. Errors: Unreadable, Busy."""
        seen = (
            client
            for client in self.people.clients(practice)
            if client.superbills or client.guarantor_superbills
        )
        found = (
            row
            for client in seen
            if (why := why_by_post(self.addresses, practice, client, superbill_reader(client))) is not None
            for row in self._to_post(practice, client, since, why)
        )
        return sorted(found, key=lambda row: (row.client.name, row.client.id, row.superbill.number))

    def _to_post(self, practice: str, client: Client, since: str, why: str) -> Iterator[SuperbillToPost]:
        for row in self.showing.all_of(client.ref(practice)):
            superbill = row.superbill
            if row.status is SuperbillStatus.ISSUED and superbill.issued_on >= since:
                filed = Filed.of_superbill(practice, superbill)
                yield SuperbillToPost(client, superbill, filed, why)
