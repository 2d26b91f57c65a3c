"""A run of a practice whose every client is a bad day: it goes on, says which and why, and is run again.

Shipped code down to botocore, Typst included.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pypdf import PdfReader

from chalicelib import bootstrap
from chalicelib.bootstrap import App
from chalicelib.documents.domain.statements import Outcome, StatementData
from chalicelib.entrypoints import jobs
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.periods import Period
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.practice.domain.practices import Client
from sandbox.config import REGION
from tests.conftest import TEST_RESOURCES
from tests.soak.seam import answering
from tests.support import ses_events
from tests.support.api import settings_for
from tests.support.clock import FakeClock
from tests.support.cloud import Cloud, Record, items, run
from tests.support.practice import PRACTICE

SETTINGS = replace(settings_for(TEST_RESOURCES), region=REGION)
OCTOBER, STATEMENT_DAY = "2026-10-15T12:00:00+00:00", "2026-11-05T12:00:00+00:00"
MONTH, FERN = Period(2026, 10), PRACTICE.id
ROWS = 400
CHINESE = "心理咨询服务与家庭治疗" * 18
NAMES = {
    "usual": "Maya Okafor", "long": "Bartholomew " * 16 + "Bartholo", "chinese": CHINESE, "many": "Noah",
    "credit": "Ana", "paper": "Bo", "bounced": "Cy", "broken": "Di", "quiet": "Ed", "unfinished": "Fe",
}  # fmt: skip
EXPECTED = {
    **dict.fromkeys(("usual", "long", "chinese", "many", "credit"), Outcome.SENT),
    "paper": Outcome.PAPER, "bounced": Outcome.BOUNCED, "broken": Outcome.UNRENDERABLE,
    "quiet": Outcome.SKIPPED, "unfinished": Outcome.UPDATING,
}  # fmt: skip


@pytest.fixture(scope="module")
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture(scope="module")
def app(cloud: Cloud) -> Iterator[App]:
    """After the run, the bounce's report taken in, and all opened. The template breaks for one client."""
    made = App(SETTINGS)
    made.clock = clock = FakeClock(OCTOBER)
    renderer = made.statement_filing.renderer
    set_, broken = renderer.statement, {"broken"}

    def statement(data: StatementData) -> bytes:
        if data.statement.account_id in broken:
            raise Invalid("document_unrenderable", reason="unknown variable: practise")
        return set_(data)

    renderer.statement = statement  # type: ignore[method-assign]
    bootstrap.use(made)
    with answering(cloud.answer):
        books(made)
        clock.at = clock.at.fromisoformat(STATEMENT_DAY)
        started(cloud)
        bounce(made)
        opened(cloud)
        yield made
    bootstrap.use(None)


def books(app: App) -> None:
    app.practices.save_practice(replace(PRACTICE, statement_day=5))
    app.practices.save_practice(replace(PRACTICE, id="dayless"))
    post = Posting(app.ledgers, app.clock)
    for account, name in NAMES.items():
        email = "" if account == "paper" else f"{account}@example.test"
        app.people.save_client(FERN, Client(account, account, name, email, "en", name))
        post.open_account(AccountRef(FERN, account), "USD")
        for row in range(ROWS if account == "many" else account != "quiet"):
            facts = ChargeFacts(f"{account} {row}", "2026-10-15", name, "ada", 10_000)
            post.charge(AccountRef(FERN, account), facts)
    post.external_payment(AccountRef(FERN, "credit"), "too much", 15_000, method="cash", on="2026-10-15")
    post.hold(AccountRef(FERN, "unfinished"), "import-1")


def started(cloud: Cloud) -> dict[str, int]:
    return run(cloud, issue_queue=SETTINGS.issue_queue_url, delivery_queue=SETTINGS.delivery_queue_url)


def opened(cloud: Cloud) -> list[str]:
    """Everybody opens what they have; whose PDF could not be drawn."""
    accounts = sorted(item["pk"].rpartition("#")[2] for item in items(cloud, "statement"))
    tasks = [
        {"task": "render", "practice": FERN, "account": account, "period": str(MONTH)} for account in accounts
    ]
    records = [Record(number, json.dumps(task)) for number, task in enumerate(tasks)]
    failed = jobs.documents(records)["batchItemFailures"]
    return [accounts[int(failure["itemIdentifier"].removeprefix("m"))] for failure in failed]


def bounce(app: App) -> None:
    issued = app.statements.issued(AccountRef(FERN, "bounced"), MONTH)
    assert issued is not None
    event = ses_events.bounce(issued.message_id)
    event["mail"]["destination"] = ["bounced@example.test"]
    event["mail"]["tags"] |= {"account": ["bounced"]}
    record = Record(0, json.dumps({"task": "mail-event", "event": event}))
    assert jobs.documents([record]) == {"batchItemFailures": []}


def printed(cloud: Cloud, account: str) -> PdfReader:
    [pdf] = [cloud.files[key] for key in cloud.files if key.startswith(folder(account))]
    return PdfReader(io.BytesIO(pdf))


def folder(account: str) -> str:
    return f"practices/{FERN}/statements/{account}/{MONTH}-"


def outcomes(app: App, cloud: Cloud) -> dict[str, Outcome]:
    """As noted, or where nothing but the issue was noted, as the document says."""
    told = {item["pk"].rpartition("#")[2]: Outcome(item["delivery"]) for item in items(cloud, "statement")}
    return {
        noted.client_id: told[noted.client_id] if noted.outcome is Outcome.PENDING else noted.outcome
        for noted in app.statements.noted(FERN, MONTH)
    }


def test_the_run_goes_on_and_says_which_and_why(app: App, cloud: Cloud) -> None:
    noted = {noted.client_id: noted for noted in app.statements.noted(FERN, MONTH)}
    assert outcomes(app, cloud) == EXPECTED
    assert noted["broken"].why == "document_unrenderable: unknown variable: practise"
    assert noted["bounced"].why.startswith("Permanent General: smtp; 550")


def test_a_practice_without_a_statement_day_has_no_run(app: App, cloud: Cloud) -> None:
    assert list(app.statements.noted("dayless", MONTH)) == []
    assert started(cloud)["without_day"] == 1


def test_four_hundred_rows_come_through_the_store_onto_the_page(app: App, cloud: Cloud) -> None:
    pages = printed(cloud, "many").pages
    assert sum(page.extract_text().count("Oct 15, 2026") for page in pages) == ROWS
    assert "$40,000.00" in pages[0].extract_text()


def test_long_and_chinese_names_are_on_the_page_with_their_glyphs(app: App, cloud: Cloud) -> None:
    text = "".join(page.extract_text() for page in printed(cloud, "chinese").pages)
    assert CHINESE in text.replace("\n", "").replace(" ", "")
    assert any("CJK" in name for name in fonts(printed(cloud, "chinese")))
    assert not any("CJK" in name for name in fonts(printed(cloud, "usual")))
    assert "".join(p.extract_text() for p in printed(cloud, "long").pages).count("Bartholomew") >= 16


def fonts(pdf: PdfReader) -> set[str]:
    """The names of the fonts that are in the file."""
    found = (page["/Resources"]["/Font"].values() for page in pdf.pages)  # type: ignore[index]
    return {str(font.get_object()["/BaseFont"]) for fonts_of_page in found for font in fonts_of_page}


def test_a_credit_balance_is_no_debt(app: App, cloud: Cloud) -> None:
    text = " ".join(printed(cloud, "credit").pages[0].extract_text().split())
    assert "Credit with the practice on October 31, 2026 $50.00" in text


def test_those_that_went_wrong_are_run_again_alone(app: App, cloud: Cloud) -> None:
    mails, files = len(cloud.mails), set(cloud.files)
    assert opened(cloud) == ["broken"]
    del app.statement_filing.renderer.__dict__["statement"]  # the template is mended
    practice = app.practices.practice(FERN)
    assert practice is not None
    for account in ("broken", "bounced"):
        client = app.people.client(FERN, account)
        assert client is not None
        app.addresses.try_again(FERN, client)
        assert app.issuing.issue(practice, MONTH, client, again=True).outcome is Outcome.PENDING
    started(cloud)
    assert opened(cloud) == []
    assert outcomes(app, cloud) == EXPECTED | {"broken": Outcome.SENT, "bounced": Outcome.SENT}
    assert sorted(cloud.mails[mails:]) == ["bounced@example.test", "broken@example.test"]
    assert [key for key in cloud.files if key not in files] == [
        key for key in cloud.files if key.startswith(folder("broken"))
    ]
