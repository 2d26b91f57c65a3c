"""Their words for what a line is: the usual ones, and those that are never taken for a way of paying."""

from chalicelib.importing.domain.mapping.folding import fits, folded_word

_STATUSES = {
    "held": ("attended", "completed", "kept", "occurred", "seen", "show", "showed", "present", "billed"),
    "late_cancel": (
        "late cancel", "late canceled", "late cancelled", "late cancellation", "lc", "canceled late",
        "cancelled late",
    ),
    "no_show": ("no show", "noshow", "missed", "missed appointment", "dna", "did not attend", "ns"),
}  # fmt: skip
_STATUS_WORDS = {word: status for status, words in _STATUSES.items() for word in words}
_OURS = ("held", "late_cancel", "no_show", "other")
_CANCELLED = (
    "cancel", "canceled", "cancelled", "cancellation", "reschedule", "rescheduled", "* reschedule*",
    "canceled by *", "cancelled by *", "* canceled", "* cancelled", "* cancelation", "* cancellation",
    "canceled in time", "cancelled in time", "canceled on time", "cancelled on time", "early cancel*",
)  # fmt: skip
_NO_PAYMENT = (
    "charge", "charges", "* charge", "chargeback*", "fee", "fees", "invoice*", "*balance*", "*write off*",
    "*writeoff*", "*adjust*", "*discount*", "*applied*", "*transfer*from*", "*declined*", "*failed*",
    "*bounced*", "*returned*", "*void*", "*revers*", "*refund*", "ins", "ins *", "* ins", "*insurance*",
    "*insurer*", "nsf", "*pending*", "*cancel*",
)  # fmt: skip

REFUNDS = ("*refund*",)
INSURERS = ("insurance*", "insurer*")
PAYMENTS = ("payment*", "* payment", "copay*", "co-pay*", "deposit")
"""What a line is, where a column of its own says so beside the way of paying."""
DONE = (
    "posted", "paid", "complete", "completed", "succeeded", "success", "successful", "approved", "settled",
    "processed", "cleared", "captured", "received", "deposited", "closed",
)  # fmt: skip
NOT_DONE = ("*declined*", "*void*", "*failed*", "*cancel*", "*expired*")
"""What became of a payment."""


def status_of(word: str) -> str:
    """Ours, "" for a word that is not known."""
    plain = folded_word(word)
    ours = plain.replace(" ", "_")
    return ours if ours in _OURS else _STATUS_WORDS.get(plain, "")


def is_cancelled(word: str) -> bool:
    """A session that was called off in time, which nobody owes."""
    return not status_of(word) and any(fits(word, pattern) for pattern in _CANCELLED)


def is_no_payment(word: str) -> bool:
    """Of a way of paying that is not known: whether it may say that no money came."""
    return any(fits(word, pattern) for pattern in _NO_PAYMENT)
