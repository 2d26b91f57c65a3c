"""What becomes of a command's output: closed pipes, full disks, ^C, Spanish, one mistake in many rows."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.entrypoints.cli.main import main
from chalicelib.entrypoints.cli.output import Bar, JsonProgress, Output
from chalicelib.version import VERSION
from tests.unit.cli.world import World

ROOT = Path(__file__).parents[3]
# A command that prints for as long as anybody reads, in a process with a real standard output.
TALKS = """
import argparse, sys
from chalicelib import bootstrap
from chalicelib.entrypoints.cli import main as cli

def run(invocation):
    for n in range(100_000):
        invocation.output.tell("line", f"line {n}", n=n)
    return 0

class Parser:
    def parse_args(self, arguments):
        return argparse.Namespace(json="--json" in arguments, run=run)

bootstrap.app = lambda: None
cli.parser = Parser
sys.exit(cli.main(sys.argv[1:]))
"""


def talk(shell: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", f'set -o pipefail; "$0" -c "$1" {shell}', sys.executable, TALKS]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("form", ["", "--json"])
def test_13_a_reader_that_has_enough_ends_the_command_without_a_word(form: str) -> None:
    ended = talk(f"{form} | head -n 1")
    assert (ended.returncode, ended.stderr) == (3, "")
    assert "0" in ended.stdout


def test_a_full_disk_is_said_in_one_line() -> None:
    ended = talk("> /dev/full")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == "billfold: what is printed cannot be written: No space left on device\n"


def test_13_a_stop_by_hand_has_a_line_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_self: object, _practice: str) -> None:
        raise KeyboardInterrupt

    world.with_practice()
    monkeypatch.setattr(type(world.app.practices), "practice", stop)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    stopped = world.run("alerts", "--practice", "oak")
    assert stopped.status == 3
    assert stopped.err == "\nbillfold: stopped. Run the same command again to finish.\n"


@pytest.mark.parametrize("module", ["chalicelib.entrypoints.cli", "sandbox.demo.billfold"])
@pytest.mark.parametrize(
    ("arguments", "out", "err"),
    [
        (["--version"], "", "billfold: stopped. Run the same command again to finish.\n"),
        (
            ["alerts", "--practice", "oak", "--json"],
            '{"event": "error", "code": "interrupted", "message": "stopped. Run the same command again to'
            ' finish."}\n',
            "",
        ),
    ],
)
def test_17_so_it_is_while_python_loads_the_command(
    module: str, arguments: list[str], out: str, err: str, tmp_path: Path
) -> None:
    """It was a traceback. What is loaded here is a module that is stopped in the middle; tests may have been
    started in the background, where Ctrl-C is ignored."""
    (tmp_path / "argparse.py").write_text(
        "import os, signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(30)\n"
    )
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    stopped = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (3, out, err)


def test_a_fault_after_the_write_is_no_refusal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 14: `questions answer` ended in 1, "nothing was written", and the answer was stored."""

    def fail(*_args: object, **_fields: object) -> None:
        raise TypeError("a fault")

    world.with_books()
    monkeypatch.setattr(Output, "tell", fail)
    failed = world.run("post", "cash", "--practice", "oak", "--client", "C1", "--amount", "20")
    assert (failed.status, world.balance("C1")) == (3, 13_000)
    assert "TypeError: a fault" in failed.err
    assert "billfold: the command failed, which is a fault of Billfold" in failed.err.splitlines()[-1]


@pytest.mark.parametrize("name", ["text", "code", "self", "as_json"])
def test_a_field_may_have_any_name_but_the_lines_own(capsys: pytest.CaptureFixture[str], name: str) -> None:
    Output(as_json=True).tell("line", "said", **{name: "x"})
    assert json.loads(capsys.readouterr().out) == {"event": "line", name: "x"}
    with pytest.raises(TypeError):
        Output(as_json=True).tell("line", "said", event="x")


def test_13_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert (left.value.code, capsys.readouterr().out) == (0, f"billfold {VERSION}\n")
    project = (ROOT / "pyproject.toml").read_text()
    assert re.findall(r'^version = "(.+)"$', project, re.MULTILINE) == [VERSION]


def test_13_help_names_every_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert re.findall(r"^  (\d)  ", told, re.MULTILINE) == ["0", "1", "2", "3", "4"]


CHARGES = "charge_id,client_id,date,service,clinician_id,fee\n"


@pytest.fixture
def mistaken(world: World) -> tuple[World, str, str]:
    """A charges.csv with one mistake in 20,000 rows, and another in one."""
    world.with_practice()
    clients = world.file("clients.csv", "client_id,name,email\nC1,Ana,\n")
    rows = "".join(f"A{n},C1,2026-10-01,Talk,dr-a,$150.5.0\n" for n in range(20_000))
    return world, clients, world.file("charges.csv", f"{CHARGES}{rows}B1,C1,10/01/2026,Talk,dr-a,150\n")


def test_13_one_mistake_in_20000_rows_is_one_line_with_a_count_and_an_example(
    mistaken: tuple[World, str, str],
) -> None:
    world, *files = mistaken
    told = world.run("import", "--practice", "oak", *files)
    lines = told.out.splitlines()
    assert (told.status, len(lines)) == (1, 3)
    assert lines[0].startswith("charges.csv, row 2, fee: “$150.5.0”")
    assert lines[0].endswith(" (19,999 more rows like it)")
    assert re.match("charges.csv, row 20002, date: .*“10/01/2026”", lines[1])
    assert lines[2] == "20,001 problems; nothing was written. Add --all to list every one."
    every = world.run("import", "--practice", "oak", "--all", *files).out.splitlines()
    assert (len(every), every[-1]) == (20_002, "20,001 problems; nothing was written.")
    events = world.run("import", "--practice", "oak", "--json", *files).events
    assert sum(event["event"] == "problem" for event in events) == 20_001


ENGLISH = re.compile(
    r"\b(row|rows|problem|problems|nothing|was|client|clients|to post|posted|books|there|done)\b", re.I
)


def test_13_spanish_is_spoken_to_the_last_line(mistaken: tuple[World, str, str]) -> None:
    world, clients, charges = mistaken
    spanish = ("import", "--practice", "oak", "--language", "es")
    refused = world.run(*spanish, clients, charges)
    good = world.file("charges-2026.csv", f"{CHARGES}A1,C1,2026-10-01,Charla,dr-a,150\n")
    tried, done, again = (world.run(*spanish, *more, clients, good) for more in (("--dry-run",), (), ()))
    assert refused.out.splitlines()[-1].startswith("20,001 problemas; no se escribió nada.")
    assert (tried.status, tried.out) == (
        0, "Ensayo: 1 fila por asentar, 1 cliente nuevo. No se escribió nada.\n"
    )  # fmt: skip
    assert done.status == 0
    assert re.fullmatch(r"Listo: 1 fila asentada, 1 cliente nuevo\. Es la importación \w+\.\n", done.out)
    assert again.out == "Nada nuevo: 2 filas que ya estaban.\n"
    changed = world.file("clients-2.csv", "client_id,name,email\nC1,Anna,\n")
    other_fee = world.file("charges-2026.csv", f"{CHARGES}A1,C1,2026-10-01,Charla,dr-a,160\n")
    unconfirmed = world.run(*spanish, changed, other_fee)
    for printed in (refused, unconfirmed):
        said = re.sub(r"“[^”]*”|\[\w+\]|\w+\.csv|clients-2|--\w[\w-]*", "", printed.out)
        assert ENGLISH.findall(said) == [], printed.out


@pytest.mark.parametrize(("currency", "like"), [("USD", "12.50"), ("JPY", "1250"), ("KWD", "12.500")])
@pytest.mark.parametrize("language", ["en", "es"])
def test_issue_8_number_4_an_amount_is_shown_as_the_practices_currency_writes_it(
    currency: str, like: str, language: str
) -> None:
    output = Output(as_json=False, language=language)
    output.currency = currency
    assert f" {like}." in output.words("amount_invalid", {})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "checking ████████░░░░░░░░░░░░░░░░░░░░░░░░  25 %, 500 of 2,000, about 1:15 left"),
        ("es", "comprobando ████████░░░░░░░░░░░░░░░░░░░░░░░░  25 %, 500 de 2,000, faltan unos 1:15"),
    ],
)
def test_progress_on_a_terminal_counts_and_says_how_long_the_rest_will_take(language: str, line: str) -> None:
    """Issue 17: of a large import, in a dry run too."""
    seconds, stream = iter([0.0, 0.0, 25.0]), Terminal()
    bar = Bar(stream, language, lambda: next(seconds))
    bar.start("checking", 2000)
    bar.advance(500)
    assert stream.getvalue().split("\r")[-1].removeprefix("\x1b[2K") == line


def test_progress_says_no_time_before_it_can_know_it(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = iter([0.0, 0.0, 1.0, 60.0])
    progress = JsonProgress(Output(as_json=True), lambda: next(seconds))
    progress.start("writing", 3)
    progress.advance()
    progress.advance()
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["done"], line["total"], line["seconds_left"]) for line in told] == [
        (0, 3, None),
        (1, 3, None),
        (2, 3, 30),
    ]


def test_no_progress_where_nobody_looks() -> None:
    stream = io.StringIO()
    bar = Bar(stream)
    bar.start("writing", 2)
    bar.advance()
    assert stream.getvalue() == ""
