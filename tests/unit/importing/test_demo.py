"""The demo practice's own files, on stores in memory."""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.importing.services.planning import Plan
from chalicelib.practice.domain.practices import Practice
from sandbox.config import DEMO_PRACTICE
from sandbox.demo.files import FOLDER, session_dates, sources
from sandbox.demo.loading import SIGN_INS
from tests.support.clock import FakeClock
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
