"""Make a statement's PDF when it is first opened: from what was issued alone, so the same whenever."""

from dataclasses import dataclass, replace

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.statement_lines import printed
from chalicelib.documents.domain.statements import Delivery, Issued, Noted, Outcome, StatementData
from chalicelib.documents.ports.documents import Files, StatementRenderer
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.statements.issuing import unreadable
from chalicelib.documents.services.statements.reading import rows_of
from chalicelib.identity.services.pay_links import PayLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Conflict, Unreadable
from chalicelib.kernel.periods import Period
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.platform.ports import Clock

_WHY_LENGTH = 300


@dataclass(frozen=True)
class StatementFiling:
    ledgers: Ledgers
    statements: Statements
    files: Files
    renderer: StatementRenderer
    clock: Clock
    links: PayLinks

    def render(self, ref: AccountRef, period: Period) -> None:
        """The bytes that there are stay. Errors: NotFound document_not_found; Invalid document_unrenderable;
        Unreadable, also where its entries are not those that were issued; Busy."""
        issued = present(self.statements.issued(ref, period), "document_not_found")
        try:
            data = replace(self._data(ref, issued), pay_link=self._pay_link(ref, issued))
            pdf = self.renderer.statement(data)
        except Invalid as error:
            self._note(ref, issued, f"{error.code}: {error.details.get('reason', '')}")
            raise
        except Unreadable as damaged:
            self._note(ref, issued, unreadable(damaged))
            raise
        key = Filed.statement(ref.practice, issued.statement).key
        self.files.put(ref.practice, key, pdf, content_type="application/pdf")

    def _pay_link(self, ref: AccountRef, issued: Issued) -> str:
        statement = issued.statement
        generation = statement.pay_link if statement.asks else 0
        return self.links.printed(ref, statement.id, generation, since=statement.issued_at)

    def _data(self, ref: AccountRef, issued: Issued) -> StatementData:
        statement = issued.statement
        data = printed(statement, rows_of(self.ledgers, ref, statement.covered))
        if statement.digest and data.digest != statement.digest:
            raise Unreadable(f"statement {statement.period}: not as it was issued")
        return data

    def _note(self, ref: AccountRef, issued: Issued, why: str) -> None:
        """The practice is told of one whose reader was led to it in vain. One on the paper list stays there,
        which is not written without its PDF; one that is still to be mailed is told of the next time."""
        if issued.delivery is not Delivery.SENT:
            return
        noted = Noted(ref.account, Outcome.UNRENDERABLE, instant(self.clock.now()), why[:_WHY_LENGTH])
        try:
            self.statements.save(ref.practice, issued.now(Delivery.UNRENDERABLE), noted)
        except Conflict:
            return
