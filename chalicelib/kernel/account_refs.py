"""Which account: a client's, of one practice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Names an account, and that whoever holds it may read and change it: data is asked for by nothing less.

    It is made from what proves that: a session's grant, a link, a job's message, a processor's facts, a row
    of ours, or a client whom an operator named. Never from a URL's or a body's ids alone.
    tests/security/test_account_refs.py lists who makes one.
    """

    practice: str
    account: str
