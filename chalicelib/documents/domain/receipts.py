"""What documents and e-mails state of money, as labelled rows in the reader's language. Pure."""

from chalicelib.kernel.formatting import date_text, money_text, one_line
from chalicelib.kernel.money import Money
from chalicelib.ledger.domain.methods import BANK, CARD, Method
from chalicelib.mail.domain.letters import Row
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS, METHODS


def receipt_rows(
    *,
    amount_minor: int,
    currency: str,
    date: str,
    method: Method,
    reference: str,
    owed_after_minor: int | None,
    locale: str,
) -> tuple[Row, ...]:
    """The facts of one payment, what was received before all else; the last is what is still owed, only where
    `owed_after_minor` is known."""
    rows = (
        Row(say(DOCUMENTS, "received", locale), money_text(Money(amount_minor, currency), locale)),
        Row(say(DOCUMENTS, "date", locale), date_text(date, locale)),
        Row(say(DOCUMENTS, "method", locale), method_text(method, locale)),
        Row(say(DOCUMENTS, "reference", locale), one_line(reference)),
    )
    if owed_after_minor is None:
        return rows
    return (*rows, _owed_row(Money(owed_after_minor, currency), locale))


def method_text(method: Method, locale: str) -> str:
    """In words that can be read aloud: cash is "Efectivo" in Spanish, a card "Visa ending in 4242"."""
    brand, last4 = one_line(method.brand), one_line(method.last4)
    if method.kind == BANK and last4:
        return say(METHODS, "bank_account_ending", locale, last4=last4)
    if method.kind == CARD and brand and last4:
        return say(METHODS, "card_ending", locale, brand=brand, last4=last4)
    if method.kind == CARD and brand:
        return brand
    return say(METHODS, method.kind, locale) if method.kind in METHODS else one_line(method.kind)


def _owed_row(owed: Money, locale: str) -> Row:
    """A balance in credit is not "-$5.00 owed" but $5.00 the client has with the practice."""
    if owed.amount_minor < 0:
        credit = Money(-owed.amount_minor, owed.currency)
        return Row(say(DOCUMENTS, "credit", locale), money_text(credit, locale))
    return Row(say(DOCUMENTS, "still_owed", locale), money_text(owed, locale))
