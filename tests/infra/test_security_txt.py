"""Issue 9, 9: /.well-known/security.txt is the operator's, and holds for less than a year on whatever day."""

import re
from datetime import date, timedelta

import pytest

from infra.security_txt import SecurityContact, expires, security_txt

MAIL = SecurityContact("security@example.com")
TODAY = date(2026, 11, 29)
URL = "https://billing.example.com"


def test_it_has_the_fields_of_rfc_9116() -> None:
    contact = SecurityContact("https://example.com/report", "https://example.com/security", "es, en")
    assert security_txt(contact, public_url=URL, today=TODAY) == (
        "Contact: https://example.com/report\n"
        "Expires: 2027-10-01T00:00:00Z\n"
        "Preferred-Languages: es, en\n"
        "Policy: https://example.com/security\n"
        "Canonical: https://billing.example.com/.well-known/security.txt\n"
    )


def test_what_is_not_said_is_left_out_and_plain_http_is_not_canonical() -> None:
    assert security_txt(MAIL, public_url="http://localhost:8000", today=TODAY) == (
        "Contact: mailto:security@example.com\nExpires: 2027-10-01T00:00:00Z\nPreferred-Languages: en\n"
    )


def test_on_every_day_it_holds_for_ten_months_and_less_than_a_year_and_changes_once_a_month() -> None:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(4 * 366)]
    for day in days:
        left = (expires(day) - day).days
        assert 300 < left < 365, f"made on {day} it would end on {expires(day)}"
    months = {(day.year, day.month) for day in days}
    assert len({security_txt(MAIL, public_url=URL, today=day) for day in days}) == len(months)


@pytest.mark.parametrize(
    "contact",
    [
        SecurityContact("security"),
        SecurityContact("http://example.com/report"),
        SecurityContact("a@example.com\nContact: mailto:b@example.com"),
        SecurityContact("a@example.com", policy="example.com"),
        SecurityContact("a@example.com", policy="https://example.com\n"),
        SecurityContact("a@example.com", languages="English and Spanish"),
        SecurityContact("a@example.com", languages="en\n"),
    ],
)
def test_what_cannot_be_published_is_said(contact: SecurityContact) -> None:
    assert re.match(r"security_(contact|policy|languages) (is|are) ", contact.mistake())


@pytest.mark.parametrize("address", ["security@example.com", "https://example.com/report?to=us"])
def test_an_address_or_a_page_is_taken(address: str) -> None:
    assert SecurityContact(address, "https://example.com/policy", "en, es-MX").mistake() == ""
