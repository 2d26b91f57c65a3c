"""What of a practice's account at Stripe keeps payments, or money, from coming as the practice expects."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.payments.ports.connections import Ability, ProcessorAccount
from chalicelib.practice.domain.practices import Practice

# Merchant category codes of care (ISO 18245), with which HSA and FSA cards work.
MEDICAL = {
    "7277": "counselling", "8011": "doctors", "8021": "dentists", "8031": "osteopaths",
    "8041": "chiropractors", "8042": "optometrists", "8043": "opticians", "8049": "podiatrists",
    "8050": "nursing and personal care", "8062": "hospitals", "8071": "medical laboratories",
    "8099": "medical services",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """Something that who connects should know; `code` is stable."""

    code: str
    text: str


def notes(account: ProcessorAccount, practice: Practice) -> Iterator[Note]:
    yield from _closed(account)
    if practice.bank_debits and account.bank_debits is not Ability.ACTIVE:
        yield _no_bank_debits(account)
    if account.category not in MEDICAL:
        yield _not_medical(account)
    if account.currency and account.currency != practice.currency:
        yield _paid_out_otherwise(account, practice)


def _closed(account: ProcessorAccount) -> Iterator[Note]:
    if not account.charges_enabled:
        text = "Stripe does not let this account take payments yet: finish its set-up in the Dashboard."
        yield Note("charges_disabled", text)
    if not account.payouts_enabled:
        text = "Stripe does not pay this account's money out: the Dashboard says what it asks for."
        yield Note("payouts_disabled", text)
    if account.cards not in (Ability.ACTIVE, Ability.UNTOLD):
        text = f"Card payments are {account.cards} for this account: the Dashboard says what is missing."
        yield Note("cards_inactive", text)


def _no_bank_debits(account: ProcessorAccount) -> Note:
    text = (
        f"ACH Direct Debit is {account.bank_debits or 'not mentioned'} for this account, and the practice "
        "offers bank accounts: no payment can start until it is on (Settings, Payments, Payment methods)."
    )
    return Note("bank_debits_inactive", text)


def _not_medical(account: ProcessorAccount) -> Note:
    named = f"category {account.category}, which is not one of care" if account.category else "no category"
    text = (
        f"The account has {named}: HSA and FSA cards are declined. Change it in the Dashboard (Settings, "
        "Business details), for example to 8099, medical services."
    )
    return Note("category_not_medical", text)


def _paid_out_otherwise(account: ProcessorAccount, practice: Practice) -> Note:
    theirs, ours = account.currency, practice.currency
    text = (
        f"Stripe pays this account out in {theirs}, and the books are in {ours}. Payments and refunds "
        "are posted as the payer paid them. Fees and parts of disputes are not: Stripe tells them only in "
        f"{theirs}; each calls a person (money_not_settled). A bank account in {ours} at Stripe ends that."
    )
    return Note("paid_out_otherwise", text)
