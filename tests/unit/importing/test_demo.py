"""The demo practice's own files, on stores in memory."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.documents.services.logo_entry import LogoEntry
from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import SILENT, in_turn
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import Unreadable
from chalicelib.practice.domain.practices import Practice
from sandbox.config import DEMO_PRACTICE
from sandbox.demo import __main__ as command
from sandbox.demo import loading
from sandbox.demo.files import FOLDER, session_dates, sources
from sandbox.demo.loading import SIGN_INS, Loaded, NotTheDemo, load
from tests.support.clock import FakeClock
from tests.unit.documents.world import FakeFiles, FakeRenderer
from tests.unit.identity.fakes import FakePractices
from tests.unit.importing.world import OnePractice, World

PRACTICE = parse((FOLDER / "practice.json").read_bytes())
LATEST = max(session_dates().values())


class _Demo(OnePractice):
    def practice(self, practice: str) -> Practice | None:
        return PRACTICE if practice == PRACTICE.id else None


def _loaded(world: World, today: date) -> Plan:
    importer = replace(
        world.importer, practices=_Demo(), clock=FakeClock(f"{today.isoformat()}T12:00:00+00:00")
    )
    plan = importer.prepare(PRACTICE.id, sources(today - timedelta(days=1) - LATEST))
    assert plan.problems == ()
    importer.apply(plan)
    return plan


def test_the_demo_loads_whole_on_any_day_and_once() -> None:
    for today in (date(2026, 11, 21), date(2028, 2, 29), date(2031, 1, 1)):
        world = World()
        plan = _loaded(world, today)
        assert 450 <= plan.rows <= 800
        assert _loaded(world, today).empty
        charged = [charge.date for charge in world.ledgers.held_charges.values()]
        assert max(charged) == (today - timedelta(days=1)).isoformat()


def _load(app: Any, day: str) -> Loaded:
    app.clock = FakeClock(f"{day}T18:00:00+00:00")
    return load(app, SILENT)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Any:
    """As much as the demo wants of one, on stores in memory."""
    world = World()
    importer = world.importer
    monkeypatch.setattr(loading, "in_threads", in_turn)
    monkeypatch.setattr(loading, "superbills", SimpleNamespace(issue=lambda *_: None))
    return SimpleNamespace(
        ledgers=world.ledgers, practices=FakePractices(), people=world.people, keys=importer.keys,
        chance=importer.chance, register=importer.register,
        issuing=SimpleNamespace(issue=lambda *_: None),
        invoice_issuing=SimpleNamespace(issue_all=lambda *_: ()),
        logo_entry=LogoEntry(FakeFiles(), lambda _content: FakeRenderer()),
        invoices=SimpleNamespace(all_of=lambda _: ()),
        estimates=SimpleNamespace(all_of=lambda _: ()),
        estimate_issuing=SimpleNamespace(issue=lambda *_: None),
    )  # fmt: skip


@pytest.mark.parametrize("day", ["2026-11-20", "2026-12-05", "2026-11-19"])
def test_issue_12_8_the_demo_goes_onto_its_own_practice_that_was_restored(app: Any, day: str) -> None:
    first = _load(app, "2026-11-20")
    entries = dict(app.ledgers.rows)
    assert (_load(app, day).posted, app.ledgers.rows) == (0, entries)
    assert first.posted > 400


def test_issue_12_8_another_practice_of_that_name_is_left_as_it_is(app: Any) -> None:
    restored = replace(PRACTICE, name="Willow House", version=0)
    app.practices.save_practice(restored)
    with pytest.raises(NotTheDemo, match="Willow House"):
        _load(app, "2026-11-20")
    assert app.practices.practice(PRACTICE.id) == restored
    assert app.ledgers.rows == {}


def test_issue_12_8_books_that_do_not_agree_are_a_sentence_that_names_the_row(app: Any) -> None:
    _load(app, "2026-11-20")
    with pytest.raises(NotTheDemo, match=r"charges.csv, row \d+, date: date_future"):
        _load(app, "2026-10-25")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotTheDemo("willow is Willow House here"), "willow is Willow House here. Give it a sandbox"),
        (Refused("restore_unfinished", "practice"), "A restore of this practice was broken off"),
        (Refused("table_outdated"), "make reset"),
        (Unreadable("entry 7"), "entry 7 of the table cannot be read"),
    ],
)
def test_issue_12_8_what_the_demo_cannot_go_onto_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    def refused(*_: object) -> Loaded:
        raise error

    monkeypatch.setattr(command, "load", refused)
    monkeypatch.setattr("chalicelib.bootstrap.app", lambda: None)
    monkeypatch.setattr("sys.argv", ["sandbox.demo"])
    assert command.main() == 1
    assert said in capsys.readouterr().err


def test_the_demo_is_what_it_says() -> None:
    world = World()
    _loaded(world, date(2026, 11, 21))
    assert PRACTICE.id == DEMO_PRACTICE
    assert (len(PRACTICE.clinicians), len(PRACTICE.locations)) == (3, 2)
    assert [c.payments_enabled for c in PRACTICE.clinicians].count(False) == 1
    assert len(world.people.client_rows) == 12
    days = session_dates().values()
    assert (max(days) - min(days)).days > 17 * 30
    maya, lucia, jordan = (world.person(who.email) for who in SIGN_INS)
    assert maya is not None
    assert lucia is not None
    assert jordan is not None
    assert lucia.locale == "es"
    assert [grant.relation for grant in jordan.grants] == ["guarantor", "guarantor"]
    items = world.ledgers.accounts[DEMO_PRACTICE, maya.grants[0].account_id].ledger.open.values()
    assert any(item.paid_minor for item in items)
    assert any(item.insurance_minor for item in items)
    assert any(item.fee_minor == item.owed_minor for item in items)
    assert any(account.ledger.credit_minor for account in world.accounts.values())
    assert any(payment.refunded_minor for payment in world.ledgers.held_payments.values())
