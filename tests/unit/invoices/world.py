"""A practice's books on AWS in this process: shipped code down to botocore, and a kill at any call."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from chalicelib.bootstrap import App
from chalicelib.documents.domain.invoices import Invoice, InvoiceStanding
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.ledger.services.posting import ChargeFacts, Posting, own_id
from chalicelib.practice.domain.practices import Client, Practice
from sandbox.config import REGION
from tests.conftest import TEST_RESOURCES
from tests.soak.seam import answering
from tests.support.api import settings_for
from tests.support.clock import FakeClock
from tests.support.cloud import Cloud
from tests.support.practice import PRACTICE

SETTINGS = replace(settings_for(TEST_RESOURCES), region=REGION)
ALL = InvoiceWish()
TODAY = "2026-11-05T17:00:00+00:00"


class World:
    """`with world.on_aws():` stands round whatever asks AWS."""

    def __init__(self, practice: Practice = PRACTICE) -> None:
        self.cloud, self.clock = Cloud(), FakeClock(TODAY)
        self.app = App(SETTINGS)
        self.app.clock = self.clock
        self.practice = practice
        with self.on_aws():
            self.app.practices.save_practice(practice)

    @contextmanager
    def on_aws(self) -> Iterator[None]:
        with answering(self.cloud.answer):
            yield

    @property
    def post(self) -> Posting:
        return Posting(self.app.ledgers, self.clock)

    def client(self, id_: str, **facts: str) -> Client:
        client = Client(id_, id_, "Maya Okafor", f"{id_}@example.test", facts.pop("locale", "en"))
        client = replace(client, **facts)  # type: ignore[arg-type]
        self.app.people.save_client(self.practice.id, client)
        self.post.open_account(client.ref(self.practice.id), "USD", external_id=id_)
        return client

    def charge(
        self, client: Client, external_id: str, on: str = "2026-10-15", fee_minor: int = 10_000,
        insurer_minor: int = 0,
    ) -> str:  # fmt: skip
        """The charge's id."""
        facts = ChargeFacts(
            external_id, on, "Individual session", "ada", fee_minor - insurer_minor, insurer_minor
        )
        self.post.charge(client.ref(self.practice.id), facts)
        return own_id(self.practice.id, "charge", external_id)

    def issue(self, client: Client, wish: InvoiceWish = ALL) -> Sequence[Invoice]:
        return self.app.invoice_issuing.issue(self.practice, client, wish)

    def standings(self, client: Client) -> Sequence[InvoiceStanding]:
        ref = client.ref(self.practice.id)
        return self.app.invoice_showing.listed(ref, cursor=None, limit=50).rows
