"""Browsers that somebody has signed in with: each holds a cookie that gives its person limits of their own.

The cookie signs nobody in. It is a time, a nonce, and an HMAC of both with the hash of the person's address:
whoever reads it learns when, not who; who has it and a person's address can have the two compared.
"""

import hmac
import re
from dataclasses import dataclass

from chalicelib.platform.ports import Keys

DEVICE_SECONDS = 400 * 24 * 3600  # as long as browsers keep a cookie at all
PEOPLE = 4  # of a shared browser: the last ones who signed in
_ENTRY = re.compile(r"(?P<at>[0-9]{10})\.(?P<nonce>[A-Za-z0-9_-]{43})\.(?P<mac>[0-9a-f]{64})")
_BETWEEN = "~"


@dataclass(frozen=True, slots=True)
class Device:
    """`nonce` is what its limits are counted by."""

    at: int
    nonce: str
    mac: str

    @property
    def cookie(self) -> str:
        return f"{self.at}.{self.nonce}.{self.mac}"


@dataclass(frozen=True, slots=True)
class Devices:
    keys: Keys
    practice: str

    def known(self, cookie: str | None, address_hash: str, *, now: int) -> Device | None:
        """The browser as the person's; None where they have not signed in with it, or too long ago."""
        return next((device for device in _devices(cookie, now) if self._is_of(device, address_hash)), None)

    def remember(self, cookie: str | None, address_hash: str, *, nonce: str, now: int) -> str:
        """The cookie with this person in it, and with the others of the browser whom it had before."""
        others = [device for device in _devices(cookie, now) if not self._is_of(device, address_hash)]
        new = Device(now, nonce, self._mac(address_hash, now, nonce))
        return _BETWEEN.join(device.cookie for device in [new, *others][:PEOPLE])

    def _is_of(self, device: Device, address_hash: str) -> bool:
        macs = (self._mac(address_hash, device.at, device.nonce, v) for v in self.keys.versions)
        return any(hmac.compare_digest(device.mac, mac) for mac in macs)

    def _mac(self, address_hash: str, at: int, nonce: str, version: int | None = None) -> str:
        text = f"{self.practice}/{address_hash}/{at}/{nonce}"
        return self.keys.keyed_hash("device", text, version=version)


def _devices(cookie: str | None, now: int) -> list[Device]:
    found = [_ENTRY.fullmatch(entry) for entry in (cookie or "").split(_BETWEEN, PEOPLE)[:PEOPLE]]
    devices = [Device(int(entry["at"]), entry["nonce"], entry["mac"]) for entry in found if entry]
    return [device for device in devices if now - device.at < DEVICE_SECONDS]
