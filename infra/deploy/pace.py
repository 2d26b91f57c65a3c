"""How fast mail may go, and how many functions send it: read from the account that is deployed to."""

from dataclasses import dataclass

from chalicelib.mail.domain.pace import SHARE, workers_for
from infra.deploy.aws import Aws

CODE_WORKERS = 50  # codes and receipts at once
_KEPT_FREE = 100  # AWS refuses a reserve that leaves fewer to all other functions


@dataclass(frozen=True)
class AccountPace:
    """`rate`: mails a second. `workers` and `code_workers`: how many functions send statements and other mail
    at once. `reserve`: executions kept for the latter, 0 for none. `anybody`: mail goes to whoever is to have
    it, verified or not."""

    rate: float
    workers: int
    code_workers: int
    reserve: int
    anybody: bool

    @property
    def parameters(self) -> dict[str, str]:
        return {
            "MailRate": f"{self.rate:g}", "StatementWorkers": str(self.workers),
            "CodeWorkers": str(self.code_workers), "CodeReserve": str(self.reserve),
        }  # fmt: skip

    @property
    def who_gets_mail(self) -> str:
        if self.anybody:
            return "SES is out of its sandbox in this account: a trial mails anybody. Use made-up people"
        return (
            "SES is in its sandbox: mail goes to verified addresses only. For each, of sender and receivers:"
            " aws sesv2 create-email-identity --email-identity ADDRESS, then the link that it is mailed"
        )

    def __str__(self) -> str:
        kept = f"{self.reserve} executions are kept" if self.reserve else "no executions are kept"
        return (
            f"SES takes {self.rate:g} mails a second: statements go at {SHARE * self.rate:g},"
            f" {self.workers} at once, other mail {self.code_workers} at once; {kept} for that"
        )


def read(aws: Aws, reserved: int) -> AccountPace:
    """As the account is now; `reserved`: what this stage has kept so far. Error: AwsError."""
    account = aws.call("sesv2", "get-account")
    rate = float(account["SendQuota"]["MaxSendRate"])
    limit = aws.call("lambda", "get-account-settings")["AccountLimit"]
    free = int(limit["UnreservedConcurrentExecutions"]) + reserved
    concurrency = int(limit["ConcurrentExecutions"])
    code_workers = min(CODE_WORKERS, max(2, concurrency // 2))
    reserve = code_workers if free - code_workers >= _KEPT_FREE else 0
    anybody = bool(account.get("ProductionAccessEnabled"))
    return AccountPace(rate, workers_for(rate, concurrency), code_workers, reserve, anybody)
