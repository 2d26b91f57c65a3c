"""`--go-live`: a trial becomes a live stage in its place, for good (docs/adr/0046-trial-and-live.md)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from infra.deploy import secrets, standing
from infra.deploy.checklist import Checklist, Statements
from infra.deploy.deployment import Deployment
from infra.deploy.stacks import Declined
from infra.deploy.template import DeployError

_KEPT = 400  # days, as AnchorDays of data.yaml has it
_AFTERWARDS = """
What stays behind: links in mails that were sent, which name the CDN's own address.
What is next: take the `export` lines anew, make a practice for real clients, and connect its live keys."""


@dataclass(frozen=True)
class GoingLive:
    """`deployment` is that of the live stage; `who` goes live."""

    deployment: Deployment
    stated: Statements
    who: str
    say: Callable[[str], None]

    def run(self) -> None:
        """Errors: DeployError with a red line, Declined: nothing was changed."""
        stage, home = self.deployment.stage, self.deployment.home
        there = standing.kind_in_account(home, stage)
        if there is None:
            raise DeployError(f"there is nothing of {stage.name}: deploy a trial first. Nothing was changed")
        if there == "trial":
            self._check()
            if home.dry_run:
                return
            question = f"Go live with {stage.name}? It never becomes a trial again, and nobody can delete"
            if not home.ask(f"{question} its anchors for {_KEPT} days."):
                raise Declined(f"{stage.name}: nothing was changed")
            self._record()
        self.deployment.run()
        self.say(_AFTERWARDS)

    def _check(self) -> None:
        stage, home = self.deployment.stage, self.deployment.home
        if stage.is_trial:
            raise DeployError(
                f'stages/{stage.name}.json says that it is a trial: give it "kind": "live", a domain and a'
                " certificate (docs/deploy.md). Nothing was changed"
            )
        data = home.outputs(standing.data_stack(stage)) or {}
        edge = self.deployment.edge.aws
        checklist = Checklist(stage, home.aws, edge, data["TableName"], self.stated, datetime.now(UTC))
        lines = list(checklist.lines())
        for line in lines:
            self.say(str(line))
        if red := sum(1 for line in lines if line.do):
            raise DeployError(f"{stage.name} is not ready to go live: {red} red. Nothing was changed")
        # What AWS would not do in its place is found before anything is recorded.
        replace(home, dry_run=True).bring_up_to_date(self.deployment.data_stack())

    def _record(self) -> None:
        """From here on it is live, whatever becomes of the rest; the next run goes on."""
        record = {"by": self.who, "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", **self.stated.kept()}
        name = standing.live_record(self.deployment.stage)
        secrets.put_text(self.deployment.home.aws, name, json.dumps(record))
        self.say(f"{self.deployment.stage.name} is live: {name} says who decided so, and upon what")
