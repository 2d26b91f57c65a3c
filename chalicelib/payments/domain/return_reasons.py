"""Reasons of returned debits, in words of our own. Pure."""

from enum import StrEnum


class ReturnReason(StrEnum):
    """Why a bank returned a debit, as far as it says. OTHER: it names another reason, or none."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    ACCOUNT_CLOSED = "account_closed"
    NO_ACCOUNT = "no_account"
    NOT_AUTHORIZED = "debit_not_authorized"
    OTHER = "other"
