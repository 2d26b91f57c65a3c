"""Each account of some beside its anchor: what has not changed is compared, what has is read, the rest in
turn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby

from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import GENESIS, Entry
from chalicelib.ledger.domain.markers import expected
from chalicelib.ledger.domain.repairs import AccountRow
from chalicelib.ledger.services.roll import Enrolled
from chalicelib.verification.domain.accounts import Stored
from chalicelib.verification.domain.anchors import Head, Mismatch
from chalicelib.verification.domain.findings import Finding
from chalicelib.verification.domain.growth import Growth, credited, everyday, holds, nets, posted, state
from chalicelib.verification.services.anchored import Anchored, Damaged
from chalicelib.verification.services.anchoring import Anchoring
from chalicelib.verification.services.verifying import Verifying


@dataclass(frozen=True, slots=True)
class Place:
    """An account to look at, with where its chain was anchored, and in which part."""

    one: Enrolled
    was: Head | None
    part: int


@dataclass(frozen=True, slots=True)
class Seen:
    """`head` is where the chain stands, None where nothing tells; bare where it is not sound, and of a
    mismatch what was anchored. `entries` are those that were read: the new ones, or all. `read`: whether any
    were."""

    id: str
    was: Head | None
    head: Head | None
    entries: Sequence[Entry] = ()
    read: bool = True
    findings: Sequence[Finding] = ()
    mismatch: Mismatch | None = None

    @property
    def nets(self) -> Mapping[str, int]:
        """What its entries come to, as far as they could be read."""
        told = self.head.nets if self.head else None
        return nets(self.entries) if told is None else told

    @property
    def since(self) -> int:
        """The number of the entry that was anchored."""
        return self.was.seq if self.was else 0


@dataclass(frozen=True)
class Comparing:
    """`glancing` reads what may be some writes behind. What it does not find sound is read again, strongly,
    by `verifying`: no person is called for a row that was late."""

    verifying: Verifying
    glancing: Verifying
    anchoring: Anchoring

    def places(
        self, practice: str, earlier: Anchored | None, *, after: str, part: int, damaged: Damaged
    ) -> Iterator[Place]:
        """Every account that is listed or was anchored, by their ids, those after `after`; the earlier anchor
        is read from that part on."""
        listed = ((one.id, one, None, part) for one in self.verifying.accounts(practice, after=after))
        heads = earlier.heads(after=after, first=part, damaged=damaged) if earlier else ()
        anchored = ((head.account_id, None, head, number) for number, head in heads)
        for _, found in groupby(merge(listed, anchored, key=lambda row: row[0]), key=lambda row: row[0]):
            rows = list(found)
            was = next((head for _, _, head, _ in rows if head), None)
            one = next((one for _, one, _, _ in rows if one), None)
            if one is None and was is not None:
                one = Enrolled(was.ref(practice), indexed=False, client=None)
            if one is not None:
                yield Place(one, was, rows[-1][3])

    def seen(self, practice: str, places: Sequence[Place], due: Callable[[str], bool]) -> Iterator[Seen]:
        """Each as it is. `due`: whether an account, by its id, is to be read whole. Error: Busy."""
        rows = self.glancing.ledgers.account_rows([place.one.ref for place in places])
        for place in places:
            row = rows.get(place.one.id)
            if place.was is None and row is None and not place.one.indexed:  # a client without an account
                yield Seen(place.one.id, None, None, read=False)
            else:
                yield self._compared(practice, place, row, due=due(place.one.id))

    def _compared(self, practice: str, place: Place, row: AccountRow | None, *, due: bool) -> Seen:
        account, was = row.account if row else None, place.was
        told = was is not None and was.nets is not None
        if row is None or account is None or was is None or not told or due or not place.one.indexed:
            return self._whole(practice, place)
        ledger, now = account.ledger, state(account, row.balance_minor)
        if (ledger.seq, ledger.head, now) == (was.seq, was.hash, was.state):
            return Seen(was.account_id, was, was, read=False)
        grown = self._grown(practice, account, row.balance_minor, was) if ledger.seq > was.seq else None
        return grown or self._whole(practice, place)

    def _grown(self, practice: str, account: Account, balance_minor: int, was: Head) -> Seen | None:
        """By the entries after the anchored one; None where they do not tell all."""
        ledgers, ref, seq = self.glancing.ledgers, was.ref(practice), account.ledger.seq
        try:
            entries = list(ledgers.entries(ref, first=was.seq + 1, last=seq))
            if not everyday(entries):
                return None
            markers = ledgers.markers(practice, (marker.key for marker in expected(ref.account, entries)))
            charges = ledgers.charges(ref, posted(entries))
            payments = ledgers.payments_by_id(ref, credited(entries))
        except Unreadable:
            return None
        if not holds(Growth(was, account, balance_minor, entries, charges, payments, markers)):
            return None
        now = state(account, balance_minor), nets(entries, was.nets)
        return Seen(ref.account, was, Head(ref.account, seq, account.ledger.head, *now), entries)

    def _whole(self, practice: str, place: Place) -> Seen:
        stored, findings = self.glancing.one(practice, place.one)
        if stored is not None and not findings and _follows(stored, place.was):
            return Seen(place.one.id, place.was, _head(stored), stored.entries)
        return self._surely(practice, place)

    def _surely(self, practice: str, place: Place) -> Seen:
        stored, findings = self.verifying.one(practice, place.one)
        mismatch = self.anchoring.mismatch(practice, place.was) if place.was else None
        entries = stored.entries if stored else ()
        if stored is not None and not findings and mismatch is None:
            return Seen(place.one.id, place.was, _head(stored), entries)
        head = place.was.bare if mismatch and place.was else self.anchoring.head(place.one.ref)
        return Seen(place.one.id, place.was, head, entries, True, findings, mismatch)


def _follows(stored: Stored, was: Head | None) -> bool:
    """Whether the chain has the anchored hash at the anchored number."""
    hashes = [GENESIS, *(entry.hash for entry in stored.entries)]
    return was is None or (was.seq < len(hashes) and hashes[was.seq] == was.hash)


def _head(stored: Stored) -> Head:
    account = stored.account
    now = state(account, stored.balance_minor)
    return Head(account.id, account.ledger.seq, account.ledger.head, now, nets(stored.entries))
