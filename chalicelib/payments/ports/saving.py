"""A processor that keeps methods for a practice's payers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from chalicelib.payments.domain.saved_methods import Held, Outcome
from chalicelib.payments.ports.processors import Facts, Opened, Processor, Reference


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the processor is told when a payer adds a method: opaque ids and nothing else of them. `deposits`:
    a bank account may be verified by one, else at once only."""

    id: str
    customer_id: str
    way: str
    flow: str
    locale: str
    return_url: str
    cancel_url: str
    begun_at: str
    deposits: bool = False


class CodeWrong(Exception):
    """The code of a deposit is another one; it may be told again."""


@runtime_checkable
class Saves(Processor, Protocol):
    """Every method may raise ProcessorTimeout and ProcessorRefused, of which ProcessorMissing is one."""

    def enrol(self, key: str) -> str:
        """Its name for a new payer of whom it is told nothing. The same key is the same payer as long as keys
        live."""
        ...

    def begin(self, set_up: SetUp) -> Opened:
        """Its key is made from the set-up's id: asking again is the same one as long as keys live."""
        ...

    def outcome(self, session_id: str) -> Outcome:
        """What became of a set-up, or of the method of a payment that was to be kept. `session_id`: as
        `begin` or `open` named it."""
        ...

    def end(self, session_id: str) -> Outcome:
        """End a set-up that waits for its payer, or for its deposit; what became of it afterwards, which may
        be that it is saved."""
        ...

    def held(self, customer_id: str) -> Sequence[Held]:
        """All methods of the payer. Error: ProcessorMissing, where there is no such payer any more."""
        ...

    def debits(self, mandate: str) -> bool:
        """Whether the mandate still allows debits."""
        ...

    def verify(self, deposit_of: str, code: str) -> Outcome:
        """Tell the code of a set-up's deposit. Error: CodeWrong; ProcessorRefused, where none is awaited."""
        ...

    def detach(self, processor_id: str) -> None:
        """The method is nobody's from now on, for good; also where it was so before."""
        ...

    def names_of(self, about: Reference) -> Sequence[str]:
        """The processor's names for the payer and the method that the object is about, as far as it tells."""
        ...

    def call_off(self, intent_id: str) -> Facts:
        """End a charge whose payer has not gone on; the facts afterwards, which may be that it was paid."""
        ...
