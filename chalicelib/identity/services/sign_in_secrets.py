"""The secrets of one sign-in: its code, its link's token, and the hashes the store keeps of them.

Code and token are made from the sign-in's random id under the tokens' key, so that the queue carries an
id only and the worker can make them again. The id itself gives nothing away without the key.
"""

import hmac
import re
from dataclasses import dataclass

from chalicelib.identity.domain import sign_in_codes
from chalicelib.identity.ports import SignIn
from chalicelib.platform.ports import Keys

KEPT_SIGN_INS = 3  # of one browser: the codes of its last mails all work
_ID = r"[A-Za-z0-9_-]{43}"
_TOKEN = re.compile(rf"(?P<id>{_ID})\.[0-9a-f]{{64}}")
_BROWSER = re.compile(rf"(?P<browser>{_ID})(?P<ids>(\.{_ID}){{1,{KEPT_SIGN_INS}}})")


@dataclass(frozen=True, slots=True)
class Browser:
    """What the asking browser keeps: a secret of its own, and its latest sign-ins' ids, newest first."""

    secret: str
    sign_in_ids: tuple[str, ...]

    @property
    def cookie(self) -> str:
        return ".".join((self.secret, *self.sign_in_ids))

    def asking(self, sign_in_id: str) -> "Browser":
        """After one more sign-in was asked for."""
        return Browser(self.secret, (sign_in_id, *self.sign_in_ids)[:KEPT_SIGN_INS])


def browser_of(cookie: str | None) -> Browser | None:
    found = _BROWSER.fullmatch(cookie or "")
    return Browser(found["browser"], tuple(found["ids"][1:].split("."))) if found else None


def sign_in_id_of(token: str) -> str | None:
    """The id inside a link's token; None when it is no such token."""
    found = _TOKEN.fullmatch(token)
    return found["id"] if found else None


@dataclass(frozen=True, slots=True)
class Secrets:
    """Of the sign-ins that are made with that version of the tokens' key."""

    keys: Keys
    practice: str
    version: int

    def code(self, sign_in_id: str) -> str:
        """40 bits of the hash: every code is as likely as any other."""
        return sign_in_codes.code(int(self._hash("sign-in-code", sign_in_id), 16))

    def token(self, sign_in_id: str) -> str:
        return f"{sign_in_id}.{self._hash('sign-in-link', sign_in_id)}"

    def browser_hash(self, secret: str) -> str:
        return self._hash("browser", secret)

    def new(self, sign_in_id: str, *, address_hash: str, browser_secret: str, expires_at: int) -> SignIn:
        """Bound to a browser; `browser_secret` "" is for links of any browser: these have no code."""
        bound = bool(browser_secret)
        return SignIn(
            id=sign_in_id,
            address_hash=address_hash,
            browser_hash=self.browser_hash(browser_secret) if bound else "",
            code_hash=self._code_hash(sign_in_id, self.code(sign_in_id)) if bound else "",
            token_hash=self._token_hash(self.token(sign_in_id)),
            expires_at=expires_at,
            key_version=self.version,
        )

    def is_browser(self, sign_in: SignIn, secret: str) -> bool:
        return hmac.compare_digest(sign_in.browser_hash, self.browser_hash(secret))

    def is_code(self, sign_in: SignIn, code: str) -> bool:
        return hmac.compare_digest(sign_in.code_hash, self._code_hash(sign_in.id, code))

    def is_token(self, sign_in: SignIn, token: str) -> bool:
        return hmac.compare_digest(sign_in.token_hash, self._token_hash(token))

    def _code_hash(self, sign_in_id: str, code: str) -> str:
        return self._hash("sign-in-code-kept", f"{sign_in_id}/{code}")

    def _token_hash(self, token: str) -> str:
        return self._hash("sign-in-link-kept", token)

    def _hash(self, purpose: str, text: str) -> str:
        return self.keys.keyed_hash(purpose, f"{self.practice}/{text}", version=self.version)
