"""Money and dates as CLDR writes them for en-US and es-US, and names made harmless."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency

from chalicelib.kernel.formatting import date_text, initials, isolated, money_text, one_line
from chalicelib.kernel.money import EXPONENTS, MAX_AMOUNT_MINOR, Money

SEED = 20261121


@pytest.mark.parametrize("locale", ["en", "es", "en-US", "es-US", "es_MX", "fr"])
def test_dollars_read_the_same_in_both_languages(locale: str) -> None:
    assert money_text(Money(123_450, "USD"), locale) == "$1,234.50"
    assert money_text(Money(-5, "USD"), locale) == "−$0.05"
    assert money_text(Money(0, "USD"), locale) == "$0.00"
    assert money_text(Money(MAX_AMOUNT_MINOR, "USD"), locale) == "$999,999.99"


def test_currencies_keep_their_own_number_of_decimals() -> None:
    assert money_text(Money(1_234, "JPY"), "en") == "¥1,234"
    assert money_text(Money(1_234_567, "KWD"), "en") == "KWD\u00a01,234.567"


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("currency", EXPONENTS)
def test_money_is_written_as_cldr_writes_it(currency: str, locale: str) -> None:
    rng = random.Random(SEED)
    print(f"seed {SEED}")
    for _ in range(200):
        amount = rng.randint(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR)
        value = Decimal(amount).scaleb(-EXPONENTS[currency])
        # Babel leaves out CLDR's space between letters and digits; browsers put it in, and so do we. The
        # minus is ours: U+2212.
        ours = money_text(Money(amount, currency), locale).replace("\u00a0", "").replace("−", "-")
        assert ours == format_currency(value, currency, locale=f"{locale}_US")


def test_dates_are_written_out() -> None:
    assert date_text("2026-11-03", "en") == "November 3, 2026"
    assert date_text("2026-11-03", "es") == "3 de noviembre de 2026"


@pytest.mark.parametrize("locale", ["en", "es"])
def test_dates_are_written_as_cldr_writes_them(locale: str) -> None:
    for days in range(3 * 366):
        day = date(2024, 1, 1) + timedelta(days=days)
        assert date_text(day.isoformat(), locale) == format_date(day, "long", locale=f"{locale}_US")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Willow \t Creek\n", "Willow Creek"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\x00b\x85c\u2028d\u2029e\x7ff", "a b c d e f"),
        ("\u202egnilliB\u2066!", "gnilliB!"),
        ("half \ud800 pair", "half pair"),
        ("bill\u00ading\u200b@willow.ex\u2060am\ufeffple", "billing@willow.example"),
        ("नमस्ते क\u200dष 👩\u200d👧", "नमस्ते क\u200dष 👩\u200d👧"),
        ("", ""),
    ],
)
def test_a_name_is_one_line_without_anything_that_steers(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize("name", ["שרה כהן", "المشورة", "Cohen שרה"])
def test_a_name_that_runs_from_right_to_left_is_kept_apart_from_the_sentence(name: str) -> None:
    assert isolated(name) == f"\u2068{name}\u2069"
    assert one_line(isolated(name)) == name


@pytest.mark.parametrize("name", ["Willow Creek", "Ana Núñez", "心理咨询", "24", ""])
def test_any_other_name_gets_no_marks(name: str) -> None:
    assert isolated(name) == name


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Willow Creek & Partners, Counseling", "WC"),
        ("élan", "É"),
        ("24 (North) Hours of Care", "HO"),
        ("& 24", ""),
        ("", ""),
    ],
)
def test_a_mark_shows_the_first_letters_of_two_words(name: str, letters: str) -> None:
    assert initials(name) == letters
