"""A practice's logos among the rows of its backup: documents that name one are drawn with it for ever, and
unlike their PDFs nobody can make it again."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator

from chalicelib.backups.ports import Backups, Occupied
from chalicelib.documents.ports.documents import Files
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.practice.domain.logos import CONTENT_TYPES, BadPicture, picture_of
from chalicelib.practice.domain.practices import LOGOS

_KIND = "logo"


class BackupsWithLogos(Backups):
    """`rows` are all but the logos. A logo's line has its key among the practice's files, and its bytes in
    base64."""

    def __init__(self, rows: Backups, files: Files) -> None:
        self._rows, self._files = rows, files

    def rows(self, practice: str, accounts: Iterable[AccountRef]) -> Iterator[str]:
        yield from self._rows.rows(practice, accounts)
        for key in self._files.keys(practice, under=LOGOS):
            content = base64.b64encode(self._files.get(practice, key)).decode()
            line = {"kind": {"S": _KIND}, "key": {"S": key}, "content": {"S": content}}
            yield json.dumps(line, separators=(",", ":"))

    def belongs(self, practice: str, row: str) -> bool:
        return self._rows.belongs(practice, row) or _logo_of(row) is not None

    def occupied(self, practice: str) -> Occupied | None:
        return self._rows.occupied(practice)

    def begin(self, practice: str, name: str) -> None:
        self._rows.begin(practice, name)

    def put(self, practice: str, rows: Iterable[str]) -> int:
        logos = 0

        def others() -> Iterator[str]:
            nonlocal logos
            for row in rows:
                if logo := _logo_of(row):
                    logos += 1
                    self._files.put(practice, logo[0], logo[1], content_type=_content_type(logo[0]))
                else:
                    yield row

        return self._rows.put(practice, others()) + logos

    def end(self, practice: str, rows: Iterable[str]) -> None:
        self._rows.end(practice, (row for row in rows if not _logo_of(row)))


def _content_type(key: str) -> str:
    return CONTENT_TYPES[key.rpartition(".")[2]]


def _logo_of(row: str) -> tuple[str, bytes] | None:
    """Its key and bytes, which are a picture as it is kept of one that was taken, under its own hash."""
    if f'"{_KIND}"' not in row:
        return None
    try:
        read = json.loads(row)
        kind, key, said = (read[name]["S"] for name in ("kind", "key", "content"))
        content = base64.b64decode(said, validate=True)
        taken = picture_of(content)
        named = f"{LOGOS}{hashlib.sha256(taken.content).hexdigest()}.{taken.kind}"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error, BadPicture):
        return None
    kept = content == taken.content and (kind, key, len(read)) == (_KIND, named, 3)
    return (key, content) if kept else None
