"""SES's events become reports; what does not concern us, or is none of ours, becomes nothing."""

import json

import msgspec
import pytest

from chalicelib.entrypoints.mail_events import report
from chalicelib.kernel.periods import Period
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from tests.support.ses_events import bounce, complaint, of_mail


def test_a_bounce_names_the_mail_its_address_its_statement_and_what_the_server_said() -> None:
    found = report(json.loads(json.dumps(bounce())))
    assert found is not None
    assert (found.practice, found.account_id, found.period) == ("fern", "a00000", Period(2026, 10))
    assert (found.message_id, found.address) == ("mail-1", "a00000@example.test")
    said = "Permanent General: smtp; 550 5.1.1 user unknown"
    at = "2026-11-05T12:00:02.669Z"
    assert found.stop == MailStop(Setback.BOUNCE, at, said, MailKind.STATEMENT, "mail-1")
    assert found.sent_at == "2026-11-05T12:00:01.012Z"
    assert (found.arrived, found.lasting) == (False, True)


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_another_mail_may_fare_better_after_a_passing_bounce(kind: str) -> None:
    found = report(bounce(bounceType=kind, bounceSubType="MailboxFull", bouncedRecipients=[]))
    assert found is not None
    assert (found.arrived, found.lasting, found.stop.why) == (False, False, f"{kind} MailboxFull")


def test_a_mail_complained_about_has_arrived_and_is_the_last() -> None:
    found = report(complaint())
    assert found is not None
    at = "2026-11-06T09:00:00.000Z"
    assert found.stop == MailStop(Setback.COMPLAINT, at, "", MailKind.STATEMENT, "mail-1")
    assert (found.arrived, found.lasting) == (True, True)


def test_a_complaint_of_long_ago_for_which_ses_did_not_send_has_not_arrived() -> None:
    found = report(complaint(complaintSubType="OnAccountSuppressionList", complaintFeedbackType=None))
    assert found is not None
    assert (found.arrived, found.lasting, found.stop.why) == (False, True, "OnAccountSuppressionList")


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"kind": "sign-in"}, MailKind.SIGN_IN),
        ({"kind": "receipt"}, MailKind.RECEIPT),
        ({"kind": "statement"}, MailKind.STATEMENT),
        ({"kind": "notice"}, MailKind.NOTICE),
        ({"account": "a1", "period": "2026-10"}, MailKind.STATEMENT),  # of before mail bore its kind
        ({}, MailKind.UNKNOWN),
        ({"kind": "newsletter"}, MailKind.UNKNOWN),
    ],
)
def test_issue_9_5_a_complaint_says_which_kind_of_mail_it_is_about(
    tags: dict[str, str], kind: MailKind
) -> None:
    found = report(of_mail(complaint(), to="x@example.test", tags={"practice": "fern", **tags}))
    assert found is not None
    assert found.stop.kind is kind


@pytest.mark.parametrize("sent", ["2026-11-05T12:00:01.012Z", "2026-11-05T07:00:01.012-05:00"])
def test_when_the_mail_was_sent_is_read_as_an_instant_that_sorts(sent: str) -> None:
    found = report(of_mail(complaint(), to="x@example.test", tags={"practice": "fern"}, sent_at=sent))
    assert found is not None
    assert found.sent_at == "2026-11-05T12:00:01.012Z"


def test_a_reader_who_says_it_is_no_spam_does_not_complain() -> None:
    assert report(complaint(complaintFeedbackType="not-spam")) is None


def test_mail_that_is_not_ours_and_events_of_other_kinds_are_let_pass() -> None:
    assert report(bounce(tags=False)) is None
    delivered = bounce() | {"eventType": "Delivery", "delivery": {}}
    del delivered["bounce"]
    assert report(delivered) is None


def test_a_bounce_of_a_mail_without_a_statement_is_reported_of_its_address_alone() -> None:
    event = bounce()
    del event["mail"]["tags"]["account"], event["mail"]["tags"]["period"]
    found = report(event)
    assert found is not None
    assert (found.account_id, found.period) == ("", None)


@pytest.mark.parametrize("broken", [None, [], {}, {"eventType": "Bounce", "mail": {}}])
def test_what_is_no_event_goes_to_the_dead_letters(broken: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        report(broken)


def test_what_a_server_says_is_kept_short_and_on_one_line() -> None:
    said = [{"emailAddress": "x@example.test", "diagnosticCode": "smtp;\r\n550 " + "x" * 900}]
    found = report(bounce(bouncedRecipients=said))
    assert found is not None
    assert len(found.stop.why) == 200
    assert found.stop.why.isprintable()
