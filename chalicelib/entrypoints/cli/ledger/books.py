"""`billfold verify` and `billfold export`: check a practice's ledger, and give it away as plain text."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.importing.left_out import LeftOut, sentence
from chalicelib.entrypoints.cli.output import OK, REFUSED, how_many
from chalicelib.kernel.instants import instant
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain import beancount, hledger, ledger_csv
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Entry
from chalicelib.verification.domain.findings import Finding

_VERIFY = """\
Recomputes every hash chain, balance, open item, reservation, payment, allocation, charge and marker from the
entries, and the trial balance over all of them; holds every chain to the latest anchor, which was kept where
nobody can change it.
Says OK, or names what is wrong and leaves by status 1. While an import has begun and not ended it says NOT
ALL, names it, and leaves by status 4: what it has not posted yet cannot be checked. A function does so
every night with what has changed, and with everything within thirty nights.
"""
_EXPORT = """\
beancount: the whole ledger, with a balance assertion for every client: `bean-check` accepts it. Clients are
named by their opaque ids; no name, service or diagnosis is in it.
hledger: the same for hledger and ledger, with the same assertions.
csv: the same for spreadsheets, a row a posting, with the ids under which each was posted. A cell that would
be a formula begins with an apostrophe.
jsonl: every row of the practice as it is stored, for `billfold restore`. Names, addresses and services are in
it: keep it as you keep the practice's files. A file without its last line (the number of rows) is not whole.
While an import has begun and not ended, all leave by status 4 and name it on standard error: jsonl has the
clients it has not shown yet, hidden until its files are run again; the others have nothing of them.
"""


def add(commands: Subparsers) -> None:
    command(commands, "verify", run_verify, "Check a practice's whole ledger.", writes=False, details=_VERIFY)
    export = command(
        commands, "export", run_export, "Print the ledger for other programs.", writes=False, details=_EXPORT
    )
    export.add_argument("--format", choices=("beancount", "hledger", "csv", "jsonl"), required=True)


def run_verify(invocation: Invocation) -> int:
    practice, output = invocation.practice(), invocation.output
    left_out = LeftOut(invocation, practice.id)
    verified = invocation.app.verifying.verify(practice.id)
    day, rewritten = _anchored(invocation, practice.id)
    findings, ok = (*verified.findings, *rewritten), verified.ok and not rewritten
    for finding in findings:
        where = " ".join(part for part in (finding.account_id, finding.item) if part)
        output.tell(
            "finding", f"{where}: {finding.code}",
            code=finding.code, account_id=finding.account_id, item=finding.item,
        )  # fmt: skip
    accounts = how_many(verified.accounts, "account", "accounts")
    entries = how_many(verified.entries, "entry", "entries")
    held = f"held to the anchor of {day}" if day else "no anchor yet"
    whole = not left_out.found
    said = "NOT OK" if not ok else "OK" if whole else "NOT ALL"
    output.tell(
        "verified", f"{said}: {accounts}, {entries}, {held}\n{_trial(verified.trial)}".rstrip(),
        ok=ok and whole, accounts=verified.accounts, entries=verified.entries, anchor=day,
        trial=[{"book": b, "currency": c, "debit_minor": n} for (b, c), n in verified.trial.items()],
    )  # fmt: skip
    return left_out.tell(OK if ok else REFUSED)


def _anchored(invocation: Invocation, practice: str) -> tuple[str, tuple[Finding, ...]]:
    """The day of the latest anchor, and what differs from it."""
    try:
        compared = invocation.app.anchoring.compare(practice)
    except ValueError:
        return "", (Finding("anchor_damaged", "", "latest anchor"),)
    return compared.day, tuple(
        Finding("chain_anchor_mismatch", found.anchored.account_id, f"entry {found.anchored.seq}")
        for found in compared.mismatches
    )


def run_export(invocation: Invocation) -> int:
    practice, output = invocation.practice(), invocation.output
    left_out, wanted = LeftOut(invocation, practice.id), invocation.options.format
    if wanted == "jsonl":
        for line in invocation.app.backing_up.export(practice.id):
            output.line(line)
        with suppress(Busy):  # whoever may only read exports all the same; the host sees no export then
            invocation.app.host_rows.exported(practice.id, at=instant(invocation.app.clock.now()))
        return left_out.warn(OK)
    for line in _lines(wanted, practice.id, _accounts(invocation, practice.id)):
        output.tell("line", line, line=line)
    if wanted != "csv":  # which has no comments
        for missing in left_out.found:  # in the file, too: whoever reads it later has only that
            line = f"; {sentence(missing)}"
            output.tell("line", line, line=line)
    return left_out.warn(OK)


def _lines(wanted: str, practice: str, accounts: Iterator[tuple[Account, list[Entry]]]) -> Iterator[str]:
    if wanted == "csv":
        return ledger_csv.export(accounts)
    if wanted == "hledger":
        return hledger.export(practice, accounts)
    return beancount.export(practice, accounts)


def _accounts(invocation: Invocation, practice: str) -> Iterator[tuple[Account, list[Entry]]]:
    ledgers = invocation.app.ledgers
    for found in invocation.app.verifying.accounts(practice):
        account = ledgers.account(found.ref)
        shown = found.client is not None or (account is not None and not account.hold)
        if account is not None and shown:
            yield account, list(ledgers.entries(found.ref, last=account.ledger.seq))


def _trial(trial: Mapping[tuple[str, str], int]) -> str:
    return "\n".join(
        f"  {book:28} {decimal_text(Money(net, currency)):>14} {currency}"
        for (book, currency), net in trial.items()
    )
