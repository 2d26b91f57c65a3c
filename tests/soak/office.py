"""The practice's office: opens accounts, posts charges, and all that comes from outside Billfold."""

from collections.abc import Callable, Iterable
from functools import partial

from chalicelib.services.posting import ChargeFacts
from tests.soak.stories import Story

FEES = ((9000, 0), (5000, 4000), (120, 0), (0, 7000))  # the client's part and the insurer's
AMOUNTS = (50, 700, 4000, 9000, 12_000)
ON = "2026-03-02"


class Office(Story):
    def work(self, practice: str, account: str, clients: Iterable[Callable[[], None]]) -> None:
        """Open the account and post its charges; the client's tabs open meanwhile. Then all the rest."""
        post, tabs = self.app.posting("cli"), list(clients)
        while self.insist(practice, lambda: post.open_account(practice, account, "USD")).nothing:
            pass
        for number in range(self.random.randint(1, self.size.charges)):
            self._charge(practice, account, f"{account}-c{number}")
            while tabs and (number or self.random.random() < 0.7):
                self.spawn(f"tab of {account}", tabs.pop())
        for tab in tabs:
            self.spawn(f"tab of {account}", tab)
        for number in range(0 if self.plain else self.random.randint(0, self.size.commands)):
            self.wander(40)
            self._command(practice, account, f"{account}-x{number}")

    def _charge(self, practice: str, account: str, name: str) -> None:
        client, insurer = self.random.choice(FEES)
        if self.plain:
            client, insurer = client or 700, 0
        facts = ChargeFacts(name, "2026-03-01", "Session", "ada", client, insurer)
        post = self.app.posting("cli")
        heard = self.insist(practice, lambda: post.charge(practice, account, facts))
        self.told("charge", practice, account, name, heard)

    def _command(self, practice: str, account: str, name: str) -> None:
        post, amount = self.app.posting("cli"), self.random.choice(AMOUNTS)
        charge = f"{account}-c{self.random.randint(0, 3)}"
        chosen = self.random.choice(((), (charge,)))
        on_charge = {"charge_external_id": charge, "on": ON}
        commands: dict[str, Callable[[], object]] = {
            "payment": partial(
                post.external_payment, practice, account, name, amount,
                method="cash", on=ON, charge_external_ids=chosen,
            ),
            "refund": partial(
                post.external_refund, practice, account, name,
                payment_external_id=f"{account}-x0", amount_minor=amount, on=ON,
            ),
            "adjustment": partial(
                post.adjustment, practice, account, name,
                amount_minor=self.random.choice((1, -1)) * amount, **on_charge,
            ),
            "write_off": partial(post.write_off, practice, account, name, amount_minor=amount, **on_charge),
            "opening": partial(post.opening_balance, practice, account, name, -amount, on=ON),
            "transfer": partial(
                post.insurance_payment, practice, account, name,
                paid_minor=0, contractual_minor=0, to_client_minor=amount, **on_charge,
            ),
        }  # fmt: skip
        kind = self.random.choice(list(commands))
        self.told(kind, practice, account, name, self.insist(practice, commands[kind]))
