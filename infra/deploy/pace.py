"""How fast mail may go, and how many functions send it: read from the account that is deployed to."""

from dataclasses import dataclass

from chalicelib.mail.domain.pace import SHARE, workers_for
from infra.deploy.aws import Aws

RESERVE = 50  # codes and receipts at once
_KEPT_FREE = 100  # AWS refuses a reserve that leaves fewer to all other functions


@dataclass(frozen=True)
class AccountPace:
    """`rate`: mails a second. `reserve`: executions kept for codes and receipts, 0 for none."""

    rate: float
    workers: int
    reserve: int

    @property
    def parameters(self) -> dict[str, str]:
        return {
            "MailRate": f"{self.rate:g}", "StatementWorkers": str(self.workers),
            "CodeReserve": str(self.reserve),
        }  # fmt: skip

    def __str__(self) -> str:
        kept = f"{self.reserve} executions are kept" if self.reserve else "no executions are kept"
        return (
            f"SES takes {self.rate:g} mails a second: statements go at {SHARE * self.rate:g},"
            f" {self.workers} at once; {kept} for codes and receipts"
        )


def read(aws: Aws, reserved: int) -> AccountPace:
    """As the account is now; `reserved`: what this stage has kept so far. Error: AwsError."""
    rate = float(aws.call("sesv2", "get-account")["SendQuota"]["MaxSendRate"])
    limit = aws.call("lambda", "get-account-settings")["AccountLimit"]
    free = int(limit["UnreservedConcurrentExecutions"]) + reserved
    reserve = RESERVE if free - RESERVE >= _KEPT_FREE else 0
    return AccountPace(rate, workers_for(rate, int(limit["ConcurrentExecutions"])), reserve)
