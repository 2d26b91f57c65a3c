"""Who may ask at the ports of a sandbox: programs of this machine, and the sandbox's own pages.

Any page that a developer opens can have their browser ask 127.0.0.1. A browser says who asks, in headers that
no page can set (Host, Origin, Sec-Fetch-*, Referer); programs send none but Host. So what another page asks
for is refused before anything reads it. Standard library only: it runs inside the emulator's process, too.
"""

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

# A site can have its own name lead here (DNS rebinding): in the browser's eyes it then asks itself.
_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
_OWN_ASKING = ("same-origin", "none")  # "none": typed, or from a bookmark
FOREIGN_HOST, FOREIGN_PAGE = 421, 403
WORDS = {
    FOREIGN_HOST: "This is not that host.",
    FOREIGN_PAGE: "Refused: the page of another site asked for this.",
}

Headers = Iterable[tuple[str, str]]


def refusal(
    method: str, headers: Headers, *, pages: Collection[str] = (), linked: bool = False, scheme: str = "http"
) -> int | None:
    """The status to refuse a request with, or None.

    `pages` are the origins whose pages may ask for this, too. With `linked`, links of any page may lead here.
    """
    asked = _Asked(headers)
    if len(asked.all("host")) != 1 or host_name(asked.one("host")) not in _OWN_NAMES:
        return FOREIGN_HOST
    if linked and method == "GET" and asked.by_a_link():
        return None
    own = f"{scheme}://{asked.one('host')}"
    if not all(origin == own or origin in pages for origin in asked.all("origin")):
        return FOREIGN_PAGE
    if set(asked.all("sec-fetch-site")) <= set(_OWN_ASKING) or asked.all("origin"):
        return None
    embedded = method == "GET" and origin_of(asked.one("referer")) in pages
    return None if embedded else FOREIGN_PAGE


class _Asked:
    """A request's headers, by lower-case name; a name may come several times."""

    def __init__(self, headers: Headers) -> None:
        self._headers = [(name.lower(), value.strip()) for name, value in headers]

    def all(self, name: str) -> list[str]:
        return [value for known, value in self._headers if known == name]

    def one(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def by_a_link(self) -> bool:
        """A tab of its own shows it: whoever led here cannot read it."""
        return (self.one("sec-fetch-mode"), self.one("sec-fetch-dest")) == ("navigate", "document")


def host_name(header: str) -> str:
    """A Host header's name without its port."""
    name, mark, port = header.rpartition(":")
    return name if mark and port.isdecimal() else header


def origin_of(url: str) -> str:
    """The origin of an address; what is no address has one that nothing has."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
