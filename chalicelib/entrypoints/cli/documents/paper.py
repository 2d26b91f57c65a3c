"""`billfold statements --paper`, and `paper` of `invoice`, `superbill` and `estimate`: a folder, the owner's
alone, with the PDFs to post and a list of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.statements import Outcome
from chalicelib.documents.services.missing import Missing
from chalicelib.documents.services.statements.paper import ToPost
from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import OK, REFUSED, how_many
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.periods import Period
from chalicelib.practice.domain.practices import Practice

COLUMNS = ("file", "client_id", "name", "address", "why")
NO_ADDRESS = "no address"
REFUSED_ADDRESS = "the address is refused"
_LIST = "list.csv"
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Posted:
    """A document to post, whom it goes to as it names them, and why no e-mail does."""

    filed: Filed
    client_id: str
    name: str
    address: str
    why: str


def run_paper(invocation: Invocation, practice: Practice, period: Period) -> int:
    """Issues and mails nothing; has the PDFs drawn that nobody has opened. Errors: Refused folder_not_empty,
    NotFound document_not_found."""
    rows = [_statement(practice.id, row) for row in invocation.app.paper_list.of(practice.id, period)]
    return write_paper(invocation, practice, rows, folder=invocation.options.paper, kind="statement")


def _statement(practice: str, row: ToPost) -> Posted:
    statement = row.issued.statement
    head, why = statement.letterhead, why_by_post(row.noted.outcome, row.noted.why)
    return Posted(
        Filed.statement(practice, statement), row.client.external_id, head.client_name, head.client_address,
        why,
    )  # fmt: skip


def write_paper(
    invocation: Invocation, practice: Practice, rows: Sequence[Posted], *, folder: str, kind: str
) -> int:
    """Into a new folder; `kind`: "statement", "invoice", "superbill" or "estimate". Errors: as
    `run_paper`."""
    if missing := _drawn(invocation, practice, rows):
        return _refuse(invocation, missing)
    place = Path(folder)
    _make(place)
    progress = invocation.output.progress()
    progress.start("writing", len(rows))
    names = [f"{number:03d}-{row.client_id}.pdf" for number, row in enumerate(rows, 1)]
    for name, row in zip(names, rows, strict=True):
        _write(place / name, invocation.app.files.get(practice.id, row.filed.key))
        progress.advance()
    _write(place / _LIST, _listed(names, rows).encode("utf-8-sig"))
    invocation.output.tell(
        "paper", f"{how_many(len(rows), kind, f'{kind}s')} to post: {folder}, with {_LIST}",
        **{f"{kind}s": len(rows)}, folder=folder, files=names,
    )  # fmt: skip
    return OK


def _drawn(invocation: Invocation, practice: Practice, rows: Iterable[Posted]) -> list[Missing]:
    """Have the documents function draw what is not there yet; what is still not there. Error: Busy."""
    app, wanted = invocation.app, [Missing(row.client_id, row.filed) for row in rows]
    missing = [one for one in wanted if not app.files.has(practice.id, one.filed.key)]
    progress = invocation.output.progress()
    progress.start("rendering", len(missing))
    return app.missing_documents.render(missing, came=progress.advance)


def _refuse(invocation: Invocation, missing: Sequence[Missing]) -> int:
    """Before anything is written: a list with gaps might be posted."""
    for one in missing:
        text = f"{one.client}: the PDF of {one.filed.name} is not there"
        invocation.output.tell("missing", text, client=one.client, document=one.filed.name)
    text = (
        f"{how_many(len(missing), 'PDF was', 'PDFs were')} not made, and nothing was written. "
        "The log of the documents function says why."
    )
    invocation.output.complain("document_missing", text, missing=len(missing))
    return REFUSED


def why_by_post(outcome: Outcome, why: str) -> str:
    """Why no e-mail announced it, in words."""
    return why or (REFUSED_ADDRESS if outcome is Outcome.MAIL_REFUSED else NO_ADDRESS)


def _make(folder: Path) -> None:
    """An older list in it might be posted a second time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused("folder_not_empty", "paper")


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _listed(names: Sequence[str], rows: Iterable[Posted]) -> str:
    lines = [COLUMNS]
    for name, row in zip(names, rows, strict=True):
        lines.append((name, row.client_id, row.name, row.address, row.why))
    return "".join(_csv_line(line) for line in lines)


def _csv_line(cells: Iterable[str]) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    safe = (f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in cells)
    return ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in safe) + "\r\n"
