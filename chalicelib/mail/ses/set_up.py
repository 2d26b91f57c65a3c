"""How SES (API version 2) is set up for us. Commands alone ask: no function may."""

from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.mail.ports import MailSetUp, MailSetUps
from chalicelib.platform.aws import LazyClient, code_of, told_as_busy

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class SesSetUp(MailSetUps):
    """`sender` is our address; SES may know it, or its domain. `configuration_set`: "" for none."""

    def __init__(self, sender: str, configuration_set: str, *, region: str) -> None:
        self._sender = sender
        self._configuration_set = configuration_set
        self._client = LazyClient("sesv2", region=region, config=_CONFIG)

    def found(self) -> MailSetUp:
        kept = self._asked("get_configuration_set", ConfigurationSetName=self._configuration_set or "none")
        # Without reasons of its own, those of the account hold.
        own = kept.get("SuppressionOptions", {}).get("SuppressedReasons") if kept else None
        account = self._asked("get_account") or {}
        reasons = (
            account.get("SuppressionAttributes", {}).get("SuppressedReasons", []) if own is None else own
        )
        return MailSetUp(
            account.get("ProductionAccessEnabled", False), self._verified(), kept is not None,
            frozenset(reasons),
        )  # fmt: skip

    def _verified(self) -> bool:
        names = (self._sender.rpartition("@")[2], self._sender)
        found = [self._asked("get_email_identity", EmailIdentity=name) or {} for name in names]
        return any(each.get("VerifiedForSendingStatus", False) for each in found)

    def _asked(self, operation: str, **arguments: str) -> dict[str, Any] | None:
        """None where SES knows none."""
        with told_as_busy("ses"):
            try:
                answer: dict[str, Any] = getattr(self._client(), operation)(**arguments)
            except ClientError as error:
                if code_of(error) == "NotFoundException":
                    return None
                raise
            return answer
