"""Receipts with every adapter as shipped: DynamoDB, S3, SES, Typst."""

from dataclasses import replace
from io import BytesIO

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from pypdf import PdfReader

from chalicelib.documents.pdf.receipt import TypstRenderer
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.documents.services.receipts import RECEIPT_LINK, Receipts, Sent
from chalicelib.documents.store.files import S3Files
from chalicelib.identity.services.links import Links
from chalicelib.identity.store.access import DynamoAccess
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.mail.ses.mailer import SesMailer
from chalicelib.operations.store.claims import DynamoClaims
from chalicelib.operations.store.worklists import DynamoWorkLists
from chalicelib.platform.dynamo import table
from chalicelib.platform.keys import HmacKeys, Parameters
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.store.people import DynamoPeople
from chalicelib.practice.store.practices import DynamoPractices
from sandbox.config import REGION
from sandbox.resources import Resources
from tests.support.guests import NO_GUESTS
from tests.support.queue import FakeQueue
from tests.unit.documents.world import MOVEMENT, PAID, PUBLIC_URL, PausingClock
from tests.unit.identity.fakes import practice

KEY = f"practices/willow/receipts/{PAID.account_id}/{PAID.id}.pdf"


@pytest.fixture
def receipts(moto_aws: Resources) -> Receipts:
    table.bind(moto_aws.table, region=REGION)
    ledgers, practices, people = DynamoLedgers(), DynamoPractices(), DynamoPeople()
    practices.save_practice(practice())
    people.save_person("willow", Person("p1", "maya@example.test", "en", ()))
    _pay(ledgers)
    keys = HmacKeys(Parameters(moto_aws.secrets_prefix, region=REGION))
    files = S3Files(moto_aws.bucket, region=REGION)
    return Receipts(
        ledgers=ledgers,
        practices=practices,
        people=people,
        links=Links(DynamoAccess(), keys, PausingClock()),
        claims=DynamoClaims(),
        files=files,
        pdf_links=PdfLinks(files, FakeQueue(), PausingClock()),
        renderer=TypstRenderer(),
        mailer=SesMailer(moto_aws.mail_from, region=REGION),
        keys=keys,
        clock=PausingClock(),
        public_url=PUBLIC_URL,
        matching=NO_GUESTS,
    )


def _pay(ledgers: DynamoLedgers) -> None:
    account = Account("a1", Ledger("USD"))
    ledgers.commit("willow", Change(account, account))
    opened = ledgers.account(AccountRef("willow", "a1"))
    assert opened is not None
    marker = Marker(MOVEMENT, "a1", PAID.id, 0, PAID.updated_at, "receipt")
    ledgers.commit("willow", Change(opened, opened, payment=replace(PAID, version=1), marker=marker))


def test_a_due_receipt_becomes_a_pdf_a_mail_and_a_link_and_is_due_no_more(
    receipts: Receipts, moto_aws: Resources
) -> None:
    before = "2026-12-01T00:00:00.000Z"
    assert [due.id for due in DynamoWorkLists().due("receipt", before=before, limit=10)] == [MOVEMENT]
    assert receipts.send("willow", MOVEMENT) is Sent.SENT

    found = boto3.client("s3").get_object(Bucket=moto_aws.bucket, Key=KEY)
    assert found["ContentType"] == "application/pdf"
    assert "$182.50" in PdfReader(BytesIO(found["Body"].read())).pages[0].extract_text()
    assert list(DynamoWorkLists().due("receipt", before=before, limit=10)) == []

    (mail,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    token = mail.body.partition("/receipt#")[2].split('"')[0]
    payment, url = receipts.opened(receipts.links.holder("willow", token, kind=RECEIPT_LINK))
    assert (payment.id, payment.receipt_key) == (PAID.id, f"receipts/{PAID.account_id}/{PAID.id}.pdf")
    assert KEY in url


def test_a_second_run_writes_and_mails_nothing(receipts: Receipts, moto_aws: Resources) -> None:
    receipts.send("willow", MOVEMENT)
    first = boto3.client("s3").head_object(Bucket=moto_aws.bucket, Key=KEY)["LastModified"]
    assert receipts.send("willow", MOVEMENT) is Sent.BEFORE
    assert boto3.client("s3").head_object(Bucket=moto_aws.bucket, Key=KEY)["LastModified"] == first
    assert len(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages) == 1
