"""The three stacks of a stage, in order, and what lies between them: secrets, code, pages."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from infra import security_txt
from infra.deploy import pace, secrets, site, standing
from infra.deploy.artefacts import Artefacts
from infra.deploy.aws import AwsError
from infra.deploy.checklist import sender_is_verified
from infra.deploy.preflight import Preflight
from infra.deploy.secrets import EdgeSecret
from infra.deploy.shards import Shards, deployed
from infra.deploy.stacks import Stack, Stacks
from infra.deploy.stage import Stage

# What a new trial's functions are told until its CDN has a name.
_NO_ADDRESS_YET = "https://not-yet.invalid"


@dataclass(frozen=True)
class Deployment:
    """`rotate`: the CDN is to add another secret to its requests. `despite`: what of the preflight may be
    red."""

    stage: Stage
    artefacts: Artefacts
    home: Stacks
    edge: Stacks
    say: Callable[[str], None]
    rotate: bool = False
    despite: frozenset[str] = frozenset()

    def run(self) -> None:
        """Error: DeployError; what was done until then stays, and the next run goes on."""
        standing.check_kind(self.home, self.stage)
        flight = Preflight(self.home, self.stage, self.artefacts)
        flight.check(self.despite)
        data = self.home.bring_up_to_date(self.data_stack())
        if data is None:
            self.say("functions and CDN can be shown once the data is there")
            return
        self._check_sender()
        secret = self._secrets()
        functions, shards = self._functions(data["PackagesBucket"]), self._shards()
        first = {**secret.parameters, **shards.parameters, "PublicUrl": self._address()}
        if not self.home.dry_run:
            flight.begin()
        app = self.home.bring_up_to_date(_told(functions, first))
        if app is None:
            self.say("the CDN can be shown once the functions are there")
            return
        front = self.edge.bring_up_to_date(self._front(app["ApiDomain"], secret.current))
        if self.home.dry_run or front is None:
            return
        address = self._address_of(front)
        then = {**self._settled(secret, shards, data["TableName"]), "PublicUrl": address}
        if then != first:
            app = self.home.bring_up_to_date(_told(functions, then)) or app
        flight.end()
        if secret.before:
            secrets.forget_the_one_before(self.home.aws, self.stage.secrets, self._alias, secret)
            self.say("the CDN's secret: replaced; the one before is refused")
        where = front["FilesBucket"], front["DistributionId"]
        new = site.upload(self.edge.aws, self.artefacts.portal, *where, self._security_txt(address))
        self.say(f"the portal's files: {'uploaded' if new else 'up to date'}")
        self._say_what_is_next(data, app, front)

    def _address(self) -> str:
        """The portal's, before the CDN is there. A trial's is the CDN's own name, which AWS makes up."""
        return self._address_of(self.edge.outputs(standing.site_stack(self.stage)))

    def _address_of(self, front: dict[str, str] | None) -> str:
        if not self.stage.is_trial:
            return f"https://{self.stage.domain}"
        return f"https://{front['CdnDomain']}" if front else _NO_ADDRESS_YET

    def _check_sender(self) -> None:
        """Without a verified sender nobody could sign in."""
        if not sender_is_verified(self.home.aws, self.stage):
            sender = self.stage.mail_from
            domain = sender.rpartition("@")[2]
            self.say(f"WARNING: SES has not verified {sender} or {domain}: no mail will be sent")

    def data_stack(self) -> Stack:
        source, kept = {"TemplateBody": self.artefacts.data()}, self.artefacts.kept()
        return Stack(standing.data_stack(self.stage), source, self._named, kept)

    @property
    def _named(self) -> dict[str, str]:
        return {"Stage": self.stage.name, "Kind": self.stage.kind}

    def _shards(self) -> Shards:
        """With which the functions read whatever may be written before the next step and after it."""
        wanted = self.stage.work_list_shards
        return deployed(self.home.outputs(standing.functions_stack(self.stage)), wanted).made_readable(wanted)

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
            **self._named, "MailFrom": self.stage.mail_from, "AlarmEmail": self.stage.alarm_email,
            "ApiFirewall": self.stage.firewall, **self.stage.limits, **self._pace().parameters,
        }  # fmt: skip
        source = {"TemplateURL": self._put_template(template, bucket)}
        return Stack(standing.functions_stack(self.stage), source, parameters)

    def _pace(self) -> pace.AccountPace:
        before = self.home.outputs(standing.functions_stack(self.stage)) or {}
        found = pace.read(self.home.aws, reserved=int(before.get("CodeReserve", "0")))
        self.say(str(found))
        if self.stage.is_trial:
            self.say(found.who_gets_mail)
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
            **self._named, "Domain": self.stage.domain, "ApiDomain": api_domain,
            "CertificateArn": self.stage.certificate_arn, "EdgeSecret": edge_secret,
            "Hsts": self.stage.hsts,
        }  # fmt: skip
        source = {"TemplateBody": self.artefacts.site()}
        return Stack(standing.site_stack(self.stage), source, parameters, frozenset({"Files"}))

    def _security_txt(self, public_url: str) -> Path | None:
        contact, address = self.stage.security, f"{public_url}/{security_txt.ADDRESS}"
        if contact is None:
            self.say(f"no {address}: stages/{self.stage.name}.json names no security_contact")
            return None
        file, today = self.artefacts.written / "security.txt", _today()
        text = security_txt.security_txt(contact, public_url=public_url, today=today)
        file.write_text(text, encoding="utf-8")
        self.say(f"{address} holds until {security_txt.expires(today)}: deploy again before")
        return file

    def _say_what_is_next(self, data: dict[str, str], app: dict[str, str], front: dict[str, str]) -> None:
        """Where things are, and the environment of the `billfold` command."""
        address = self._address_of(front)
        self.say(f"\nthe portal:     {address}/<practice>/")
        if not self.stage.is_trial:
            self.say(f"its DNS name:   {self.stage.domain} must be a CNAME of {front['CdnDomain']}")
        self.say(f"webhooks go to: {address}/api/webhooks/<practice>/stripe")
        self.say("\nfor the `billfold` command:")
        for name, value in operators_environment(self.stage, address, data, app).items():
            self.say(f"export {name}={value}")
        if self.stage.is_trial:
            self.say(
                "\nafter the first time: a practice, its test keys, its clients, and a test payment "
                "(docs/deploy.md, 4.3 to 4.6). --remove removes the trial, --go-live makes it live"
            )
        else:
            self.say("\nafter the first time: docs/deploy.md, section 4")


def _told(functions: Stack, more: dict[str, str]) -> Stack:
    return replace(functions, parameters={**functions.parameters, **more})


def operators_environment(
    stage: Stage, public_url: str, data: dict[str, str], app: dict[str, str]
) -> dict[str, str]:
    """What chalicelib/settings.py asks for; nothing of it is secret."""
    return {
        "AWS_REGION": stage.region,
        "BILLFOLD_STAGE": stage.name,
        "BILLFOLD_STAGE_KIND": stage.kind,
        "BILLFOLD_TABLE": data["TableName"],
        "BILLFOLD_BUCKET": data["DocumentsBucket"],
        "BILLFOLD_ANCHORS_BUCKET": data["AnchorsBucket"],
        "BILLFOLD_SETTLE_QUEUE_URL": app["SettleQueueUrl"],
        "BILLFOLD_DOCUMENTS_QUEUE_URL": app["DocumentsQueueUrl"],
        "BILLFOLD_ISSUE_QUEUE_URL": app["IssueQueueUrl"],
        "BILLFOLD_DELIVERY_QUEUE_URL": app["DeliveryQueueUrl"],
        "BILLFOLD_CATCH_UP_QUEUE_URL": app["CatchUpQueueUrl"],
        "BILLFOLD_PUBLIC_URL": public_url,
        "BILLFOLD_MAIL_FROM": stage.mail_from,
        "BILLFOLD_MAIL_CONFIGURATION_SET": f"billfold-{stage.name}",
        "BILLFOLD_MAIL_RATE": app["MailRate"],
        "BILLFOLD_STATEMENT_WORKERS": app["StatementWorkers"],
        "BILLFOLD_SECRETS_PREFIX": stage.secrets,
        "BILLFOLD_WORK_SHARDS_READ": app["WorkShardsRead"],
    }


def _today() -> date:
    return datetime.now(UTC).date()
