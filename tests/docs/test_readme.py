"""What README.md and the pages on the API, hosts and own practices print, on a sandbox of its own."""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chalicelib.hosting.domain import costs
from chalicelib.hosting.domain.agreements import LINES
from sandbox.config import ROOT, without_accounts
from tests.docs.blocks import Block, blocks
from tests.support.launcher import Launcher

pytestmark = [pytest.mark.ministack, pytest.mark.slow]

README = ROOT / "README.md"
API = ROOT / "docs" / "api.md"
HOSTS = ROOT / "docs" / "hosts.md"
OWN_PRACTICE = ROOT / "docs" / "own-practice.md"
DEADLINE_SECONDS = 120
_BETWEEN = "\x1e"  # no command prints it


@dataclass(frozen=True)
class Step:
    """A shell block of a document, and the lines that the document says it prints."""

    script: str
    shown: str = ""


@dataclass(frozen=True)
class Reader:
    """Somebody who took other ports, and typed what a document prints in a fresh clone."""

    running: Launcher
    clone: Path

    def follow(self, steps: Sequence[Step]) -> str:
        """Run the steps in one shell; what they printed. It shows what was said, ends its lines, and the
        clone is as it was."""
        text = f"\nprintf '{_BETWEEN}'\n".join(step.script for step in steps)
        printed = self.run(text).split(_BETWEEN)
        for step, output in zip(steps, printed, strict=True):
            assert output in ("", f"{output.rstrip()}\n"), f"no new line behind: {output[-80:]!r}"
            assert output.startswith(step.shown), f"{step.script}\nprinted {output}"
        assert self.git("status", "--porcelain") == ""
        return "".join(printed)

    def run(self, script: str) -> str:
        config = self.running.config
        for text, here in (
            ("http://localhost:8000", config.portal_url),
            ("http://127.0.0.1:8002", config.stripe_url),
            ("scripts/billfold", str(ROOT / "scripts" / "billfold")),
        ):
            script = script.replace(text, here)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.clone,
            env={**without_accounts(os.environ), "PORT": str(config.port), "NO_PROXY": "127.0.0.1,localhost"},
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self.running.output[-2000:]}"
        return done.stdout

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.clone), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def reader(running: Launcher, tmp_path: Path) -> Reader:
    made = Reader(running, tmp_path / "billfold")
    subprocess.run(["git", "clone", "-q", str(ROOT), str(made.clone)], check=True)
    assert made.git("status", "--porcelain") == ""
    return made


def steps_of(document: Path, *, beginning: str = "", ending: str = "") -> list[Step]:
    """The shell blocks of a document, from the first that holds a text up to one that does."""
    found: list[Step] = []
    for block in blocks(document):
        if block.info == "sh":
            found.append(Step(block.text))
        elif block.info == "text":
            found[-1] = replace(found[-1], shown=block.text)
    first = next(n for n, step in enumerate(found) if beginning in step.script)
    last = next((n for n, step in enumerate(found) if ending and ending in step.script), len(found) - 1)
    return found[first : last + 1]


def test_the_quick_start_needs_two_commands() -> None:
    section = README.read_text(encoding="utf-8").split("## Quick start")[1].split("## ")[0]
    assert re.search(r"^```\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)[1] == "make run\nmake test\n"  # type: ignore[index]


def test_the_readme_has_the_costs_of_the_page_about_costs() -> None:
    page = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    months = re.findall(r"^\| (30|500|5,000) \|.*\*\*(\$[\d.]+)\*\*", page, re.MULTILINE)
    clients, costs = zip(*months, strict=True)
    assert len(clients) == 3
    for row in (("clients", *clients), ("a month", *costs)):
        assert f"| {' | '.join(row)} |" in README.read_text(encoding="utf-8")


def test_the_walk_through_the_api_signs_in_pays_and_gets_the_receipt(reader: Reader) -> None:
    """Issue 9, number 10: it leaves nothing behind, and prints the lines that matter."""
    steps = steps_of(API, beginning="api=")
    lines = [line for step in steps for line in step.shown.splitlines()]
    assert {"47000", "paid", "Visa ending in 4242", "-2500", "%PDF-1.7", "amount_invalid"} <= set(lines)
    output = reader.follow(steps)
    assert "Visa ending in 4242" in output


def test_the_readmes_own_practice_ends_in_a_link_that_signs_in(reader: Reader) -> None:
    output = reader.follow(steps_of(README, beginning="cat >", ending="log-in --practice elm"))
    assert "Done: create elm." in output
    assert f"{reader.running.config.portal_url}/elm/sign-in#" in output.splitlines()[-1]
    checked = reader.follow([Step("scripts/billfold verify --practice elm")])
    assert checked.startswith("OK: 1 account, 1 entry")


def test_the_own_practice_page_works_as_printed(reader: Reader) -> None:
    for block in blocks(OWN_PRACTICE):
        if kept := file_of(block):
            path = reader.clone / kept
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    output = reader.follow(steps_of(OWN_PRACTICE))
    assert "Done: create oak." in output
    address = reader.running.config.portal_url
    assert f"{address}/oak/sign-in#" in output
    assert (
        output.splitlines()[-1] == f"Connected. PayPal sends its events to {address}/api/webhooks/oak/paypal"
    )


def test_the_page_for_hosts_works_as_printed(reader: Reader) -> None:
    output = reader.follow(steps_of(HOSTS))
    assert "an invitation went to ana@aspen.example.test" in output
    assert "baa of aspen: signed on 2026-11-30 by Ana Vale. 11 lines not signed." in output
    assert re.search(r"^aspen +\$\d+\.\d\d = ", output, re.MULTILINE)
    shown = reader.run("scripts/billfold host show aspen || [ $? = 4 ]")
    assert "NOT SIGNED" in shown
    assert "owner-confirmed" in shown
    assert "to look at" in reader.run("scripts/billfold host list || [ $? = 4 ]")


def test_the_page_for_hosts_has_every_line_and_what_is_to_be_done() -> None:
    text = HOSTS.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \| ", text, re.MULTILINE)) >= set(LINES)
    share = costs.STANDING + costs.CLOCK
    assert f"${share:.2f} a month" in text


def file_of(block: Block) -> str:
    """The file a block shows, if it does; the page says that all of them are in one folder."""
    name = "practice.json" if block.info == "json" else block.info.partition(" ")[2]
    return f"build/oak/{name}" if name else ""
