"""What an account keeps of the questions about its items: enough to mark an item wherever it is shown.

The questions themselves are rows of the room above. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_KEPT = 20  # marks of an account: some 1.5 KB of its row, while all are there


class ItemKind(StrEnum):
    SERVICE = "service"
    INVOICE = "invoice"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item of one account. `id`: a charge's, "invoice-<number>", or a payment's."""

    kind: ItemKind
    id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`waiting`: for the practice's answer; else it has answered."""

    about: ItemRef
    waiting: bool = True


class Mark(StrEnum):
    """What an item shows of the questions about it."""

    WAITING = "waiting"
    ANSWERED = "answered"


def mark(asked: Mapping[str, Asked], kind: ItemKind, id_: str) -> Mark | None:
    """`asked` by the questions' ids."""
    found = [one.waiting for one in asked.values() if one.about == ItemRef(kind, id_)]
    if not found:
        return None
    return Mark.WAITING if any(found) else Mark.ANSWERED


def waiting(asked: Mapping[str, Asked]) -> frozenset[ItemRef]:
    return frozenset(one.about for one in asked.values() if one.waiting)


def with_mark(asked: Mapping[str, Asked], question: str, one: Asked) -> Mapping[str, Asked]:
    """The latest last. Where there are too many, answered ones go, the oldest of them first."""
    kept = {**{id_: other for id_, other in asked.items() if id_ != question}, question: one}
    for id_ in [id_ for id_, other in kept.items() if not other.waiting]:
        if len(kept) > MOST_KEPT:
            del kept[id_]
    return kept


def without_mark(asked: Mapping[str, Asked], question: str) -> Mapping[str, Asked]:
    return {id_: other for id_, other in asked.items() if id_ != question}
