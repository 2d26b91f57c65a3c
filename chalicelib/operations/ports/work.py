"""What waits to be done: work lists, and the inbox of verified webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.kernel.account_refs import AccountRef


@dataclass(frozen=True, slots=True)
class Due:
    """Something that waits: kind "payment", "refund", "receipt", "returned" (a notice), "inbox", "import",
    "invoice", "superbill", "estimate", "question", "payer" or "statement"; `id` a payment id, "<payment
    id>#<refund id>", movement key, "<processor>#<event id>", import id, question id, a person's id,
    "statement#<month>", or "invoice#<number>" and the like. `sweeps` counts how often it was started again;
    `key` is the waiting row's, as the store knows it."""

    kind: str
    practice: str
    account_id: str
    id: str
    since: str
    sweeps: int = 0
    key: tuple[str, str] = ("", "")

    @property
    def ref(self) -> AccountRef:
        """Whose it is; of an inbox's or an import's row, nobody's."""
        return AccountRef(self.practice, self.account_id)


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A verified webhook: which object of the processor it speaks of, and of what kind that is. Its payload
    is not kept."""

    processor: str
    event_id: str
    event_type: str
    object_kind: str
    object_id: str
    received_at: str


class WorkLists(Protocol):
    def due(self, kind: str, *, before: str, limit: int) -> Sequence[Due]:
        """Rows of all practices that have waited since before that instant, oldest first."""
        ...

    def postpone(self, due: Due, *, until: str) -> None:
        """Started again: not due before `until`, unless it changes. Nothing when it is done already."""
        ...

    def inbox_put(self, practice: str, row: InboxRow) -> bool:
        """False when the event was received before."""
        ...

    def inbox_row(self, practice: str, processor: str, event_id: str) -> InboxRow | None: ...

    def inbox_done(self, practice: str, processor: str, event_id: str, *, expires_at: int) -> None:
        """Off the work list; remembered until `expires_at` (epoch seconds)."""
        ...
