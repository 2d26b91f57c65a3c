"""Bring a payer's methods to what the processor holds: by whom ever it is asked, the page that a payer came
back to, the processor's news, reconcile, sweep, or who looks at the list.

The processor alone knows what was saved and what is gone. It is asked after the row was read, and the row is
written only where it is still the one that was read; else it is asked anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, ProcessorMissing
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.operations.ports.work import Due
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.payer_changes import detached, followed
from chalicelib.payments.domain.saved_methods import (
    Addition,
    AdditionState,
    Held,
    Outcome,
    Payer,
    PayerMethod,
)
from chalicelib.payments.ports.processors import ObjectKind, Reference
from chalicelib.payments.ports.saving import Saves
from chalicelib.payments.services.methods.payer_rows import ATTEMPTS, PayerRows
from chalicelib.platform.ports import Keys

NUMBER = "payment-method-number"  # purpose of the hash by which the same number is known again
FRESH = timedelta(hours=1)  # a row that says nothing new need not say so again
_OVER = frozenset({State.FAILED, State.CANCELED, State.EXPIRED})


@dataclass(frozen=True)
class Following:
    rows: PayerRows
    ledgers: Ledgers
    keys: Keys

    def heard(self, practice: str, processor: str, about: Reference) -> Payer | None:
        """What the news of that object means to whoever it is about; None where that is nobody here.
        Errors: ProcessorTimeout, ProcessorRefused, Busy."""
        names = [about.id] if about.kind in (ObjectKind.PAYER, ObjectKind.METHOD) else []
        payer_id = self._payer_of(practice, processor, names)
        if not payer_id:
            try:
                names = list(self.rows.saves(practice, processor).names_of(about))
            except ProcessorMissing:
                return None
            payer_id = self._payer_of(practice, processor, names)
        return self.bring(practice, payer_id) if payer_id else None

    def _payer_of(self, practice: str, processor: str, names: Sequence[str]) -> str:
        found = (self.rows.payers.payer_of(practice, processor, name) for name in names)
        return next(filter(None, found), "")

    def restart(self, due: Due) -> None:
        """Of whom something was left to do. Errors: as `bring`."""
        self.bring(due.practice, due.id)

    def bring(self, practice: str, payer_id: str) -> Payer | None:
        """The payer as the processor has them now. None where nothing was ever saved. Safe to repeat, and by
        several at once. Errors: ProcessorTimeout, ProcessorRefused, Refused, Busy."""
        for attempt in range(ATTEMPTS):
            payer = self.rows.payers.payer(practice, payer_id)
            if payer is None:
                return None
            try:
                return self._finished(practice, self._brought(practice, payer))
            except Conflict:
                self.rows.clock.pause(attempt)
        raise Busy("payer")

    def _brought(self, practice: str, payer: Payer) -> Payer:
        """Errors: Conflict, and as `bring`."""
        if not payer.customer_id and not payer.methods and not payer.open_additions:
            return payer
        processor = self.rows.saves(practice, payer.processor)
        outcomes = {a.id: self._outcome(practice, processor, a) for a in payer.open_additions}
        held = self._held(processor, payer)  # after the outcomes: what is saved is among them by now
        now = self.rows.clock.now()
        after = followed(
            _as_nobody(payer) if held is None and payer.customer_id else payer, held or (), outcomes,
            now=now, hashed=self._hashed, new_id=self.rows.chance.id,
        )  # fmt: skip
        same = replace(after, checked_at=payer.checked_at) == payer
        if same and payer.checked_at and now - datetime.fromisoformat(payer.checked_at) < FRESH:
            return payer
        return self.rows.write(practice, payer, after)

    def _held(self, processor: Saves, payer: Payer) -> Sequence[Held] | None:
        """Their methods there; None where they are no customer any more."""
        if not payer.customer_id:
            return None
        mandates = {m.processor_id: m.mandate for m in payer.methods if m.mandate}
        try:
            found = processor.held(payer.customer_id)
        except ProcessorMissing:
            return None
        return [self._debitable(processor, one, mandates.get(one.processor_id, "")) for one in found]

    def _debitable(self, processor: Saves, one: Held, mandate: str) -> Held:
        if one.look.kind != Way.BANK or one.blocked or not mandate:
            return one
        return replace(one, blocked=not processor.debits(mandate))

    def _outcome(self, practice: str, processor: Saves, addition: Addition) -> Outcome:
        session_id, over = addition.session_id, False
        if addition.payment_id:
            payment = self.ledgers.payment(addition.ref(practice), addition.payment_id)
            session_id = payment.session_id if payment else ""
            over = payment is not None and payment.state in _OVER
        if not session_id:  # nobody was shown any
            return Outcome(
                AdditionState.ENDED if over or self._old(processor, addition) else AdditionState.OPEN
            )
        try:
            return processor.outcome(session_id)
        except ProcessorMissing:
            return Outcome(AdditionState.ENDED)

    def _old(self, processor: Saves, addition: Addition) -> bool:
        age = self.rows.clock.now() - datetime.fromisoformat(addition.begun_at)
        return age >= processor.abilities.attempt_lifetime

    def _hashed(self, text: str) -> str:
        return self.keys.keyed_hash(NUMBER, text)

    def _finished(self, practice: str, payer: Payer) -> Payer:
        """Without what is nobody's any more, once the processor knows it."""
        if not payer.leaving:
            return payer
        processor = self.rows.saves(practice, payer.processor)
        for method in payer.leaving:
            self._detach(processor, payer, method)
        ids, at = {method.id for method in payer.leaving}, instant(self.rows.clock.now())
        return self.rows.change(practice, payer, lambda held: detached(held, ids, at=at))

    def _detach(self, processor: Saves, payer: Payer, method: PayerMethod) -> None:
        addition = payer.addition(method.addition)
        if method.deposit and addition and addition.session_id:
            processor.end(addition.session_id)
        processor.detach(method.processor_id)


def _as_nobody(payer: Payer) -> Payer:
    """Their customer was deleted there: what they save next gets a new one."""
    return replace(payer, customer_id="", key="", asked_at="")


def is_stale(payer: Payer, now: datetime, *, after: timedelta) -> bool:
    """Whether who looks at the list has the processor asked first."""
    if payer.leaving or payer.open_additions:
        return True
    return not payer.checked_at or now - datetime.fromisoformat(payer.checked_at) >= after
