"""Whether a deployment is at rest: whether what is waited for can still come by itself.

Nothing is scheduled here, a message whose task failed comes back only after six minutes, and a request or a
function that was called has ended when its answer is there. So what moves by itself is: what the Stripe
stand-in has still to do or to send, messages that wait in a queue, and messages that are being worked on.
"""

import json

from tests.deploy.cloud import Cloud

# Those who put messages into another's queue come before it. Looked at in this order, nothing slips through:
# what one of them sent before it was found idle is there when the other's queue is looked at.
_QUEUES = (("issue", "IssueQueueUrl"), ("settle", "SettleQueueUrl"), ("documents", "DocumentsQueueUrl"))
_STAND_IN_LAGS_SECONDS = 1  # it says what a payment's fee was half a second after the payment


def nothing_comes(cloud: Cloud, *, since: float) -> bool:
    """Nothing moves, and what the stand-in would do a moment later was done and came to nothing, too.

    `since`, in seconds of the epoch: no message that failed before it may be left in a queue, or the answer
    is False for as long as it is.
    """
    if not _is_at_rest(cloud, since):
        return False
    cloud.control("clock", {"advance_seconds": _STAND_IN_LAGS_SECONDS})
    return _is_at_rest(cloud, since)


def forget_what_failed(cloud: Cloud) -> None:
    """Empty the queues, so that no failed task of one journey comes back in a later one."""
    for _, queue in _QUEUES:
        cloud.client("sqs").purge_queue(QueueUrl=cloud.outputs[queue])


def _is_at_rest(cloud: Cloud, since: float) -> bool:
    if any(sent["state"] == "pending" for sent in cloud.control("webhooks")["deliveries"]):
        return False
    return all(_is_idle(cloud, function, cloud.outputs[queue], since) for function, queue in _QUEUES)


def _is_idle(cloud: Cloud, function: str, queue: str, since: float) -> bool:
    """No message waits, and those that are out have failed; one that is being worked on has not, yet."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    waiting, out = (int(found[name]) for name in names)
    return waiting == 0 and (out == 0 or out == len(_failed(cloud, function, since)))


def _failed(cloud: Cloud, function: str, since: float) -> set[str]:
    """The messages that the function said it failed with; Lambda keeps its log once it has ended."""
    group = f"/aws/lambda/{cloud.functions[function]}"
    found = cloud.client("logs").filter_log_events(
        logGroupName=group, startTime=int(since * 1000), filterPattern='"message_id"'
    )
    return {json.loads(event["message"])["message_id"] for event in found["events"]}
