"""The ways to pay that a practice offers: what its processors can do, less what it does not want. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.payments.domain.abilities import Abilities, Flow, Way
from chalicelib.practice.domain.practices import Practice

PROCESSORS = ("stripe", "paypal")
"""All that a practice may have."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to pay, at which of the practice's processors, and where its payer pays."""

    way: Way
    processor: str
    flow: Flow


def offers(practice: Practice, abilities: Mapping[str, Abilities], currency: str) -> tuple[Offer, ...]:
    """By processor, in the practice's order; of two that can take the same way the first takes it."""
    found: dict[Way, Offer] = {}
    for offer in _all(practice, abilities, currency):
        found.setdefault(offer.way, offer)
    return tuple(found.values())


def _all(practice: Practice, abilities: Mapping[str, Abilities], currency: str) -> Iterator[Offer]:
    for processor in practice.processors:
        able = abilities[processor]
        if currency not in able.minimum_minor:
            continue
        flow = Flow(practice.flow) if practice.flow in able.flows else able.flows[0]
        for way in able.ways:
            if way is not Way.BANK or practice.bank_debits:
                yield Offer(way, processor, flow)
