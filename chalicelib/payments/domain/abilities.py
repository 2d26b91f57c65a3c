"""What a processor can do, as its adapter states it: no rule of a processor's stands anywhere else. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import lcm

from chalicelib.kernel.errors import Invalid


class Way(StrEnum):
    """A way to pay, as its payer chooses it."""

    CARD = "card"
    BANK = "bank"
    PAYPAL = "paypal"


class Flow(StrEnum):
    """Where its payer pays: in fields on the practice's page, or on the processor's."""

    INLINE = "inline"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Abilities:
    """`minimum_minor`: the least of a payment, by every currency that the processor takes; amounts are
    multiples of `step_minor`, where that is not 1.

    Within `key_lifetime` of a payment's making, asking again under its key is surely the same request, and
    within `refund_key_lifetime` for a refund: after that one has to look before asking. `lists`: what was
    made there can be found without its id. `attempt_lifetime`: how long an attempt waits for its payer.
    `saves`: of its ways those whose methods payers may leave there to pay with again.
    """

    ways: Sequence[Way]
    flows: Sequence[Flow]
    minimum_minor: Mapping[str, int]
    attempt_lifetime: timedelta
    key_lifetime: timedelta
    refund_key_lifetime: timedelta
    lists: bool
    step_minor: Mapping[str, int] = field(default_factory=dict)
    saves: Sequence[Way] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a payment at a practice may come to (minor units): what every processor that may be chosen takes,
    and the practice's own limit."""

    currency: str
    least_minor: int
    step_minor: int
    limit_minor: int

    @staticmethod
    def of(offered: Iterable[Abilities], currency: str, limit_minor: int) -> "Bounds":
        able = [each for each in offered if currency in each.minimum_minor]
        return Bounds(
            currency,
            max((each.minimum_minor[currency] for each in able), default=0),
            lcm(*(each.step_minor.get(currency, 1) for each in able)),
            limit_minor,
        )

    @property
    def taken(self) -> bool:
        """Whether a processor takes the currency at all."""
        return self.least_minor > 0

    def stepped(self, amount_minor: int) -> int:
        """The most of it that can be paid."""
        return amount_minor - amount_minor % self.step_minor

    def too_much(self, code: str, payable_minor: int) -> Invalid:
        """The refusal of more than what can be paid; it names the most that would be taken."""
        most_minor = min(self.stepped(payable_minor), self.limit_minor)
        return Invalid(code, "amount_minor", most_minor=most_minor, currency=self.currency)

    def check(self, amount_minor: int) -> None:
        """Errors: amount_below_minimum, amount_above_limit."""
        if amount_minor < self.least_minor:
            raise Invalid(
                "amount_below_minimum", "amount_minor", least_minor=self.least_minor, currency=self.currency
            )
        if amount_minor > self.limit_minor:
            raise self.too_much("amount_above_limit", self.limit_minor)

    def check_rest(self, amount_minor: int, payable_minor: int) -> None:
        """May that much be paid of what is payable: is the rest nothing, or enough to be paid by itself?

        Errors: amount_leaves_too_little, amount_whole_only, amount_above_limit. What they name is taken.
        """
        whole_minor = self.stepped(payable_minor)
        most_minor = self.stepped(whole_minor - self.least_minor)
        if not 0 < whole_minor - amount_minor < self.least_minor:
            return
        if most_minor < self.least_minor <= whole_minor <= self.limit_minor:
            raise self._leaving("amount_whole_only", whole_minor=whole_minor)
        if most_minor >= self.least_minor and whole_minor > self.limit_minor:
            raise self.too_much("amount_above_limit", most_minor)
        if most_minor >= self.least_minor:
            raise self._leaving("amount_leaves_too_little", whole_minor=whole_minor, most_minor=most_minor)

    def _leaving(self, code: str, **figures: int) -> Invalid:
        named: dict[str, object] = {**figures, "least_minor": self.least_minor, "currency": self.currency}
        return Invalid(code, "amount_minor", **named)
