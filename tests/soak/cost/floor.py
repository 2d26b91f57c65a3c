"""The floor: what the least conceivable calls for the same facts would be billed for.

A start and a settlement are one transaction each, of rows of 1 KB and without an index: the payment and the
account; then the entry, its fee, the account, the payment and the marker. Each reads its account once,
strongly, and asks Stripe once. A receipt is a row, a file and what they are read from; so is a
statement, whose file is made when it is opened.
Computing takes no time there.
"""

from collections.abc import Mapping

from tests.soak.cost.meter import FUNCTIONS, WAITS


def _called(function: str, **waits: float) -> dict[str, float]:
    seconds = sum(WAITS[service] * number for service, number in waits.items())
    return {
        "calls of functions": 1,
        "waiting GB-seconds": seconds * FUNCTIONS[function]["lambda_memory_size"] / 1024,
    }


_REQUEST = {"gateway requests": 1}

FLOOR: Mapping[str, Mapping[str, float]] = {
    "opening Billing": {**_REQUEST, **_called("api_handler", dynamodb=1), "read units": 1},
    "starting a payment": {
        **_REQUEST, **_called("api_handler", dynamodb=2, stripe=1), "read units": 1, "write units": 4,
    },
    "settling it, by its webhooks": {
        **_REQUEST, **_called("api_handler", dynamodb=2, stripe=1), "read units": 1, "write units": 10,
    },
    "its receipt": {
        **_called("documents", dynamodb=2, s3=1), "read units": 1, "write units": 1, "files put": 1,
        "queue requests": 3,
    },
    "coming back from it": {**_REQUEST, **_called("api_handler", dynamodb=1), "read units": 0.5},
    "reconciling it": {},  # no webhook is ever lost
    "a statement": {
        **_called("delivery", dynamodb=2), "read units": 1, "write units": 1, "queue requests": 1.2,
    },
    "opening a statement, the first time": {
        **_REQUEST, **_called("documents", dynamodb=1, s3=1), "read units": 1, "files put": 1,
        "files read": 1, "queue requests": 3,
    },
    "a night, an account": {"read units": 0.5},
}  # fmt: skip
