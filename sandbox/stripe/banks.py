"""Stripe's published test bank accounts and what a debit of each of them comes to.

https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment. Verified at once, as by signing in to the
bank, unless its payer chose a test deposit.
"""

from dataclasses import dataclass

ROUTING_NUMBER = "110000000"
BANK_NAME = "STRIPE TEST BANK"
TYPE = "us_bank_account"

# Why a debit comes back, as Stripe reports it: failure_code and words for the payer.
RETURNS = {
    "account_closed": "The customer's bank account has been closed.",
    "no_account": "The customer's bank account could not be located.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
    "invalid_currency": "The bank was unable to process this payment because of its currency.",
}
# The returns after which Stripe lets nobody debit the account again, as (reason, the network's code).
BLOCKED_BY = {
    "account_closed": ("bank_account_closed", "R02"),
    "no_account": ("bank_account_unusable", "R03"),
    "debit_not_authorized": ("debit_not_authorized", "R10"),
}
# A debit that comes back after it succeeded is a dispute for one of these reasons; final, like all of ACH.
LATE_RETURNS = ("insufficient_funds", "incorrect_account_details", "bank_cannot_process")
UNAUTHORIZED = "debit_not_authorized"


@dataclass(frozen=True)
class Bank:
    """A test account. `returned`: the failure code; `settles` False: processing until somebody acts."""

    number: str
    test_id: str
    returned: str | None = None
    disputed: str | None = None
    settles: bool = True
    deposit_fails: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


BANKS = (
    Bank("000123456789", "pm_usBankAccount_success"),
    Bank("000111111113", "pm_usBankAccount_accountClosed", returned="account_closed"),
    Bank("000111111116", "pm_usBankAccount_noAccount", returned="no_account"),
    Bank("000222222227", "pm_usBankAccount_insufficientFunds", returned="insufficient_funds"),
    Bank("000333333335", "pm_usBankAccount_debitNotAuthorized", returned="debit_not_authorized"),
    Bank("000444444440", "pm_usBankAccount_invalidCurrency", returned="invalid_currency"),
    Bank("000555555559", "pm_usBankAccount_dispute", disputed=UNAUTHORIZED),
    Bank("000666666661", "pm_usBankAccount_depositFails", deposit_fails=True),
    Bank("000000000009", "pm_usBankAccount_processing", settles=False),
)
BY_NUMBER = {bank.number: bank for bank in BANKS}
BY_TEST_ID = {bank.test_id: bank for bank in BANKS}


def routing_ok(number: str) -> bool:
    """Nine digits whose weighted sum the banks' check digit makes a multiple of ten."""
    if len(number) != 9 or not number.isascii() or not number.isdigit():
        return False
    return sum(int(digit) * weight for digit, weight in zip(number, (3, 7, 1) * 3, strict=True)) % 10 == 0
