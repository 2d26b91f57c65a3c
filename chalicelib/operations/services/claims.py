"""Claim an e-mail before it is sent, so that two workers never send it both.

Whoever claims it looks once more afterwards whether it is still due: the one before may have sent it. The
claim of a killed worker runs out. So an e-mail goes out twice only where its worker is killed between SES's
answer and our mark, or outlives its claim.
"""

from chalicelib.kernel.outside import Busy
from chalicelib.operations.ports.claims import Claims
from chalicelib.platform.ports import Clock

LEASE_SECONDS = 60  # as long as the documents function may run


def claim(claims: Claims, clock: Clock, practice: str, name: str) -> None:
    """Error: Busy (somebody else has it; again later)."""
    now = int(clock.now().timestamp())
    if not claims.claim(practice, name, now=now, until=now + LEASE_SECONDS):
        raise Busy("somebody else sends it")
