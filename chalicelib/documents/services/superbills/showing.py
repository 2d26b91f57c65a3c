"""Superbills for whoever may see the account's: which stand, and what is on each.

Whether somebody may is for the caller to ask: a guarantor's grant may leave superbills out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.superbills import (
    SuperbillPaper,
    SuperbillStanding,
    SuperbillVoid,
    services_on,
    standing,
)
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

_ID = re.compile(r"superbill-([1-9]\d{0,11})(-void)?")


@dataclass(frozen=True, slots=True)
class OpenedSuperbill:
    """`void` is there where it does not stand any more; `practice` as it is now."""

    practice: Practice | None
    standing: SuperbillStanding
    paper: SuperbillPaper
    void: SuperbillVoid | None


@dataclass(frozen=True, slots=True)
class SuperbillList:
    """A page of them, and on which of these that stand each service is, paid or not: charge id → document
    id. `practice` as it is now, None where there is no row."""

    practice: Practice | None
    rows: Sequence[SuperbillStanding]
    next_cursor: str | None
    services: Mapping[str, str]


@dataclass(frozen=True)
class SuperbillShowing:
    practices: Practices
    superbills: Superbills
    pdf_links: PdfLinks

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> SuperbillList:
        """The latest number first. Error: Invalid cursor_invalid."""
        page = self.superbills.listed(ref, cursor=cursor, limit=limit)
        if not page.rows:
            return SuperbillList(None, (), page.next_cursor, {})
        superbilled = self.superbills.superbilled(ref)
        rows = [standing(row, superbilled) for row in page.rows]
        return SuperbillList(self.practices.practice(ref.practice), rows, page.next_cursor, services_on(rows))

    def all_of(self, ref: AccountRef) -> list[SuperbillStanding]:
        """By their numbers. Error: Busy."""
        found = list(self.superbills.all_of(ref))
        superbilled = self.superbills.superbilled(ref) if found else None
        return [standing(superbill, superbilled) for superbill in found if superbilled]

    def opened(self, ref: AccountRef, number: int) -> OpenedSuperbill:
        """Error: NotFound superbill_not_found."""
        superbill = present(self.superbills.superbill(ref, number), "superbill_not_found", "number")
        paper = present(self.superbills.paper(ref, number), "superbill_not_found", "number")
        found = standing(superbill, self.superbills.superbilled(ref))
        practice = self.practices.practice(ref.practice)
        return OpenedSuperbill(practice, found, paper, self.superbills.voided(ref, number))

    def number(self, document_id: str) -> int:
        """Error: NotFound superbill_not_found."""
        found = present(_ID.fullmatch(document_id), "superbill_not_found")
        return present(None if found[2] else int(found[1]), "superbill_not_found")

    def is_one(self, document_id: str) -> bool:
        """Whether a document's id is that of a superbill, or of what voids one."""
        return _ID.fullmatch(document_id) is not None

    def url(self, ref: AccountRef, document_id: str, *, inline: bool) -> str:
        """The PDF for a minute; made when it is first opened. Errors: NotFound document_not_found; Refused
        document_missing, while it is being made."""
        found = present(_ID.fullmatch(document_id), "document_not_found")
        number = int(found[1])
        superbill = present(self.superbills.superbill(ref, number), "document_not_found")
        paper = present(self.superbills.paper(ref, number), "document_not_found")
        void = present(self.superbills.voided(ref, number), "document_not_found") if found[2] else None
        key = "superbill_void_file" if void else "superbill_file"
        filename = say(DOCUMENTS, key, paper.locale, number=str(number))
        filed = Filed.of_superbill(ref.practice, superbill, void=void)
        return self.pdf_links.url(filed, filename=filename, inline=inline)
