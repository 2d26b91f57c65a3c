"""`billfold import --explain`: how the columns of any file would be read, and a map that reads them so."""

from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.importing import choices, mapped
from chalicelib.entrypoints.cli.importing.files import Taken, taken_whole
from chalicelib.entrypoints.cli.importing.modes import is_mapped
from chalicelib.entrypoints.cli.output import OK, REFUSED, Output
from chalicelib.importing.domain.mapping.map_text import BadMap, map_text
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.table import Table, Unreadable
from chalicelib.importing.services.explaining import ColumnExplained, Explained
from chalicelib.kernel.actors import IMPORT
from chalicelib.words import say
from chalicelib.words.cli.explaining import EXPLAINED

_MOST_WORDS = 10


def run(invocation: Invocation) -> int:
    options, output = invocation.options, invocation.output
    practice = invocation.practice()
    try:
        read = taken_whole(output, lambda taken: _read(invocation, taken))
    except BadMap as bad:
        read = None, [], [*bad.problems]
    if read is None:
        return REFUSED
    by, tables, problems = read
    terms = invocation.importer(actor=IMPORT).terms(practice)
    found = invocation.app.explaining().explain(tables, terms, choices.said(options), by)
    for column in found.columns:
        _tell(column, output)
    if found.proposal:
        _tell_once(found.proposal, output)
    for problem in (*problems, *found.problems):
        output.problem(problem, practice.currency)
    useful = any(column.becomes for column in found.columns) or bool(found.lacking and options.write_map)
    return _keep(invocation, found) if useful and not problems else REFUSED


def _read(invocation: Invocation, taken: Taken) -> tuple[ExportMap | None, list[Table], list[Problem]]:
    """The map, where one is named, and what the files hold. Errors: BadMap, OSError, FileChanged."""
    options = invocation.options
    by = mapped.map_of(options, taken) if is_mapped(options) else None
    return by, *_tables(invocation, taken)


def _tables(invocation: Invocation, taken: Taken) -> tuple[list[Table], list[Problem]]:
    tables, problems = list[Table](), list[Problem]()
    for path in invocation.options.files:
        try:
            tables += tables_of(path.name, taken.source(path).content, choices.said(invocation.options))
        except Unreadable as error:
            problems.append(error.problem(path.name))
    return tables, problems


def _tell(column: ColumnExplained, output: Output) -> None:
    language = output.language
    unreadable, empty = (say(EXPLAINED, key, language) for key in ("unreadable", "no_examples"))
    examples = [f"{cell} → {read or unreadable}" for cell, read in column.examples]
    unused = "column_deciding" if column.deciding else "column_unused"
    key = "column" if column.becomes else "condition" if column.examples else unused
    text = say(
        EXPLAINED, key, language, header=column.header, becomes=", ".join(column.becomes),
        examples="; ".join(examples) or empty, deciding=", ".join(column.deciding),
    )  # fmt: skip
    output.tell(
        "explained", f"{column.file}: {text}", file=column.file, header=column.header,
        becomes=list(column.becomes), examples=[list(pair) for pair in column.examples],
        deciding=list(column.deciding),
    )  # fmt: skip
    if column.unknown:
        words = ", ".join(column.unknown[:_MOST_WORDS]) + (", …" if len(column.unknown) > _MOST_WORDS else "")
        text = say(
            EXPLAINED, "words_unknown", language, header=column.header, unknown=words, line=column.line
        )
        output.tell(
            "words_unknown", f"{column.file}: {text}", file=column.file, header=column.header,
            words=list(column.unknown), line=column.line,
        )  # fmt: skip


def _tell_once(by: ExportMap, output: Output) -> None:
    """Which lines make one row together: no column says so."""
    for table in by.tables:
        for rule in (rule for rule in table.rules if rule.once):
            made_of = ", ".join(rule.values[rule.format.key].made_of) or rule.format.key
            text = say(EXPLAINED, "once", output.language, made_of=made_of)
            output.tell("once", f"{table.title}: {text}", kind=rule.kind, made_of=made_of)


def _keep(invocation: Invocation, found: Explained) -> int:
    options, output = invocation.options, invocation.output
    path: Path | None = options.write_map
    if path is None or found.proposal is None:
        output.tell("done", say(EXPLAINED, "not_written", output.language))
        return OK
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(map_text(found.proposal))
    except FileExistsError:
        output.problem(Problem(path.name, 0, "", "map_exists", {"value": shown(path.name)}), output.currency)
        return REFUSED
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    key, lacking = "skeleton" if found.lacking else "written", "), (".join(found.lacking)
    said = "".join(f" {one}" for one in choices.words_of(options))
    text = say(
        EXPLAINED, key, output.language, file=str(path), practice=options.practice, lacking=lacking, said=said
    )
    output.tell("done", text, file=str(path))
    return REFUSED if found.lacking else OK
