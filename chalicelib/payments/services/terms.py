"""The terms of paying a practice online: its ways, by what its processors can do, and what may be paid."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.ways import Offer, offers
from chalicelib.payments.ports.processors import Processors
from chalicelib.practice.domain.practices import Practice


@dataclass(frozen=True)
class Terms:
    processors: Processors

    def bounds(self, practice: Practice, currency: str) -> Bounds:
        """Whichever way its payer chooses."""
        offered = {offer.processor for offer in self.offers(practice, currency)}
        return Bounds.of(map(self.processors.abilities, offered), currency, practice.limit_minor)

    def offers(self, practice: Practice, currency: str) -> Sequence[Offer]:
        abilities = {name: self.processors.abilities(name) for name in practice.processors}
        return offers(practice, abilities, currency)
