"""What the audit finds: where a practice's rows are not what its entries say. Pure."""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """A stable code, and the entry, payment or charge it is about.

    `found_hash` tells two damages of the same code and item apart: it is of what stands there, and stays
    the same while that does. "" where nothing stands there.
    """

    code: str
    account_id: str
    item: str
    found_hash: str = field(default="", compare=False)

    @property
    def subject(self) -> str:
        """What an alert about it is about; e.g. "balance_differs 3f… account 1c2d3e4f"."""
        return " ".join(part for part in (self.code, self.account_id, self.item, self.found_hash) if part)


def found_hash(*told: object) -> str:
    """Short, and says nothing of what was told; "" of nothing."""
    return hashlib.sha256(repr(told).encode()).hexdigest()[:8] if told else ""
