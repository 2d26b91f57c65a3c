"""What a line says of its charge: what it posts, or why nothing may be posted without a person. Pure."""

from dataclasses import dataclass, replace

from chalicelib.importing.domain.remittances.model import Claim, Group, ServiceLine
from chalicelib.ledger.domain.lookback import Standing

_SHARES = frozenset(("1", "2", "3"))  # deductible, coinsurance, copay


@dataclass(frozen=True, slots=True)
class Said:
    """In minor units. `patient_minor` is all of the charge that is the client's. `forwarded`: the next
    insurer is to answer before they owe it."""

    paid_minor: int
    contractual_minor: int
    patient_minor: int
    forwarded: bool


def lines_of(claim: Claim) -> tuple[ServiceLine, ...]:
    """Its lines with what is adjusted of them. A claim that has none is one line, and one line takes what the
    whole claim is adjusted by."""
    if claim.adjustments and len(claim.lines) == 1:
        only = claim.lines[0]
        both = only.adjustments + claim.adjustments
        return (replace(only, adjustments=both, paid_minor=claim.paid_minor),)
    if claim.lines:
        return claim.lines
    bare = ServiceLine(claim.number, "", (), "", claim.charged_minor, claim.paid_minor)
    return (replace(bare, adjustments=claim.adjustments),)


def objection(claim: Claim) -> str:
    """Why nothing of the claim is posted; "" where it may be."""
    if claim.status == "4":
        return "claim_denied"
    if claim.status == "23":
        return "claim_forwarded"
    if not (claim.level or claim.reverses):
        return "claim_status"
    if claim.adjustments and len(claim.lines) > 1:
        return "claim_adjusted_whole"
    return "" if _sums_up(claim) else "claim_unbalanced"


def _sums_up(claim: Claim) -> bool:
    lines = lines_of(claim)
    sums = sum(line.charged_minor for line in lines), sum(line.paid_minor for line in lines)
    whole = sums == (claim.charged_minor, claim.paid_minor)
    return whole and not any(line.difference_minor for line in lines)


def said(claim: Claim, line: ServiceLine) -> Said:
    return Said(
        line.paid_minor,
        line.of_group(Group.CONTRACTUAL),
        line.of_group(Group.PATIENT),
        claim.forwarded,
    )


def denied(line: ServiceLine) -> bool:
    """Whether nothing is paid, and not for what is the client's by the plan: a deductible is no denial."""
    shares = (a for a in line.adjustments if a.group is Group.PATIENT and a.reason in _SHARES)
    return not line.paid_minor and sum(a.amount_minor for a in shares) <= 0


def to_client(said: Said, standing: Standing) -> int:
    """What the client owes more than before (minor units)."""
    return 0 if said.forwarded else max(said.patient_minor - standing.client_minor, 0)


def misfit(said: Said, standing: Standing) -> str:
    """What keeps an answer from being posted; "" where the client's part becomes what it says.

    An insurer's money above what was expected lowers the client's part, by the ledger's own rule.
    """
    if min(said.paid_minor, said.contractual_minor, said.patient_minor) < 0:
        return "line_negative"
    expected = max(standing.expected_minor, 0)
    excess = max(said.paid_minor + said.contractual_minor - expected, 0)
    moved = to_client(said, standing)
    left = expected - said.paid_minor - said.contractual_minor
    if excess > standing.open_minor or (moved and moved > left):
        return "line_beyond"
    client = standing.client_minor - excess + moved
    wanted = min(said.patient_minor, standing.client_minor) if said.forwarded else said.patient_minor
    return "" if client == wanted else "line_leaves_other"
