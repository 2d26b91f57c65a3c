"""Functions, queues, alarms: what they may, whether they run, how fast."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from infra.accept.answers import Answer, Check, Subject, not_tried, red, told
from infra.deploy.stage import Stage

# What no function may do, and to what: a right on one resource is found only where that one is named. Scan:
# no request path scans.
_DENIED = {
    "table": ("dynamodb:DeleteTable", "dynamodb:Scan"),
    "buckets": ("s3:DeleteBucket",),
    "key": ("kms:ScheduleKeyDeletion",),
    "roles": ("iam:PutRolePolicy", "iam:PassRole"),
    "parameters": ("ssm:DeleteParameter",),
    "functions": ("lambda:UpdateFunctionCode",),
    "stack": ("cloudformation:DeleteStack",),
}
_TEMPLATE = Path(__file__).parents[1] / "app.yaml"
_ALARM = re.compile(r"AlarmName: .*billfold-\$\{Stage\}(-[a-z-]+)")
_SLOWEST_START, _SLOWEST_ANSWER = 3.0, 1.0  # seconds, of 95 in 100
_FASTEST = 5000  # requests a second: half of what an account has
_POLL_SECONDS, _POLLS = 5, 24
# What the clock calls: hours to look back, and how often it has to have come.
_CALLED = {
    "sweep": (1, 50), "reconcile": (1, 10), "drops": (1, 10), "statements": (24, 20), "fullpass": (24, 20),
    "verify": (24, 20),
}  # fmt: skip
_DAY_OF_SWEEPS = 1300  # of 1,440: who has fewer is no day old


def iam_denies(subject: Subject) -> Answer:
    wrong, roles = set(), subject.resources.get("AWS::IAM::Role", [])
    for role in roles:
        arn = subject.home.call("iam", "get-role", RoleName=role)["Role"]["Arn"]
        for what, arns in _arns(subject, arn).items():
            wrong |= _not_denied(subject, arn, _DENIED[what], arns)
    if not roles:
        return red("no role was found")
    count = sum(map(len, _DENIED.values()))
    return told(
        [f"allowed: {', '.join(sorted(wrong))}"] if wrong else [],
        f"{len(roles)} roles, {count} actions refused to each",
    )


def _arns(subject: Subject, role: str) -> dict[str, list[str]]:
    stage, data = subject.stage, subject.data
    key = subject.home.call("kms", "describe-key", KeyId=f"alias/billfold-{stage.name}")["KeyMetadata"]
    table = _arn(stage, "dynamodb", f"table/{data['TableName']}")
    buckets = (data[name] for name in ("DocumentsBucket", "AnchorsBucket", "PackagesBucket"))
    return {
        "table": [table, f"{table}/index/gsi1", f"{table}/index/gsi2"],
        "buckets": [f"arn:aws:s3:::{name}" for name in buckets],
        "key": [_arn(stage, "kms", f"key/{key['KeyId']}")],
        "roles": [role],
        "parameters": [_arn(stage, "ssm", f"parameter/billfold/{stage.name}/any")],
        "functions": [_arn(stage, "lambda", f"function:{name}") for name in subject.functions],
        "stack": [_arn(stage, "cloudformation", f"stack/billfold-{stage.name}/any")],
    }


def _arn(stage: Stage, service: str, rest: str) -> str:
    return f"arn:aws:{service}:{stage.region}:{stage.account}:{rest}"


def _not_denied(subject: Subject, role: str, actions: Sequence[str], arns: Sequence[str]) -> set[str]:
    """Those that are allowed on one of the resources, or of which nothing was said."""
    found = subject.home.call(
        "iam", "simulate-principal-policy", PolicySourceArn=role, ActionNames=list(actions),
        ResourceArns=list(arns),
    )  # fmt: skip
    decisions: dict[str, set[str]] = {}
    for each in found["EvaluationResults"]:
        resources = each.get("ResourceSpecificResults", [])
        of = decisions.setdefault(each["EvalActionName"], set())
        of |= {each["EvalDecision"], *(one["EvalResourceDecision"] for one in resources)}
    denied = {"implicitDeny", "explicitDeny"}
    return {name for name in actions if not decisions.get(name) or not decisions[name] <= denied}


def ses_sender(subject: Subject) -> Answer:
    """That the role that mails may do so from our address, and from no other."""
    roles = [role for role in subject.resources.get("AWS::IAM::Role", []) if "Documents" in role]
    if not roles:
        return red("no role of the documents function was found")
    arn = subject.home.call("iam", "get-role", RoleName=roles[0])["Role"]["Arn"]
    domain = subject.stage.mail_from.rpartition("@")[2]
    decisions = []
    for sender in (subject.stage.mail_from, f"somebody-else@{domain}"):
        found = subject.home.call(
            "iam", "simulate-principal-policy", PolicySourceArn=arn, ActionNames=["ses:SendEmail"],
            ResourceArns=[_arn(subject.stage, "ses", f"identity/{domain}")],
            ContextEntries=[{
                "ContextKeyName": "ses:FromAddress", "ContextKeyType": "string", "ContextKeyValues": [sender],
            }],
        )  # fmt: skip
        decisions.append(found["EvaluationResults"][0]["EvalDecision"] == "allowed")
    wrong = [] if decisions == [True, False] else ["it may mail as others, or not as itself"]
    sent = subject.home.call("sesv2", "get-account").get("SendQuota", {}).get("SentLast24Hours", 0)
    if not wrong and not sent:
        return not_tried(
            "the policy is right, but the account sent no mail within a day: ask for a sign-in code first"
        )
    return told(wrong, f"from its own address alone; the account sent {sent:.0f} mails within a day")


def alarms(subject: Subject) -> Answer:
    wanted = {f"billfold-{subject.stage.name}{tail}" for tail in _ALARM.findall(_TEMPLATE.read_text("utf-8"))}
    found = subject.home.call(
        "cloudwatch", "describe-alarms", AlarmNamePrefix=f"billfold-{subject.stage.name}-"
    ).get("MetricAlarms", [])
    known = {each["AlarmName"]: each for each in found if each["AlarmName"] in wanted}
    wrong = [f"{len(wanted) - len(known)} are missing"] if len(known) < len(wanted) else []
    if mute := sum(not each.get("ActionsEnabled") or not each.get("AlarmActions") for each in known.values()):
        wrong.append(f"{mute} tell nobody")
    if rings := sum(each.get("StateValue") == "ALARM" for each in known.values()):
        wrong.append(f"{rings} ring")
    return told(wrong, f"{len(known)} alarms, each tells somebody, and none rings")


def alarm_mail(subject: Subject) -> Answer:
    """One that does not ring is set to ALARM by hand, which tells the topic, and back to what it was."""
    name = f"billfold-{subject.stage.name}-alerts"
    [alarm] = subject.home.call("cloudwatch", "describe-alarms", AlarmNames=[name])["MetricAlarms"]
    if alarm["StateValue"] == "ALARM":
        return not_tried("the alarm rings: once it does not, it can be tried")
    topic = alarm["AlarmActions"][0]
    listed = subject.home.call("sns", "list-subscriptions-by-topic", TopicArn=topic)["Subscriptions"]
    if not [each for each in listed if each["SubscriptionArn"].startswith("arn:")]:
        return red("no address has confirmed that it wants to be told")
    state = {"AlarmName": name, "StateReason": "make accept tries whether it reaches anybody"}
    subject.home.call("cloudwatch", "set-alarm-state", **state, StateValue="ALARM")
    try:
        for _ in range(_POLLS):
            history = subject.home.call(
                "cloudwatch", "describe-alarm-history", AlarmName=name, HistoryItemType="Action",
                StartDate=f"{subject.now:%Y-%m-%dT%H:%M:%SZ}",
            ).get("AlarmHistoryItems", [])  # fmt: skip
            if said := [each["HistorySummary"] for each in history]:
                failed = not any("Successfully executed" in summary for summary in said)
                return told(["CloudWatch may not tell the topic"] if failed else [], "the topic was told")
            subject.wait(_POLL_SECONDS)
        return red(f"the topic was told nothing within {_POLLS * _POLL_SECONDS} seconds")
    finally:
        subject.home.call("cloudwatch", "set-alarm-state", **state, StateValue=alarm["StateValue"])


def queues(subject: Subject) -> Answer:
    sources = [
        mapping
        for function in subject.functions
        for mapping in subject.home.call(
            "lambda", "list-event-source-mappings", FunctionName=function
        ).get("EventSourceMappings", [])
    ]  # fmt: skip
    idle = sum(each.get("State") != "Enabled" for each in sources)
    failed = sum("PROBLEM" in each.get("LastProcessingResult", "") for each in sources)
    wrong = [f"{idle} are not read"] if idle else []
    wrong += [f"{failed} cannot be read"] if failed else []
    if not sources:
        wrong.append("no function reads a queue")
    for name in ("SettleQueueUrl", "DocumentsQueueUrl", "IssueQueueUrl", "DeliveryQueueUrl"):
        asked_of = {
            "QueueUrl": f"{subject.app[name]}-dead",
            "AttributeNames": ["ApproximateNumberOfMessages"],
        }
        left = subject.home.call("sqs", "get-queue-attributes", **asked_of)["Attributes"]
        if int(left["ApproximateNumberOfMessages"]):
            wrong.append(f"dead letters of {name.removesuffix('QueueUrl').lower()}")
    return told(wrong, f"{len(sources)} queues are read, and none has dead letters")


def schedules(subject: Subject) -> Answer:
    """That every rule of the clock is on, and what it calls came as often as it has to, without errors."""
    rules = subject.resources.get("AWS::Events::Rule", [])
    states = [subject.home.call("events", "describe-rule", Name=name).get("State") for name in rules]
    wrong = [f"{off} of {len(rules)} rules are off"] if (off := len(rules) - states.count("ENABLED")) else []
    wrong += [] if len(rules) >= len(_CALLED) else [f"{len(rules)} rules of {len(_CALLED)} or more"]
    named = {each: [name for name in subject.functions if each in name.lower()] for each in _CALLED}
    if absent := [each for each, names in named.items() if not names]:
        return red("; ".join([*wrong, f"there is no function {', '.join(absent)}"]))
    young = _sum(subject, named["sweep"][0], "Invocations", hours=24) < _DAY_OF_SWEEPS
    for each, (hours, least) in _CALLED.items():
        calls = _sum(subject, named[each][0], "Invocations", hours=hours)
        failed = _sum(subject, named[each][0], "Errors", hours=hours)
        if calls < least and not (young and hours > 1):
            wrong.append(f"{each} was called {calls:.0f} times in {hours} h, of {least} at least")
        wrong += [f"{failed:.0f} calls of {each} failed"] if failed else []
    if young and not wrong:
        return not_tried(
            "what comes each hour is called; of a night it can be told when the stage is a day old"
        )
    return told(wrong, f"{len(rules)} rules are on, {len(_CALLED)} functions are called, and no call failed")


def _sum(subject: Subject, function: str, metric: str, *, hours: int) -> float:
    found = subject.home.call(
        "cloudwatch", "get-metric-statistics", Namespace="AWS/Lambda", MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": function}], Period=3600 * hours, Statistics=["Sum"],
        StartTime=f"{subject.now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}",
        EndTime=f"{subject.now:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip
    return float(sum(each["Sum"] for each in found.get("Datapoints", [])))


def permitted(subject: Subject) -> Answer:
    """That each function writes its log, which is encrypted with the key, and met no refusal within a day."""
    silent, refused = 0, 0
    for function in subject.functions:
        group = f"/aws/lambda/{function}"
        found = subject.home.call("logs", "describe-log-groups", logGroupNamePrefix=group).get(
            "logGroups", []
        )
        mine = [each for each in found if each["logGroupName"] == group]
        silent += not (mine and mine[0].get("kmsKeyId"))
        refused += bool(_logged(subject, function, "?AccessDenied ?KMSAccessDenied"))
    wrong = [f"{silent} of {len(subject.functions)} have no log under the key"] if silent else []
    wrong += [f"{refused} were refused something within a day"] if refused else []
    if not subject.functions:
        wrong.append("there are no functions")
    return told(wrong, f"{len(subject.functions)} functions, none refused anything within a day")


def _logged(subject: Subject, function: str, pattern: str) -> list[Any]:
    since = int((subject.now - timedelta(days=1)).timestamp() * 1000)
    found = subject.home.call(
        "logs", "filter-log-events", logGroupName=f"/aws/lambda/{function}", filterPattern=pattern,
        startTime=since, limit=1000,
    )  # fmt: skip
    return list(found.get("events", []))


def throttles(subject: Subject) -> Answer:
    """Of each of the API's stages: one limit for all methods, and those that the template names besides."""
    [api] = subject.resources["AWS::ApiGateway::RestApi"]
    stages = subject.home.call("apigateway", "get-stages", restApiId=api)["item"]
    wanted = _TEMPLATE.read_text("utf-8").count("ResourcePath:")
    wrong, rates = list[str](), list[float]()
    for one in stages:
        settings = one.get("methodSettings", {})
        limits = [each.get("throttlingRateLimit", 0) for each in settings.values()]
        if open_ := sum(not 0 < rate <= _FASTEST for rate in limits):
            wrong.append(f"{open_} methods have no limit of their own")
        if "*/*" not in settings:
            wrong.append("methods that are not named have none")
        if len(limits) < wanted:
            wrong.append(f"{len(limits)} limits of {wanted}")
        rates += limits
    wrong += [] if stages else ["it has no stage"]
    return told(
        wrong, f"{len(rates)} limits, from {min(rates, default=0):g} to {max(rates, default=0):g} a second"
    )


def cold_start(subject: Subject) -> Answer:
    events = [text for name in subject.functions for text in _logged(subject, name, '"Init Duration"')]
    durations = [re.search(r"Init Duration: ([\d.]+) ms", each["message"]) for each in events]
    seconds = sorted(float(found[1]) / 1000 for found in durations if found)
    if not seconds:
        return not_tried("no function began anew within a day")
    slow = _of_95(seconds)
    said = f"{len(seconds)} starts: half within {seconds[len(seconds) // 2]:.2f} s, 95 of 100 in {slow:.2f} s"
    return told([said] if slow > _SLOWEST_START else [], said)


def latency(subject: Subject) -> Answer:
    if not subject.consents.practice:
        return not_tried("name a practice: --practice PRACTICE")
    url = f"https://{subject.host}/api/practices/{subject.consents.practice}"
    pages = [subject.web.get(url) for _ in range(20)]
    if wrong := sum(page.status != 200 for page in pages):
        return red(f"{wrong} of 20 were not answered with 200")
    seconds = sorted(page.seconds for page in pages)
    said = f"20 answers: half within {seconds[10]:.2f} s, 95 of 100 in {_of_95(seconds):.2f} s, from here"
    return told([said] if _of_95(seconds) > _SLOWEST_ANSWER else [], said)


def _of_95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


CHECKS = (
    Check("iam-denies", "no function may delete, scan or change rights", iam_denies, minutes=1, local=True),
    Check("ses-sender", "mail goes out from the stage's address alone", ses_sender),
    Check("alarms", "alarms are there, tell somebody, and none rings", alarms),
    Check("alarm-mail", "an alarm reaches its topic, which somebody confirmed", alarm_mail, minutes=2),
    Check("queues", "queues are read, and have no dead letters", queues, minutes=0.5, local=True),
    Check("schedules", "the clock calls", schedules),
    Check("functions-permitted", "functions write logs, and are refused nothing", permitted, minutes=2),
    Check("gateway-throttles", "each method of the API has its limit", throttles, local=True),
    Check("cold-start", "how long a function takes to begin", cold_start, minutes=1),
    Check("latency", "how long the API takes to answer", latency, minutes=0.5),
)  # fmt: skip
