"""Changes the deployment's keys while everything goes on.

The tokens' key has two valid versions at most: what is made from now on takes the newest, and the older one
is dropped once no session, sign-in or link rests on it, or at once where it has leaked. Under a new lookups'
key people are filed before it is in force, beside the former one: every process finds them by either. What
has one place, as guests' forms, is filed once the new key is in force, and again at the end, for processes
that had the former key some minutes longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.identity.ports import Access
from chalicelib.kernel.errors import Refused
from chalicelib.platform.ports import Clock, KeyRing, Keys
from chalicelib.practice.ports import FiledByAddress, People, Practices
from chalicelib.practice.services.refiling import Refiling

# Processes keep a key for five minutes, and a sign-in that knows an address by its hash lives for ten.
SETTLED_SECONDS = 20 * 60


@dataclass(frozen=True)
class Rotating:
    ring: KeyRing
    keys: Keys
    access: Access
    practices: Practices
    people: People
    clock: Clock
    beside: Sequence[FiledByAddress] = ()

    def add_tokens(self, *, dry_run: bool = False) -> int:
        """The number of the new version. Error: Refused key_rotating, where two are valid already."""
        versions = self.ring.versions
        if len(versions) > 1:
            raise Refused("key_rotating")
        return versions[0] + 1 if dry_run else self.ring.add_version()

    def retire_tokens(self, *, leaked: bool = False, dry_run: bool = False) -> int:
        """The number of the older version, which is dropped. `leaked`: whatever rests on it ends with it.

        Errors: Refused key_single (there is no older one), key_in_use (something live rests on it).
        """
        versions = self.ring.versions
        if len(versions) < 2:
            raise Refused("key_single")
        older = versions[-1]
        live = self.access.live(older, now=self._now())
        if live.count and not leaked:
            raise Refused("key_in_use", count=live.count, until=live.until)
        if not dry_run:
            self.ring.drop_version(older)
        return older

    def add_lookups(self) -> int:
        """Put a new key in force; returns how many people were filed under it. Broken off, run it again.

        Error: Refused key_rotating, where one is in force that is not retired yet.
        """
        if self.ring.lookups_published_at() is not None:
            raise Refused("key_rotating")
        keys = self.ring.next_lookups()
        filed = self._refiled(keys, keep=True)
        self.ring.publish_lookups(self._now())
        for practice in self._practices():
            self._refiling(keys).refile_beside(practice)
        return filed

    def retire_lookups(self) -> int:
        """Find nobody by the former key any more; returns how many were filed otherwise.

        Errors: Refused key_single (no key was changed), key_too_new (some may rest on the former one yet).
        """
        since = self.ring.lookups_published_at()
        if since is None:
            raise Refused("key_single")
        wait = since + SETTLED_SECONDS - self._now()
        if wait > 0:
            raise Refused("key_too_new", retry_after_seconds=wait)
        filed = self._refiled(self.keys, keep=False)
        self.ring.end_lookups()
        return filed

    def _refiled(self, keys: Keys, *, keep: bool) -> int:
        return sum(self._refiling(keys).refile(practice, keep=keep) for practice in self._practices())

    def _refiling(self, keys: Keys) -> Refiling:
        return Refiling(self.people, keys, self.beside)

    def _practices(self) -> Sequence[str]:
        return self.practices.practice_ids()

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
