"""Lists for a person to look into: what an earlier import brought and the same source has no more, and what
staff took back and the files have again.
"""

from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.domain.problems import shown
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.words.cli.import_report import counted, report_line

_FIRST = 20  # are shown to a person; programs, and who adds --all, get every one


def tell_missing(plan: Plan, output: Output, *, every: bool) -> None:
    rows = plan.missing if every or output.as_json else plan.missing[:_FIRST]
    for row in rows:
        amount = decimal_text(Money(row.amount_minor, plan.practice.currency))
        kind = report_line(f"missing_{row.kind}", output.language)
        text = report_line(
            "missing", output.language, kind=kind, id=shown(row.id), client=shown(row.client_id),
            date=row.date, amount=amount, entry=str(row.entry),
        )  # fmt: skip
        output.tell(
            "missing", text, client=row.client_id, kind=row.kind, id=row.id, date=row.date, amount=amount,
            entry=row.entry,
        )  # fmt: skip
    if len(rows) < len(plan.missing):
        more = counted("missing", len(plan.missing) - len(rows), output.language)
        output.tell("missing_more", report_line("missing_more", output.language, more=more))


def tell_taken_back(plan: Plan, output: Output, *, every: bool) -> None:
    rows = plan.taken_back if every or output.as_json else plan.taken_back[:_FIRST]
    for row in rows:
        place = report_line("row", output.language, row=str(row.number))
        text = f"{row.file}, {place}: {report_line('taken_back', output.language)}"
        output.tell("taken_back", text, file=row.file, row=row.number)
    if len(rows) < len(plan.taken_back):
        more = counted("taken_back", len(plan.taken_back) - len(rows), output.language)
        output.tell("taken_back_more", report_line("taken_back_more", output.language, more=more))
