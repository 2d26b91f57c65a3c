"""What documents and e-mails state of money, as labelled rows in the reader's language. Pure."""

from chalicelib.kernel.formatting import date_text, money_text, one_line
from chalicelib.kernel.money import Money
from chalicelib.ledger.domain.payments import BANK_ACCOUNT_METHOD, CARD_DOTS
from chalicelib.mail.domain.letters import Row
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS, METHODS


def receipt_rows(
    *,
    amount_minor: int,
    currency: str,
    date: str,
    method: str,
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


def method_text(method: str, locale: str) -> str:
    """A payment's method in words that can be read aloud: "cash" is "Efectivo" in Spanish, and the card
    "Visa ···· 4242" is "Visa ending in 4242"."""
    if method.startswith(BANK_ACCOUNT_METHOD):
        last4 = method.removeprefix(BANK_ACCOUNT_METHOD)
        return say(METHODS, "bank_account_ending", locale, last4=one_line(last4))
    brand, dots, last4 = method.partition(CARD_DOTS)
    if dots:
        return say(METHODS, "card_ending", locale, brand=one_line(brand), last4=one_line(last4))
    return say(METHODS, method, locale) if method in METHODS else one_line(method)


def _owed_row(owed: Money, locale: str) -> Row:
    """A balance in credit is not "-$5.00 owed" but $5.00 the client has with the practice."""
    if owed.amount_minor < 0:
        credit = Money(-owed.amount_minor, owed.currency)
        return Row(say(DOCUMENTS, "credit", locale), money_text(credit, locale))
    return Row(say(DOCUMENTS, "still_owed", locale), money_text(owed, locale))
