"""What a person has saved at a practice: the list, the default, labels, removing, the code of a deposit."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.outside import OutsideError, ProcessorDenied, ProcessorRefused
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.payer_changes import check_label, chosen, labelled, removed, taken_away
from chalicelib.payments.domain.saved_methods import Payer
from chalicelib.payments.ports.processors import Embeds, Fields
from chalicelib.payments.ports.saving import CodeWrong
from chalicelib.payments.services.methods.following import Following, is_stale
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

log = logging.getLogger("billfold.methods")
LOOKED = timedelta(days=1)  # who looks at a list that old sees what the processor says now


@dataclass(frozen=True, slots=True)
class MethodList:
    """`fields`: what the page needs to ask a saved card's security code, None where nobody asks it."""

    practice: Practice
    payer: Payer
    fields: Fields | None = None


@dataclass(frozen=True)
class Choosing:
    """Errors of all that change something: NotFound method_not_found, for another person's and absent ones
    alike; Busy."""

    following: Following
    practices: Practices

    def listed(self, practice_id: str, payer_id: str) -> MethodList:
        """As the processor has it where something is under way, or it was not asked for a day; where it does
        not answer, as it was. Error: Refused saving_disabled."""
        practice, rows = self._practice(practice_id), self.following.rows
        payer = rows.of(practice, payer_id)
        if payer.version and is_stale(payer, rows.clock.now(), after=LOOKED):
            try:
                payer = self.following.bring(practice_id, payer_id) or payer
            except OutsideError as error:
                log.warning("methods not looked at", extra={"practice": practice_id, "why": str(error)})
        return MethodList(practice, payer, self._fields(practice, payer))

    def choose(self, practice_id: str, payer_id: str, method_id: str) -> MethodList:
        """Charged from now on unless they choose another. Error: Refused method_not_ready."""
        return self._changed(practice_id, payer_id, lambda payer: chosen(payer, method_id))

    def label(self, practice_id: str, payer_id: str, method_id: str, label: str) -> MethodList:
        """Error: Invalid label_card_number."""
        check_label(label)
        return self._changed(practice_id, payer_id, lambda payer: labelled(payer, method_id, label))

    def remove(self, practice_id: str, payer_id: str, method_id: str) -> MethodList:
        """Nobody pays with it any more once this is written; where the processor does not answer, sweep
        tells it."""
        return self._removed(practice_id, payer_id, lambda payer: removed(payer, method_id))

    def take_away(self, practice_id: str, payer_id: str, method_id: str) -> MethodList:
        """`remove` by the practice: its payer is told."""
        now = self.following.rows.clock.now()
        return self._removed(practice_id, payer_id, lambda payer: taken_away(payer, method_id, now))

    def verify(self, practice_id: str, payer_id: str, method_id: str, code: str) -> MethodList:
        """Errors: Invalid deposit_code_wrong; Refused deposit_over, where no code is waited for any more;
        ProcessorTimeout."""
        practice, payer = self._of(practice_id, payer_id)
        deposit = payer.method(method_id).deposit
        if deposit is None:
            raise Refused("deposit_over", "code")
        refused = ""
        try:
            self.following.rows.saves(practice_id, payer.processor).verify(deposit.set_up, code)
        except CodeWrong as wrong:
            raise Invalid("deposit_code_wrong", "code") from wrong
        except ProcessorDenied:
            raise
        except ProcessorRefused as refusal:
            refused = refusal.code
        payer = self.following.bring(practice_id, payer_id) or payer
        if refused:
            raise Refused("deposit_over", "code")
        return MethodList(practice, payer, self._fields(practice, payer))

    def _removed(self, practice_id: str, payer_id: str, decide: Callable[[Payer], Payer]) -> MethodList:
        after = self._changed(practice_id, payer_id, decide)
        try:
            payer = self.following.bring(practice_id, payer_id)
        except (OutsideError, Refused) as error:
            log.warning("method not detached", extra={"practice": practice_id, "why": str(error)})
            payer = None
        return MethodList(after.practice, payer or after.payer, after.fields)

    def _changed(self, practice_id: str, payer_id: str, decide: Callable[[Payer], Payer]) -> MethodList:
        practice, payer = self._of(practice_id, payer_id)
        after = self.following.rows.change(practice_id, payer, decide)
        return MethodList(practice, after, self._fields(practice, after))

    def _of(self, practice_id: str, payer_id: str) -> tuple[Practice, Payer]:
        practice = self._practice(practice_id)
        payer = self.following.rows.payers.payer(practice_id, payer_id)
        return practice, present(payer, "method_not_found", "method")

    def _fields(self, practice: Practice, payer: Payer) -> Fields | None:
        cards = any(method.look.kind == Way.CARD for method in payer.listed)
        if not practice.security_code_again or not cards:
            return None
        processor = self.following.rows.saves(practice.id, payer.processor)
        return processor.fields("") if isinstance(processor, Embeds) else None

    def _practice(self, practice_id: str) -> Practice:
        return present(self.practices.practice(practice_id), "practice_not_found")
