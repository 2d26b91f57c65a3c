"""`billfold remittance`: insurers' 835 files into the books."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.importing.files import Taken, taken_whole
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED, Output, amount_text
from chalicelib.importing.domain.problems import Problem, inert
from chalicelib.importing.domain.remittances.model import Remittance
from chalicelib.importing.services.remittances.deciding import Result
from chalicelib.importing.services.remittances.planning import Prepared, Told
from chalicelib.importing.services.remittances.remittances import Remittances
from chalicelib.kernel.actors import IMPORT
from chalicelib.ledger.domain.charges import Charge
from chalicelib.words import say
from chalicelib.words.cli.remittances import REMITTANCES

_DETAILS = """\
FILES are X12 835 files (005010X221A1) as insurers and clearinghouses send them; docs/remittances.md says what
becomes of each kind of line.

All is read, checked to the cent and rehearsed before the first write. A line is posted to the charge that
its number names, else to the only one of that client, date, code and amount; whatever is not sure is
listed and left to you. The same payment posts once, in whichever file it comes.
"""
_MINOR = "_minor"


def add(commands: Subparsers) -> None:
    parser = command(
        commands, "remittance", run, "Post insurers' remittances (835).", writes=True, details=_DETAILS
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--take-over", action="store_true",
        help="go on where an import was broken off, without finishing it",
    )  # fmt: skip
    parser.add_argument("--language", choices=("en", "es"), default="en", help="of what is printed")


def run(invocation: Invocation) -> int:
    options, output = invocation.options, invocation.output
    remittances = Remittances(invocation.importer(actor=IMPORT))

    def read(taken: Taken) -> Prepared:
        files = [taken.source(path) for path in options.files]
        return remittances.prepare(options.practice, files, take_over=options.take_over)

    prepared = taken_whole(output, read)
    if prepared is None:
        return REFUSED
    report = _Report(output, prepared.practice.currency)
    report.problems(prepared.problems)
    if prepared.problems:
        output.tell("refused", report.say("refused"), problems=len(prepared.problems))
        return REFUSED
    report.payments(prepared.remittances)
    report.told(prepared)
    if options.dry_run:
        return report.finish(prepared, "dry_run")
    overtaken = remittances.apply(prepared)
    report.problems(overtaken)
    return report.finish(prepared, "done", overtaken=len(overtaken))


class _Report:
    """Sentences for a person, or an object a line for programs: `problem`, `payment`, `left`, `note`."""

    def __init__(self, output: Output, currency: str) -> None:
        self._output = output
        self._currency = currency
        output.currency = currency

    def say(self, key: str, /, **values: object) -> str:
        texts = {name: inert(str(value)) for name, value in values.items()}
        return say(REMITTANCES, key, self._output.language, **texts)

    def problems(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            if problem.code in REMITTANCES:
                words = self.say(problem.code, **self._values(problem.details))
                place = self.say("at", file=problem.file, number=problem.row) if problem.row else problem.file
                text = f"{place}: {words} [{problem.code}]"
                self._output.tell(
                    "problem", text, file=problem.file, row=problem.row, code=problem.code, message=words
                )
            else:
                self._output.problem(problem, self._currency)

    def payments(self, remittances: Sequence[Remittance]) -> None:
        for one in remittances:
            facts = {
                "file": one.file, "payer": one.payer, "trace": one.trace, "date": one.date,
                "payee": one.payee, "claims": len(one.claims),
            }  # fmt: skip
            text = self.say("payment", money=self._money(one.amount_minor), **facts)
            self._output.tell("payment", text, amount_minor=one.amount_minor, **facts)

    def told(self, prepared: Prepared) -> None:
        for note in prepared.notes:
            self._tell("note", note, self._text(note))
        for left in prepared.left:
            self._tell("left", left, self.say("left", text=self._text(left)))

    def finish(self, prepared: Prepared, key: str, *, overtaken: int = 0) -> int:
        counts = {result.value: prepared.counts.get(result, 0) for result in Result}
        counts["left"] = len(prepared.left)
        text = self.say(key, summary=self.say("summary", **counts))
        plan, facts = prepared.plan, dict[str, str]()
        if key == "done" and plan is not None and not plan.empty:
            text += " " + self.say("import_id", id=plan.import_id)
            facts = {"id": plan.import_id}
        if overtaken:
            text += " " + self.say("overtaken", count=overtaken)
        self._output.tell(key, text, overtaken=overtaken, **counts, **facts)
        return PARTLY if prepared.left or overtaken else OK

    def _tell(self, event: str, told: Told, text: str) -> None:
        near = [{"client": client, "charge": charge.external_id} for client, charge in told.near]
        lines = [text, *(self._near(client, charge) for client, charge in told.near)]
        facts = {name: value for name, value in told.details.items() if name not in ("code", "file")}
        self._output.tell(
            event, "\n".join(lines), file=told.file, number=told.number, code=told.code, near=near, **facts
        )

    def _near(self, client: str, charge: Charge) -> str:
        fee = self._money(charge.client_minor + charge.insurer_minor)
        return self.say(
            "near", charge=charge.external_id, client=client, date=charge.date, cpt=charge.cpt, fee=fee
        )

    def _text(self, told: Told) -> str:
        values = self._values(told.details)
        if told.code in REMITTANCES:
            words = self.say(told.code, **values)
        else:  # the ledger's own refusal
            words = self.say("line_refused", why=self._output.words(told.code, told.details))
        place = self.say("at", file=told.file, number=told.number)
        line = f", {self.say('line', **values)}" if "charged" in values else ""
        return f"{place}{line}: {words} [{told.code}]"

    def _values(self, details: Mapping[str, object]) -> dict[str, object]:
        """Amounts as people read them: `paid` of `paid_minor`."""
        return {
            name.removesuffix(_MINOR): self._money(value)
            if name.endswith(_MINOR) and isinstance(value, int)
            else value
            for name, value in details.items()
        }

    def _money(self, minor: int) -> str:
        return amount_text(minor, self._currency)
