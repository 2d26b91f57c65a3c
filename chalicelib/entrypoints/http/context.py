"""What a route gets of a request, and of who makes it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from chalice.app import Request

from chalicelib import bootstrap
from chalicelib.entrypoints.http import cookies, viewer
from chalicelib.identity.services.links import LinkHolder
from chalicelib.identity.services.sessions import Principal
from chalicelib.kernel.errors import Refused

B = TypeVar("B", covariant=True)


@dataclass(frozen=True, slots=True)
class Context(Generic[B]):
    """A route's decoded body, who asks, the wired services, the request's texts."""

    body: B
    app: bootstrap.App
    request: Request
    locale: str
    caller: Principal | LinkHolder | None = None

    @property
    def principal(self) -> Principal:
        """Whose session it is. Error: session_required."""
        if not isinstance(self.caller, Principal):
            raise Refused("session_required")
        return self.caller

    @property
    def visitor(self) -> Principal | None:
        """Who is signed in, where nobody has to be."""
        return self.caller if isinstance(self.caller, Principal) else None

    @property
    def holder(self) -> LinkHolder:
        """Who holds the link. Error: link_invalid."""
        if not isinstance(self.caller, LinkHolder):
            raise Refused("link_invalid")
        return self.caller

    @property
    def raw(self) -> bytes:
        body = self.request.raw_body
        return body.encode() if isinstance(body, str) else body

    @property
    def ip(self) -> str:
        return viewer.address(self.request, self.app.settings.edge_secrets)

    def query(self, name: str) -> str | None:
        values = self.request.query_params
        return values.get(name) if values else None

    def header(self, name: str) -> str:
        return str(self.request.headers.get(name) or "")

    def cookie(self, name: str) -> str:
        return cookies.read(self.header("cookie"), name)
