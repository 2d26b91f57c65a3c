"""E-mail through SES (API version 2).

One attempt a call and no retries below it: a repeat after a lost answer would be a second e-mail, and whether
that is wanted is the caller's to decide.
"""

from email.header import Header
from email.utils import quote
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from chalicelib.kernel.emails import normalised
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.formatting import one_line
from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.pace import Pause
from chalicelib.mail.ports import Mail, Mailer, MailPaused, MailThrottled
from chalicelib.platform.aws import LazyClient

_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1})
_REFUSALS = frozenset({"MessageRejected", "BadRequestException"})
_THROTTLES = frozenset({"TooManyRequestsException", "Throttling", "ThrottlingException"})
_PAUSES = {
    "SendingPausedException": Pause.SENDING_PAUSED,
    "AccountSuspendedException": Pause.ACCOUNT_SUSPENDED,
}
_DAY_IS_FULL = "daily message quota"  # under the code of a throttle, which does not say how long it lasts
_UNVERIFIED = "not verified"  # ours to mend, in the account's settings: the mail is not at fault
_LONGEST_NAME = 200  # encoded: with the address it stays below the 320 characters SES takes
_UTF_8 = "UTF-8"


class SesMailer(Mailer):
    """`address` is the deployment's verified sender. Safe to share between threads."""

    def __init__(self, address: str, *, region: str, configuration_set: str = "") -> None:
        self._address = address
        self._configuration_set = configuration_set
        self._client = LazyClient("sesv2", region=region, config=_CONFIG)

    def send(self, mail: Mail) -> str:
        if not _is_address(mail.to):
            raise Invalid("mail_refused", "email")
        try:
            answer = self._client().send_email(**self._request(mail))
        except ClientError as error:
            raise _as_port(error) from error
        except ParamValidationError as error:
            raise Invalid("mail_refused", "email") from error
        except BotoCoreError as error:
            raise Busy(f"ses {type(error).__name__}") from error
        message_id: str = answer["MessageId"]
        return message_id

    def _request(self, mail: Mail) -> dict[str, Any]:
        request: dict[str, Any] = {
            "FromEmailAddress": _sender(mail.sender_name, self._address),
            "Destination": {"ToAddresses": [mail.to]},
            "Content": {
                "Simple": {
                    "Subject": _content(one_line(mail.subject)),
                    "Body": {"Text": _content(mail.text), "Html": _content(mail.html)},
                }
            },
        }
        if _is_address(mail.reply_to):
            request["ReplyToAddresses"] = [mail.reply_to]
        if mail.tags:
            request["EmailTags"] = [{"Name": name, "Value": value} for name, value in mail.tags]
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        return request


def _sender(name: str, address: str) -> str:
    """`"Willow" <address>`; a name beyond ASCII as encoded words. No name can add a header or an address."""
    name = one_line(name)
    encoded = _display(name)
    while len(encoded) > _LONGEST_NAME:
        name = name[:-1]
        encoded = _display(name)
    return f"{encoded} <{address}>" if name else address


def _display(name: str) -> str:
    if name.isascii():
        return f'"{quote(name)}"'
    return Header(name, "utf-8", maxlinelen=70).encode(linesep="").replace("\n", "")


def _is_address(text: str) -> bool:
    """One bare address, as everywhere in Billfold; anything that could be more than that is not one."""
    try:
        normalised(text)
    except Invalid:
        return False
    return text == text.strip()


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": _UTF_8}


def _as_port(error: ClientError) -> Exception:
    """Whatever may pass (an unverified account, their faults, a throttle, a pause) is Busy: none is lost."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in _REFUSALS and _UNVERIFIED not in message:
        return Invalid("mail_refused", "email")
    if code in _PAUSES:
        return MailPaused(_PAUSES[code])
    if code in _THROTTLES or _DAY_IS_FULL in message.lower():
        day = _DAY_IS_FULL in message.lower()
        return MailPaused(Pause.DAILY_QUOTA) if day else MailThrottled(f"ses {code}")
    return Busy(f"ses {code}")
