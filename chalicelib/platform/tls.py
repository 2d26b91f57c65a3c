"""One TLS context for every client of botocore's in a process.

botocore makes a context for each client, and urllib3 reads the file of certificate authorities into it at
each new connection: some 118 certificates, more work than the request itself. Neither can be told otherwise.
What one client is told to trust (`AWS_CA_BUNDLE`) all then do.
"""

import ssl
import threading
from functools import cache
from typing import Any

from botocore import httpsession


class _Context(ssl.SSLContext):
    """Reads a file of authorities once, and can be used by nobody who would not have certificates checked."""

    def __init__(self, *_: object) -> None:
        self._lock = threading.Lock()
        self._read = set[Any]()

    def load_verify_locations(self, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        with self._lock:
            if cafile in self._read and not (capath or cadata):
                return
            super().load_verify_locations(cafile, capath, cadata)
            self._read.add(cafile)

    @property
    def verify_mode(self) -> ssl.VerifyMode:
        return super().verify_mode

    @verify_mode.setter
    def verify_mode(self, mode: int) -> None:
        if mode != ssl.CERT_REQUIRED:
            raise ssl.SSLError("this context is shared: certificates are checked")
        ssl.SSLContext.verify_mode.__set__(self, mode)  # type: ignore[attr-defined]


@cache
def _context() -> ssl.SSLContext:
    kept, httpsession.SSLContext = httpsession.SSLContext, _Context
    try:
        made: ssl.SSLContext = httpsession.create_urllib3_context()
        return made
    finally:
        httpsession.SSLContext = kept


def share() -> None:
    """Give all clients that are made from now on the same context. Safe to repeat."""
    httpsession.URLLib3Session._get_ssl_context = lambda _session: _context()
