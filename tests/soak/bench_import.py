"""What an import costs: rows a second, and dry runs of 100,000 rows: `python -m tests.soak.bench_import`.

The command as it is shipped, each time in a process of its own. The table stands in that process, at
botocore's call, or is the local AWS emulator's. Times mean something only against each other.
"""

import argparse
import contextlib
import csv
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from chalicelib import bootstrap
from chalicelib.entrypoints.cli import command
from chalicelib.entrypoints.cli import main as cli
from chalicelib.importing.services import writing
from chalicelib.importing.services.progress import in_turn
from sandbox.config import SandboxConfig
from tests.soak.seam import answering
from tests.soak.store import Store
from tests.support.practice import PRACTICE
from tests.support.workbooks import Page, Written, workbook

if TYPE_CHECKING:
    from tests.support.ministack import Ministack

FIRST, KEY = date(2026, 1, 5), "5e" * 32
ENVIRONMENT = SandboxConfig(8000, Path("none")).child_environment(os.environ)
KINDS = [  # of a hundred rows
    *["charges"] * 55, *["payments"] * 27, *["insurance_payments"] * 13, *["adjustments"] * 4, "refunds",
]  # fmt: skip
HEADS = {
    "clients": "client_id,name,email",
    "charges": (
        "charge_id,client_id,date,service,clinician_id,fee,insurance_expected,cpt,diagnoses,place_of_service"
    ),
    "payments": "payment_id,client_id,date,amount,method,charge_ids,notes",
    "insurance_payments": "insurance_payment_id,charge_id,date,paid,contractual_adjustment",
    "adjustments": "adjustment_id,charge_id,date,amount,kind",
    "refunds": "refund_id,payment_id,date,amount",
}  # fmt: skip


def lines(count: int, clients: int) -> Iterator[tuple[str, str]]:
    """`count` lines, each with its file's kind: half the services are insured, and some of the bills paid."""
    chance, charges = random.Random(20261130), 0
    for client in range(clients):
        yield "clients", f"C{client},Client {client},c{client}@example.test"
    for number in range(count - clients):
        kind = KINDS[number % 100]
        yield kind, _line(kind, number, chance.randrange(clients), charges, clients)
        charges += kind == "charges"


def _line(kind: str, number: int, client: int, charges: int, clients: int) -> str:
    day = FIRST + timedelta(days=number % 300)
    match kind:
        case "charges":
            expected = "110.00" if charges % 2 else "0.00"
            return f"S{charges},C{charges % clients},{day},Session,ada,150.00,{expected},90837,F41.1,11"
        case "payments":
            return f"P{number},C{client},{day},40.00,check,,number {number}"
        case "insurance_payments":
            return f"I{number},S{number * 7919 % (charges - 1) | 1},2026-11-20,2.00,1.00"
        case "adjustments":
            return f"A{number},S{number * 7919 % charges},2026-11-21,0.50,adjustment"
    return f"R{number},P{number - 20},2026-11-25,4.00"


PAYROLL = [
    "Staff", "Client", "Payment Number", "Payment Method", "Insurer", "Paid with a Card", "Amount",
    "Payment Date", "Date of Service", "CPT Code", "Rate",
]  # fmt: skip


def payroll(count: int, clients: int) -> Iterator[list[str]]:
    """The lines of a TheraNest report that become `count` rows of ours, clients counted in.

    Each session is paid by its client, each second one by an insurer, too; each hundredth is paid back.
    """
    for number in range(round((count - clients) / 2.51)):
        client = number % clients
        day = FIRST + timedelta(days=number // clients * 7 + number % 7)
        given_back = number % 100 == 99
        amount = f"{100 + number % 49 if given_back else 40}.00"
        who, service, fee = f"{client}, Client", f"{day:%m/%d/%Y}", "$150.00"
        paid = ["Ada Moss", who, str(number), "Check", "", "No", f"${amount}", service, service, "90837", fee]
        yield paid
        if number % 2:
            on = f"{day + timedelta(days=20):%m/%d/%Y}"
            yield [*paid[:3], "Insurance", "Oak Mutual", "No", "$30.00", on, *paid[8:]]
        if given_back:
            yield [*paid[:6], f"(${amount})", f"{day + timedelta(days=9):%m/%d/%Y}", *paid[8:]]


def one(options: argparse.Namespace) -> dict[str, float]:
    """The command once, in this process: seconds of wall and of processor, the most memory in MB."""
    with contextlib.ExitStack() as stack:
        if not options.table:
            stack.enter_context(answering(Aws().answer))
            stack.enter_context(mock.patch.object(command, "in_threads", in_turn))
        if options.at_once:
            stack.enter_context(mock.patch.object(writing, "AT_ONCE", options.at_once))
        bootstrap.app().practices.save_practice(PRACTICE)
        said = stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        wall, processor = time.monotonic(), time.process_time()
        arguments = ["import", "--practice", PRACTICE.id, *options.files, *(["--dry-run"] * options.dry_run)]
        arguments += ["--from", options.system] if options.system else []
        assert cli.main(arguments) == 0, said.getvalue()[:2000]
        took = {"wall": time.monotonic() - wall, "processor": time.process_time() - processor}
    return took | {"peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


class Aws:
    """The table and the app's key."""

    def __init__(self) -> None:
        self.store = Store()

    def answer(self, service: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        return self.store.call(operation, asked) if service == "dynamodb" else {"Parameter": {"Value": KEY}}


@dataclass(frozen=True)
class Bench:
    """`count` rows of `clients` clients, which lie in `files`."""

    count: int
    clients: int
    files: list[str]

    def run(self, *options: str, **environment: str) -> dict[str, float]:
        arguments = [sys.executable, "-m", "tests.soak.bench_import", "--one", *options]
        done = subprocess.run(
            [*arguments, "--files", *self.files], env={**ENVIRONMENT, **environment}, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found

    def on_emulator(self, emulator: "Ministack", *options: str) -> dict[str, float]:
        """With the emulator's processor time in it."""
        table, before = emulator.new_table(), _processor_seconds(emulator.process.pid)
        names = {"AWS_ENDPOINT_URL": emulator.url, "BILLFOLD_TABLE": table}
        found = self.run(*options, "--table", table, **names)
        return {**found, "emulator": _processor_seconds(emulator.process.pid) - before}


def made(folder: Path, count: int, clients: int) -> Bench:
    folder.mkdir()
    texts = defaultdict(list)
    for kind, line in lines(count, clients):
        texts[kind].append(line)
    for kind, found in texts.items():
        (folder / f"{kind}.csv").write_text("\n".join([HEADS[kind], *found, ""]))
    return Bench(count, clients, [str(folder / f"{kind}.csv") for kind in texts])


def made_payroll(folder: Path, count: int, clients: int, *, ending: str = "csv") -> Bench:
    """An export of TheraNest's beside a list of its clients."""
    folder.mkdir()
    people, report = folder / "clients.csv", folder / f"payroll.{ending}"
    known = [line for kind, line in lines(clients, clients) if kind == "clients"]
    people.write_text("\n".join([HEADS["clients"], *known, ""]))
    sessions = [PAYROLL, *payroll(count, clients)]
    if ending == "xlsx":
        report.write_bytes(
            workbook({"Payroll": Page([[_written(cell) for cell in row] for row in sessions])})
        )
    else:
        with report.open("w", newline="") as file:
            csv.writer(file).writerows(sessions)
    return Bench(count, clients, [str(people), str(report)])


def _written(cell: str) -> Written:
    """As a workbook has it: dates, amounts and numbers are none of them text."""
    if _DAY.fullmatch(cell):
        return datetime.strptime(cell, "%m/%d/%Y").date()  # noqa: DTZ007 - a day
    if _AMOUNT.fullmatch(cell):
        amount = float(cell.strip("()").removeprefix("$"))
        return -amount if cell.startswith("(") else amount
    return int(cell) if cell.isdigit() else cell


_DAY, _AMOUNT = re.compile(r"../../...."), re.compile(r"\(?\$[0-9.]+\)?")


def _processor_seconds(process: int) -> float:
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def told(what: str, count: int, found: dict[str, float]) -> None:
    parts = [f"{name} {value:.1f}" for name, value in found.items()]
    seconds = sum(value for name, value in found.items() if name in ("processor", "emulator"))
    print(f"{what}: {count} rows, {', '.join(parts)}; {count / seconds:.0f} rows/s of processor time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--at-once", type=int)
    parser.add_argument("--system")
    parser.add_argument("--table")
    parser.add_argument("--files", nargs="*")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options)))
    else:
        compare()


def compare() -> None:
    from tests.support.ministack import running_ministack

    os.environ.update(ENVIRONMENT)  # the emulator asks for credentials, of whomever
    with tempfile.TemporaryDirectory() as folder, running_ministack() as emulator:
        many = made(Path(folder, "many"), 100_000, 5_000)
        told("dry run", many.count, many.run("--dry-run"))
        for ending in ("csv", "xlsx"):
            export = made_payroll(Path(folder, ending), 100_000, 5_000, ending=ending)
            told(
                f"dry run by a map, {ending}", export.count, export.run("--dry-run", "--system", "theranest")
            )
        some = made(Path(folder, "some"), 10_000, 500)
        few = made(Path(folder, "few"), 2_000, 100)
        emulator.client("ssm").put_parameter(
            Name=f"{ENVIRONMENT['BILLFOLD_SECRETS_PREFIX']}/lookup-key", Value=KEY, Type="SecureString"
        )
        for how, at_once in (("one by one", ["--at-once", "1"]), ("in batches", [])):
            told(f"in this process, {how}", some.count, some.run(*at_once))
            told(f"emulator, {how}", few.count, few.on_emulator(emulator, *at_once))


if __name__ == "__main__":
    main()
