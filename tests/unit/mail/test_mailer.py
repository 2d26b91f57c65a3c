"""What SES is given, and what its failures mean."""

from dataclasses import replace
from email import policy
from email.parser import Parser
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.pace import Allowance, Pause
from chalicelib.mail.ports import Mail, MailPaused, MailThrottled
from chalicelib.mail.ses.account import SesAccount
from chalicelib.mail.ses.mailer import SesMailer
from sandbox.config import REGION
from sandbox.resources import Resources
from tests.support.ministack import Ministack

ADDRESS = "billing@billfold.example"
MAIL = Mail(
    to="maya@example.test",
    sender_name="Willow Creek Counseling",
    reply_to="office@willow.example",
    subject="Your payment receipt",
    text="Gracias, María",
    html="<p>Gracias, María</p>",
    locale="es",
)


class Recorder:
    """In the place of the SES client."""

    def __init__(self, error: Exception | None = None) -> None:
        self.requests: list[dict[str, Any]] = []
        self._error = error

    def send_email(self, **request: Any) -> dict[str, str]:
        self.requests.append(request)
        if self._error:
            raise self._error
        return {"MessageId": "m-1"}


def mailer(recorder: Recorder, **options: str) -> SesMailer:
    ses = SesMailer(ADDRESS, region=REGION, **options)
    ses._client._made = recorder
    return ses


def sent(**changes: str) -> dict[str, Any]:
    recorder = Recorder()
    mail = Mail(**{**{name: getattr(MAIL, name) for name in Mail.__slots__}, **changes})
    mailer(recorder).send(mail)
    return recorder.requests[0]


def sender(request: dict[str, Any]) -> tuple[str, str]:
    """The display name and address a mail program makes of the From line."""
    text = f"From: {request['FromEmailAddress']}\n\n"
    message = Parser(policy=policy.default).parsestr(text)
    assert list(message.keys()) == ["From"]
    (address,) = message["From"].addresses
    return address.display_name, address.addr_spec


def test_a_mail_goes_from_the_practice_and_answers_go_to_it() -> None:
    request = sent()
    assert request["FromEmailAddress"] == '"Willow Creek Counseling" <billing@billfold.example>'
    assert request["ReplyToAddresses"] == ["office@willow.example"]
    assert request["Destination"] == {"ToAddresses": ["maya@example.test"]}
    assert "ConfigurationSetName" not in request


def test_both_parts_go_out_in_utf_8() -> None:
    body = sent()["Content"]["Simple"]["Body"]
    assert body["Text"] == {"Data": "Gracias, María", "Charset": "UTF-8"}
    assert body["Html"] == {"Data": "<p>Gracias, María</p>", "Charset": "UTF-8"}


def test_a_configuration_set_is_named_where_there_is_one() -> None:
    recorder = Recorder()
    mailer(recorder, configuration_set="billfold").send(MAIL)
    assert recorder.requests[0]["ConfigurationSetName"] == "billfold"


def test_tags_go_along_for_ses_to_give_back() -> None:
    recorder = Recorder()
    mailer(recorder).send(replace(MAIL, tags=(("practice", "fern"), ("period", "2026-10"))))
    assert recorder.requests[0]["EmailTags"] == [
        {"Name": "practice", "Value": "fern"}, {"Name": "period", "Value": "2026-10"},
    ]  # fmt: skip
    assert "EmailTags" not in sent()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Consejería Ñandú", "Consejería Ñandú"),
        ("心理咨询", "心理咨询"),
        ('Willow "The Tree" \\ Co', 'Willow "The Tree" \\ Co'),
        ("Willow\r\nBcc: all@example.test", "Willow Bcc: all@example.test"),
        ("Willow\x00\x0b\u2028Subject: x", "Willow Subject: x"),
        ("a@b.example>, <c@d.example", "a@b.example>, <c@d.example"),
        ('"; DROP', '"; DROP'),
        ("é\r\nBcc: all@example.test", "é Bcc: all@example.test"),
        ("\u202egnilliB", "gnilliB"),
        ("", ""),
        ("\r\n", ""),
    ],
)
def test_no_name_can_add_a_header_or_an_address(name: str, shown: str) -> None:
    request = sent(sender_name=name)
    assert request["FromEmailAddress"].isascii()
    assert request["FromEmailAddress"].isprintable()
    assert sender(request) == (shown, ADDRESS)


@pytest.mark.parametrize("name", ["x" * 500, "é" * 500, "心" * 500, '"' * 500])
def test_a_very_long_name_is_cut_to_what_ses_takes(name: str) -> None:
    request = sent(sender_name=name)
    assert len(request["FromEmailAddress"]) < 320
    assert sender(request)[0][:20].replace(" ", "") in name


def test_a_subject_stays_one_line() -> None:
    request = sent(subject="Your receipt\r\nBcc: all@example.test")
    assert request["Content"]["Simple"]["Subject"]["Data"] == "Your receipt Bcc: all@example.test"


@pytest.mark.parametrize(
    "reply_to", ["", "no address", "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example"]
)
def test_a_reply_address_that_is_none_is_left_out(reply_to: str) -> None:
    assert "ReplyToAddresses" not in sent(reply_to=reply_to)


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", " a@b.example"]
)
def test_what_is_not_one_address_is_refused_before_ses_is_asked(to: str) -> None:
    recorder = Recorder()
    mail = Mail(to, "Willow", "", "s", "t", "h", "en")
    with pytest.raises(Invalid, match="mail_refused"):
        mailer(recorder).send(mail)
    assert recorder.requests == []


def answer(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "SendEmail")


@pytest.mark.parametrize(
    "error",
    [
        answer("TooManyRequestsException"),
        answer("ThrottlingException"),
        answer("LimitExceededException"),
        answer("SendingPausedException"),
        answer("AccountSuspendedException"),
        answer("MailFromDomainNotVerifiedException"),
        answer("MessageRejected", "Email address is not verified."),
        answer("InternalFailure"),
        answer("AccessDeniedException"),
        ConnectTimeoutError(endpoint_url="x"),
        ReadTimeoutError(endpoint_url="x"),
    ],
    ids=lambda error: (
        error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    ),
)
def test_what_may_pass_is_to_be_tried_again(error: Exception) -> None:
    with pytest.raises(Busy):
        mailer(Recorder(error)).send(MAIL)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (answer("TooManyRequestsException", "Maximum sending rate exceeded."), None),
        (answer("Throttling", "Maximum sending rate exceeded."), None),
        (answer("ThrottlingException"), None),
        (answer("TooManyRequestsException", "Daily message quota exceeded."), Pause.DAILY_QUOTA),
        (answer("Throttling", "Daily message quota exceeded"), Pause.DAILY_QUOTA),
        (answer("LimitExceededException", "Daily message quota exceeded"), Pause.DAILY_QUOTA),
        (answer("SendingPausedException"), Pause.SENDING_PAUSED),
        (answer("AccountSuspendedException"), Pause.ACCOUNT_SUSPENDED),
    ],
)
def test_a_throttle_is_told_from_a_pause(error: Exception, why: Pause | None) -> None:
    """Issue 13, number 4. Of both SES has sent nothing; a lost answer is neither."""
    with pytest.raises(MailPaused if why else MailThrottled) as raised:
        mailer(Recorder(error)).send(MAIL)
    assert getattr(raised.value, "why", None) is why


@pytest.mark.parametrize(
    "error", [answer("InternalFailure"), ReadTimeoutError(endpoint_url="x"), answer("LimitExceededException")]
)
def test_what_may_have_been_sent_is_neither_a_throttle_nor_a_pause(error: Exception) -> None:
    with pytest.raises(Busy) as raised:
        mailer(Recorder(error)).send(MAIL)
    assert type(raised.value) is Busy


@pytest.mark.parametrize(
    "error", [answer("MessageRejected", "Address blacklisted."), answer("BadRequestException")]
)
def test_what_ses_will_never_take_is_refused(error: Exception) -> None:
    with pytest.raises(Invalid, match="mail_refused"):
        mailer(Recorder(error)).send(MAIL)


def test_an_unverified_sender_loses_no_mail(moto_aws: Resources) -> None:
    with pytest.raises(Busy):
        SesMailer("stranger@billfold.example", region=REGION).send(MAIL)


def test_ses_takes_the_request(moto_aws: Resources) -> None:
    assert SesMailer(moto_aws.mail_from, region=REGION).send(MAIL)
    assert boto3.client("ses").get_send_quota()["SentLast24Hours"] == 1


def test_nothing_is_sent_twice_by_a_retry_below(moto_aws: Resources) -> None:
    client = SesMailer(moto_aws.mail_from, region=REGION)._client()
    assert client.meta.config.retries["total_max_attempts"] == 1


@pytest.mark.ministack
def test_the_emulator_keeps_sender_and_both_parts(
    ministack: Ministack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ministack.url)
    ministack.client("sesv2").create_email_identity(EmailIdentity=ADDRESS)
    assert SesMailer(ADDRESS, region=REGION).send(MAIL)


QUOTA = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 7.0}


@pytest.mark.parametrize(
    ("told", "allowance"),
    [
        ({"SendQuota": QUOTA, "SendingEnabled": True}, Allowance(200, 7)),
        ({"SendQuota": QUOTA, "SendingEnabled": False}, Allowance(200, 7, Pause.SENDING_PAUSED)),
        (
            {"SendQuota": QUOTA, "SendingEnabled": False, "EnforcementStatus": "SHUTDOWN"},
            Allowance(200, 7, Pause.ACCOUNT_SUSPENDED),
        ),
        ({"SendQuota": QUOTA, "SendingEnabled": True, "EnforcementStatus": "PROBATION"}, Allowance(200, 7)),
    ],
)
def test_the_account_says_what_it_lets_us_send(told: dict[str, Any], allowance: Allowance) -> None:
    account = SesAccount(region=REGION)
    account._client = lambda: SimpleNamespace(get_account=lambda: told)  # type: ignore[assignment]
    assert account.allowance() == allowance


def test_an_account_that_does_not_answer_is_busy() -> None:
    def get_account() -> dict[str, Any]:
        raise answer("TooManyRequestsException")

    account = SesAccount(region=REGION)
    account._client = lambda: SimpleNamespace(get_account=get_account)  # type: ignore[assignment]
    with pytest.raises(Busy):
        account.allowance()
