"""What the documents function is asked to mail to a payer: kinds of notices, which are its tasks, too."""

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.markers import RECEIPT_DUE

RECEIPT = RECEIPT_DUE
RETURNED = "returned"  # the bank debit came to nothing


def receipt_message(practice: str, marker: str) -> dict[str, str]:
    """`movement` is the key of the marker that the receipt is due for."""
    return {"task": RECEIPT, "practice": practice, "marker": marker}


def returned_message(ref: AccountRef, payment_id: str) -> dict[str, str]:
    return {"task": RETURNED, "practice": ref.practice, "account": ref.account, "payment": payment_id}
