"""The runbook as whoever follows it reads it: a section by its heading, and the commands printed there."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sandbox.config import ROOT

FOLDER = ROOT / "docs" / "runbook"
_HEADING = re.compile(r"^#{1,3} (.*)$", re.MULTILINE)
_PRINTED = re.compile(r"(?:`|^)billfold (?P<rest>[^`\n]+?)(?: *#[^\n]*)?(?:`|$)", re.MULTILINE)
_LINK = re.compile(r"\]\((?P<page>[\w-]+\.md)?#(?P<anchor>[\w-]+)\)")


@dataclass(frozen=True)
class Section:
    """What stands below a heading, up to the next one."""

    page: str
    heading: str
    text: str

    @property
    def anchor(self) -> str:
        return re.sub(r"[^\w\- ]", "", self.heading.lower()).replace(" ", "-")

    @property
    def do(self) -> str:
        """What to do, of an alert's section: from "Do:" on."""
        return self.text.partition("\nDo: ")[2]

    @property
    def ends_by_itself(self) -> bool:
        """Whether it says that the alert closes without `billfold alerts close`."""
        said = " ".join(self.text.split())
        return any(words in said for words in ("closes by itself", "closes the alert"))

    def commands(self) -> Iterator[list[str]]:
        """As they are printed, each as its words after `billfold`."""
        for found in _PRINTED.finditer(self.text.replace("\\\n", " ")):
            yield shlex.split(found["rest"].replace("…", "x"))


@cache
def sections() -> tuple[Section, ...]:
    found = list[Section]()
    for path in sorted(FOLDER.glob("*.md")):
        _, *parts = _HEADING.split(path.read_text("utf-8"))
        found += [Section(path.name, h, text) for h, text in zip(parts[::2], parts[1::2], strict=True)]
    return tuple(found)


def section(heading: str) -> Section:
    (found,) = (each for each in sections() if each.heading == heading)
    return found


def led_to(start: Section) -> Iterator[Section]:
    """The section, and those that its links lead to."""
    yield start
    for link in _LINK.finditer(start.text):
        page = link["page"] or start.page
        yield from (each for each in sections() if (each.page, each.anchor) == (page, link["anchor"]))


def printed(heading: str, *words: str) -> list[str]:
    """The command that begins with those words, as it is printed in the section, or where it leads; in full,
    where the section only names it."""
    start = section(heading)
    named = [c for each in led_to(start) for c in each.commands() if tuple(c[: len(words)]) == words]
    assert named, f"{heading} prints no `billfold {' '.join(words)}`"
    return _fullest(named) if max(map(len, named)) > len(words) else anywhere(*words)


def anywhere(*words: str) -> list[str]:
    """The command that begins with those words, as it is printed in full."""
    found = [c for each in sections() for c in each.commands() if tuple(c[: len(words)]) == words]
    return _fullest(found)


def _fullest(commands: Sequence[list[str]]) -> list[str]:
    """One that does what it says, where there is one."""
    return max(commands, key=lambda command: ("--dry-run" not in command, len(command)))


def filled(command: Sequence[str], values: dict[str, str]) -> list[str]:
    """The command with a reader's own values in place of those printed; each must be an option there, or
    `_`, its first word of another kind."""
    left, made, words = dict(values), list[str](), list(command)
    while words:
        word = words.pop(0)
        name, equals, _ = word.partition("=")
        key = name.removeprefix("--").replace("-", "_")
        if not word.startswith("--"):
            own = left.pop("_", None) if re.fullmatch(r"[0-9a-f]{12}|ID", word) else None
            made.append(own or word)
        elif equals:
            made.append(f"{name}={left.pop(key)}" if key in left else word)
        elif key in left:
            made.append(f"{name}={left.pop(key)}")
            words.pop(0)
        else:
            made.append(word)
    assert not left, f"`billfold {shlex.join(command)}` has no {', '.join(left)}"
    return made
