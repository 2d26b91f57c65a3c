"""`make deploy STAGE=prod`: bring the deployment named in stages/prod.json up to date. docs/deploy.md.

Data first, then functions, then the CDN, then the portal's files. Before each stack changes, what will change
is shown and asked about. Safe to repeat at any point: what is up to date stays as it is, secrets are made
once, and code lies in S3 under the hash of its bytes. `--dry-run` shows and carries nothing out; it makes
change sets, deletes them, and puts the functions' template where CloudFormation can read it.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from infra import security_txt
from infra.deploy import pace, secrets, site, stage
from infra.deploy.artefacts import Artefacts, WorkTree, release
from infra.deploy.aws import Aws, AwsError
from infra.deploy.secrets import EdgeSecret
from infra.deploy.shards import Shards, deployed
from infra.deploy.stacks import Stack, Stacks
from infra.deploy.stage import Stage
from infra.deploy.template import ROOT, DeployError

_CDN_REGION = "us-east-1"


@dataclass(frozen=True)
class Deployment:
    """`rotate`: the CDN is to add another secret to its requests."""

    stage: Stage
    artefacts: Artefacts
    home: Stacks
    edge: Stacks
    say: Callable[[str], None]
    rotate: bool = False

    def run(self) -> None:
        """Error: DeployError; what was done until then stays, and the next run goes on."""
        self._check_account()
        data = self.home.bring_up_to_date(self._data())
        if data is None:
            self.say("functions and CDN can be shown once the data is there")
            return
        self._check_sender()
        secret = self._secrets()
        functions, shards = self._functions(data["PackagesBucket"]), self._shards()
        first = {**secret.parameters, **shards.parameters}
        app = self.home.bring_up_to_date(_told(functions, first))
        if app is None:
            self.say("the CDN can be shown once the functions are there")
            return
        front = self.edge.bring_up_to_date(self._front(app["ApiDomain"], secret.current))
        if self.home.dry_run or front is None:
            return
        then = self._settled(secret, shards, data["TableName"])
        if then != first:
            app = self.home.bring_up_to_date(_told(functions, then)) or app
        if secret.before:
            secrets.forget_the_one_before(self.home.aws, self.stage.secrets, self._alias, secret)
            self.say("the CDN's secret: replaced; the one before is refused")
        where = front["FilesBucket"], front["DistributionId"]
        new = site.upload(self.edge.aws, self.artefacts.portal, *where, self._security_txt())
        self.say(f"the portal's files: {'uploaded' if new else 'up to date'}")
        self._say_what_is_next(data, app, front)

    def _check_account(self) -> None:
        identity = self.home.aws.call("sts", "get-caller-identity")
        if identity["Account"] != self.stage.account:
            raise DeployError(
                f"these credentials are for account {identity['Account']};"
                f" stages/{self.stage.name}.json says {self.stage.account}"
            )
        self.say(f"account {identity['Account']}, region {self.stage.region}, as {identity['Arn']}")

    def _check_sender(self) -> None:
        """Without a verified sender nobody could sign in."""
        domain = self.stage.mail_from.rpartition("@")[2]
        for identity in (self.stage.mail_from, domain):
            try:
                found = self.home.aws.call("sesv2", "get-email-identity", EmailIdentity=identity)
            except AwsError as error:
                if "NotFoundException" not in error.text:
                    raise
                continue
            if found.get("VerifiedForSendingStatus"):
                return
        self.say(f"WARNING: SES has not verified {self.stage.mail_from} or {domain}: no mail will be sent")

    def _data(self) -> Stack:
        source, kept = {"TemplateBody": self.artefacts.data()}, self.artefacts.kept()
        return Stack(f"billfold-{self.stage.name}-data", source, {"Stage": self.stage.name}, kept)

    def _shards(self) -> Shards:
        """With which the functions read whatever may be written before the next step and after it."""
        wanted = self.stage.work_list_shards
        return deployed(self.home.outputs(f"billfold-{self.stage.name}"), wanted).made_readable(wanted)

    def _settled(self, secret: EdgeSecret, shards: Shards, table: str) -> dict[str, str]:
        """What the functions are told in the end. The CDN adds the new secret everywhere by now."""
        wanted = self.stage.work_list_shards
        settled = shards.drained(wanted, self.home.aws, table)
        if settled.read > wanted:
            self.say(f"work lists: {settled.read} shards are still read; deploy again later to read {wanted}")
        return {**EdgeSecret(secret.current).parameters, **settled.parameters}

    @property
    def _alias(self) -> str:
        return f"alias/billfold-{self.stage.name}"

    def _secrets(self) -> EdgeSecret:
        """The CDN's. A dry run makes none: where there is none yet, it goes on with a made-up one."""
        aws, prefix, alias = self.home.aws, self.stage.secrets, self._alias
        if self.home.dry_run and not secrets.has_parameter(aws, f"{prefix}/edge-secret"):
            return EdgeSecret("0" * 64)
        for name in [] if self.home.dry_run else secrets.ensure_keys(aws, prefix, alias):
            self.say(f"made {prefix}/{name}. No copy has to be kept (docs/runbook/operating.md)")
        return secrets.edge_secret(aws, prefix, alias, rotate=self.rotate)

    def _functions(self, bucket: str) -> Stack:
        if not self.home.dry_run:
            for file, key in self.artefacts.code().items():
                self._put_code(file, bucket, key)
        template = json.dumps(self.artefacts.functions(bucket), sort_keys=True)
        parameters = {
            "Stage": self.stage.name, "PublicUrl": self.stage.public_url, "MailFrom": self.stage.mail_from,
            "AlarmEmail": self.stage.alarm_email, "ApiFirewall": self.stage.api_firewall,
            **self.stage.limits, **self._pace().parameters,
        }  # fmt: skip
        source = {"TemplateURL": self._put_template(template, bucket)}
        return Stack(f"billfold-{self.stage.name}", source, parameters)

    def _pace(self) -> pace.AccountPace:
        before = self.home.outputs(f"billfold-{self.stage.name}") or {}
        found = pace.read(self.home.aws, reserved=int(before.get("CodeReserve", "0")))
        self.say(str(found))
        return found

    def _put_code(self, file: Path, bucket: str, key: str) -> None:
        try:
            self.home.aws.call("s3api", "head-object", Bucket=bucket, Key=key)
        except AwsError as error:
            if "404" not in error.text and "Not Found" not in error.text:
                raise
            self.say(f"uploading {file.name}")
            self.home.aws.run("s3", "cp", str(file), f"s3://{bucket}/{key}", "--no-progress")

    def _put_template(self, template: str, bucket: str) -> str:
        """Its address. Above 51,200 bytes CloudFormation reads templates from S3 only."""
        key = f"templates/{hashlib.sha256(template.encode()).hexdigest()}.json"
        file = self.artefacts.written / "cloudformation.json"
        file.write_text(template, encoding="utf-8")
        self.home.aws.run("s3", "cp", str(file), f"s3://{bucket}/{key}", "--no-progress")
        return f"https://s3.{self.stage.region}.amazonaws.com/{bucket}/{key}"

    def _front(self, api_domain: str, edge_secret: str) -> Stack:
        parameters = {
            "Stage": self.stage.name, "Domain": self.stage.domain, "ApiDomain": api_domain,
            "CertificateArn": self.stage.certificate_arn, "EdgeSecret": edge_secret,
            "Hsts": self.stage.hsts,
        }  # fmt: skip
        source = {"TemplateBody": self.artefacts.site()}
        return Stack(f"billfold-{self.stage.name}-site", source, parameters, frozenset({"Files"}))

    def _security_txt(self) -> Path | None:
        contact, address = self.stage.security, f"{self.stage.public_url}/{security_txt.ADDRESS}"
        if contact is None:
            self.say(f"no {address}: stages/{self.stage.name}.json names no security_contact")
            return None
        file, today = self.artefacts.written / "security.txt", _today()
        text = security_txt.security_txt(contact, public_url=self.stage.public_url, today=today)
        file.write_text(text, encoding="utf-8")
        self.say(f"{address} holds until {security_txt.expires(today)}: deploy again before")
        return file

    def _say_what_is_next(self, data: dict[str, str], app: dict[str, str], front: dict[str, str]) -> None:
        """Where things are, and the environment of the `billfold` command."""
        address = self.stage.public_url
        self.say(f"\nthe portal:     {address}/<practice>/")
        self.say(f"its DNS name:   {self.stage.domain} must be a CNAME of {front['CdnDomain']}")
        self.say(f"webhooks go to: {address}/api/webhooks/<practice>/stripe")
        self.say("\nfor the `billfold` command:")
        for name, value in operators_environment(self.stage, data, app).items():
            self.say(f"export {name}={value}")


def _told(functions: Stack, more: dict[str, str]) -> Stack:
    return replace(functions, parameters={**functions.parameters, **more})


def operators_environment(stage: Stage, data: dict[str, str], app: dict[str, str]) -> dict[str, str]:
    """What chalicelib/settings.py asks for; nothing of it is secret."""
    return {
        "AWS_REGION": stage.region,
        "BILLFOLD_STAGE": stage.name,
        "BILLFOLD_TABLE": data["TableName"],
        "BILLFOLD_BUCKET": data["DocumentsBucket"],
        "BILLFOLD_ANCHORS_BUCKET": data["AnchorsBucket"],
        "BILLFOLD_SETTLE_QUEUE_URL": app["SettleQueueUrl"],
        "BILLFOLD_DOCUMENTS_QUEUE_URL": app["DocumentsQueueUrl"],
        "BILLFOLD_ISSUE_QUEUE_URL": app["IssueQueueUrl"],
        "BILLFOLD_DELIVERY_QUEUE_URL": app["DeliveryQueueUrl"],
        "BILLFOLD_CATCH_UP_QUEUE_URL": app["CatchUpQueueUrl"],
        "BILLFOLD_PUBLIC_URL": stage.public_url,
        "BILLFOLD_MAIL_FROM": stage.mail_from,
        "BILLFOLD_MAIL_CONFIGURATION_SET": f"billfold-{stage.name}",
        "BILLFOLD_MAIL_RATE": app["MailRate"],
        "BILLFOLD_STATEMENT_WORKERS": app["StatementWorkers"],
        "BILLFOLD_SECRETS_PREFIX": stage.secrets,
        "BILLFOLD_WORK_SHARDS_READ": app["WorkShardsRead"],
    }


def _today() -> date:
    return datetime.now(UTC).date()


def _ask(question: str) -> bool:
    try:
        return input(f"{question} Type yes: ").strip() == "yes"
    except EOFError:
        return False


def _say(text: str) -> None:
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0: up to date, or shown; 1: stopped, and why is printed."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Deploy one stage.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--stages", type=Path, default=ROOT / "stages", help="folder of the stages' settings")
    parser.add_argument("--package", type=Path, default=ROOT / "dist", help="what `make package` made")
    parser.add_argument("--portal", type=Path, default=ROOT / "portal" / "dist", help="the built portal")
    parser.add_argument("--version", help="deploy this release instead, from release-VERSION in --releases")
    parser.add_argument(
        "--releases", type=Path, default=ROOT / "dist", help="folder of the releases' folders"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change and carry nothing out")
    parser.add_argument("--yes", action="store_true", help="do not ask (losing data is refused still)")
    parser.add_argument("--rotate-edge-secret", action="store_true", help="replace what the CDN adds")
    options = parser.parse_args(arguments)
    if options.dry_run and options.rotate_edge_secret:
        parser.error("a dry run replaces no secret")
    try:
        chosen = stage.load(options.stage, options.stages)
        ask = (lambda _: True) if options.yes else _ask
        home = Stacks(Aws(chosen.region), ask, _say, dry_run=options.dry_run)
        edge = Stacks(Aws(_CDN_REGION), ask, _say, dry_run=options.dry_run)
        rotate = options.rotate_edge_secret
        with tempfile.TemporaryDirectory() as scratch:
            taken = _artefacts(options, Path(scratch))
            Deployment(chosen, taken, home, edge, _say, rotate).run()
    except DeployError as error:
        print(f"billfold: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbillfold: stopped; what was done stays. Run it again to go on", file=sys.stderr)
        return 1
    except OSError as error:  # of what is printed, or of the package's files
        named = error.filename or "what is printed"
        print(f"billfold: stopped at {named}: {error.strerror}. Run it again to go on", file=sys.stderr)
        _print_no_more()
        return 1
    return 0


def _artefacts(options: argparse.Namespace, scratch: Path) -> Artefacts:
    if options.version is None:
        return WorkTree(options.package, options.portal)
    return release(options.releases / f"release-{options.version}", options.version, scratch)


def _print_no_more() -> None:
    """Else Python tries to flush the rest as it ends, and prints a traceback of that."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    raise SystemExit(main())
