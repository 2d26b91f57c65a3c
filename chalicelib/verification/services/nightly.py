"""The nightly check: verify every practice's ledger, some accounts at a time, then anchor its chains."""

import hashlib
import json
import logging
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice

from chalicelib.kernel.instants import instant
from chalicelib.ledger.services.import_register import Register
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.platform.ports import Clock
from chalicelib.verification.domain.findings import Finding, found_hash
from chalicelib.verification.services.anchoring import Anchoring
from chalicelib.verification.services.damage import DamageAlerts
from chalicelib.verification.services.verifying import Checked, Verifying

log = logging.getLogger("billfold.nightly")
JOB = "verify"
PAGE = 25  # accounts a step; one, where a call has died in it: then it is known which, and each has its time
_ANCHOR = "#anchor"  # the last step's cursor; those before it are the account that was last


@dataclass(frozen=True)
class Nightly:
    daily: Daily
    verifying: Verifying
    anchoring: Anchoring
    register: Register
    alerting: Alerting
    clock: Clock

    def run(self) -> dict[str, int]:
        """The scheduled job. Reads every entry; writes alerts, anchors and how far it has come."""
        return self.daily.run(self._step)

    def _step(self, practice: str, found: Round) -> Round:
        now = instant(self.clock.now())
        if found.cursor == _ANCHOR:
            self.anchoring.anchor(practice, found.begun_at[:10])
            for left_out in self.register.under_way(practice):
                about = {"practice": practice, "import": left_out.id}
                log.warning("the check leaves out an import", extra=about)
            return replace(found, cursor="", ended_at=now)
        page = PAGE if found.tries <= 1 else 1
        accounts = list(islice(self.verifying.accounts(practice, after=found.cursor), page))
        checked = self.verifying.check(practice, accounts)
        self._call_person(practice, found, checked.findings)
        carried = _Carried.parse(found.carried).plus(checked)
        if len(accounts) == page:
            return replace(found, cursor=accounts[-1].id, carried=str(carried))
        self._call_person(practice, found, carried.findings)
        return replace(found, cursor=_ANCHOR, carried=str(carried.rest))

    def _call_person(self, practice: str, found: Round, findings: tuple[Finding, ...]) -> None:
        DamageAlerts(self.alerting).call_person(practice, findings, since=found.since)


@dataclass(frozen=True, slots=True)
class _Carried:
    """What only the sum over all accounts tells, from step to step: each currency's trial balance, transfers
    of which one side was read, and those that were one-sided at the end of the round before."""

    trial: Counter[str]
    moved: Counter[str]
    suspects: tuple[str, ...]

    @staticmethod
    def parse(text: str) -> "_Carried":
        found = json.loads(text or "{}")
        return _Carried(
            Counter(found.get("trial")), Counter(found.get("moved")), tuple(found.get("suspects", ()))
        )

    def __str__(self) -> str:
        nets = {"trial": _open(self.trial), "moved": _open(self.moved), "suspects": self.suspects}
        return json.dumps(nets, separators=(",", ":"))

    def plus(self, checked: Checked) -> "_Carried":
        trial, moved = Counter(self.trial), Counter(self.moved)
        for (_, currency), net in checked.trial.items():
            trial[currency] += net
        for reference, net in checked.moved.items():
            moved[reference] += net
        return replace(self, trial=trial, moved=moved)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A transfer made while the round went on may look one-sided; in two rounds it is."""
        one_sided = sorted(set(self.suspects) & _open(self.moved).keys())
        off = sorted(_open(self.trial).items())
        found = [Finding("trial_balance_off", "", currency, found_hash(net)) for currency, net in off]
        moved = [
            Finding("transfer_one_sided", "", _hidden(ref), found_hash(self.moved[ref])) for ref in one_sided
        ]
        return tuple(found[:1] or moved)

    @property
    def rest(self) -> "_Carried":
        """What the next round is to know."""
        return _Carried(Counter(), Counter(), tuple(sorted(_open(self.moved))))


def _hidden(reference: str) -> str:
    """Staff chose it and may have typed a name: it goes to no log. `billfold verify` prints it as it is."""
    return hashlib.sha256(reference.encode()).hexdigest()[:20]


def _open(nets: Counter[str]) -> dict[str, int]:
    return {name: net for name, net in nets.items() if net}
