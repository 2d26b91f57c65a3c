"""A payer's row: read, decide, write once; when somebody was faster, decide again. And their customer at the
processor: our row first, its key made from the row, the answer stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.payer_changes import let_go, tidied
from chalicelib.payments.domain.saved_methods import AdditionState, Payer
from chalicelib.payments.ports.payers import Consent, Payers
from chalicelib.payments.ports.processors import Processors
from chalicelib.payments.ports.saving import Saves
from chalicelib.platform.ports import Chance, Clock
from chalicelib.practice.domain.practices import Practice

ATTEMPTS = 20
SLACK = timedelta(minutes=10)  # after what is waited for, before the sweep looks what became of it

Decide = Callable[[Payer], Payer]


@dataclass(frozen=True)
class PayerRows:
    payers: Payers
    processors: Processors
    chance: Chance
    clock: Clock

    def of(self, practice: Practice, payer_id: str) -> Payer:
        """As it is kept; a new one where nothing was saved yet. Error: Refused saving_disabled."""
        found = self.payers.payer(practice.id, payer_id)
        return found or Payer(payer_id, self.processor_of(practice))

    def processor_of(self, practice: Practice) -> str:
        """Where the practice's payers save methods. Error: Refused saving_disabled."""
        saving = (name for name in practice.processors if self.processors.abilities(name).saves)
        name = next(saving, "")
        if not name or not practice.saving:
            raise Refused("saving_disabled")
        return name

    def ways(self, practice: Practice) -> tuple[Way, ...]:
        """In which ways methods can be saved there; none where the practice, or its processor, saves none."""
        try:
            able = self.processors.abilities(self.processor_of(practice)).saves
        except Refused:
            return ()
        return tuple(way for way in able if way is not Way.BANK or practice.bank_debits)

    def saves(self, practice: str, name: str) -> Saves:
        """Error: Refused saving_disabled, payments_disabled."""
        processor = self.processors.of(practice, name)
        if not isinstance(processor, Saves):
            raise Refused("saving_disabled")
        return processor

    def change(self, practice: str, payer: Payer, decide: Decide, *, consent: Consent | None = None) -> Payer:
        """The payer after `decide`, which is called again with the row as it then is after every conflict;
        nothing is written where it changes nothing. Errors: its own, Busy."""
        for attempt in range(ATTEMPTS):
            after = decide(payer)
            if after == payer and payer.version:
                return payer
            try:
                return self.write(practice, payer, after, consent=consent)
            except Conflict:
                self.clock.pause(attempt)
                payer = self.payers.payer(practice, payer.id) or replace(payer, version=0)
        raise Busy("payer")

    def let_go(self, practice: str, payer_id: str) -> None:
        """Nobody pays any more with what they have saved; sweep tells the processor. Error: Busy."""
        payer = self.payers.payer(practice, payer_id)
        if payer is not None:
            self.change(practice, payer, let_go)

    def write(self, practice: str, before: Payer, after: Payer, *, consent: Consent | None = None) -> Payer:
        """Errors: Conflict, Busy."""
        after = tidied(after, self.clock.now())
        known = before if before.version else None
        return self.payers.save(practice, after, before=known, due=self._due(after), consent=consent)

    def enrolled(self, practice: str, payer: Payer) -> Payer:
        """With their customer at the processor: asked for under a key that the row has, and again under it as
        long as keys live. After that a new one is made; the one whose answer was lost holds nothing.

        Errors: ProcessorTimeout, ProcessorRefused, Refused, Busy.
        """
        if payer.customer_id:
            return payer
        payer = self.change(practice, payer, self._keyed)
        if payer.customer_id:  # somebody else was faster
            return payer
        name = self.saves(practice, payer.processor).enrol(payer.key)

        def decide(held: Payer) -> Payer:
            mine = held.key == payer.key and not held.customer_id
            return replace(held, customer_id=name) if mine else held

        return self.change(practice, payer, decide)

    def _keyed(self, payer: Payer) -> Payer:
        lives = self.processors.abilities(payer.processor).key_lifetime
        now = self.clock.now()
        if payer.customer_id or (payer.key and now - datetime.fromisoformat(payer.asked_at) < lives):
            return payer
        return replace(payer, key=self.chance.id(), asked_at=instant(now))

    def _due(self, payer: Payer) -> str:
        """When the sweep looks what is left to do at the processor; "" where nothing is."""
        if payer.leaving:
            return instant(self.clock.now())
        lives = self.processors.abilities(payer.processor).attempt_lifetime
        until = [
            instant(datetime.fromisoformat(each.begun_at) + lives + SLACK)
            for each in payer.additions
            if each.state is AdditionState.OPEN
        ]
        deposits = [
            instant(datetime.fromisoformat(m.deposit.until) + SLACK) for m in payer.methods if m.deposit
        ]
        return min([*until, *deposits], default="")
