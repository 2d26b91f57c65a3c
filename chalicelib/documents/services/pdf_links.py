"""Links to the PDFs of issued documents: each is looked for before anybody is sent to it, and made again
where it is gone.

After a restore beside another bucket the rows say that there is a PDF, and there is none. All that it says is
in the rows; but only the documents function can draw it.
"""

from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.ports.documents import Files
from chalicelib.kernel.errors import Refused
from chalicelib.platform.ports import Clock, Queue

_LOOKS = 14  # with pauses of half a second at most on average: some four seconds


@dataclass(frozen=True)
class PdfLinks:
    files: Files
    queue: Queue
    clock: Clock

    def url(self, filed: Filed, *, filename: str, inline: bool) -> str:
        """The PDF for a minute. Errors: Refused document_missing, while it is being made again; Busy."""
        if not self._there(filed):
            self.queue.send(filed.task)
            if not any(self._there_after(attempt, filed) for attempt in range(_LOOKS)):
                raise Refused("document_missing")
        return self.files.url(filed.ref.practice, filed.key, filename=filename, inline=inline)

    def _there(self, filed: Filed) -> bool:
        return self.files.has(filed.ref.practice, filed.key)

    def _there_after(self, attempt: int, filed: Filed) -> bool:
        self.clock.pause(attempt)
        return self._there(filed)
