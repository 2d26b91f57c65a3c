"""The trace that access leaves: one line of the log for each event. Its fields are the allow-list.

Ids only: a person's is random, and an address is told by its keyed hash. A sign-in and a session are the
first letters of their ids, enough to follow one through the log and not enough to use it. No network address.
"""

import logging
from enum import StrEnum

log = logging.getLogger("billfold.access")
_ENOUGH = 12


class Event(StrEnum):
    """infra/app.yaml counts some of them; tests/infra/test_functions.py holds it to these."""

    ASKED = "sign-in asked"
    LIMITED = "limit reached"  # of signing in, or of starting payments
    WITHHELD = "sign-in mail withheld"
    REFUSED = "sign-in refused"
    DONE = "sign-in done"
    SIGNED_OUT = "signed out"
    LINK_OPENED = "receipt link opened"
    PAY_LINK_OPENED = "pay link opened"
    LINK_REFUSED = "pay link refused"
    MINTED = "sign-in minted"


def trace(
    event: Event,
    practice: str,
    *,
    person: str = "",
    address: str = "",
    sign_in: str = "",
    session: str = "",
    by: str = "",
    code: str = "",
    limit: str = "",
    account: str = "",
    payment: str = "",
) -> None:
    """`by`: how somebody signed in; `code`: of the refusal, or what stopped the mail; `limit`: which one
    was reached."""
    fields = {
        "practice": practice, "person": person, "address": address, "sign_in": sign_in[:_ENOUGH],
        "session": session[:_ENOUGH], "by": by, "code": code, "limit": limit, "account": account,
        "payment": payment,
    }  # fmt: skip
    log.info(event.value, extra={name: value for name, value in fields.items() if value})
