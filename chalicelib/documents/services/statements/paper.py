"""The paper list: the statements of a month that no e-mail announced, for the practice to post."""

from dataclasses import dataclass

from chalicelib.documents.domain.statements import BY_POST, Issued, Noted
from chalicelib.documents.ports.statements import Statements
from chalicelib.kernel.periods import Period
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People

_BY_POST = frozenset(delivery.value for delivery in BY_POST)


@dataclass(frozen=True, slots=True)
class ToPost:
    """`noted` says why it was not mailed."""

    client: Client
    issued: Issued
    noted: Noted


@dataclass(frozen=True)
class PaperList:
    people: People
    statements: Statements

    def of(self, practice: str, period: Period) -> list[ToPost]:
        """In the order of the clients' names. Error: Busy."""
        noted = (noted for noted in self.statements.noted(practice, period) if noted.outcome in _BY_POST)
        found = (self._to_post(practice, period, noted) for noted in noted)
        return sorted(filter(None, found), key=lambda row: (row.client.name, row.client.id))

    def _to_post(self, practice: str, period: Period, noted: Noted) -> ToPost | None:
        """None where it is being sent again, or its client is gone."""
        client = self.people.client(practice, noted.client_id)
        issued = self.statements.issued(client.ref(practice), period) if client else None
        if client is None or issued is None or issued.delivery not in BY_POST:
            return None
        return ToPost(client, issued, noted)
