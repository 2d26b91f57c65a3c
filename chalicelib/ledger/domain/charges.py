"""Charges: what a service cost, and who owes which part of it."""

from dataclasses import dataclass

from chalicelib.ledger.domain.closing import Closing


@dataclass(frozen=True, slots=True)
class Charge:
    """What is known of a charge. `seq` is the entry that posted it; `service` is the practice's own name.

    `closing` changes with the entry that changes it: a page of history could not look for that one. Service,
    clinician, codes and place may be corrected: `facts_seq` is the entry that last did, 0 for none, and the
    charge as it was before is kept beside it.
    """

    id: str
    account_id: str
    external_id: str
    date: str
    service: str
    clinician_id: str
    client_minor: int
    insurer_minor: int
    seq: int = 0
    cpt: str = ""
    diagnoses: tuple[str, ...] = ()
    place_of_service: str = ""
    units: int = 1
    closing: Closing = Closing.NONE
    facts_seq: int = 0
