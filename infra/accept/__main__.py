"""`make accept STAGE=prod`: every line of docs/deploy.md that nobody could try, tried in the stage's account.

Goes through named checks, says how long the rest may take, goes on after a red one, and where it was broken
off. Writes build/accept/<stage>.md, from which account, addresses, domains, keys and names are left out.
What it changes it changes back, but for what `restore-export` leaves (docs/accept.md says what). Exit status
0: nothing is red; 1: something is, or it was stopped, and why is printed.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.version import VERSION
from infra.accept import account, data, front, functions, money
from infra.accept.answers import Answer, Check, Consents, State, Subject, answered
from infra.accept.outside import Billfold, PlainWeb
from infra.accept.record import Record, begun, counted, place_of, report
from infra.accept.redaction import redacted
from infra.deploy import stage, standing
from infra.deploy.aws import Aws, AwsError
from infra.deploy.deployment import operators_environment
from infra.deploy.stacks import Stacks
from infra.deploy.stage import Stage
from infra.deploy.template import ROOT, DeployError

CHECKS: tuple[Check, ...] = (
    *account.CHECKS, *data.CHECKS, *functions.CHECKS, *front.CHECKS, *money.CHECKS,
)  # fmt: skip
_CDN_REGION = "us-east-1"


@dataclass
class Acceptance:
    """One run. `subject` of a check begins now; `known` are texts that are left out of whatever is kept."""

    record: Record
    subject: Callable[[datetime], Subject]
    known: frozenset[str]
    say: Callable[[str], None]
    now: Callable[[], datetime]

    def run(self, checks: Sequence[Check], again: frozenset[str]) -> bool:
        """Whether nothing is red, earlier runs included. What is answered is kept at once."""
        left = self.record.open(checks, again)
        for place, check in enumerate(left, 1):
            minutes = sum(each.minutes for each in left[place - 1 :])
            self.say(f"[{place}/{len(left)}] {check.name}: {check.about} (up to {minutes:.0f} minutes left)")
            at = self.now()
            answer = self._answer(check, at)
            text = redacted(answer.text, self.known)
            self.record.keep(check, answer, text, at=at)
            self.say(
                f"  {answer.state.value.upper() if answer.state is State.RED else answer.state.value}: {text}"
            )
        return not counted(self.record, checks)[State.RED]

    def _answer(self, check: Check, at: datetime) -> Answer:
        try:
            return answered(check, self.subject(at), local=self.record.local)
        except DeployError as error:
            return Answer(State.RED, f"it could not be asked: {type(error).__name__}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.accept", description="Accept one stage.")
    names = [check.name for check in CHECKS]
    parser.add_argument("--stage", required=True)
    parser.add_argument("--stages", type=Path, default=ROOT / "stages", help="folder of the stages' settings")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "accept", help="folder of the report")
    parser.add_argument("--practice", default="", help="with which payments and books are looked at")
    parser.add_argument("--money", action="store_true", help="move money on a live stage")
    parser.add_argument("--made-up", action="store_true", help="the practice holds made-up people only")
    parser.add_argument("--restore", action="store_true", help="copy the table for some minutes")
    parser.add_argument("--trial", default="", metavar="STAGE", help="a trial to restore an export into")
    for option, what in (("--saw", "a person saw that it is so"), ("--saw-not", "that it is not so")):
        parser.add_argument(option, action="append", default=[], choices=names, metavar="CHECK", help=what)
    parser.add_argument("--again", action="append", default=[], choices=names, metavar="CHECK",
                        help="ask once more, though it has an answer")  # fmt: skip
    parser.add_argument("--fresh", action="store_true", help="forget what was answered before")
    parser.add_argument("--list", action="store_true", help="print the checks, and ask nothing")
    options = parser.parse_args(arguments)
    if options.list:
        for check in CHECKS:
            print(f"{check.name:22} {check.about}")
        return 0
    try:
        return 0 if _accepted(options) else 1
    except DeployError as error:
        print(f"billfold: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nbillfold: stopped; what was answered is kept. Run it again to go on", file=sys.stderr)
    return 1


def _accepted(options: argparse.Namespace) -> bool:
    chosen = stage.load(options.stage, options.stages)
    home, edge = Aws(chosen.region), Aws(_CDN_REGION)
    who = standing.check_account(home, chosen, _nothing)
    standing.check_kind(_asking(home), chosen)
    seen = {**dict.fromkeys(options.saw, True), **dict.fromkeys(options.saw_not, False)}
    consents = Consents(
        options.practice, options.money, options.made_up, options.restore, options.trial, seen
    )
    commands = Billfold(lambda name: environment_of(name, options.stages, chosen))

    def subject(at: datetime) -> Subject:
        return Subject(chosen, home, edge, PlainWeb(), commands, consents, at, time.sleep, _say)

    now = datetime.now(UTC)
    found = home.call("dynamodb", "describe-table", TableName=subject(now).data["TableName"])
    file = options.out / f"{chosen.name}.json"
    record = begun(
        file,
        now=now,
        version=VERSION,
        kind=chosen.kind,
        local=is_local(os.environ, chosen),
        place=place_of(chosen.account, chosen.region, found.get("Table", {}).get("TableId", "")),
        fresh=options.fresh,
    )
    known = frozenset(known_of(chosen, subject(now), who, consents))
    acceptance = Acceptance(record, subject, known, _say, lambda: datetime.now(UTC))
    try:
        return acceptance.run(CHECKS, frozenset({*options.again, *seen}))
    finally:
        page = file.with_suffix(".md")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(report(record, CHECKS, lambda text: redacted(text, known)), encoding="utf-8")
        counts = counted(record, CHECKS)
        told = ", ".join(f"{count} {state.value}" for state, count in counts.items())
        _say(f"\n{told}. The report: {page}")


def is_local(environ: Mapping[str, str], chosen: Stage) -> bool:
    """A stand-in of AWS: it has an address of its own, or the account that there is not."""
    return any(name.startswith("AWS_ENDPOINT_URL") for name in environ) or not chosen.account.strip("0")


def environment_of(name: str, folder: Path, chosen: Stage) -> Mapping[str, str]:
    """As the deployment prints it. Error: DeployError for another stage that is not a trial."""
    found = chosen if name == chosen.name else stage.load(name, folder)
    if found is not chosen and not found.is_trial:
        raise DeployError(f"{name} is no trial: nothing is restored into it")
    if found is not chosen:
        home = Aws(found.region)
        standing.check_account(home, found, _nothing)
        if standing.kind_in_account(_asking(home), found) != "trial":
            raise DeployError(f"{name} is no trial in its account: nothing is restored into it")
    of = Subject(found, Aws(found.region), Aws(_CDN_REGION), *_NOBODY)  # type: ignore[arg-type]
    address = f"https://{found.domain or of.site['CdnDomain']}"
    return operators_environment(found, address, dict(of.data), dict(of.app))


def _asking(aws: Aws) -> Stacks:
    """To look only: it agrees to nothing."""
    return Stacks(aws, lambda _: False, _nothing, dry_run=True)


_NOBODY = (None, None, Consents(), datetime.now(UTC), time.sleep, print)


def known_of(chosen: Stage, subject: Subject, who: str, consents: Consents) -> Iterator[str]:
    """What is this deployment's alone."""
    yield from (chosen.account, chosen.domain, chosen.certificate_arn, chosen.mail_from, chosen.alarm_email)
    yield from (who, who.rpartition("/")[2], consents.practice, chosen.security_contact)
    yield from {part for part in chosen.domain.split(".") if len(part) > 3}
    yield chosen.mail_from.rpartition("@")[2]
    for outputs in ("data", "app", "site"):
        try:
            found: Mapping[str, str] = getattr(subject, outputs)
        except (AwsError, ValueError, KeyError):
            continue  # a check says so
        yield from (value for value in found.values() if len(value) > 6)


def _nothing(_: str) -> None:
    return


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
