"""Payments at the processors themselves, by what their arrival left in the books."""

from collections.abc import Callable

from infra.accept.answers import Answer, Check, Do, Subject, by_hand, not_tried, red, told
from infra.deploy import secrets

_LIVE = "docs/deploy.md, step 4.7"
_POLL_SECONDS, _POLLS = 10, 60
_PAID = {"stripe": "payment_intent.succeeded", "paypal": "PAYMENT.CAPTURE.COMPLETED"}


def heard(processor: str) -> Do:
    """That the processor's news come, and were worked off."""

    def do(subject: Subject) -> Answer:
        if reason := _unready(subject, processor):
            return not_tried(reason)
        rows = _news(subject, processor)
        if not rows:
            return red("it is connected, and no webhook of it came within 30 days")
        left = sum("gsi2pk" in row for row in rows)
        return told(
            [f"{left} wait to be worked off"] if left else [], f"{len(rows)} came, each was worked off"
        )

    return do


def test_payment(subject: Subject) -> Answer:
    """Somebody pays in the portal meanwhile, with a test card."""
    if reason := _unready(subject, "stripe"):
        return not_tried(reason)
    subject.say("  now pay a small amount in the portal with 4242 4242 4242 4242, any later date, any CVC")
    since = f"{subject.now:%Y-%m-%dT%H:%M:%S}"
    return _arrived(subject, lambda: [
        row for row in _news(subject, "stripe")
        if row["event_type"]["S"] == _PAID["stripe"] and row["received_at"]["S"] >= since
    ])  # fmt: skip


def _arrived(subject: Subject, paid: Callable[[], list[object]]) -> Answer:
    for polls in range(_POLLS):
        if found := paid():
            return told([], f"{len(found)} arrived after {polls * _POLL_SECONDS} seconds of waiting")
        subject.wait(_POLL_SECONDS)
    return red(f"no payment arrived within {_POLLS * _POLL_SECONDS // 60} minutes")


def books(subject: Subject) -> Answer:
    practice = subject.consents.practice
    if not practice:
        return not_tried("name a practice: --practice PRACTICE")
    status, _ = subject.commands.run("verify", "--practice", practice, of=subject.stage.name)
    return told([] if status == 0 else [f"verify ended with status {status}"], "verify says OK")


def _unready(subject: Subject, processor: str) -> str:
    practice = subject.consents.practice
    if not practice:
        return "name a practice: --practice PRACTICE"
    name = f"{subject.stage.secrets}/practices/{practice}/{processor}"
    return "" if secrets.has_parameter(subject.home, name) else "the practice has not connected it"


def _news(subject: Subject, processor: str) -> list[dict[str, dict[str, str]]]:
    found = subject.home.call(
        "dynamodb", "query", TableName=subject.data["TableName"],
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={
            ":pk": {"S": f"P#{subject.consents.practice}#IN"}, ":sk": {"S": f"IN#{processor}#"},
        },
        ProjectionExpression="event_type, received_at, gsi2pk",
    )  # fmt: skip
    return list(found.get("Items", []))


CHECKS = (
    Check("stripe", "Stripe's webhooks arrive and are worked off", heard("stripe")),
    Check("paypal", "PayPal's webhooks arrive and are worked off", heard("paypal")),
    Check("test-payment", "a payment with a test card arrives", test_payment, minutes=10, money=True),
    Check("live-payment", "a real card is charged, compared and refunded", by_hand("live-payment", _LIVE),
          minutes=5, kinds=frozenset({"live"}), money=True, local=True),
    Check("books", "the books are sound", books, minutes=0.5, local=True),
    Check("failed-data-stack", "a data stack that failed is deployed again",
          by_hand("failed-data-stack", "in an account of its own, as docs/deploy.md has it"), local=True),
    Check("account-suspended", "what AWS says of a suspended account",
          by_hand("account-suspended", "only if it ever happens"), local=True),
)  # fmt: skip
