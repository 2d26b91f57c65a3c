"""Randomness nobody can predict, from the operating system."""

import secrets

from chalicelib.platform.ports import Chance

TOKEN_BYTES = 32


class SystemChance(Chance):
    def token(self) -> str:
        return secrets.token_urlsafe(TOKEN_BYTES)
