"""Good faith estimates for whoever may read them, and their PDFs.

An estimate has diagnoses and the legal name. So it is for the client, and for a guarantor who is shown
superbills; to others there is none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.estimates import Estimate, EstimatePaper
from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.readers import Reader, Reads
from chalicelib.documents.ports.documents import Files
from chalicelib.documents.ports.estimates import EstimateData, EstimateRenderer, Estimates
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound, present
from chalicelib.kernel.outside import Unreadable
from chalicelib.words import say
from chalicelib.words.estimates import ESTIMATES

_ID = re.compile(r"estimate-([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class EstimateShowing:
    estimates: Estimates
    pdf_links: PdfLinks

    def listed(self, ref: AccountRef, reader: Reader) -> Sequence[Estimate]:
        """The latest first. Errors: Unreadable, Busy."""
        return self.estimates.all_of(ref) if reader.reads is not Reads.OTHERS else ()

    def opened(self, ref: AccountRef, seq: int) -> tuple[Estimate, EstimatePaper]:
        """Errors: NotFound estimate_not_found; Unreadable, also where the paper is not the one that was
        issued."""
        return self._with_paper(
            ref, present(self.estimates.estimate(ref, seq), "estimate_not_found", "estimate")
        )

    def all_opened(self, ref: AccountRef) -> list[tuple[Estimate, EstimatePaper]]:
        """The latest first: one read for all, and one a paper. Errors: as `opened`."""
        return [self._with_paper(ref, estimate) for estimate in self.estimates.all_of(ref)]

    def _with_paper(self, ref: AccountRef, estimate: Estimate) -> tuple[Estimate, EstimatePaper]:
        paper = present(self.estimates.paper(ref, estimate.seq), "estimate_not_found", "estimate")
        if paper.digest != estimate.digest:
            raise Unreadable(f"paper of estimate {estimate.seq}")
        return estimate, paper

    def url(self, ref: AccountRef, document_id: str, reader: Reader, *, inline: bool) -> str:
        """The PDF for a minute; made when it is first opened. Errors: NotFound document_not_found; Refused
        document_missing, while it is being made."""
        found = _ID.fullmatch(document_id)
        if not found or reader.reads is Reads.OTHERS:
            raise NotFound("document_not_found")
        estimate = present(self.estimates.estimate(ref, int(found[1])), "document_not_found")
        paper = present(self.estimates.paper(ref, int(found[1])), "document_not_found")
        filename = say(ESTIMATES, "file", paper.letterhead.locale, date=estimate.issued_on)
        return self.pdf_links.url(Filed.estimate(ref.practice, estimate), filename=filename, inline=inline)


@dataclass(frozen=True)
class EstimateFiling:
    showing: EstimateShowing
    files: Files
    renderer: EstimateRenderer

    def render(self, ref: AccountRef, seq: int) -> None:
        """From what was issued alone; the bytes that there are stay. Errors: as `opened`; Invalid
        document_unrenderable; Busy."""
        data = EstimateData(*self.showing.opened(ref, seq))
        key = Filed.estimate(ref.practice, data.estimate).key
        self.files.put(ref.practice, key, self.renderer.estimate(data), content_type="application/pdf")
