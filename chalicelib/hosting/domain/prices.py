"""AWS's list prices, and what a bill of counted things comes to.

us-east-1, US dollars, the first tier of each: those of DynamoDB were looked up again on 29 November 2026, the
others are AWS's of long standing. No free tier is taken off, no tax added. Whoever deploys elsewhere changes
this file.
"""

from collections.abc import Mapping

REGION, CHECKED = "us-east-1", "2026-11-29"
MILLION = 10**6

# One of each thing that is counted.
PRICES: Mapping[str, float] = {
    "read units": 0.125 / MILLION,  # DynamoDB on demand, since November 2024
    "write units": 0.625 / MILLION,  # those of indexes, too
    "index units": 0.625 / MILLION,
    "queue requests": 0.40 / MILLION,  # SQS, standard queue, 64 KB each
    "files put": 5.00 / MILLION,  # S3 standard
    "files read": 0.40 / MILLION,
    "calls of functions": 0.20 / MILLION,
    "waiting GB-seconds": 0.0000166667,  # Lambda on x86
    "computing GB-seconds": 0.0000166667,
    "gateway requests": 3.50 / MILLION,  # API Gateway, REST
    "mails": 0.10 / 1000,  # SES
}
DYNAMODB = ("read units", "write units", "index units")

# A month of each thing that is there whether it is used or not.
MONTHLY: Mapping[str, float] = {
    "alarm's metric": 0.10,  # a standard one; an alarm that compares three has three
    "KMS key": 1.00,
    "firewall": 5.00,  # a web ACL of WAF, and each of its rules
    "firewall's rule": 1.00,
    "GB in the table": 0.25,
    "GB to be recovered": 0.20,  # point-in-time recovery
    "GB of files": 0.023,
    "GB of logs": 0.03,
}
LOGGED_GB = 0.50  # a GB taken in by CloudWatch Logs
SCREENED = 0.60 / MILLION  # a request that a web ACL looks at
KEY_USES = 0.03 / 10_000
HOURS = 730  # of a month


def dollars(counts: Mapping[str, float], *of: str) -> float:
    """What so many of each come to; of some alone, where they are named."""
    return sum(number * PRICES[name] for name, number in counts.items() if not of or name in of)
