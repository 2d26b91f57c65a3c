"""The demo's superbills: of two clients, for the month before last and the last one."""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.bootstrap import App
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.practice.domain.practices import Client, Practice

_CLIENTS = {"1001": ("F41.1", "F43.10"), "1003": ("F90.0",)}
_BY_VIDEO = FactChanges(cpt="90834-95", place_of_service="10")
_AT_THE_OFFICE = FactChanges(cpt="90834", place_of_service="11")


def issue(app: App, practice: Practice, last: Period) -> None:
    """Each once, however often it is called."""
    stretches = [_month(period) for period in (last.previous, last)]
    for client in app.people.clients(practice.id):
        if client.external_id not in _CLIENTS:
            continue
        for charge in _uncoded(app, practice, client, stretches):
            _code(app, practice, charge, _CLIENTS[client.external_id])
        for stretch in stretches:
            try:
                app.superbill_issuing.issue(practice, client, SuperbillWish(stretch))
            except Refused as error:
                if error.code != "superbill_empty":
                    raise


def _uncoded(app: App, practice: Practice, client: Client, stretches: list[Stretch]) -> Iterator[Charge]:
    rows = app.ledgers.other_rows(client.ref(practice.id))
    for charge in rows.charges.values() if rows else ():
        if not charge.cpt and charge.clinician_id and any(charge.date in days for days in stretches):
            yield charge


def _code(app: App, practice: Practice, charge: Charge, diagnoses: tuple[str, ...]) -> None:
    """As `billfold post facts` does: the demo's files have no codes, so that they load where they did."""
    given = _BY_VIDEO if "Video" in charge.service else _AT_THE_OFFICE
    facts = replace(given, diagnoses=diagnoses)
    try:
        CorrectingFacts(app.ledgers, app.clock).correct(
            charge.ref(practice.id), f"demo-coded-{charge.external_id}",
            charge_external_id=charge.external_id, facts=facts, on=charge.date, reason="codes of the demo",
        )  # fmt: skip
    except Refused as error:
        if error.code != "charge_reversed":
            raise


def _month(period: Period) -> Stretch:
    return Stretch(period.first_day.isoformat(), period.last_day.isoformat())
