"""The reference that a receipt prints: always the same for a payment, also where that is made anew."""

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.payments.domain.references import reference
from chalicelib.platform.ports import Keys


def printed_reference(keys: Keys, ref: AccountRef, payment_id: str) -> str:
    """Made of the payer's key and ours: who pays can neither choose it nor know it before."""
    text = f"{ref.practice}/{ref.account}/{payment_id}"
    return reference(keys.keyed_hash("payment-reference", text))
