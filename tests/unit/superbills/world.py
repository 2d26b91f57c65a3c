"""A practice whose superbills want nothing, and what a test says of its services and payments."""

from dataclasses import replace
from typing import Any

from chalicelib.documents.domain.superbills import (
    Stretch,
    Superbilled,
    SuperbillLine,
    SuperbillPaper,
    SuperbillStanding,
)
from chalicelib.documents.services.superbills.drafting import SuperbillDrafting, SuperbillPlan, SuperbillWish
from chalicelib.documents.services.superbills.issuing import SuperbillsIssued
from chalicelib.documents.store.superbills import DynamoSuperbills
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.practice.domain.diagnosis_codes import CodeTable, DiagnosisCodes, Listed, table_text
from chalicelib.practice.domain.practices import Client, Clinician, Practice
from tests.support.clock import FakeClock
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.unit.invoices.world import World

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
OCTOBER = Stretch("2026-10-01", "2026-10-31")
CODED: dict[str, Any] = {"cpt": "90834-95", "diagnoses": ("F41.1",), "place_of_service": "10"}


def coded(*codes: str) -> DiagnosisCodes:
    """A release with these codes, all of them billable."""
    words = {"F411": "Generalized anxiety disorder"}
    listed = {code: Listed(billable=True, words=words.get(code, f"About {code}")) for code in codes}
    return DiagnosisCodes((CodeTable(table_text({"2025-10-01": listed})),))


CODES = coded("F411", "F331", "F4310", "F900", "F840", *(f"F{number:02d}1" for number in range(13)))


class NoSuperbills(DynamoSuperbills):
    """None was issued before."""

    def superbilled(self, ref: AccountRef) -> Superbilled:
        return Superbilled()


class Books:
    """One account's, on stores in memory."""

    def __init__(self, money: Money | None = None) -> None:
        self.money = money or Money()
        self.money.open()
        self.drafting = SuperbillDrafting(
            NoSuperbills(), self.money.ledgers, lambda: CODES, FakeClock("2026-04-02T17:00:00+00:00")
        )

    def charge(self, external_id: str, minor: int = 15_000, **facts: Any) -> str:
        return self.money.charge(external_id, minor, **{**CODED, **facts})

    def answered(self, external_id: str, **answer: Any) -> None:
        """An insurer's answer to the charge."""
        self.money.post.insurance_payment(
            self.money.ref(),
            "i1",
            charge_external_id=external_id,
            to_client_minor=0,
            on="2026-03-04",
            **answer,
        )

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


class AwsWorld(World):
    """A practice's books on AWS in this process, of services for which nothing is missing."""

    def __init__(self, practice: Practice = WHOLE) -> None:
        super().__init__(practice)
        self.app.diagnosis_codes = lambda: CODES

    def client(self, id_: str, **facts: Any) -> Client:
        made = super().client(id_)
        client = replace(
            made, **{"address": MAYA.address, "birth_date": MAYA.birth_date, "external_id": id_, **facts}
        )
        self.app.people.save_client(self.practice.id, client, before=replace(made, version=1))
        found = self.app.people.client(self.practice.id, id_)
        assert found is not None
        return found

    def serve(self, client: Client, external_id: str, on: str = "2026-10-15", **facts: Any) -> str:
        """The charge's id."""
        made = ChargeFacts(external_id, on, "Individual session", "ada", 10_000)
        self.post.charge(client.ref(self.practice.id), replace(made, **{**CODED, **facts}))
        return own_id(self.practice.id, "charge", external_id)

    def pay(self, client: Client, external_id: str, minor: int, on: str = "2026-10-16") -> None:
        self.post.external_payment(client.ref(self.practice.id), external_id, minor, method="cash", on=on)

    def bill(self, client: Client, stretch: Stretch = OCTOBER, clinician: str = "") -> SuperbillsIssued:
        return self.app.superbill_issuing.issue(self.practice, client, SuperbillWish(stretch, clinician))

    def superbills(self, client: Client) -> list[SuperbillStanding]:
        return self.app.superbill_showing.all_of(client.ref(self.practice.id))

    def paper_of(self, client: Client, number: int) -> SuperbillPaper:
        found = self.app.superbills.paper(client.ref(self.practice.id), number)
        assert found is not None
        return found
