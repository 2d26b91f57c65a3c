"""Billing records: all documents of an account and a table of what was posted, as one file for whoever may
see them. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.documents.domain.readers import Reader, Reads
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant

KEPT = timedelta(days=7)  # as infra/data.yaml has it for the file
FRESH = timedelta(minutes=10)  # who presses again so soon is given what there is
STALLED = timedelta(seconds=90)  # the function that makes them lives for 60
MOST_ITEMISED = 500  # receipts of a quarter of a megabyte, with a logo, in a function of one gigabyte


@dataclass(frozen=True, slots=True)
class Shown:
    """What of an account is shown to a person: superbills, and whose names. `since`: as of Reader."""

    superbills: bool
    reads: Reads
    since: int = 0


@dataclass(frozen=True, slots=True)
class Records:
    """One person's wish for the records of one account, and how far it has come.

    `superbills`, `reads`, `since`: what was shown to the person then; `reads` is None of a wish of before
    this was kept, of which nothing more is made or shown. `seen_at` is when somebody last went on with it.
    `drawn` of `documents` have their PDF; `left_out` are the keys of those of which none can be made, and
    `older_receipts` is how many payments are beyond the latest whose itemised receipts go into one file.
    `made_at` is "" until the file is there; `told`: an e-mail has said so. `version` guards every write.
    """

    id: str
    account_id: str
    person_id: str
    superbills: bool
    locale: str
    asked_at: str
    seen_at: str
    documents: int = 0
    drawn: int = 0
    left_out: tuple[str, ...] = ()
    made_at: str = ""
    told: bool = False
    reads: Reads | None = None
    older_receipts: int = 0
    since: int = 0
    version: int = 0

    @property
    def key(self) -> str:
        """Of the file, within the practice's."""
        return f"{self.account_id}/{self.id}.zip"

    @property
    def until(self) -> datetime:
        """When the file is gone; of one that is not made yet, when the wish is."""
        return datetime.fromisoformat(self.made_at or self.asked_at) + KEPT

    def over(self, now: datetime) -> bool:
        return now >= self.until

    def stalled(self, now: datetime) -> bool:
        """Whether nobody goes on with it: its function died, or its message was lost."""
        return not self.made_at and now - datetime.fromisoformat(self.seen_at) > STALLED

    def fresh(self, now: datetime) -> bool:
        """Whether who asks again is given this: it is being made, or was a moment ago."""
        return not self.made_at or now - datetime.fromisoformat(self.made_at) < FRESH

    def within(self, shown: Shown) -> bool:
        """Whether nothing is in it that is not shown to the person any more; a document of another reader's
        may have other names."""
        same = (self.reads, self.since) == (shown.reads, shown.since)
        return same and (shown.superbills or not self.superbills)

    @property
    def reader(self) -> Reader | None:
        return Reader(self.person_id, self.reads, self.since) if self.reads else None

    @property
    def estimates(self) -> bool:
        """Whether they are in it: they tell of diagnoses, as superbills do."""
        return self.reads in (Reads.OWN, Reads.SUPERBILLS)

    def seen(self, now: datetime) -> "Records":
        return replace(self, seen_at=instant(now))

    def task(self, practice: str) -> dict[str, str]:
        """The documents function's: go on with it."""
        return {
            "task": TASK, "practice": practice, "account": self.account_id, "person": self.person_id,
            "records": self.id,
        }  # fmt: skip

    def claim(self) -> str:
        """What one worker alone does: this step of it. After a step as many may be undrawn as before: what is
        posted meanwhile changes receipts."""
        return f"{TASK}#{self.id}#{self.seen_at}#{self.drawn}#{len(self.left_out)}"

    def ref(self, practice: str) -> AccountRef:
        """Whose they are, in that practice."""
        return AccountRef(practice, self.account_id)


TASK = "records"
