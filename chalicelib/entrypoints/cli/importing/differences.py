"""`billfold import --compare`: what clients owe after the import beside the old system's list of balances."""

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.domain.problems import shown
from chalicelib.importing.services.balances import Comparison, Difference
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.words import say
from chalicelib.words.cli.import_report import counted, report_line
from chalicelib.words.cli.mapping import COMPARED


def tell(invocation: Invocation, found: Comparison, currency: str) -> bool:
    """Client by client; whether the import may go on."""
    options, output = invocation.options, invocation.output
    for difference in found.differences:
        _tell(difference, currency, output)
    agreeing = counted("row", found.agreeing, output.language)
    output.tell("compared", say(COMPARED, "agreeing", output.language, n=agreeing), agreeing=found.agreeing)
    if not found.differences or options.accept_differences or options.dry_run:
        return True
    differing = counted("row", len(found.differences), output.language)
    text = say(COMPARED, "differing", output.language, n=differing)
    output.tell("differing", text, differences=len(found.differences))
    return False


def _tell(difference: Difference, currency: str, output: Output) -> None:
    row, books = difference.row, decimal_text(Money(difference.books_minor, currency))
    listed = decimal_text(Money(row.amount_minor, currency)) if row else ""
    text = say(
        COMPARED, "difference" if row else "unlisted", output.language,
        client=shown(difference.client_id), books=books, listed=listed,
    )  # fmt: skip
    place = f"{row.file}, {report_line('row', output.language, row=str(row.number))}: " if row else ""
    output.tell(
        "difference", f"{place}{text}", client=difference.client_id, books=books, listed=listed,
        file=row.file if row else "", row=row.number if row else 0,
    )  # fmt: skip
