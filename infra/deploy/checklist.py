"""What must be so before a trial goes live: each line is green, or red with what to do."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.deploy import secrets
from infra.deploy.aws import Aws, AwsError
from infra.deploy.stage import Stage

_BACKUP_AGE = timedelta(days=7)
_WEBHOOK_DAYS = 30  # so long the inbox keeps what it was sent


@dataclass(frozen=True)
class Statements:
    """What an operator states, for no program can see it; texts as they were typed, "" for none.

    `practice` is the one with which all was tried, `backup` the file of its export. `baa_by` and `baa_on`:
    who accepted the agreement with AWS, and on which day. `category`: the merchant category that a processor
    has given the practice, where its keys do not tell.
    """

    practice: str = ""
    baa_by: str = ""
    baa_on: str = ""
    category: str = ""
    backup: Path | None = None

    def kept(self) -> dict[str, str]:
        """For the record of going live."""
        return {
            "practice": self.practice, "baa_accepted_by": self.baa_by, "baa_accepted_on": self.baa_on,
            "merchant_category": self.category,
        }  # fmt: skip


@dataclass(frozen=True)
class Line:
    """`do`: what makes it green; "" where it is."""

    name: str
    do: str = ""

    def __str__(self) -> str:
        return f"  RED    {self.name}: {self.do}" if self.do else f"  green  {self.name}"


@dataclass(frozen=True)
class Checklist:
    """`edge` asks where the CDN takes its certificate from; `table` is the stage's."""

    stage: Stage
    home: Aws
    edge: Aws
    table: str
    stated: Statements
    now: datetime

    def lines(self) -> Iterator[Line]:
        """Error: AwsError."""
        yield Line("the agreement (BAA) with AWS is accepted", self._agreement())
        yield Line("the certificate is issued", self._certificate())
        yield Line("the sender is verified with SES", self._sender())
        yield Line("SES mails everybody", self._out_of_sandbox())
        if not self.stated.practice:
            yield Line("a practice has tried everything", "name it: --practice PRACTICE")
            return
        yield Line("its processor's webhooks arrive", self._webhook())
        yield Line("a test payment was made", self._payment())
        yield Line("the merchant category is set", self._category())
        yield Line("a backup was made", self._backup())

    def _agreement(self) -> str:
        how = "accept it in AWS Artifact, then say so: --baa-by NAME --baa-on YYYY-MM-DD"
        if not self.stated.baa_by.strip():
            return how
        try:
            day = date.fromisoformat(self.stated.baa_on)
        except ValueError:
            return how
        return "that day is yet to come: --baa-on is the day on which it was" if day > self.now.date() else ""

    def _certificate(self) -> str:
        asked = {"CertificateArn": self.stage.certificate_arn}
        try:
            found = self.edge.call("acm", "describe-certificate", **asked)["Certificate"]
        except AwsError as error:
            if "ResourceNotFoundException" not in error.text:
                raise
            return "there is none of that ARN in this account (docs/deploy.md, step 1.4)"
        return "" if found["Status"] == "ISSUED" else f"it is {found['Status']} (docs/deploy.md, step 1.4)"

    def _sender(self) -> str:
        verified = sender_is_verified(self.home, self.stage)
        return "" if verified else "verify its domain (docs/deploy.md, step 1.5)"

    def _out_of_sandbox(self) -> str:
        if self.home.call("sesv2", "get-account").get("ProductionAccessEnabled"):
            return ""
        return "the account is in SES's sandbox: ask for production access (docs/deploy.md, step 1.5)"

    def _webhook(self) -> str:
        asked = {":pk": {"S": f"P#{self.stated.practice}#IN"}}
        rows = self.home.call(
            "dynamodb", "query", TableName=self.table, KeyConditionExpression="pk = :pk",
            ProjectionExpression="sk", ExpressionAttributeValues=asked,
        ).get("Items")  # fmt: skip
        how = "run `billfold practice connect-stripe` or `connect-paypal`, then make a test payment"
        return "" if rows else f"none came within {_WEBHOOK_DAYS} days: {how}"

    def _payment(self) -> str:
        """By what its arrival left in the books, which only a processor's news does."""
        prefix = f"P#{self.stated.practice}#MOV#"
        rows = self.home.call(
            "dynamodb", "scan", TableName=self.table, FilterExpression="begins_with(pk, :movements)",
            ProjectionExpression="pk", ExpressionAttributeValues={":movements": {"S": prefix}},
        ).get("Items", [])  # fmt: skip
        arrived = re.compile(r"(stripe|paypal)#.+#succeeded")
        if any(arrived.fullmatch(row["pk"]["S"].removeprefix(prefix)) for row in rows):
            return ""
        return "pay something in the portal with a test card, such as 4242 4242 4242 4242"

    def _category(self) -> str:
        stated = self.stated.category
        if stated and not re.fullmatch(r"[0-9]{4}", stated):
            return "it has four digits, as 8099"
        keys = self._keys_of("stripe")
        if told := keys.get("category"):
            return "" if stated in ("", told) else f"Stripe says {told}, and {stated} was stated"
        if stated and not keys:
            return ""
        how = "set it in Stripe's Dashboard and run `billfold practice connect-stripe` again"
        return f"{how}; of PayPal, state it: --merchant-category 8099"

    def _keys_of(self, processor: str) -> dict[str, Any]:
        name = f"{self.stage.secrets}/practices/{self.stated.practice}/{processor}"
        if not secrets.has_parameter(self.home, name):
            return {}
        found = self.home.call("ssm", "get-parameter", Name=name, WithDecryption=True)
        return dict(json.loads(found["Parameter"]["Value"]))

    def _backup(self) -> str:
        practice = self.stated.practice
        how = f"`billfold export --practice {practice} --format jsonl > FILE`, then --backup FILE"
        if self.stated.backup is None:
            return how
        try:
            text = self.stated.backup.read_text(encoding="utf-8")
            written = datetime.fromtimestamp(self.stated.backup.stat().st_mtime, UTC)
        except (OSError, UnicodeDecodeError):
            return f"{self.stated.backup} cannot be read: {how}"
        if not _is_whole(text, practice):
            return f"{self.stated.backup} is no whole export of {practice}: {how}"
        old = self.now - written > _BACKUP_AGE
        return f"{self.stated.backup} is older than {_BACKUP_AGE.days} days: {how}" if old else ""


def sender_is_verified(aws: Aws, stage: Stage) -> bool:
    """With SES: the address that mail is from, or its domain."""
    for identity in (stage.mail_from, stage.mail_from.rpartition("@")[2]):
        try:
            found = aws.call("sesv2", "get-email-identity", EmailIdentity=identity)
        except AwsError as error:
            if "NotFoundException" not in error.text:
                raise
            continue
        if found.get("VerifiedForSendingStatus"):
            return True
    return False


def _is_whole(text: str, practice: str) -> bool:
    """As chalicelib/backups writes it, but for the seal, whose key is not here."""
    lines = text.removesuffix("\n").split("\n")
    try:
        first, last = json.loads(lines[0]), json.loads(lines[-1])
        rows = lines[1:-1]
        digest = hashlib.sha256("".join(rows).encode()).hexdigest()
        whole = len(rows) > 0 and (last["rows"], last["sha256"]) == (len(rows), digest)
        return bool(whole and (first["billfold"], first["practice"]) == ("practice", practice))
    except (ValueError, KeyError, TypeError, IndexError):
        return False
