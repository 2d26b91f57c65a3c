"""A practice with charges that insurers answer to, and what became of each."""

from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.importing.services.importer import Source
from chalicelib.importing.services.remittances.planning import Prepared
from chalicelib.importing.services.remittances.remittances import Remittances
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.entries import OWED_TO_INSURERS
from chalicelib.ledger.domain.insurance import NOTHING, answered
from chalicelib.ledger.domain.lookback import standing
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment, text
from tests.unit.importing.world import World

CLIENTS = """\
client_id,name,legal_name,member_id
C1,Ana Núñez,,M1
C2,Bo Vale,Robert Vale,
C3,Ana Nunez,,M3
"""
CHARGES = """\
charge_id,client_id,date,service,clinician_id,fee,insurance_expected,cpt
A1,C1,2026-10-01,Talk,dr-a,150.00,110.00,90837
A2,C1,2026-10-08,Talk,dr-a,150.00,110.00,90837-95
B1,C2,2026-10-02,Talk,dr-a,90.00,90.00,90832
B2,C2,2026-10-09,Talk,dr-a,90.00,,90832-95
B3,C2,2026-10-09,Talk,dr-a,90.00,,90832-HO
D1,C3,2026-10-02,Talk,dr-a,120.00,100.00,90834
"""

PAID = Line(15000, 7000, (("CO", "45", 2500), ("PR", "3", 5500)), control="A1")
CLAIM = ClaimOf("X", (PAID,))
TAKEN_BACK = ClaimOf(
    "X", (Line(-15000, -7000, (("CO", "45", -2500), ("PR", "3", -5500)), control="A1"),), "22"
)
AGAIN = Line(15000, 9000, (("CO", "45", 2500), ("PR", "3", 3500)), control="A1")


class Figures(NamedTuple):
    """Of one charge, in minor units: the client's part, what is expected of insurers, paid by them, and lost
    by contract."""

    client: int
    expected: int
    paid: int
    contractual: int


@dataclass
class Books(World):
    charges: str = CHARGES

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load({"clients.csv": CLIENTS, "charges.csv": self.charges})

    def foresee(self, *payments: Payment, take_over: bool = False) -> Prepared:
        files = [Source("remit.835", text(*payments).encode())]
        return Remittances(self.importer).prepare("oak", files, take_over=take_over)

    def post(self, *payments: Payment) -> Prepared:
        prepared = self.foresee(*payments)
        assert prepared.problems == ()
        assert Remittances(self.importer).apply(prepared) == ()
        self.check_ledgers()
        return prepared

    def figures(self, charge_id: str) -> Figures:
        (_, account, id_), _ = next(
            pair for pair in self.ledgers.held_charges.items() if pair[1].external_id == charge_id
        )
        entries = list(self.ledgers.entries(AccountRef("oak", account)))
        settled = answered(entries).get(id_, NOTHING)
        stands = standing(entries, id_, besides="")
        return Figures(
            stands.open_minor, stands.expected_minor, settled.paid_minor, settled.contractual_minor
        )

    def owed_to_insurers(self) -> int:
        postings = (p for entry in self.ledgers.rows.values() for p in entry.draft.postings)
        return -sum(p.debit_minor for p in postings if p.book.name == OWED_TO_INSURERS)


def left(prepared: Prepared) -> list[tuple[str, list[str]]]:
    """The codes of what is left, each with the charges that it may be of."""
    return [(told.code, [charge.external_id for _, charge in told.near]) for told in prepared.left]


def counts(prepared: Prepared) -> dict[str, int]:
    return {result.value: count for result, count in prepared.counts.items() if count}
