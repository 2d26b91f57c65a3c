"""What an insurer answers to a charge, posted: an entry each for what it paid, may not be collected, and left
to the client."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain import drafts, insurance, marker_keys
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import OWED_TO_INSURERS, Draft
from chalicelib.ledger.services.commands import Commands
from chalicelib.ledger.services.recording import Posted, already, fingerprint
from chalicelib.operations.domain.alerts import AlertName, Cause


@dataclass(frozen=True, slots=True)
class _Answer:
    """An insurer's answer as it comes from outside (minor units; `on` is practice-local)."""

    external_id: str
    charge_external_id: str
    paid_minor: int
    contractual_minor: int
    to_client_minor: int
    on: str
    above_expected: bool

    @property
    def parts(self) -> dict[str, int]:
        """Its amounts, by the series of ids that the entry of each has."""
        amounts = self.paid_minor, self.contractual_minor, self.to_client_minor
        return dict(zip(insurance.ANSWER_KINDS.values(), amounts, strict=True))

    @property
    def command(self) -> str:
        """The fingerprint, without `above_expected`: that says what is allowed, not what was answered."""
        return fingerprint(
            "insurance_payment",
            charge=self.charge_external_id,
            paid_minor=self.paid_minor,
            contractual_minor=self.contractual_minor,
            to_client_minor=self.to_client_minor,
            on=self.on,
        )


@dataclass(frozen=True)
class InsurerCommands(Commands):
    """Staff's and imports' commands about insurers."""

    def insurance_payment(
        self,
        ref: AccountRef,
        external_id: str,
        *,
        charge_external_id: str,
        paid_minor: int,
        contractual_minor: int,
        to_client_minor: int,
        on: str,
        above_expected: bool = False,
    ) -> tuple[Posted, ...]:
        """What the insurer answered to one charge: paid, contractually lost, left to the client.

        An entry each, so each is tried before the first is written: an answer is refused whole. What is
        `above_expected` on purpose first lowers the client's part; the rest is the insurer's, and an alert.
        Errors: Refused charge_reversed, transfer_above_insurance, insurance_above_expected,
        contractual_above_fee.
        """
        answer = _Answer(
            external_id=external_id,
            charge_external_id=charge_external_id,
            paid_minor=paid_minor,
            contractual_minor=contractual_minor,
            to_client_minor=to_client_minor,
            on=on,
            above_expected=above_expected,
        )
        for kind in answer.parts:  # those that are nothing, too: the id may be another answer's
            key = marker_keys.by_hand(kind, external_id)
            already(self.ledgers, ref, key, answer.command)
        makers = {
            kind: partial(self._draft, ref.practice, answer, kind)
            for kind, amount_minor in answer.parts.items()
            if amount_minor
        }
        steps = [(ref, kind, external_id, answer.command, make) for kind, make in makers.items()]
        rehearsed = [self._rehearse(*step) for step in steps]
        self._call_about_overpaid(ref, external_id, filter(None, rehearsed))
        return tuple(self._post(*step) for step in steps)

    def _draft(self, practice: str, answer: _Answer, kind: str, account: Account) -> Draft:
        """One part of the answer. What its other parts settle is not expected of the insurer again."""
        item = self._item(practice, account, answer.charge_external_id)
        about = practice, account, drafts.charge_to_post_to(item)
        standing = self._positions.standing(*about, besides=answer.external_id)
        settled = insurance.answer(
            answer.paid_minor,
            answer.contractual_minor,
            expected_minor=standing.expected_minor,
            client_minor=standing.open_minor,
            above_expected=answer.above_expected,
        )
        ledger, on, reference = account.ledger, answer.on, answer.external_id
        if kind == "insurance":
            return insurance.payment(ledger, item, settled.paid, on=on, reference=reference)
        if kind == "contractual":
            return insurance.contractual(ledger, item, settled.contractual, on=on, reference=reference)
        left_minor = standing.expected_minor - answer.paid_minor - answer.contractual_minor
        return insurance.transfer_to_client(
            ledger, item, answer.to_client_minor, left_minor=left_minor, on=on, reference=reference
        )

    def _call_about_overpaid(self, ref: AccountRef, external_id: str, posted: Iterable[Draft]) -> None:
        """Somebody has to give it back, or to find out that it was another charge's. Called before it is
        posted: a crash in between must not hide it."""
        postings = (p for draft in posted for p in draft.postings if p.book.name == OWED_TO_INSURERS)
        owed_minor = -sum(p.debit_minor for p in postings)
        if self.alerting is None or not owed_minor:
            return
        about: dict[str, str | int] = {"account": ref.account, "reference": external_id}
        cause = Cause(
            AlertName.INSURER_OVERPAID, f"{ref.account} {external_id}", about | {"amount_minor": owed_minor}
        )
        self.alerting.raise_alert(ref.practice, cause)
