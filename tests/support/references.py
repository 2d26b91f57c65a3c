"""Stripe's objects by the ids that tests know them by."""

from chalicelib.payments.ports.processors import ObjectKind, Reference

_KINDS = {
    "cs": ObjectKind.SESSION, "pi": ObjectKind.PAYMENT, "ch": ObjectKind.CHARGE, "py": ObjectKind.CHARGE,
    "re": ObjectKind.REFUND, "pyr": ObjectKind.REFUND, "dp": ObjectKind.DISPUTE, "du": ObjectKind.DISPUTE,
    "de": ObjectKind.DECLINED,
}  # fmt: skip


def named(object_id: str) -> Reference:
    return Reference(_KINDS[object_id.partition("_")[0]], object_id)


def about(object_id: str) -> Reference | None:
    """None for what nothing can be settled by."""
    return named(object_id) if object_id.partition("_")[0] in _KINDS else None
