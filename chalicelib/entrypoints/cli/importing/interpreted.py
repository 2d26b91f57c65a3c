"""The list of what was interpreted, before the first write: whoever runs the command has to agree to it."""

from argparse import Namespace
from collections.abc import Iterable

from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.domain.tables.own_files import Interpreted
from chalicelib.importing.domain.tables.study import Interpretation
from chalicelib.importing.domain.tables.table import Note
from chalicelib.words import say
from chalicelib.words.cli.import_report import counted, report_line
from chalicelib.words.cli.reading import INTERPRETED, NOTED


def has_to_be_agreed_to(files: Iterable[Interpreted], options: Namespace) -> bool:
    return not options.as_read and any(file.changes for file in files)


def tell_interpreted(files: Iterable[Interpreted], output: Output) -> None:
    for file in files:
        for note in file.notes:
            _tell_note(file.file, note, output)
        for one in file.cells:
            _tell_cells(file.file, one, output)


def _tell_note(file: str, note: Note, output: Output) -> None:
    rows = ", ".join(map(str, note.rows)) + (", …" if note.count > len(note.rows) else "")
    details = {name: str(value) for name, value in note.details.items()}
    said = say(NOTED, note.code, output.language, **{"count": f"{note.count:,}", "rows": rows, **details})
    output.tell(
        "noted", f"{file}: {said}", file=file, code=note.code, count=note.count, rows=list(note.rows),
        changes=note.changes, message=said,
    )  # fmt: skip


def _tell_cells(file: str, one: Interpretation, output: Output) -> None:
    language = output.language
    said = say(INTERPRETED, one.code, language)
    examples = "; ".join(report_line("became", language, old=old, new=new) for old, new in one.examples)
    output.tell(
        "interpreted", f"{file}, {one.column}: {said} ({counted('cell', one.count, language)}: {examples})",
        file=file, column=one.column, code=one.code, count=one.count, row=one.first_row,
        examples=[list(pair) for pair in one.examples], message=said,
    )  # fmt: skip
