"""The command line in this process, on moto: what it printed, and with what status it ended."""

import functools
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.entrypoints.cli import command
from chalicelib.entrypoints.cli import main as cli
from chalicelib.importing.services.progress import in_turn
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.payments.services.turns import Turn
from sandbox.resources import Resources
from tests.support.api import settings_for
from tests.support.clock import FakeClock
from tests.support.mail import FakeAccount
from tests.support.queue import InlineQueue

NOW = "2026-11-20T18:00:00+00:00"
PRACTICE = {
    "id": "oak", "name": "Oak Practice", "timezone": "America/New_York", "currency": "USD",
    "email": "office@oak.example.test", "descriptor": "OAK STREET", "flow": "redirect",
    "clinicians": [
        {"id": "dr-a", "name": "Dr. A"}, {"id": "dr-b", "name": "Dr. B", "payments_enabled": False},
    ],
}  # fmt: skip
CLIENTS = "client_id,name,email\nC1,Ana Núñez,ana@example.test\nC2,Bo,\n"
CHARGES = """\
charge_id,client_id,date,service,clinician_id,fee
A1,C1,2026-10-01,Talk,dr-a,150
B1,C2,2026-10-01,Talk,dr-b,90
"""
# What a process makes once: all commands and options.
parser_made_once = functools.cache(cli.parser)


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class World:
    def __init__(
        self, names: Resources, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.app = bootstrap.App(settings_for(names))
        self.app.clock = FakeClock(NOW)
        self.account = self.app.mail_account = FakeAccount()
        self.app.catch_up_queue = InlineQueue(lambda message: self.app.turns.take(Turn.parse(message)))
        bootstrap.use(self.app)
        self.folder = folder
        self._capsys = capsys
        self._patch = patch
        patch.setattr(command, "in_threads", in_turn)  # moto is not safe to use from threads
        patch.setattr(cli, "parser", parser_made_once)

    def run(self, *arguments: str, stdin: str = "") -> Result:
        self._patch.setattr("sys.stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        try:
            status = cli.main(arguments)
        except SystemExit as leaving:
            status = int(str(leaving.code or 0))
        printed = self._capsys.readouterr()
        return Result(status, printed.out, printed.err)

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def with_practice(self, **more: object) -> None:
        path = self.file("practice.json", json.dumps({**PRACTICE, **more}))
        assert self.run("practice", "create", "--file", path).status == 0

    def with_books(self) -> None:
        self.with_practice()
        files = [self.file("clients.csv", CLIENTS), self.file("charges.csv", CHARGES)]
        assert self.run("import", "--practice", "oak", *files).status == 0

    def account_of(self, client_id: str) -> str:
        return self.app.people.accounts_of("oak", [client_id])[client_id]

    def ref(self, client_id: str) -> AccountRef:
        return AccountRef("oak", self.account_of(client_id))

    def balance(self, client_id: str) -> int:
        account = self.app.ledgers.account(self.ref(client_id))
        assert account is not None
        return account.ledger.balance_minor
