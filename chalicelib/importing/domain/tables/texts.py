"""The bytes of a file as text: which encoding it is, or what else it is, by name.

Sources: Unicode's byte order marks; Microsoft's compound files ([MS-CFB] 2.2) and code page 1252.
"""

import re

from chalicelib.importing.domain.problems import shown
from chalicelib.importing.domain.tables.table import Note, Unreadable

MAX_BYTES = 64_000_000
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = (
    (b"%PDF", "file_pdf"),
    (b"{\\rtf", "file_rtf"),
    (b"Rar!", "file_archive"),
    (b"\x1f\x8b", "file_archive"),
)
_MARKUP = re.compile(r"<(!doctype\s+html|html|head|body|meta|table|style|div)\b", re.I)
_COMMENT, _COMMENT_ENDS = "<!--", "-->"
_EXCEL_XML = re.compile(r"\s*<\?xml\b.{0,2000}(schemas-microsoft-com:office|<html)", re.I | re.S)
_MAIL_PAGE = re.compile(r"\s*(MIME-Version|Content-Type):", re.I)
_WORD = re.compile(r"[^\s,;|\"\t]*[^\x00-\x7f][^\s,;|\"\t]*")
_PROBED = 4_000


def is_compound(content: bytes) -> bool:
    return content.startswith(_COMPOUND)


def refuse_other_kinds(content: bytes) -> None:
    """Error: Unreadable, that names what the file is and how to save it properly."""
    if not content:
        raise Unreadable("file_empty")
    if len(content) > MAX_BYTES:
        raise Unreadable("file_too_large", megabytes=MAX_BYTES // 1_000_000)
    if is_compound(content):
        raise Unreadable("file_encrypted" if _ENCRYPTED in content else "file_old_excel")
    for beginning, code in _OTHER_KINDS:
        if content.startswith(beginning):
            raise Unreadable(code)


def text_of(content: bytes) -> tuple[str, tuple[Note, ...]]:
    """The text, without its byte order mark, and what was decided. Error: Unreadable."""
    text, notes = _decoded(content)
    if "\0" in text:
        raise Unreadable("file_not_text", _line_of(text, text.index("\0")))
    start = text[:_PROBED]
    if _MARKUP.match(text, _behind_comments(text)) or _MAIL_PAGE.match(start) or _EXCEL_XML.match(start):
        raise Unreadable("file_web_page")
    return text, notes


def rules_text(content: bytes) -> str:
    """Of a map or of settings, as an editor saved it; what is no text is left to TOML to refuse."""
    try:
        return text_of(content)[0]
    except Unreadable:
        return content.decode("utf-8-sig", errors="replace")


def _behind_comments(start: str) -> int:
    """The first character that is in no comment of a web page's."""
    place = _behind_blanks(start, 0)
    while start.startswith(_COMMENT, place):
        ends = start.find(_COMMENT_ENDS, place + len(_COMMENT))
        if ends < 0:
            break
        place = _behind_blanks(start, ends + len(_COMMENT_ENDS))
    return place


def _behind_blanks(start: str, place: int) -> int:
    while place < len(start) and start[place].isspace():
        place += 1
    return place


def _decoded(content: bytes) -> tuple[str, tuple[Note, ...]]:
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Unreadable("file_not_text")
    encoding = _sixteen_bits(content)
    if encoding:
        return _strict(content, encoding), (Note("encoding_utf16", details={"encoding": "UTF-16"}),)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        return _windows(content, error)


def _sixteen_bits(content: bytes) -> str:
    """By the mark, or by the zero bytes that plain letters have there; "" where it is not UTF-16."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    probe = content[:_PROBED]
    for encoding, zeros in (("utf-16-le", probe[1::2]), ("utf-16-be", probe[::2])):
        if len(zeros) > 4 and zeros.count(0) > 0.6 * len(zeros):
            return encoding
    return ""


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("file_not_text") from None


def _windows(content: bytes, error: UnicodeDecodeError) -> tuple[str, tuple[Note, ...]]:
    """Windows-1252, as Excel saves plain CSV. With letters of UTF-8 beside it, one of the two was damaged."""
    row = content.count(b"\n", 0, error.start) + 1
    if any("\x7f" < character < "\udc80" or character > "\udcff" for character in _escaped(content)):
        raise Unreadable("encodings_mixed", row)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise Unreadable("file_not_utf8", row) from None
    words = list(dict.fromkeys(_WORD.findall(text)))
    details: dict[str, object] = {"encoding": "Windows-1252", "examples": ", ".join(map(shown, words[:3]))}
    return text, (Note("encoding_windows", len(words), (row,), details, changes=True),)


def _escaped(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
