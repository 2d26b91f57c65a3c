"""The practice's office: opens accounts, posts charges, and all that comes from outside Billfold."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import ChargeFacts
from tests.soak.stories import Story

FEES = ((9000, 0), (5000, 4000), (120, 0), (0, 7000), (0, 0))  # the client's part and the insurer's
AMOUNTS = (50, 700, 4000, 9000, 12_000)
ON = "2026-03-02"
GIVER = "olga"
GIVES = 0.4  # of the schedules in which more than charges and card payments happens


class Office(Story):
    def work(self, ref: AccountRef, clients: Iterable[Callable[[], None]]) -> None:
        """Open the account and post its charges; the client's tabs open meanwhile. Then all the rest."""
        post, tabs = self.app.posting("cli"), list(clients)
        while self.insist(ref.practice, lambda: post.open_account(ref, "USD")).nothing:
            pass
        for number in range(self.random.randint(1, self.size.charges)):
            self._charge(ref, f"{ref.account}-c{number}")
            while tabs and (number or self.random.random() < 0.7):
                self.spawn(f"tab of {ref.account}", tabs.pop())
        for tab in tabs:
            self.spawn(f"tab of {ref.account}", tab)
        for number in range(0 if self.plain else self.random.randint(0, self.size.commands)):
            self.wander(40)
            self._command(ref, f"{ref.account}-x{number}")
            if self.random.random() < 0.2:
                self._undo(ref)

    def give(self, practice: str, accounts: Sequence[str]) -> None:
        """Open an account that nobody pays by card, and let its credit go to the others, piece by piece.

        From those that pay by card none goes: what Stripe gives back of it could not be posted, and a person
        would have to bring it home first (tests/property has that).
        """
        post, correct, giver = self.app.posting("cli"), self._correcting, AccountRef(practice, GIVER)
        while self.insist(practice, lambda: post.open_account(giver, "USD")).nothing:
            pass
        opening = partial(post.opening_balance, giver, "given", -9000, on=ON)
        self.told("opening", giver, "given", self.insist(practice, opening))
        for number in range(self.random.randint(1, self.size.commands)):
            self.wander(40)
            name, target = f"{GIVER}-t{number}", AccountRef(practice, self.random.choice(list(accounts)))
            amount = self.random.choice((40, 700, 4000))
            move = partial(
                correct.transfer_credit, name,
                source=giver, target=target, amount_minor=amount, on=ON,
            )  # fmt: skip
            self.told("credit_transfer", giver, name, self.insist(practice, move))
            if self.random.random() < 0.3:
                self._undo(self.random.choice((giver, target)))

    def _undo(self, ref: AccountRef) -> None:
        """Undo one entry or other, as it comes."""
        seq = self.random.randint(1, 9)
        reverse = partial(self._correcting.reverse, ref, seq, on=ON)
        self.told("reversal", ref, f"{ref.account}#{seq}", self.insist(ref.practice, reverse))

    @property
    def _correcting(self) -> Correcting:
        return Correcting(self.app.ledgers, self.app.clock, "cli")

    def _charge(self, ref: AccountRef, name: str) -> None:
        client, insurer = self.random.choice(FEES)
        if self.plain:
            client, insurer = client or 700, 0
        facts = ChargeFacts(name, "2026-03-01", "Session", "ada", client, insurer)
        post = self.app.posting("cli")
        heard = self.insist(ref.practice, lambda: post.charge(ref, facts))
        self.told("charge", ref, name, heard)

    def _command(self, ref: AccountRef, name: str) -> None:
        post, amount = self.app.posting("cli"), self.random.choice(AMOUNTS)
        charge = f"{ref.account}-c{self.random.randint(0, 3)}"
        chosen = self.random.choice(((), (charge,)))
        on_charge: dict[str, Any] = {"charge_external_id": charge, "on": ON}
        commands: dict[str, Callable[[], object]] = {
            "payment": partial(
                post.external_payment, ref, name, amount,
                method="cash", on=ON, charge_external_ids=chosen,
            ),
            "refund": partial(
                post.external_refund, ref, name,
                payment_external_id=f"{ref.account}-x0", amount_minor=amount, on=ON,
            ),
            "adjustment": self.random.choice((
                partial(
                    post.adjustment, ref, name,
                    amount_minor=self.random.choice((1, -1)) * amount, **on_charge,
                ),
                partial(post.write_off, ref, name, amount_minor=amount, **on_charge),
            )),
            "facts_corrected": partial(
                CorrectingFacts(self.app.ledgers, self.app.clock, "cli").correct, ref, name,
                facts=FactChanges(service=self.random.choice(("Session", "Intake", name))), **on_charge,
            ),
            "opening": partial(post.opening_balance, ref, name, -amount, on=ON),
            "insurance": partial(
                post.insurance_payment, ref, name, paid_minor=amount,
                contractual_minor=0, to_client_minor=0, above_expected=self.random.random() < 0.5,
                charge_external_id=on_charge["charge_external_id"], on=ON,
            ),
            "transfer": partial(
                post.insurance_payment, ref, name,
                paid_minor=0, contractual_minor=0, to_client_minor=amount,
                charge_external_id=on_charge["charge_external_id"], on=ON,
            ),
        }  # fmt: skip
        kind = self.random.choice(list(commands))
        self.told(kind, ref, name, self.insist(ref.practice, commands[kind]))
