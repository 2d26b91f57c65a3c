"""Who signed an event: PayPal, by a certificate of its own that public authorities vouch for.

`cryptography` is imported where a signature is checked and nowhere else: no other function has it (ADR 38).
https://developer.paypal.com/api/rest/webhooks/rest/#verify-signature
"""

import base64
import binascii
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from chalicelib.kernel.outside import ProcessorTimeout
from chalicelib.payments.ports.processors import WebhookInvalid
from chalicelib.payments.processors.paypal.environments import Environment

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM = "SHA256withRSA"
AWAY_SECONDS = 30.0  # that a certificate which was not to be had is not asked for again
_FEWEST_BITS = 2048
_MOST_KEPT = 20
MOST_ASKED = 5  # certificates within that time: PayPal has one or two, and whoever sends names the address
Fetch = Callable[[str], str]
Value = TypeVar("Value")


class Signatures:
    """Certificates are kept by their address. Safe to share between threads."""

    def __init__(
        self, environment: Environment, fetch: Fetch, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._environment, self._fetch, self._seconds = environment, fetch, seconds
        self._texts: dict[str, str] = {}
        self._away: dict[str, float] = {}
        self._asked: list[float] = []

    def check(self, headers: Mapping[str, str], raw: bytes, webhook_id: str, *, now: datetime) -> None:
        """Whether PayPal signed it for that address of the practice's. Errors: WebhookInvalid;
        ProcessorTimeout, where the certificate is not to be had."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        url = headers.get("paypal-cert-url", "")
        if headers.get("paypal-auth-algo") != ALGORITHM or not self._environment.may_fetch(url):
            raise WebhookInvalid("signer")
        named = (headers.get(f"paypal-transmission-{name}", "") for name in ("id", "time"))
        text = "|".join((*named, webhook_id, str(zlib.crc32(raw))))
        try:
            signature = base64.b64decode(headers.get("paypal-transmission-sig", ""), validate=True)
            self._key(url, now).verify(signature, text.encode(), PKCS1v15(), SHA256())
        except (binascii.Error, InvalidSignature, UnicodeEncodeError) as error:
            raise WebhookInvalid("signature") from error

    def _key(self, url: str, now: datetime) -> "RSAPublicKey":
        """Of the certificate at that address, while it is valid. Error: WebhookInvalid."""
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

        try:
            own, *others = x509.load_pem_x509_certificates(self._certificates(url).encode())
            trusted = Store(x509.load_pem_x509_certificates(self._authorities()))
            builder = PolicyBuilder().store(trusted).time(now)
            builder.build_server_verifier(x509.DNSName(self._environment.signer)).verify(own, others)
            key = own.public_key()
        except (VerificationError, ValueError, TypeError) as error:
            raise WebhookInvalid("certificate") from error
        if not isinstance(key, RSAPublicKey) or key.key_size < _FEWEST_BITS:
            raise WebhookInvalid("key")
        return key

    def _certificates(self, url: str) -> str:
        if url in self._texts:
            return self._texts[url]
        now = self._seconds()
        self._asked = [at for at in self._asked if now - at < AWAY_SECONDS]
        if now < self._away.get(url, 0.0) or len(self._asked) >= MOST_ASKED:
            raise ProcessorTimeout("certificate")
        self._asked.append(now)
        try:
            text = self._fetch(url)
        except ProcessorTimeout:
            _keep(self._away, url, self._seconds() + AWAY_SECONDS)
            raise
        _keep(self._texts, url, text)
        return text

    def _authorities(self) -> bytes:
        if self._environment.authority:
            return self._environment.authority.encode()
        import certifi

        return certifi.contents().encode()


def _keep(kept: dict[str, Value], url: str, value: Value) -> None:
    """Addresses come from whoever sends: no more than a few are kept."""
    while len(kept) >= _MOST_KEPT:
        del kept[next(iter(kept))]
    kept[url] = value
