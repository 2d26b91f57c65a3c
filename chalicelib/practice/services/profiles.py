"""A practice, for whoever may know of it."""

from dataclasses import dataclass

from chalicelib.kernel.errors import present
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices


@dataclass(frozen=True)
class Profiles:
    practices: Practices

    def of(self, practice_id: str) -> Practice:
        """Error: NotFound practice_not_found."""
        return present(self.practices.practice(practice_id), "practice_not_found")

    def currency(self, practice_id: str) -> str:
        """Of the practice, "USD" where there is none."""
        practice = self.practices.practice(practice_id)
        return practice.currency if practice else "USD"
