"""Who did something, as whom, and by which channel: what entries, payments and other rows keep of it."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """The way by which somebody reaches Billfold."""

    PORTAL = "portal"  # a session in a browser
    LINK = "link"  # a link that was mailed
    CONSOLE = "console"  # staff's pages
    API = "api"  # a program with a key
    CLI = "cli"  # the billfold command
    IMPORT = "import"  # files of rows
    PROCESSOR = "processor"  # what a processor tells
    GUEST = "guest"  # the form of the public page; nobody knows whose
    MATCHING = "matching"  # a guest's money found its account by itself


_TEXT = re.compile(r"(?P<channel>[a-z]+)(:(?P<who>[A-Za-z0-9_.-]+)(>(?P<whom>[A-Za-z0-9_.-]+))?)?")


@dataclass(frozen=True, slots=True)
class Actor:
    """`who` by the channel's own ids: a person's in the portal, "stripe" of processors, an import's, "" where
    the channel knows nobody. `as_whom`: the person they acted as, where that is somebody else."""

    channel: Channel
    who: str = ""
    as_whom: str = ""

    @property
    def text(self) -> str:
        """As it is kept: "cli", "portal:3f2a", "portal:operator>3f2a", "processor:stripe"."""
        whom = f">{self.as_whom}" if self.as_whom else ""
        return f"{self.channel.value}:{self.who}{whom}" if self.who else self.channel.value

    @staticmethod
    def parse(text: str) -> "Actor":
        """Error: ValueError."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(f"no actor: {text!r}")
        return Actor(Channel(found["channel"]), found["who"] or "", found["whom"] or "")


CLI = Actor(Channel.CLI)
IMPORT = Actor(Channel.IMPORT)
GUEST = Actor(Channel.GUEST)
MATCHING = Actor(Channel.MATCHING)
OPERATOR = "operator"
"""Who signs in by a link that the command minted: nobody knows that it was the person."""


def processor(name: str) -> Actor:
    return Actor(Channel.PROCESSOR, name)


def of_import(import_id: str) -> str:
    """The actor's text: the rows of one import, and what took them back."""
    return Actor(Channel.IMPORT, import_id).text


def in_portal(person_id: str, *, minted: bool) -> Actor:
    """Somebody with a session; `minted`: by a log-in that an operator made, who may be acting as them."""
    return Actor(Channel.PORTAL, OPERATOR, person_id) if minted else Actor(Channel.PORTAL, person_id)
