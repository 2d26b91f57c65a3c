"""A practice whose superbills want nothing, and what a test says of its services and payments."""

from dataclasses import replace
from typing import Any

from chalicelib.documents.domain.superbills import Stretch, SuperbillLine, SuperbillPaper
from chalicelib.documents.services.superbills.drafting import SuperbillDrafting, SuperbillPlan, SuperbillWish
from chalicelib.practice.domain.diagnosis_codes import CodeTable, DiagnosisCodes, Listed, table_text
from chalicelib.practice.domain.practices import Client, Clinician, Practice
from tests.support.clock import FakeClock
from tests.support.money import Money
from tests.support.practice import PRACTICE

ADA = Clinician(
    "ada", "Ada Moss", "LCSW", payments_enabled=True, npi="1234567893", license="SW-100", license_state="NY"
)
BEN = Clinician(
    "ben", "Ben Reed", "PhD", payments_enabled=True, npi="1245319599", license="P-7", license_state="NY",
    tax_id="98-7654321",
)  # fmt: skip
WHOLE = replace(
    PRACTICE,
    clinicians=(ADA, BEN),
    legal_name="Fern Hill Therapy PLLC",
    tax_id="12-3456789",
    npi="1679576722",
)
MAYA = Client(
    "maya", "C-7", "Maya O.", "maya@example.test", "en", "5 Oak Lane\nSpringfield", "1990-04-02",
    legal_name="Maya Okafor", member_id="XYZ123",
)  # fmt: skip
MARCH = Stretch("2026-03-01", "2026-03-31")
CODED: dict[str, Any] = {"cpt": "90834-95", "diagnoses": ("F41.1",), "place_of_service": "10"}


def coded(*codes: str) -> DiagnosisCodes:
    """A release with these codes, all of them billable."""
    words = {"F411": "Generalized anxiety disorder"}
    listed = {code: Listed(billable=True, words=words.get(code, f"About {code}")) for code in codes}
    return DiagnosisCodes((CodeTable(table_text({"2025-10-01": listed})),))


CODES = coded("F411", "F331", "F4310", "F900", "F840", *(f"F{number:02d}1" for number in range(13)))


class Books:
    """One account's, on stores in memory."""

    def __init__(self, money: Money | None = None) -> None:
        self.money = money or Money()
        self.money.open()
        self.drafting = SuperbillDrafting(self.money.ledgers, CODES, FakeClock("2026-04-02T17:00:00+00:00"))

    def charge(self, external_id: str, minor: int = 15_000, **facts: Any) -> str:
        return self.money.charge(external_id, minor, **{**CODED, **facts})

    def plan(
        self, practice: Practice = WHOLE, client: Client = MAYA, stretch: Stretch = MARCH, clinician: str = ""
    ) -> SuperbillPlan:
        return self.drafting.plan(practice, client, SuperbillWish(stretch, clinician))

    def paper(self, practice: Practice = WHOLE, client: Client = MAYA) -> SuperbillPaper:
        """Of the only superbill there is."""
        plan = self.plan(practice, client)
        assert plan.missing == []
        (draft,) = plan.drafts
        return draft.paper

    @property
    def lines(self) -> dict[str, SuperbillLine]:
        """By what the practice calls the charge."""
        charges = self.money.ledgers.charges(
            self.money.ref(), [line.charge_id for draft in self.plan().drafts for line in draft.paper.lines]
        )
        lines = (line for draft in self.plan().drafts for line in draft.paper.lines)
        return {charges[line.charge_id].external_id: line for line in lines}
