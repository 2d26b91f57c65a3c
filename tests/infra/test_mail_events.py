"""SES's reports of mail reach the documents function's queue as tasks: the rule of infra/app.yaml, run."""

import json
from typing import Any

import pytest

from chalicelib.entrypoints.mail_events import report
from infra.table import load_template
from sandbox.config import ROOT
from tests.support.ministack import Ministack
from tests.support.ses_events import bounce, complaint

RESOURCES = load_template(ROOT / "infra" / "app.yaml")["Resources"]
RULE: dict[str, Any] = RESOURCES["MailReturned"]["Properties"]
NAME = {"Ref": "MailReturns"}


def test_every_mail_goes_by_the_set_whose_bounces_and_complaints_are_reported() -> None:
    variables = load_template(ROOT / "infra" / "app.yaml")["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["BILLFOLD_MAIL_CONFIGURATION_SET"] == NAME
    to_bus = RESOURCES["MailReturnsToBus"]["Properties"]
    assert to_bus["ConfigurationSetName"] == NAME
    assert to_bus["EventDestination"]["MatchingEventTypes"] == ["BOUNCE", "COMPLAINT"]
    assert RULE["EventPattern"]["detail"]["mail"]["tags"]["ses:configuration-set"] == [NAME]


def test_issue_9_5_ses_keeps_no_mail_from_who_complained_because_we_do_it_by_kind() -> None:
    """For mail by this set it goes before the account's own setting, which may say COMPLAINT, too."""
    assert RESOURCES["MailReturns"]["Properties"]["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE"]}


def test_only_the_rule_may_write_to_the_queue_and_what_it_cannot_deliver_is_kept() -> None:
    [allowed] = RESOURCES["DocumentsQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"] == ["MailReturned", "Arn"]
    [target] = RULE["Targets"]
    assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"] == ["DocumentsDeadLetters", "Arn"]


@pytest.mark.ministack
def test_what_ses_publishes_arrives_as_a_task(ministack: Ministack) -> None:
    sqs, events = ministack.client("sqs"), ministack.client("events")
    url = sqs.create_queue(QueueName="mail-returned")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps(RULE["EventPattern"]).replace(json.dumps(NAME), '"billfold-prod"')
    pattern = pattern.replace("aws.ses", "stand-in")  # nobody but AWS may put events whose source is aws.…
    events.put_rule(Name="mail-returned", EventPattern=pattern)
    transformer = RULE["Targets"][0]["InputTransformer"]
    target = {"Id": "documents", "Arn": arn, "InputTransformer": transformer}
    events.put_targets(Rule="mail-returned", Targets=[target])
    kinds = {"Email Bounced": bounce(), "Email Complaint Received": complaint(), "Email Delivered": bounce()}
    for kind, detail in kinds.items():
        entry = {"Source": "stand-in", "DetailType": kind, "Detail": json.dumps(detail)}
        events.put_events(Entries=[entry])
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2)["Messages"]
    tasks = [json.loads(message["Body"]) for message in messages]
    assert [task["task"] for task in tasks] == ["mail-event"] * 2
    assert [task["event"] for task in tasks] == [bounce(), complaint()]
    assert all(report(task["event"]) for task in tasks)
