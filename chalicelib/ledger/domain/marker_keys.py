"""What a marker is called: the grammar of its key, for whoever writes, looks for or audits one. Pure."""

from enum import StrEnum


class Outcome(StrEnum):
    """How the key ends of what a processor's news posts."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    FEE = "fee"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    DECIDED = "decided"


def at_processor(processor: str, name: str, outcome: Outcome) -> str:
    """Of one movement at a processor, by the processor's own name of it: "stripe#pi_3…#succeeded"."""
    return f"{processor}#{name}#{outcome.value}"


def by_hand(kind: str, external_id: str) -> str:
    """Of what staff or an import posted, once for each external id of its kind: "import#charge#S-1"."""
    return f"import#{kind}#{external_id}"


def asked_refund(refund_id: str) -> str:
    """It keeps the id for one refund, and stands for no entry: that one has the processor's name of it."""
    return f"asked#refund#{refund_id}"


def reversal(account_id: str, seq: int) -> str:
    """An entry is undone once, on whatever day that is asked."""
    return by_hand("reversal", f"{account_id}#{seq}")
