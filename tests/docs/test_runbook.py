"""The runbook is held to the code: each alert and each alarm has one home in it, which says what to do."""

import re
from collections import Counter

from chalicelib.entrypoints.cli import output
from chalicelib.operations.domain.alerts import AlertName
from sandbox.config import ROOT
from tests.docs.blocks import links

FOLDER = ROOT / "docs" / "runbook"
INDEX = FOLDER / "README.md"
NAMES = {name.value for name in AlertName}
_HEADING = re.compile(r"^#{1,3} (.*)$", re.MULTILINE)
_LIKE_A_NAME = re.compile(r"[a-z]+(?:_[a-z]+)+")


def test_every_alert_has_one_home_that_says_what_to_do() -> None:
    homes = [(page, heading, text) for page, heading, text in _sections() if _LIKE_A_NAME.fullmatch(heading)]
    assert Counter(heading for _, heading, _ in homes) == Counter(NAMES)
    assert [heading for _, heading, text in homes if "\nDo: " not in text] == []


def test_the_index_leads_to_each_alert_by_its_name() -> None:
    homes = [f"{page}#{heading}" for page, heading, _ in _sections() if heading in NAMES]
    listed = INDEX.read_text("utf-8").partition("\n## Alerts\n")[2]
    rows = re.findall(r"^\| \[(\w+)\]\((\S+)\) \|", listed, re.MULTILINE)
    assert [name for name, _ in rows] == sorted(NAMES)
    assert sorted(target for _, target in rows) == sorted(homes)
    assert all(target.endswith(f"#{name}") for name, target in rows)


def test_the_index_leads_to_every_page() -> None:
    pages = {path.name for path in FOLDER.glob("*.md")} - {INDEX.name}
    assert {target for target in links(INDEX) if "#" not in target and "/" not in target} == pages


def test_every_alarm_has_one_row_that_says_what_to_do() -> None:
    (table,) = (text for page, heading, text in _sections() if heading == "Alarms")
    rows = re.findall(r"^\| (`.*?)\|.*\|.*\S.*\|$", table, re.MULTILINE)
    told = [tail for cell in rows for tail in re.findall(r"`…(-[a-z-]+)`", cell)]
    template = (ROOT / "infra" / "app.yaml").read_text("utf-8")
    alarms = re.findall(r"AlarmName: .*billfold-\$\{Stage\}(-[a-z-]+)", template)
    assert len(alarms) > 20
    assert [alarm for alarm in alarms if sum(alarm.endswith(tail) for tail in told) != 1] == []
    assert [tail for tail in told if not any(alarm.endswith(tail) for alarm in alarms)] == []


def test_the_index_explains_every_exit_status() -> None:
    (commands,) = (text for page, heading, text in _sections() if heading == "The commands")
    statuses = (output.OK, output.REFUSED, output.USAGE, output.UNAVAILABLE, output.PARTLY)
    assert re.findall(r"^\| (\d) \|", commands, re.MULTILINE) == [str(status) for status in statuses]


def _sections() -> list[tuple[str, str, str]]:
    """Page, heading and what stands below it, up to the next heading."""
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        _, *parts = _HEADING.split(path.read_text("utf-8"))
        found += [(path.name, heading, text) for heading, text in zip(parts[::2], parts[1::2], strict=True)]
    return found


def test_every_kind_of_damage_has_a_way_home() -> None:
    """Issue 12, number 4: what to do about each code of `ledger_broken`, by commands that there are."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "chalicelib/verification").rglob("*.py"))
    named = set(re.findall(r"(?:Finding|found)\(\s*\"([a-z_]+)\"", source))
    assert len(named) > 20
    (text,) = (text for _, heading, text in _sections() if heading == "ledger_broken")
    rows = re.findall(r"^\| (`.*?) \| .+ \| (.+) \|$", text, re.MULTILINE)
    told = {code: way for codes, way in rows for code in re.findall(r"`([a-z_]+)`", codes)}
    assert told.keys() - {"code"} == named
    assert all("rebuild" in way or "restore" in way for code, way in told.items() if code != "code")
