"""What a client's documents are called in addresses, in links on paper and in payments' references."""

import re

_INVOICE = re.compile(r"invoice-([1-9]\d{0,11})")


def invoice_id(number: int) -> str:
    return f"invoice-{number}"


def invoice_number(document_id: str) -> int | None:
    """None where it is no invoice's."""
    found = _INVOICE.fullmatch(document_id)
    return int(found[1]) if found else None


def superbill_id(number: int) -> str:
    return f"superbill-{number}"


def statement_id(period: object) -> str:
    return f"statement-{period}"
