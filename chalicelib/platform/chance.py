"""Randomness nobody can predict, from the operating system."""

import secrets

from chalicelib.kernel import base32
from chalicelib.platform.ports import Chance

TOKEN_BYTES = 32
ID_SYMBOLS = 20


class SystemChance(Chance):
    def token(self) -> str:
        return secrets.token_urlsafe(TOKEN_BYTES)

    def id(self) -> str:
        return base32.spelled(secrets.randbits(ID_SYMBOLS * base32.BITS), ID_SYMBOLS).lower()
