"""Nights of one practice: accounts, the nightly check, and what somebody does to rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.entry_text import sealed
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People
from chalicelib.verification.services.anchoring import Anchoring
from chalicelib.verification.services.comparing import Comparing
from chalicelib.verification.services.nightly import JOB, Nightly
from chalicelib.verification.services.verifying import Verifying
from tests.support.anchors import MemoryAnchors, anchored_heads
from tests.support.entries import edited
from tests.support.ledgers import MemoryLedgers
from tests.support.money import Money
from tests.support.rounds import MemoryRounds

NAMES = ("ada", "ben", "cid", "dot", "eve")


class Listed(People):
    def __init__(self) -> None:
        self.names = list(NAMES)

    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        yield from (Client(name, name, name, "", "en") for name in self.names if name > after)

    def accounts_of(self, practice: str, external_ids: Iterable[str]) -> Mapping[str, str]:
        return {id_: id_ for id_ in external_ids}

    def client(self, practice: str, client_id: str) -> Client | None:
        raise NotImplementedError

    save_client = save_person = person = people = people_at = copy_stops = client  # type: ignore[assignment]
    mail_stops = stop_mail = lift_stop = drop_address = client  # type: ignore[assignment]


class Glance:
    """The ledger as eventual reads show it: as it is, or as `shown` has it."""

    def __init__(self, ledgers: MemoryLedgers) -> None:
        self.ledgers = ledgers
        self.shown: MemoryLedgers | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shown or self.ledgers, name)


class Night(Money):
    """Five accounts of three entries each, two accounts a step."""

    def __init__(self, ledgers: MemoryLedgers | None = None) -> None:
        super().__init__(ledgers)
        for name in NAMES:
            self.open(name)
            for n in range(3):
                self.charge(f"{name}{n}", 1000, name)
        self.people, self.rounds, self.anchors = Listed(), MemoryRounds(), MemoryAnchors()
        alerting = Alerting(self.alerts, self.clock)
        daily = Daily(JOB, self.practices, self.rounds, alerting, self.clock)
        self.verifying = verifying = Verifying(self.ledgers, self.people, self.clock)
        self.glance = Glance(self.ledgers)
        self.anchoring = Anchoring(self.ledgers, self.anchors, alerting)
        comparing = Comparing(
            verifying, Verifying(cast(AuditedLedgers, self.glance), self.people, self.clock), self.anchoring
        )
        self.nightly = Nightly(daily, comparing, self.anchoring, self.register, alerting, self.clock)

    def night(self) -> dict[str, int]:
        """The next night's round."""
        self.clock.advance(days=1)
        return self.nightly.run()

    def anchored(self, account_id: str) -> tuple[int, str]:
        head = anchored_heads(self.anchors, self.practice)[account_id]
        return head.seq, head.hash

    def alter(self, account_id: str, seq: int, **changes: object) -> Entry:
        """Somebody edits a row."""
        key = self.practice, account_id, seq
        self.ledgers.rows[key] = edited(self.ledgers.rows[key], **changes)
        return self.ledgers.rows[key]

    def rewrite(self, account_id: str) -> None:
        """Somebody edits the first entry and makes the whole chain anew, so that it is sound."""
        prev_hash = sealed(self.alter(account_id, 1, actor="mallory")).hash
        self.alter(account_id, 1, hash=prev_hash)
        seq = self.account(account_id).ledger.seq
        for number in range(2, seq + 1):
            prev_hash = sealed(self.alter(account_id, number, prev_hash=prev_hash)).hash
            self.alter(account_id, number, hash=prev_hash)
        self.set_ledger(account_id, head=prev_hash)

    def set_ledger(self, account_id: str, **changes: object) -> None:
        account = self.account(account_id)
        ledger = replace(account.ledger, **changes)  # type: ignore[arg-type]
        self.ledgers.accounts[self.practice, account_id] = replace(account, ledger=ledger)
