"""`billfold invoice number` and `billfold superbill number`: say the latest number, or set it."""

from chalicelib.documents.services.number_setting import NumberSetting
from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import OK


def say_or_set(invocation: Invocation, numbers: NumberSetting, kind: str) -> int:
    """`kind`: "invoice" or "superbill". Errors: NotFound practice_not_found; Invalid number_too_high;
    Refused invoice_number_given, superbill_number_given; Busy."""
    practice, last, output = invocation.practice(), invocation.options.last, invocation.output
    latest = numbers.latest(practice.id)
    if last is None:
        text = f"The latest {kind} has number {latest}." if latest else f"No {kind} has been issued."
        output.tell("number", text, last=latest)
        return OK
    numbers.check(last, latest)
    if invocation.options.dry_run:
        text = f"Dry run: the next {kind} would have number {last + 1}. Nothing was written."
        output.tell("dry_run", text, last=last)
        return OK
    numbers.count_on_from(practice.id, last)
    output.tell("done", f"Done: the next {kind} has number {last + 1}.", last=last)
    return OK
