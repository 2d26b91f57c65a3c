"""Make somebody's billing records: PDFs that there are not yet are drawn, a call's time at once; then all go
into one file with the table of what was posted, and one e-mail says that it is there.

Each step can be done again with the same result: a drawn PDF stays, the file is kept under the wish's own
name, and the wish says how far it has come. So whoever comes after a dead worker goes on where it died.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from chalicelib.documents.domain.readers import Reader
from chalicelib.documents.domain.records import Records
from chalicelib.documents.ports.documents import Files
from chalicelib.documents.ports.records import RecordsWishes
from chalicelib.documents.services.records.contents import Enclosed, RecordsContents
from chalicelib.documents.services.records.notice import RecordsNotices
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, Unreadable
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.services.claims import claim
from chalicelib.platform.ports import Clock, Queue

DRAWING = timedelta(seconds=20)  # of the 60 that the function may run; the file takes the rest
_ABREAST = 8  # requests to S3 at once
_TRIES = 3
Draw = Callable[[Mapping[str, str]], None]
"""Makes a document's PDF, as the documents function's task for it says."""


class Renamed(Busy):
    """A document is not where it was listed: somebody posted since, and it has another name."""


class Step(StrEnum):
    """What a call came to. MORE: some PDFs are still to be drawn, by a message of its own. GONE: somebody
    asked anew, or the wish is over."""

    MORE = "more"
    MADE = "made"
    GONE = "gone"


@dataclass(frozen=True)
class RecordsMaking:
    """`documents` are the practice's for good; `files` those that are kept for a few days only."""

    wishes: RecordsWishes
    contents: RecordsContents
    documents: Files
    files: Files
    claims: Claims
    queue: Queue
    notices: RecordsNotices
    clock: Clock

    def make(self, ref: AccountRef, person_id: str, records_id: str, draw: Draw) -> Step:
        """The worker's part. Errors: Refused account_updating; Unreadable; Busy: later."""
        wish = self.wishes.wish(ref, person_id)
        if wish is None or wish.id != records_id or wish.over(self.clock.now()) or wish.reader is None:
            return Step.GONE
        try:
            if not wish.made_at:
                claim(self.claims, self.clock, ref.practice, wish.claim())
                wish = self._after_changes(ref, wish, wish.reader, draw)
            if not wish.made_at:
                self.queue.send(wish.task(ref.practice))
                return Step.MORE
            if not wish.told:
                self._tell(ref, wish)
        except Conflict as conflict:
            raise Busy("somebody else writes the wish") from conflict
        return Step.MADE

    def _tell(self, ref: AccountRef, wish: Records) -> None:
        claim(self.claims, self.clock, ref.practice, f"{wish.claim()}#mail")
        now = self.wishes.wish(ref, wish.person_id)
        if now is None or now.id != wish.id or now.told:
            return
        self.notices.send(ref.practice, now)
        self.wishes.save(ref.practice, replace(now, told=True))

    def _after_changes(self, ref: AccountRef, wish: Records, reader: Reader, draw: Draw) -> Records:
        """As `_further`, listed again at once where documents have other names by now: the queue would give
        the task back only after minutes. Error: Renamed, where that goes on."""
        for _ in range(_TRIES - 1):
            with suppress(Renamed):
                return self._further(ref, wish, reader, draw)
        return self._further(ref, wish, reader, draw)

    def _further(self, ref: AccountRef, wish: Records, reader: Reader, draw: Draw) -> Records:
        """Drawn for a while, and made where that was the last of it."""
        enclosed, older = self.contents.documents(ref, wish, reader)
        missing = self._missing(ref.practice, enclosed)
        lost, left = self._drawn(missing, wish.left_out, draw)
        now = replace(
            wish.seen(self.clock.now()), documents=len(enclosed), drawn=len(enclosed) - len(left) - len(lost),
            left_out=lost, older_receipts=older,
        )  # fmt: skip
        if left:
            return self.wishes.save(ref.practice, now)
        self._keep(ref.practice, now, [one for one in enclosed if one.filed.key not in lost])
        return self.wishes.save(ref.practice, replace(now, made_at=instant(self.clock.now())))

    def _missing(self, practice: str, enclosed: Sequence[Enclosed]) -> list[Enclosed]:
        with ThreadPoolExecutor(_ABREAST) as pool:
            there = pool.map(lambda one: self.documents.has(practice, one.filed.key), enclosed)
            return [one for one, has in zip(enclosed, there, strict=True) if not has]

    def _drawn(
        self, missing: Sequence[Enclosed], before: Sequence[str], draw: Draw
    ) -> tuple[tuple[str, ...], list[Enclosed]]:
        """The keys of those that cannot be drawn, as of `before`, and what there was no time for. Error:
        Refused account_updating: an import is over soon, and what it holds can be drawn then."""
        ends, left = self.clock.now() + DRAWING, list[Enclosed]()
        lost = [one.filed.key for one in missing if one.filed.key in before]
        for one in missing:
            if one.filed.key in lost:
                continue
            if self.clock.now() >= ends:
                left.append(one)
                continue
            try:
                draw(one.filed.task)
            except (BillfoldError, Unreadable) as error:
                if isinstance(error, Refused) and error.code == "account_updating":
                    raise
                lost.append(one.filed.key)
        return tuple(lost), left

    def _keep(self, practice: str, wish: Records, enclosed: Sequence[Enclosed]) -> None:
        """PDFs are packed as they are: they do not get smaller. Some at once are fetched, so that beside the
        file no more than those are in memory."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(*self.contents.table(wish, practice), compress_type=zipfile.ZIP_DEFLATED)
            with ThreadPoolExecutor(_ABREAST) as pool:
                for at in range(0, len(enclosed), _ABREAST):
                    some = enclosed[at : at + _ABREAST]
                    pdfs = pool.map(lambda one: self._pdf(practice, one), some)
                    for one, pdf in zip(some, pdfs, strict=True):
                        archive.writestr(one.name, pdf)
        self.files.put(practice, wish.key, packed.getvalue(), content_type="application/zip")

    def _pdf(self, practice: str, enclosed: Enclosed) -> bytes:
        """Error: Renamed, where it was there a moment ago."""
        try:
            return self.documents.get(practice, enclosed.filed.key)
        except NotFound as error:
            raise Renamed("a document of the records is gone") from error
