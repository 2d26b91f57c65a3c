"""A file's bytes to its tables, whatever kind of file it is."""

from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices
from chalicelib.importing.domain.tables.delimited import records_of
from chalicelib.importing.domain.tables.parts import is_archive
from chalicelib.importing.domain.tables.shape import table_of
from chalicelib.importing.domain.tables.table import Table
from chalicelib.importing.domain.tables.texts import refuse_other_kinds, text_of
from chalicelib.importing.domain.tables.workbooks import tables_of_workbook


def tables_of(file: str, content: bytes, choices: Choices = NO_CHOICES) -> tuple[Table, ...]:
    """One table of a text, each visible sheet of a workbook that holds anything.

    Errors: Unreadable, with what to do; Question, which of `choices` answers.
    """
    refuse_other_kinds(content)
    if is_archive(content):
        return tables_of_workbook(file, content, choices)
    text, notes = text_of(content)
    records, more = records_of(text)
    return (table_of(file, "", records, choices, (*notes, *more)),)
