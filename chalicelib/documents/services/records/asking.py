"""Ask for one's billing records, see how far they have come, and fetch them."""

from dataclasses import dataclass

from chalicelib.documents.domain.records import Records, Shown
from chalicelib.documents.ports.documents import Files
from chalicelib.documents.ports.records import RecordsWishes
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.platform.ports import Chance, Clock, Queue
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS


@dataclass(frozen=True)
class RecordsAsking:
    """`files` are those that are kept for a few days only; `queue` is the documents function's."""

    wishes: RecordsWishes
    files: Files
    queue: Queue
    chance: Chance
    clock: Clock

    def standing(self, ref: AccountRef, person_id: str, *, shown: Shown) -> Records | None:
        """The person's latest wish while there is something of it, and nothing in it that is not shown to
        them any more. Error: Busy."""
        found = self.wishes.wish(ref, person_id)
        if found is None or found.over(self.clock.now()) or not found.within(shown):
            return None
        return found

    def ask(self, ref: AccountRef, person_id: str, *, shown: Shown, locale: str) -> Records:
        """Have them made. Whoever presses again is given what is being made or was a moment ago; where its
        function died, it goes on. Error: Busy."""
        latest, now = self.wishes.wish(ref, person_id), self.clock.now()
        found = self.standing(ref, person_id, shown=shown) if latest else None
        if found and found.fresh(now) and not found.stalled(now):
            return found
        wish = found.seen(now) if found and not found.made_at else Records(
            self.chance.id(), ref.account, person_id, shown.superbills, locale, instant(now), instant(now),
            reads=shown.reads, since=shown.since, version=latest.version if latest else 0,
        )  # fmt: skip
        try:
            saved = self.wishes.save(ref.practice, wish)
        except Conflict as conflict:  # two presses at once: the other one's
            found = self.standing(ref, person_id, shown=shown)
            if found is None:
                raise Busy("records") from conflict
            return found
        self.queue.send(saved.task(ref.practice))
        return saved

    def url(self, ref: AccountRef, person_id: str, *, shown: Shown) -> str:
        """Of the file, for a minute. Errors: NotFound document_not_found; Refused document_missing."""
        found = present(self.standing(ref, person_id, shown=shown), "document_not_found")
        if not found.made_at:
            raise Refused("document_missing")
        filename = say(DOCUMENTS, "records_file", found.locale, date=found.made_at[:10])
        return self.files.url(ref.practice, found.key, filename=filename, inline=False)
