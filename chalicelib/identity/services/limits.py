"""How often something may be asked for, by whom, in a window of time.

A counter is one small row that expires with its window. What many strangers share is counted in shards, a
part of the limit each, so that no row is written more often than DynamoDB takes: a thousand times a second.
"""

import ipaddress
from dataclasses import dataclass

from chalicelib.identity.ports import EVERYWHERE, Access, Use
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import Busy
from chalicelib.platform.ports import Clock, Keys

_SUBSCRIBER_BITS, _SITE_BITS = 64, 48  # what IPv6 gives one subscriber, and what it gives a whole site
_ATTEMPTS = 5
_NAME_LENGTH = 16
_NEVER = (Use(0),)  # of a row that must not be empty: in no window
_LONGEST = 30 * 24 * 3600  # seconds of any pace


@dataclass(frozen=True, slots=True)
class Limit:
    """`uses` in each window; windows begin at multiples of `window_seconds`."""

    name: str
    uses: int
    window_seconds: int
    shards: int = 1


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `uses` within any `seconds`, wherever they begin. For small numbers: each use is remembered."""

    uses: int
    seconds: int


@dataclass(frozen=True)
class Counters:
    """Subjects are kept as keyed hashes only."""

    access: Access
    keys: Keys
    clock: Clock

    def within(self, limit: Limit, subject: str, *, practice: str = EVERYWHERE, spread: str = "") -> bool:
        """Count one use by `subject`; False above the limit. `spread` chooses the shard: something random."""
        shard = int(self.keys.keyed_hash("shard", spread), 16) % limit.shards if limit.shards > 1 else 0
        key = self.keys.keyed_hash("limit", f"{limit.name}/{shard}/{subject}")
        return self.access.allow(
            practice,
            key,
            limit=limit.uses // limit.shards,
            window_seconds=limit.window_seconds,
            now=self._now(),
        )

    def spend(self, limit: Limit, subject: str) -> None:
        """As `within`. Error: Refused too_many_requests, with `retry_after_seconds`."""
        if not self.within(limit, subject):
            retry_after_seconds = limit.window_seconds - self._now() % limit.window_seconds
            raise Refused("too_many_requests", limit=limit.name, retry_after_seconds=retry_after_seconds)

    def spend_of_networks(self, limits: tuple[Limit, ...], ip: str, *, practice: str) -> None:
        """As `spend`, for each network that the address stands for; `practice` is whose trace tells of one
        that is refused."""
        # The narrow network first: where it is refused, it uses up nothing of the wider one.
        for limit, network in zip(limits, networks_of(ip), strict=False):
            try:
                self.spend(limit, network)
            except Refused:
                trace(Event.LIMITED, practice, limit=limit.name)
                raise

    def keeps_pace(self, name: str, paces: tuple[Pace, ...], subject: str) -> bool:
        """Note one use by `subject`, unless it would be above any of the paces. Error: Busy."""
        return self.wait_seconds(name, paces, subject) == 0

    def wait_seconds(
        self,
        name: str,
        paces: tuple[Pace, ...],
        subject: str,
        *,
        practice: str = EVERYWHERE,
        once: str = "",
    ) -> int:
        """Note one use by `subject`, and 0; or nothing, and how long until it would be within the paces.

        `once` names the use: while it is remembered, told again it is neither noted nor refused. Error: Busy.
        """
        key, longest, named = self._pace(name, subject), max(p.seconds for p in paces), self._named(once)
        for attempt in range(_ATTEMPTS):
            # What is noted rests on what was read, so that the first look may be behind: uses only join.
            now, before = self._now(), self.access.uses(practice, key, strong=attempt > 0)
            recent = tuple(use for use in before if now - use.at < longest)
            if named and any(use.name == named for use in recent):
                return 0
            if wait := max(_wait(pace, recent, now) for pace in paces):
                return wait
            after = (*recent, Use(now, named))
            if self.access.note_uses(practice, key, before=before, after=after, expires_at=now + longest):
                return 0
        raise Busy("somebody else counts it")

    def used(self, name: str, pace: Pace, subject: str, *, practice: str = EVERYWHERE) -> bool:
        """Whether one more use by `subject` would be above the pace. Notes nothing."""
        return _wait(pace, self.access.uses(practice, self._pace(name, subject)), self._now()) > 0

    def remembers(self, name: str, subject: str, *, practice: str = EVERYWHERE, once: str) -> bool:
        """Whether the use of that name by `subject` is remembered. Strongly consistent; notes nothing."""
        return self._named(once) in self.names(name, subject, practice=practice)

    def names(self, name: str, subject: str, *, practice: str = EVERYWHERE) -> tuple[str, ...]:
        """Of the uses by `subject`, as they are kept: see `named`."""
        return tuple(use.name for use in self.access.uses(practice, self._pace(name, subject)) if use.name)

    def named(self, once: str) -> str:
        """What is kept of the name of a use: a part of its keyed hash."""
        return self._named(once)

    def forget(self, name: str, subject: str, *, practice: str = EVERYWHERE, once: str) -> None:
        """Take the use of that name back, where it is remembered. Error: Busy."""
        key, named = self._pace(name, subject), self._named(once)
        for _ in range(_ATTEMPTS):
            before = self.access.uses(practice, key)
            after = tuple(use for use in before if use.name != named) or _NEVER
            if named not in {use.name for use in before} or self._noted(practice, key, before, after):
                return
        raise Busy("somebody else counts it")

    def _noted(self, practice: str, key: str, before: tuple[Use, ...], after: tuple[Use, ...]) -> bool:
        """Those that are left, for as long as the newest of all may be asked for."""
        expires_at = self._now() + _LONGEST
        return self.access.note_uses(practice, key, before=before, after=after, expires_at=expires_at)

    def _pace(self, name: str, subject: str) -> str:
        return self.keys.keyed_hash("pace", f"{name}/{subject}")

    def _named(self, once: str) -> str:
        return self.keys.keyed_hash("pace-use", once)[:_NAME_LENGTH] if once else ""

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def _wait(pace: Pace, uses: tuple[Use, ...], now: int) -> int:
    """How long until one more use is within the pace."""
    times = sorted(use.at for use in uses if now - use.at < pace.seconds)
    return times[-pace.uses] + pace.seconds - now if len(times) >= pace.uses else 0


def networks_of(ip: str) -> tuple[str, ...]:
    """Whom an IP address stands for, the narrower first: itself, or of IPv6 its /64 and its /48.

    Other text stands for itself.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return (ip,)
    if isinstance(address, ipaddress.IPv4Address):
        return (str(address),)
    if address.ipv4_mapped:
        return (str(address.ipv4_mapped),)
    return tuple(
        str(ipaddress.ip_network((address, bits), strict=False)) for bits in (_SUBSCRIBER_BITS, _SITE_BITS)
    )
