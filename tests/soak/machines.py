"""What runs by itself: webhooks on their way, workers at their queues, the clock and the schedules."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.payments.services.turns import Turn
from tests.soak.stories import Story

JUMPS_SECONDS = (1, 30, 130, 130, 1200, 4000, 4000, 25_000, 90_000)
# The end of a movement's marker. A refund that came back at once may never have been posted.
MARKERS = {"captured": "succeeded", "fee": "fee", "withdrawn": "withdrawn", "reinstated": "reinstated"}
LONGEST_STORY = timedelta(hours=60)  # below the three days that reconcile looks back


class Machines(Story):
    """`late` are webhooks that arrive when all else is over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.late: list[tuple[str, str]] = []
        self._objects: dict[str, str] = {}
        self.world.on_event, self.world.on_message = self._event, self._message

    def _event(self, practice: str, body: str) -> None:
        """The processor sends a webhook: at once, twice, never, or when all else is over."""
        told = json.loads(body)
        self._objects[told["id"]] = told["object"]
        fate = self.random.choices(("once", "twice", "lost", "late"), (6, 2, 2, 2))[0]
        if fate == "late":
            self.late.append((practice, body))
        for _ in range({"once": 1, "twice": 2}.get(fate, 0)):
            self.spawn("webhook", lambda: self.deliver(practice, body))

    def deliver(self, practice: str, body: str) -> None:
        told = json.loads(body)
        receive = partial(self.app.receiving.receive, practice, told["processor"], {}, body.encode())
        if self.insist(practice, receive).error is None:
            name = f"{told['processor']}#{told['id']}"
            self.world.acknowledged.append({"kind": "event", "practice": practice, "id": name})
        else:
            self.late.append((practice, body))

    def _message(self, queue: str, body: str, receives: int) -> None:
        for _ in range(2 if self.random.random() < 0.05 else 1):  # SQS: at least once
            self.spawn("worker", lambda: self._work(queue, body, receives + 1))

    def _work(self, queue: str, body: str, receives: int) -> None:
        task = json.loads(body)
        practice = task["practice"]
        run = {
            "inbox": self._settle, "receipt": self._receipt, "returned": self._returned,
            "reconcile": self._turn, "invoice": self._invoice, "pay-link-mail": self._code,
        }[task["task"]]  # fmt: skip
        markers = self._markers(practice, self._objects.get(task.get("event", ""), ""))
        # At PayPal, which lists nothing, it goes through the work list, which all practices share.
        alone = "" if (task["task"], task.get("processor")) == ("reconcile", "paypal") else practice
        if self.ask(alone, partial(run, task)).error is not None:
            self.world.queues.came_back(queue, body, receives)
            return
        for marker in () if self.world.restored else markers:  # what is lost waits for the full pass
            if (f"P#{practice}#MOV#{marker}", "MOV") not in self.world.store.items:
                self.world.broken.append(f"I4 {marker} was worked off and is not in the ledger")

    def _settle(self, task: dict[str, str]) -> None:
        self.app.receiving.work_off(task["practice"], task["processor"], task["event"], task)

    def _turn(self, task: dict[str, str]) -> None:
        self.app.turns.take(Turn.parse(task))

    def _receipt(self, task: dict[str, str]) -> None:
        self.app.receipts.send(task["practice"], task["marker"])

    def _returned(self, task: dict[str, str]) -> None:
        self.app.returns.send(AccountRef(task["practice"], task["account"]), task["payment"])

    def _invoice(self, task: dict[str, str]) -> None:
        self.app.invoice_notices.send(AccountRef(task["practice"], task["account"]), int(task["number"]))

    def _code(self, task: dict[str, str]) -> None:
        factors, step = self.app.pay_link_factors, int(task["step"])
        factors.deliver(task["practice"], task["links"], step=step, locale=task["locale"])

    def _markers(self, practice: str, object_id: str) -> list[str]:
        """What the ledger must have once news of this session, intent, refund or dispute is worked off. An
        order at PayPal tells of its capture and refunds, and of no dispute."""
        names = (object_id, f"pi_{object_id}", object_id[3:].rpartition("_")[0])
        rows = [row for row in self.world.log if row["practice"] == practice and row["intent"] in names]
        if paypal := object_id.startswith("CAP"):
            rows = [row for row in rows if row["id"] == object_id]
        where = "paypal" if paypal else "stripe"
        return [f"{where}#{row['id']}#{MARKERS[str(row['kind'])]}" for row in rows if row["kind"] in MARKERS]

    def sweep(self) -> None:
        self.ask("", self.app.sweeping.sweep)

    def reconcile(self) -> None:
        self.ask("", self.app.reconciling.reconcile)

    def full_pass(self) -> None:
        self.ask("", self.app.full_passes.run)

    def time(self) -> None:
        """The clock jumps; the schedules that should have run meanwhile run now."""
        began = self.world.at
        for _ in range(self.random.randint(0, self.size.jumps)):
            self.wander(60)
            jump = timedelta(seconds=self.random.choice(JUMPS_SECONDS))
            if self.world.at + jump - began < LONGEST_STORY:
                self.world.at += jump
            if self.random.random() < 0.3:
                for house in self.world.every_house():
                    house.settle_pending()
            self.spawn("sweep", self.sweep)
            if self.random.random() < 0.5:
                self.spawn("reconcile", self.reconcile)
