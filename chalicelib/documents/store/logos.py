"""Practices' logos among their files: written once under their hash, read once a process."""

import hashlib
import logging
from dataclasses import dataclass, field

from chalicelib.documents.ports.documents import Files
from chalicelib.kernel.errors import NotFound
from chalicelib.practice.domain.practices import Logo

_KEPT = 32  # of 200 KB at most
log = logging.getLogger("billfold.documents")


@dataclass(frozen=True)
class FiledLogos:
    """Called with a logo it gives the file, None where that is gone or another. Error: Busy."""

    files: Files
    _read: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, logo: Logo) -> bytes | None:
        known = self._read.get(logo.digest)
        if known is not None:
            return known
        try:
            content = self.files.get(logo.practice, logo.key)
        except NotFound:
            content = b""
        if hashlib.sha256(content).hexdigest() != logo.digest:
            log.warning("logo is gone", extra={"practice": logo.practice})
            return None
        if len(self._read) >= _KEPT:
            self._read.clear()
        self._read[logo.digest] = content
        return content
