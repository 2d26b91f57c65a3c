"""What only the sum over all accounts of a practice tells, kept from step to step of a round. Pure."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.verification.domain.findings import Finding, found_hash
from chalicelib.verification.domain.growth import by_currency


@dataclass(frozen=True, slots=True)
class Share:
    """Of an account: what all its entries come to, and of each transfer to be paired what came (minor units,
    negative: went)."""

    account_id: str
    nets: Mapping[str, int]
    moved: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts are minor units. By currency: `trial` is the net of all books, `across` of credit that went
    between accounts, both over all entries there are. By transfer: `moved` is the net of the sides that were
    read, of transfers that are new or suspect; `sides`, in which accounts they are; `suspects`, those that
    were one-sided at the end of the round before, with their accounts. `off`: what `across` came to then that
    no transfer in `moved` explains."""

    trial: Counter[str] = field(default_factory=Counter)
    across: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    sides: Mapping[str, Collection[str]] = field(default_factory=dict)
    suspects: Mapping[str, Collection[str]] = field(default_factory=dict)
    off: int = 0

    @staticmethod
    def parse(text: str) -> "Sums":
        found = json.loads(text or "{}")
        suspects = found.get("suspects", {})
        return Sums(
            Counter(found.get("trial")), Counter(found.get("across")), Counter(found.get("moved")),
            found.get("sides", {}),
            suspects if isinstance(suspects, dict) else dict.fromkeys(suspects, ()),  # as kept before
            found.get("off", 0),
        )  # fmt: skip

    def __str__(self) -> str:
        moved = _open(self.moved)
        told = {
            "trial": _open(self.trial), "across": _open(self.across), "moved": moved,
            "sides": {reference: sorted(self.sides[reference]) for reference in moved},
            "suspects": {reference: sorted(accounts) for reference, accounts in self.suspects.items()},
            "off": self.off,
        }  # fmt: skip
        return json.dumps(told, separators=(",", ":"))

    def plus(self, shares: Iterable[Share]) -> "Sums":
        trial, across, moved = Counter(self.trial), Counter(self.across), Counter(self.moved)
        sides = defaultdict(set[str], {reference: {*accounts} for reference, accounts in self.sides.items()})
        for share in shares:
            trial.update(by_currency(share.nets))
            across.update(by_currency(share.nets, transfers=True))
            moved.update(share.moved)
            for reference in share.moved:
                sides[reference].add(share.account_id)
        return replace(self, trial=trial, across=across, moved=moved, sides=sides)

    @property
    def suspected(self) -> set[str]:
        """The accounts that have a side of a transfer that was one-sided."""
        return {account_id for accounts in self.suspects.values() for account_id in accounts}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A transfer made while the round went on may look one-sided; in two rounds it is. So is one that
        nothing new names, where in two rounds the transfers of all accounts do not come to nothing."""
        trial, moved = sorted(_open(self.trial).items()), _open(self.moved)
        found = [Finding("trial_balance_off", "", currency, found_hash(net)) for currency, net in trial[:1]]
        one_sided = sorted(self.suspects.keys() & moved.keys())
        named = [Finding("transfer_one_sided", "", _hidden(ref), found_hash(moved[ref])) for ref in one_sided]
        unnamed = [Finding("transfer_one_sided", "", "transfers", found_hash(self._off))]
        return tuple(found or named or (unnamed if self.off and self._off else ()))

    @property
    def _off(self) -> int:
        return sum(self.across.values()) - sum(self.moved.values())

    @property
    def rest(self) -> "Sums":
        """What the next round is to know."""
        one_sided = {reference: self.sides[reference] for reference in _open(self.moved)}
        return Sums(suspects=one_sided, off=self._off)


def _hidden(reference: str) -> str:
    """Staff chose it and may have typed a name: it goes to no log. `billfold verify` prints it as it is."""
    return hashlib.sha256(reference.encode()).hexdigest()[:20]


def _open(nets: Mapping[str, int]) -> dict[str, int]:
    return {name: net for name, net in nets.items() if net}
