"""Whether a deployment is at rest: whether what is waited for can still come by itself.

Nothing is scheduled here, a message whose task failed comes back only after six minutes, and a request or a
function that was called has ended when its answer is there. So what moves by itself is: what the Stripe
stand-in has still to do or to send, messages that wait in a queue, and functions that work on some.
"""

from tests.deploy.cloud import Cloud

# Those who put messages into another's queue come before it: what was found idle is given no more work.
_QUEUES = ("IssueQueueUrl", "DeliveryQueueUrl", "CatchUpQueueUrl", "SettleQueueUrl", "DocumentsQueueUrl")
_STAND_IN_LAGS_SECONDS = 1  # it says what a payment's fee was half a second after the payment


def nothing_comes(cloud: Cloud) -> bool:
    """Nothing moves, and what the stand-in would do a moment later was done and came to nothing, too.

    Looking twice also covers the instant in which the emulator has taken a message and not yet counted it.
    """
    if not _is_at_rest(cloud):
        return False
    write_books(cloud)
    return _is_at_rest(cloud)


def write_books(cloud: Cloud) -> None:
    """Let the stand-in do at once what it would do a moment later: a payment is in its books after that."""
    cloud.control("clock", {"advance_seconds": _STAND_IN_LAGS_SECONDS})


def forget_what_failed(cloud: Cloud) -> None:
    """Empty the queues, so that no failed task of one journey comes back in a later one."""
    for queue in _QUEUES:
        cloud.client("sqs").purge_queue(QueueUrl=cloud.outputs[queue])


def _is_at_rest(cloud: Cloud) -> bool:
    if any(sent["state"] == "pending" for sent in cloud.control("webhooks")["deliveries"]):
        return False
    # The queue first: a message that is taken after the look belongs to a function that runs by the next.
    return all(_waiting(cloud, queue) == 0 and cloud.running() == 0 for queue in _QUEUES)


def _waiting(cloud: Cloud, queue: str) -> int:
    name = "ApproximateNumberOfMessages"
    found = cloud.client("sqs").get_queue_attributes(QueueUrl=cloud.outputs[queue], AttributeNames=[name])
    return int(found["Attributes"][name])
