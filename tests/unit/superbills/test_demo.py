"""The demo shows superbills: of two clients, for the last two months, each once (issue 14)."""

import pytest

from chalicelib.importing.services.progress import SILENT, in_turn
from sandbox.demo import loading
from tests.support.clock import FakeClock
from tests.unit.invoices.world import World


def test_the_demo_has_superbills_of_two_clients_and_a_second_load_adds_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "in_threads", in_turn)
    world = World()
    world.app.clock = FakeClock("2026-11-20T18:00:00+00:00")
    with world.on_aws():
        practice = loading.load(world.app, SILENT).practice
        found = {
            client.external_id: [
                (row.superbill.clinician_id, row.superbill.first)
                for row in world.app.superbill_showing.all_of(client.ref(practice.id))
            ]
            for client in world.app.people.clients(practice.id)
        }
        assert {name for name, rows in found.items() if rows} == {"1001", "1003"}
        assert {first for rows in found.values() for _, first in rows} == {"2026-09-01", "2026-10-01"}
        maya = next(
            client for client in world.app.people.clients(practice.id) if client.external_id == "1001"
        )
        lines = [
            line
            for row in world.app.superbill_showing.all_of(maya.ref(practice.id))
            for line in world.app.superbill_showing.opened(
                maya.ref(practice.id), row.superbill.number
            ).paper.lines
        ]
        assert {line.place_of_service: line.modifiers for line in lines} == {"10": ("95",), "11": ()}
        before = dict(world.cloud.store.items)
        loading.load(world.app, SILENT)
        assert {key for key in world.cloud.store.items if "SUPERBILL" in str(key)} == {
            key for key in before if "SUPERBILL" in str(key)
        }
