"""What README.md and docs/own-practice.md print is run here, in order, against a sandbox of its own."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from sandbox.config import ROOT, without_accounts
from tests.docs.blocks import Block, blocks
from tests.support.launcher import Launcher

pytestmark = [pytest.mark.ministack, pytest.mark.slow]

README = ROOT / "README.md"
OWN_PRACTICE = ROOT / "docs" / "own-practice.md"
DEADLINE_SECONDS = 120


def printed(document: Path, *, beginning: str = "", ending: str = "") -> str:
    """The shell blocks of a document as one script, from the first that holds a text up to one that does."""
    texts = [block.text for block in blocks(document) if block.info == "sh"]
    first = next(n for n, text in enumerate(texts) if beginning in text)
    last = next((n for n, text in enumerate(texts) if ending and ending in text), len(texts) - 1)
    return "\n".join(texts[first : last + 1])


def run(script: str, running: Launcher, folder: Path) -> str:
    """Run it as a reader would who took other ports and another folder; returns what it printed."""
    config = running.config
    for text, here in (
        ("http://localhost:8000", config.portal_url),
        ("http://127.0.0.1:8002", config.stripe_url),
        ("scripts/billfold", str(ROOT / "scripts" / "billfold")),
    ):
        script = script.replace(text, here)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**without_accounts(os.environ), "PORT": str(config.port), "NO_PROXY": "127.0.0.1,localhost"},
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{running.output[-2000:]}"
    return done.stdout


def objects(text: str) -> list[dict[str, object]]:
    """The JSON objects among what a script printed, in order."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (start := text.find("{", at)) >= 0:
        value, at = decoder.raw_decode(text, start)
        found.append(value)
    return found


def test_the_quick_start_needs_two_commands() -> None:
    section = README.read_text(encoding="utf-8").split("## Quick start")[1].split("## ")[0]
    assert re.search(r"^```\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)[1] == "make run\nmake test\n"  # type: ignore[index]


def test_the_api_section_signs_in_pays_and_gets_the_receipt(running: Launcher, tmp_path: Path) -> None:
    output = run(printed(README, beginning="api="), running, tmp_path)
    billing, confirmed, payment, history, problem = objects(output)
    assert billing["currency"] == "USD"
    assert (confirmed["payment_status"], confirmed["amount_total"]) == ("paid", 2500)
    assert (payment["state"], payment["amount_minor"]) == ("paid", 2500)
    rows = history["rows"]
    assert isinstance(rows, list)
    assert (rows[0]["kind"], rows[0]["amount_minor"]) == ("payment", -2500)
    assert (problem["status"], problem["field"]) == (422, "scope.amount_minor")
    assert (tmp_path / "receipt.pdf").read_bytes().startswith(b"%PDF-")


def test_the_readmes_own_practice_ends_in_a_link_that_signs_in(running: Launcher, tmp_path: Path) -> None:
    output = run(printed(README, beginning="cat >", ending="log-in --practice elm"), running, tmp_path)
    assert "Done: create elm." in output
    assert f"{running.config.portal_url}/elm/sign-in#" in output.splitlines()[-1]
    checked = run("scripts/billfold verify --practice elm", running, tmp_path)
    assert checked.startswith("OK: 1 accounts, 1 entries")


def test_the_own_practice_page_works_as_printed(running: Launcher, tmp_path: Path) -> None:
    for block in blocks(OWN_PRACTICE):
        kept = file_of(block)
        if kept:
            (tmp_path / kept).write_text(block.text, encoding="utf-8")
    output = run(printed(OWN_PRACTICE), running, tmp_path)
    assert "Done: create oak." in output
    assert f"{running.config.portal_url}/oak/sign-in#" in output.splitlines()[-1]


def file_of(block: Block) -> str:
    """The file a block shows, if it does."""
    return "practice.json" if block.info == "json" else block.info.partition(" ")[2]
