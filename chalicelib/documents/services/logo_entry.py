"""Take a practice's logo: drawn once to see that it can be, kept under its hash, and only then named."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.ports.documents import Files, ReceiptData, Renderer
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.methods import Method
from chalicelib.practice.domain.logos import CONTENT_TYPES, BadPicture, Picture
from chalicelib.practice.domain.practices import Practice


@dataclass(frozen=True)
class LogoEntry:
    """`renderer` gives one that draws with that picture."""

    files: Files
    renderer: Callable[[bytes], Renderer]

    def checked(self, practice: Practice, picture: Picture, text: str) -> Practice:
        """The practice with the logo, which is read out as `text`; writes nothing. Error: BadPicture, where
        no document can be drawn with it."""
        logo = picture.logo(practice.id, text or practice.name)
        head = replace(Letterhead.of(practice, None, practice.locale), logo=logo)
        try:
            self.renderer(picture.content).receipt(_receipt(practice, head))
        except Invalid as error:
            raise BadPicture(f"no document can be drawn with it ({error.details.get('reason')})") from error
        return replace(practice, logo=logo)

    def keep(self, practice: Practice, picture: Picture) -> None:
        """Before the practice is saved. What lies there stays: the name is its hash. Error: Busy."""
        if practice.logo:
            kind = CONTENT_TYPES[picture.kind]
            self.files.put(practice.id, practice.logo.key, picture.content, content_type=kind)


def _receipt(practice: Practice, head: Letterhead) -> ReceiptData:
    return ReceiptData(
        letterhead=head, amount_minor=100, currency=practice.currency, date="2026-01-01",
        method=Method("cash"), reference="", owed_after_minor=None, locale=practice.locale,
    )  # fmt: skip
