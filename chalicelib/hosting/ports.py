"""What the host keeps of each practice, and what may be counted there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.hosting.domain.agreements import Agreed
from chalicelib.hosting.domain.costs import Counts
from chalicelib.hosting.domain.owners import Owner


@dataclass(frozen=True, slots=True)
class Hosted:
    """All that is kept of a practice. `exported_at` (UTC RFC 3339): when its books were exported last."""

    owner: Owner | None = None
    agreements: Mapping[str, Agreed] = field(default_factory=dict)
    exported_at: str = ""


class HostRows(Protocol):
    def hosted(self, practice: str) -> Hosted:
        """One query, strongly consistent. Errors: Unreadable, Busy."""
        ...

    def save_owner(self, practice: str, owner: Owner) -> Owner:
        """As it is stored, one version on, if `owner.version` is still the stored one (0: none). Errors:
        Conflict (somebody else wrote it), Busy."""
        ...

    def agree(self, practice: str, line: str, agreed: Agreed) -> None:
        """In place of a former signature of that line."""
        ...

    def withdraw(self, practice: str, line: str) -> None: ...

    def exported(self, practice: str, *, at: str) -> None: ...


class HostCounts(Protocol):
    def unmatched(self, practice: str, *, most: int) -> int:
        """How many guests' payments wait, `most` at most."""
        ...

    def heard(self, practice: str) -> bool:
        """Whether a webhook came that is remembered: within about 30 days."""
        ...

    def month(self, practice: str, *, since: str, month: str, most: int) -> Counts:
        """Payments heard of since that instant, statements of that month, and clients, `most` of each list at
        most. Counted in the store: no row of theirs is read."""
        ...
