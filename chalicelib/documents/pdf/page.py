"""What every document's page is given (`document-page` in letterhead.typ): paper, date, words, letterhead."""

import base64
from collections.abc import Callable
from datetime import date

from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.domain.readers import Payer
from chalicelib.documents.pdf.qr import qr_svg
from chalicelib.kernel.formatting import date_text, initials, isolated, money_text, one_line
from chalicelib.kernel.money import Money
from chalicelib.practice.domain.practices import Logo, Paper
from chalicelib.words import Words, language, say
from chalicelib.words.documents import DOCUMENTS

LETTER_CURRENCIES = frozenset({"USD", "CAD", "MXN"})  # where printers hold US Letter; elsewhere it is A4


Logos = Callable[[Logo], bytes | None]
"""Gives a logo's file; None where it is gone: the document is drawn with the practice's initials then."""


def no_logos(_logo: Logo) -> None:
    return None


def document_page(
    *, title: str, day: date, currency: str, locale: str, head: Letterhead, logos: Logos = no_logos
) -> dict[str, object]:
    """`day` is the document's date."""
    picture = logos(head.logo) if head.logo else None
    usual = "us-letter" if currency in LETTER_CURRENCIES else "a4"
    return {
        "title": title,
        "language": language(locale),
        "date": [day.year, day.month, day.day],
        "paper": {Paper.LETTER: "us-letter", Paper.A4: "a4"}.get(head.paper, usual),
        "page": say(DOCUMENTS, "page", locale, page="{page}", pages="{pages}"),
        "practice": letterhead(head, head.logo if picture else None),
        "picture": _as_svg(head.logo, picture) if head.logo and picture else "",
        "notices": [one_line(text) for text in head.notices],
    }


def letterhead(head: Letterhead, logo: Logo | None) -> dict[str, object]:
    """`author` is the name for the file's metadata; the rest is printed."""
    contact = " · ".join(filter(None, (one_line(head.practice_phone), one_line(head.practice_email))))
    legal = [] if head.practice_legal_name == head.practice_name else head.practice_legal_name.splitlines()
    lines = [*(one_line(line) for line in (*legal, *head.practice_address.splitlines())), contact]
    name = one_line(head.practice_name)
    return {
        "author": name,
        "name": isolated(name),
        "initials": initials(name),
        "lines": [isolated(line) for line in lines if line],
        "text": [isolated(one_line(line)) for line in head.text.splitlines() if line.strip()],
        "colour": head.colour,
        "logo": {"ratio": logo.width / logo.height, "text": one_line(logo.text)} if logo else None,
    }


def _as_svg(logo: Logo, picture: bytes) -> str:
    """A text, which goes beside the other data: one of pixels is a shape with a picture in it."""
    if logo.kind == "svg":
        return picture.decode()
    data, size = base64.b64encode(picture).decode(), f'width="{logo.width:g}" height="{logo.height:g}"'
    image = f'<image {size} href="data:image/png;base64,{data}"/>'
    box = f'viewBox="0 0 {logo.width:g} {logo.height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{image}</svg>'


def addressed(name: str, address: str) -> list[str]:
    """What is read in an envelope's window: a line each, the name first."""
    lines = (one_line(line) for line in (name, *address.splitlines()))
    return [isolated(line) for line in lines if line]


def how_to_pay(pay_at: str, locale: str) -> str:
    """`pay_at` is the page's address, "" where nothing can be paid online."""
    return say(DOCUMENTS, "pay_online", locale, page=pay_at) if pay_at else say(DOCUMENTS, "pay_ask", locale)


def link_to_pay(address: str, locale: str) -> dict[str, object]:
    """The link that pays without an account, to be scanned or typed; nothing where there is none."""
    if not address:
        return {"link": None, "code": ""}
    said, alt = say(DOCUMENTS, "pay_link", locale), say(DOCUMENTS, "pay_link_code", locale)
    return {"link": {"text": said, "address": address, "alt": alt}, "code": qr_svg(address)}


class DocumentWords:
    """What a document says, in its reader's language; rows are labels with texts."""

    _words: Words = DOCUMENTS

    def __init__(self, locale: str, currency: str) -> None:
        self._locale, self._currency = locale, currency

    def _row(self, key: str, text: str, **values: str) -> dict[str, str]:
        return {"label": self._say(key, **values), "text": text}

    def _tax_id(self, whose: str, tax_id: str) -> dict[str, str]:
        label = self._say("tax_id_of", name=self._name(whose)) if whose else self._say("tax_id")
        return {"label": label, "text": tax_id}

    def _name(self, name: str) -> str:
        return isolated(one_line(name)) if name else ""

    def _payer(self, payer: Payer) -> str:
        return self._say(payer.said) if payer.said else self._name(payer.name)

    def _day(self, day: str) -> str:
        return date_text(day, self._locale)

    def _money(self, amount_minor: int) -> str:
        return money_text(Money(amount_minor, self._currency), self._locale)

    def _say(self, key: str, **values: str) -> str:
        return say(self._words, key, self._locale, **values)
