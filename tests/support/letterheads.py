"""Letterheads of tests, in the order in which they are printed."""

from chalicelib.documents.domain.invoices import InvoiceLetterhead
from chalicelib.documents.domain.letterheads import Letterhead, PostedLetterhead
from chalicelib.words.notices import NOTICE_TEXTS

LAW = tuple(texts[0] for texts in NOTICE_TEXTS.values())
SPANISH_LAW = tuple(texts[1] for texts in NOTICE_TEXTS.values())
WILLOW = Letterhead(
    practice_name="Willow Creek Counseling",
    practice_address="412 Alder Street, Suite 3\nPortland, OR 97205",
    practice_phone="(503) 555-0142",
    practice_email="billing@willow.example",
)


def posted(
    name: str, address: str, phone: str, email: str, client: str, client_address: str, locale: str
) -> PostedLetterhead:
    return PostedLetterhead(
        practice_name=name, practice_address=address, practice_phone=phone, practice_email=email,
        client_name=client, client_address=client_address, locale=locale,
    )  # fmt: skip


def of_invoice(
    name: str, address: str, phone: str, email: str, client: str, client_address: str, guarantor: str,
    locale: str, pay_at: str = "",
) -> InvoiceLetterhead:  # fmt: skip
    return InvoiceLetterhead(
        practice_name=name, practice_address=address, practice_phone=phone, practice_email=email,
        client_name=client, client_address=client_address, guarantor_name=guarantor, locale=locale,
        pay_at=pay_at,
    )  # fmt: skip
