"""Make a superbill's PDF, or that of its void, from what was issued alone: so it is the same whenever."""

from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.ports.documents import Files, SuperbillData, SuperbillRenderer
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.kernel.outside import Unreadable


@dataclass(frozen=True)
class SuperbillFiling:
    superbills: Superbills
    files: Files
    renderer: SuperbillRenderer

    def render(self, ref: AccountRef, number: int, *, void: bool = False) -> None:
        """The bytes that there are stay. Errors: NotFound superbill_not_found; Invalid document_unrenderable;
        Unreadable, also where the paper is not the one that was issued; Busy."""
        superbill = present(self.superbills.superbill(ref, number), "superbill_not_found", "number")
        paper = present(self.superbills.paper(ref, number), "superbill_not_found", "number")
        if paper.digest != superbill.digest:
            raise Unreadable(f"paper of superbill {number}")
        found = self.superbills.voided(ref, number) if void else None
        if void:
            present(found, "superbill_not_found", "number")
        pdf = self.renderer.superbill(SuperbillData(superbill, paper, found))
        key = Filed.of_superbill(ref.practice, superbill, void=found).key
        self.files.put(ref.practice, key, pdf, content_type="application/pdf")
