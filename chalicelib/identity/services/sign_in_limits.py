"""What signing in is limited to, so that nobody can turn a limit on somebody else.

A browser that a person has signed in with has limits of its own for them. All other browsers are strangers:
they share the mails to an address and the codes of a practice, and are counted by their networks.
"""

from dataclasses import dataclass

from chalicelib.identity.ports import SignIn
from chalicelib.identity.services.devices import Device, Devices
from chalicelib.identity.services.limits import Counters, Limit, Pace
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.errors import Refused
from chalicelib.platform.ports import Clock, Keys

_QUARTER, _HOUR, _DAY = 15 * 60, 3600, 24 * 3600
# Of one browser, for one person whom it knows.
ASKS_OF_DEVICE = Limit("asks-of-device", uses=20, window_seconds=_DAY)
CODES_OF_DEVICE = Limit("codes-of-device", uses=50, window_seconds=_DAY)
# Of all strangers together. An address is mailed by all practices together, in any hour and any day.
MAILS_TO_ADDRESS = (Pace(uses=3, seconds=_HOUR), Pace(uses=10, seconds=_DAY))
# A try is compared with three codes at most, and a day touches two windows: the chance to find one of the
# 2^40 codes is 2 × 3 × 150,000 / 2^40 = 8 × 10^-7 a day, over all practices, however many networks try.
CODES_OF_PRACTICE = Limit("codes-of-practice", uses=100_000, window_seconds=_DAY, shards=8)
CODES_OF_DEPLOYMENT = Limit("codes-of-deployment", uses=150_000, window_seconds=_DAY, shards=8)
# Of a network: of an IPv4 address or an IPv6 /64, and of an IPv6 /48.
ASKS_OF_NETWORK = (Limit("asks-of-network", 30, _QUARTER), Limit("asks-of-site", 120, _QUARTER))
CODES_OF_NETWORK = (Limit("codes-of-network", 60, _QUARTER), Limit("codes-of-site", 240, _QUARTER))


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is, as far as it shows: a network address and cookies."""

    ip: str
    browser_cookie: str | None = None
    device_cookie: str | None = None
    session_cookie: str | None = None


@dataclass(frozen=True)
class SignInLimits:
    counters: Counters
    keys: Keys
    clock: Clock

    def ask(self, practice: str, address_hash: str, caller: Caller) -> bool:
        """Whether a browser that knows the person asks, within its own limit; a stranger otherwise.

        Error: Refused too_many_requests, of a stranger's network.
        """
        if self._by_device(practice, address_hash, caller, ASKS_OF_DEVICE):
            return True
        self.counters.spend_of_networks(ASKS_OF_NETWORK, caller.ip, practice=practice)
        return False

    def mail(self, practice: str, address_hash: str, address: str) -> bool:
        """Whether one more mail that a stranger asked for may go to the address. Error: Busy."""
        if self.counters.keeps_pace("mails-to-address", MAILS_TO_ADDRESS, address):
            return True
        trace(Event.LIMITED, practice, address=address_hash, limit="mails-to-address")
        return False

    def type_code(self, practice: str, sign_in: SignIn, caller: Caller) -> bool:
        """Whether a browser that knows the person types a code. Error: Refused too_many_requests."""
        if self._by_device(practice, sign_in.address_hash, caller, CODES_OF_DEVICE):
            return True
        self.counters.spend_of_networks(CODES_OF_NETWORK, caller.ip, practice=practice)
        return False

    def guess(self, practice: str, sign_in: SignIn) -> None:
        """Count a code that a stranger typed, before it is compared. Error: Refused codes_paused."""
        for limit, subject in ((CODES_OF_PRACTICE, practice), (CODES_OF_DEPLOYMENT, "")):
            if not self.counters.within(limit, subject, spread=sign_in.id):
                trace(Event.LIMITED, practice, address=sign_in.address_hash, limit=limit.name)
                raise Refused("codes_paused")

    def remember(self, practice: str, address_hash: str, caller: Caller, *, nonce: str) -> str:
        """The device cookie once the person has signed in."""
        devices = Devices(self.keys, practice)
        return devices.remember(caller.device_cookie, address_hash, nonce=nonce, now=self._now())

    def _by_device(self, practice: str, address_hash: str, caller: Caller, limit: Limit) -> bool:
        device = self._device(practice, address_hash, caller)
        if device is None:
            return False
        within = self.counters.within(limit, device.nonce)
        if not within:
            trace(Event.LIMITED, practice, address=address_hash, limit=limit.name)
        return within

    def _device(self, practice: str, address_hash: str, caller: Caller) -> Device | None:
        return Devices(self.keys, practice).known(caller.device_cookie, address_hash, now=self._now())

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
