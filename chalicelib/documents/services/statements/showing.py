"""Statements for whoever may see the account: a list, and each one's PDF."""

from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.statements import Issued
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, NotFound, present
from chalicelib.kernel.periods import Period
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

_KIND = "statement"


@dataclass(frozen=True)
class Showing:
    statements: Statements
    pdf_links: PdfLinks

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Issued]:
        """Newest first. Error: Invalid cursor_invalid."""
        return self.statements.listed(ref, cursor=cursor, limit=limit)

    def url(self, ref: AccountRef, document_id: str, *, inline: bool) -> str:
        """The PDF for a minute; made when it is first opened. Errors: NotFound document_not_found; Refused
        document_missing, while it is being made."""
        statement = present(self.statements.issued(ref, _period(document_id)), "document_not_found").statement
        locale = statement.letterhead.locale
        filename = say(DOCUMENTS, "statement_file", locale, period=str(statement.period))
        return self.pdf_links.url(Filed.statement(ref.practice, statement), filename=filename, inline=inline)


def _period(document_id: str) -> Period:
    kind, _, month = document_id.partition("-")
    try:
        return Period.parse(month if kind == _KIND else "")
    except Invalid as error:
        raise NotFound("document_not_found") from error
