"""`billfold statements --paper` and `billfold invoice paper`: a folder, the owner's alone, with the PDFs to
post and a list of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.documents.domain.statements import Outcome
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
    """A document to post: its file, whom it goes to as it names them, why no e-mail does, and what it is."""

    file: str
    client_id: str
    name: str
    address: str
    why: str
    document: str


def run_paper(invocation: Invocation, practice: Practice, period: Period) -> int:
    """Issues and mails nothing. Errors: Refused folder_not_empty, NotFound document_not_found."""
    rows = [_statement(row) for row in invocation.app.paper_list.of(practice.id, period)]
    return write_paper(invocation, practice, rows, folder=invocation.options.paper, kind="statement")


def _statement(row: ToPost) -> Posted:
    statement = row.issued.statement
    head, why = statement.letterhead, why_by_post(row.noted.outcome, row.noted.why)
    return Posted(
        row.issued.file, row.client.external_id, head.client_name, head.client_address, why,
        f"statement {statement.period}",
    )  # fmt: skip


def write_paper(
    invocation: Invocation, practice: Practice, rows: Sequence[Posted], *, folder: str, kind: str
) -> int:
    """Into a new folder; `kind`: "statement" or "invoice". Errors: as `run_paper`."""
    if missing := [row for row in rows if not invocation.app.files.has(practice.id, row.file)]:
        return _refuse(invocation, practice, missing)
    place = Path(folder)
    _make(place)
    progress = invocation.output.progress()
    progress.start("writing", len(rows))
    names = [f"{number:03d}-{row.client_id}.pdf" for number, row in enumerate(rows, 1)]
    for name, row in zip(names, rows, strict=True):
        _write(place / name, invocation.app.files.get(practice.id, row.file))
        progress.advance()
    _write(place / _LIST, _listed(names, rows).encode("utf-8-sig"))
    invocation.output.tell(
        "paper", f"{how_many(len(rows), kind, f'{kind}s')} to post: {folder}, with {_LIST}",
        **{f"{kind}s": len(rows)}, folder=folder, files=names,
    )  # fmt: skip
    return OK


def _refuse(invocation: Invocation, practice: Practice, missing: Sequence[Posted]) -> int:
    """Before anything is written: a list with gaps might be posted."""
    for row in missing:
        kind, _, of = row.document.partition(" ")
        text = f"{row.client_id}: the PDF of {kind} {of} is not there"
        invocation.output.tell("missing", text, client=row.client_id, document=row.document)
    made = f"billfold documents render --practice {practice.id}"
    text = (
        f"{how_many(len(missing), 'PDF is', 'PDFs are')} missing, and nothing was written. First run: {made}"
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
