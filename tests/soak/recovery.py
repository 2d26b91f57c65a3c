"""The table comes back to an earlier moment, as by its point-in-time recovery; the processor and banks go on.

Everything captured since must be in the ledger once in the end: adopted by the full pass, by one operator or
by two at once, while webhooks and reconcile bring the same money. What was never captured is owed to nobody.
"""

from collections.abc import Mapping
from functools import partial

from chalicelib.kernel.actors import CLI
from tests.soak.machines import Machines
from tests.soak.processor import LogRow
from tests.soak.store import Item, Key
from tests.soak.stories import Story
from tests.soak.world import World

RECOVERED = 0.2  # of the schedules
PATIENCE = 60  # looks whether the accounts are open, before which nothing is worth coming back to


class Recovery(Story):
    """`accounts`: those that payers pay, by practice and id."""

    accounts: list[tuple[str, str]]
    moment: Mapping[Key, Item] | None = None
    acknowledged = 0

    def wait_for_a_moment(self) -> None:
        """Some time or other once there are accounts."""
        for _ in range(PATIENCE):
            self.wander(15)
            self.world.pause()
            if all((f"P#{of}#A#{id_}", "ACCT") in self.world.store.items for of, id_ in self.accounts):
                self.moment, self.acknowledged = dict(self.world.store.items), len(self.world.acknowledged)
                return

    def bring_back(self) -> None:
        """What was acknowledged since is gone with the table."""
        assert self.moment is not None
        self.world.restored = True
        self.world.store.bring_back(self.moment)
        del self.world.acknowledged[self.acknowledged :]

    def operators_adopt(self, *, twice: bool) -> None:
        """Whatever Stripe's Dashboard shows as paid and Billfold does not have. They know better than any
        likeness to what was typed in."""
        for row in adoptable(self.world):
            practice = str(row["practice"])
            adopt = partial(self._adopt, practice, str(row["intent"]))
            for _ in range(2 if twice else 1):
                self.spawn("operator", partial(self.ask, practice, adopt))

    def _adopt(self, practice: str, intent_id: str) -> None:
        profile = self.app.practices.practice(practice)
        assert profile is not None
        self.app.adopting.adopt(profile, intent_id, actor=CLI, anyway=True)

    def first_night(self, machines: Machines) -> None:
        """All who bring money come at once."""
        for house in self.world.houses.values():
            house.settle_pending()
        self.operators_adopt(twice=self.random.random() < 0.7)
        for run in (machines.full_pass, machines.reconcile, machines.sweep):
            self.spawn(run.__name__, run)
        for practice, body in machines.late[: self.random.randint(0, 3)]:
            self.spawn("late webhook", partial(machines.deliver, practice, body))


def lost(world: World) -> list[LogRow]:
    """What the processor has captured, for payments that are not there."""
    return [row for row in world.log if row["kind"] == "captured" and not _is_there(world, row)]


def adoptable(world: World) -> list[LogRow]:
    """Those of them that can be posted anew: PayPal does not tell what was opened. A person posts that by
    hand."""
    return [row for row in lost(world) if not _by_hand(row)]


def _by_hand(row: LogRow) -> bool:
    return str(row["id"]).startswith("CAP")


def forget_what_is_for_a_person(world: World) -> list[str]:
    """Nothing of it is posted; who was not called for it is told."""
    told = []
    calls = [
        (key[0], item["subject"]["S"]) for key, item in world.store.items.items()
        if item.get("name", {}).get("S") == "unknown_money"
    ]  # fmt: skip
    for row in filter(_by_hand, lost(world)):
        practice, intent = row["practice"], row["intent"]
        if (f"P#{practice}#ALERT", intent) not in calls:
            told.append(f"nobody was called for {intent}, whose payment is lost")
        world.by_hand.add((str(practice), str(intent)))
    world.log[:] = [r for r in world.log if (r["practice"], r["intent"]) not in world.by_hand]
    return told


def forget_uncaptured(world: World) -> None:
    """Of payments that are not there and were never captured nothing is posted, and nobody hears of them."""
    intents = [intent for house in world.houses.values() for intent in house.intents.values()]
    for intent in intents:
        session = intent.session
        row = {
            "practice": _of(world, intent.id),
            "account": session.account_id,
            "payment": session.payment_id,
        }
        if intent.captured is None and not _is_there(world, row):
            world.log[:] = [
                r for r in world.log if (r["practice"], r["intent"]) != (row["practice"], intent.id)
            ]


def _of(world: World, intent_id: str) -> str:
    return next(name for name, house in world.houses.items() if intent_id in house.intents)


def _is_there(world: World, row: Mapping[str, object]) -> bool:
    found = world.store.items.get((f"P#{row['practice']}#A#{row['account']}", f"PAY#{row['payment']}"))
    return found is not None
