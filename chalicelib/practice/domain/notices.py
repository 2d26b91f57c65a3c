"""What law wants printed on documents or shown on pages, as data. Pure.

A practice switches each on or off in its file; docs/notices.md lists them. What is not law everywhere is off
until a practice asks for it. Texts are in words.notices; an issued document keeps those it was issued with.
What only the practice itself can say is on its own pages, which its file names (PAGES).
"""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.practice.domain.practices import Practice
from chalicelib.words import say
from chalicelib.words.notices import NOTICE_TEXTS

ONCE, EACH_TIME = "once", "each_time"


class Place(StrEnum):
    """OVER_ESTIMATE: on an invoice or statement once a clinician's fees have passed their estimate. The short
    receipt that is mailed is none: it says nothing of care."""

    INVOICE = "invoice"
    STATEMENT = "statement"
    SUPERBILL = "superbill"
    ESTIMATE = "estimate"
    OVER_ESTIMATE = "over_estimate"
    ITEMISED_RECEIPT = "itemised_receipt"
    PAYMENT_SUMMARY = "payment_summary"
    SIGN_IN = "sign_in"
    CARD_FORM = "card_form"
    PUBLIC_PAGE = "public_page"


@dataclass(frozen=True, slots=True)
class Notice:
    """`source` is the law, as it is cited; `checked` the day on which the text was last compared with what is
    known of it (YYYY-MM-DD). `default`: shown where the practice says nothing, if it bills in dollars."""

    id: str
    source: str
    checked: str
    places: tuple[Place, ...]
    default: bool = False


NOTICES = (
    Notice(
        "part_2", "42 CFR 2.32", "2026-11-30",
        (
            Place.INVOICE, Place.STATEMENT, Place.SUPERBILL, Place.ITEMISED_RECEIPT, Place.PAYMENT_SUMMARY,
        ),
    ),
    Notice(
        "language_help", "45 CFR 92.11", "2026-11-30",
        (Place.INVOICE, Place.STATEMENT, Place.ESTIMATE, Place.SIGN_IN, Place.PUBLIC_PAGE),
    ),
    Notice("nondiscrimination", "45 CFR 92.10", "2026-11-30", (Place.PUBLIC_PAGE,)),
    Notice(
        "estimate_right", "45 CFR 149.610(b)", "2026-11-30", (Place.SIGN_IN, Place.PUBLIC_PAGE), default=True
    ),
    Notice("estimate_terms", "45 CFR 149.610(c)", "2026-11-30", (Place.ESTIMATE,), default=True),
    Notice("estimate_dispute", "45 CFR 149.620", "2026-11-30", (Place.OVER_ESTIMATE,), default=True),
    Notice("card_risks_ny", "New York General Business Law 519-a", "2026-11-30", (Place.CARD_FORM,)),
    Notice(
        "medical_debt_ca", "California Civil Code 1785.27(c)", "2026-11-30",
        (Place.INVOICE, Place.STATEMENT, Place.ESTIMATE),
    ),
    Notice(
        "open_payments_ca", "California AB 1278 of 2022", "2026-11-30", (Place.SIGN_IN, Place.PUBLIC_PAGE)
    ),
)  # fmt: skip
NOTICE_IDS = frozenset(notice.id for notice in NOTICES)
# By what they are about: 45 CFR 164.520(c)(3) and 45 CFR 92.10.
PAGES = ("privacy_practices", "nondiscrimination")
ACKNOWLEDGED = frozenset(notice.id for notice in NOTICES if Place.CARD_FORM in notice.places)


def notices_at(practice: Practice, place: Place) -> tuple[Notice, ...]:
    """Those that the practice has there."""
    usual = practice.currency == "USD"
    return tuple(
        notice
        for notice in NOTICES
        if place in notice.places and practice.notices.get(notice.id, notice.default and usual)
    )


def texts_at(practice: Practice, place: Place, locale: str) -> tuple[str, ...]:
    """What they say, in the reader's language."""
    return tuple(say(NOTICE_TEXTS, notice.id, locale) for notice in notices_at(practice, place))
