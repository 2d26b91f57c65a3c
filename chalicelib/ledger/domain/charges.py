"""Charges: what a service cost, and who owes which part of it."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef


class ChargeStatus(StrEnum):
    """What became of the appointment that is charged."""

    HELD = "held"
    LATE_CANCEL = "late_cancel"
    NO_SHOW = "no_show"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is known of a charge. `seq` is the entry that posted it; `service` is the practice's own name.

    Service, clinician, codes and place may be corrected: `facts_seq` is the entry that last did, 0 for none,
    and the charge as it was before is kept beside it. Nothing else changes. `service_id` names the service
    that it is a share of, where one is charged in shares to several accounts; "" where it is the whole.
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
    facts_seq: int = 0
    status: ChargeStatus = ChargeStatus.HELD
    service_id: str = ""

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)
