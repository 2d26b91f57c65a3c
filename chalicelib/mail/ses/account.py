"""What SES (API version 2) lets the account send."""

from botocore.config import Config

from chalicelib.mail.domain.pace import Allowance, Pause
from chalicelib.mail.ports import MailAccount
from chalicelib.platform.aws import LazyClient, told_as_busy

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


class SesAccount(MailAccount):
    def __init__(self, *, region: str) -> None:
        self._client = LazyClient("sesv2", region=region, config=_CONFIG)

    def allowance(self) -> Allowance:
        with told_as_busy("ses"):
            told = self._client().get_account()
        quota, stopped = told.get("SendQuota", {}), None
        if told.get("EnforcementStatus") == "SHUTDOWN":
            stopped = Pause.ACCOUNT_SUSPENDED
        elif not told.get("SendingEnabled", True):
            stopped = Pause.SENDING_PAUSED
        return Allowance(quota.get("Max24HourSend", -1), quota.get("SentLast24Hours", 0), stopped)
