"""Words about amounts name the amount as the reader writes it, and call it one thing (issue 10)."""

import re
from pathlib import Path

import pytest

from chalicelib.entrypoints.http.problems import problem

ROOT = Path(__file__).parents[3]
DINARS = {"most_minor": 9120, "currency": "KWD"}
LEFT = {"whole_minor": 7000, "most_minor": 6950, "least_minor": 50, "currency": "USD"}
MOST = {"most_minor": 3000, "currency": "USD"}


@pytest.mark.parametrize(
    ("code", "locale", "details", "words"),
    [
        ("amount_below_minimum", "en", {"least_minor": 50, "currency": "USD"}, "Enter at least $0.50"),
        ("amount_below_minimum", "es", {"least_minor": 50, "currency": "JPY"}, "Escriba al menos ¥50"),
        ("amount_above_owed", "en", MOST, "Enter $30.00 at most."),
        ("amount_above_owed", "es", MOST, "Escriba $30.00 como máximo."),
        ("amount_above_payable", "en", MOST, "Enter $30.00 at most."),
        ("amount_leaves_too_little", "en", LEFT, "Pay $70.00, or $69.50 at most."),
        ("amount_leaves_too_little", "es", LEFT, "Pague $70.00, o $69.50 como máximo."),
        ("amount_whole_only", "en", LEFT, "Pay $70.00."),
        ("amount_above_limit", "es", DINARS, "Escriba KWD\u00a09.120 como máximo."),
    ],
)  # fmt: skip
def test_10_a_refused_amount_is_answered_with_the_amount_that_would_do(
    code: str, locale: str, details: dict[str, object], words: str
) -> None:
    assert problem(code, 422, locale, "amount_minor", **details).title.startswith(words)


def test_10_an_amount_is_called_importe_and_nothing_else_in_Spanish() -> None:
    """On pages, in mails and on paper."""
    spoken = [*(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "portal/src/i18n").glob("es*.ts")]
    other = re.compile(r"\b(?:cantidad|monto)(?:es|s)?\b", re.IGNORECASE)
    found = [(path.name, match[0]) for path in spoken for match in other.finditer(path.read_text())]
    assert found == []
