"""The account around a deployment: agreements, the certificate, mail, who keeps what was read."""

from collections.abc import Mapping
from typing import Any

from infra.accept.answers import Answer, Check, Subject, asked, by_hand, not_tried, red, told
from infra.deploy.checklist import sender_is_verified

_LIVE = frozenset({"live"})


def cli(subject: Subject) -> Answer:
    said = subject.home.run("--version")
    if not said.startswith("aws-cli/2"):
        return not_tried("the CLI here is not version 2")
    identity = subject.home.call("sts", "get-caller-identity")
    return told([] if identity.get("Account") == subject.stage.account else ["another account"], "it answers")


def cloudtrail(subject: Subject) -> Answer:
    table = (
        f"arn:aws:dynamodb:{subject.stage.region}:{subject.stage.account}:table/{subject.data['TableName']}"
    )
    wanted = {
        "the table": ("AWS::DynamoDB::Table", table),
        "documents": ("AWS::S3::Object", f"arn:aws:s3:::{subject.data['DocumentsBucket']}/"),
        "anchors": ("AWS::S3::Object", f"arn:aws:s3:::{subject.data['AnchorsBucket']}/"),
    }
    kept = set()
    for trail in subject.home.call("cloudtrail", "describe-trails").get("trailList", []):
        name = {"Name": trail["TrailARN"]}
        if not subject.home.call("cloudtrail", "get-trail-status", **name).get("IsLogging"):
            continue
        told_of = subject.home.call("cloudtrail", "get-event-selectors", TrailName=trail["TrailARN"])
        kept |= {what for what, (kind, arn) in wanted.items() if _keeps_reads(told_of, kind, arn)}
    missing = sorted(wanted.keys() - kept)
    return told([f"no trail keeps who reads {', '.join(missing)}"] if missing else [], "data events are kept")


def _keeps_reads(selectors: Mapping[str, Any], kind: str, arn: str) -> bool:
    """Whether a trail keeps who reads the resource; `arn` ends in a slash where it is of what lies in it."""
    plain = (
        value
        for selector in selectors.get("EventSelectors", [])
        if selector.get("ReadWriteType", "All") in ("All", "ReadOnly")
        for resource in selector.get("DataResources", [])
        if resource.get("Type") == kind
        for value in resource.get("Values", [])
    )
    # All tables, or all buckets, are named by what their ARNs begin with.
    if any(value in (arn, arn.rstrip("/"), ":".join(arn.split(":")[:3])) for value in plain):
        return True
    return any(_selects_reads(one, kind, arn) for one in selectors.get("AdvancedEventSelectors", []))


def _selects_reads(selector: Mapping[str, Any], kind: str, arn: str) -> bool:
    """By its fields, each of which leaves something out: one that is not known here is not taken for none."""
    fields = {field["Field"]: field for field in selector["FieldSelectors"]}
    of_arn = fields.pop("resources.ARN", {"Equals": [arn]})
    wanted = {"eventCategory": ["Data"], "resources.type": [kind]}
    if "readOnly" in fields:
        wanted["readOnly"] = ["true"]
    named = {name: field.get("Equals") for name, field in fields.items()}
    begins = [text for text in of_arn.get("StartsWith", []) if arn.startswith(text)]
    only = {"Field", "Equals", "StartsWith"}
    plain = all(field.keys() <= only for field in (of_arn, *fields.values()))
    return plain and named == wanted and (arn in of_arn.get("Equals", []) or bool(begins))


def certificate(subject: Subject) -> Answer:
    asked_of = {"CertificateArn": subject.stage.certificate_arn}
    found = subject.edge.call("acm", "describe-certificate", **asked_of)["Certificate"]
    wrong = [] if found["Status"] == "ISSUED" else [f"it is {found['Status']}"]
    domain = subject.stage.domain
    names = {found.get("DomainName"), *found.get("SubjectAlternativeNames", [])}
    if not names & {domain, f"*.{domain.partition('.')[2]}"}:
        wrong.append("it is not for the domain")
    return told(wrong, "issued, for the domain")


def ses_identity(subject: Subject) -> Answer:
    if not sender_is_verified(subject.home, subject.stage):
        return red("SES has not verified the sender")
    domain = subject.stage.mail_from.rpartition("@")[2]
    found = asked(subject.home, "sesv2", "get-email-identity", "NotFoundException", EmailIdentity=domain)
    if found is None:
        return told([], "the address is verified; its domain is not")
    signed = found.get("DkimAttributes", {}).get("Status") == "SUCCESS"
    return told([] if signed else ["DKIM is not in force"], "the domain is verified, mail is signed")


def ses_production(subject: Subject) -> Answer:
    found = subject.home.call("sesv2", "get-account")
    wrong = [] if found.get("ProductionAccessEnabled") else ["the account is in SES's sandbox"]
    if found.get("EnforcementStatus", "HEALTHY") != "HEALTHY":
        wrong.append(f"its standing is {found['EnforcementStatus']}")
    rate = found.get("SendQuota", {}).get("MaxSendRate", 0)
    return told(wrong, f"SES mails everybody, {rate:g} a second")


def ses_suppression(subject: Subject) -> Answer:
    name = f"billfold-{subject.stage.name}"
    found = subject.home.call("sesv2", "get-configuration-set", ConfigurationSetName=name)
    reasons = found.get("SuppressionOptions", {}).get("SuppressedReasons", [])
    return told(
        [] if reasons == ["BOUNCE"] else [f"it keeps {len(reasons)} reasons"], "bounces alone are kept"
    )


def cost_tags(subject: Subject) -> Answer:
    tags = [
        {"Key": key, "Values": [value]} for key, value in (("app", "billfold"), ("stage", subject.stage.name))
    ]
    found = subject.home.call("resourcegroupstaggingapi", "get-resources", TagFilters=tags)
    count = len(found.get("ResourceTagMappingList", []))
    wrong = [] if count >= 4 else [f"{count} resources bear the tags of app and stage"]
    listed = subject.edge.call("ce", "list-cost-allocation-tags", Status="Active", TagKeys=["app", "stage"])
    active = {each["TagKey"] for each in listed.get("CostAllocationTags", [])}
    if missing := sorted({"app", "stage"} - active):
        wrong.append(f"not active in billing: {', '.join(missing)}")
    return told(wrong, f"{count} resources bear them, and bills are told by them")


CHECKS = (
    Check("cli-2", "version 2 of the AWS CLI is understood", cli),
    Check("baa", "the agreement (BAA) with AWS is accepted",
          by_hand("baa", "AWS Artifact lists it as active in this account"), kinds=_LIVE, local=True),
    Check("cloudtrail", "who reads table and documents is kept", cloudtrail, kinds=_LIVE),
    Check("certificate", "the certificate is issued for the domain", certificate, kinds=_LIVE),
    Check("ses-identity", "the sender is verified with SES", ses_identity, local=True),
    Check("ses-production", "SES mails everybody", ses_production, kinds=_LIVE),
    Check("ses-suppression", "SES keeps bounces alone from our mail", ses_suppression),
    Check("cost-tags", "what the stage costs is told apart on the bill", cost_tags),
)  # fmt: skip
