"""The product on its stage: the shipped services and adapters, wired by bootstrap.App.

Only clock, processor, mail, files and keys are put in. One App serves all schedules of this process: its
parts ask `Stage` for the world of the moment.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib import settings
from chalicelib.bootstrap import App
from chalicelib.documents.ports.documents import Files, ReceiptData, Renderer
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.documents.services.receipts import Receipts
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.payments.domain.abilities import Abilities
from chalicelib.payments.domain.saved_methods import Held, Outcome
from chalicelib.payments.ports.movements import MovementsPage
from chalicelib.payments.ports.processors import (
    Announces,
    Attempt,
    Books,
    Changes,
    Charged,
    Charges,
    Facts,
    Listing,
    News,
    ObjectKind,
    Opened,
    Processor,
    Processors,
    Reference,
    Refunded,
    SavedMethod,
)
from chalicelib.payments.ports.saving import Saves, SetUp
from chalicelib.payments.processors.paypal.abilities import PAYPAL
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.platform.ports import Chance, Clock, Keys
from tests.soak.faults import Fault
from tests.soak.paypal_stage import StagePayPal
from tests.soak.processor import DECLINED
from tests.soak.saving_house import ATTACHED, SavingHouse
from tests.soak.world import World
from tests.support.references import about

T = TypeVar("T")

NAMES = {
    "BILLFOLD_STAGE": "soak",
    "BILLFOLD_TABLE": "billfold-soak",
    "BILLFOLD_BUCKET": "billfold-soak",
    "BILLFOLD_ANCHORS_BUCKET": "billfold-soak-anchors",
    "BILLFOLD_SETTLE_QUEUE_URL": "http://127.0.0.1/settle",
    "BILLFOLD_DOCUMENTS_QUEUE_URL": "http://127.0.0.1/documents",
    "BILLFOLD_ISSUE_QUEUE_URL": "http://127.0.0.1/issue",
    "BILLFOLD_DELIVERY_QUEUE_URL": "http://127.0.0.1/delivery",
    "BILLFOLD_CATCH_UP_QUEUE_URL": "http://127.0.0.1/catch-up",
    "BILLFOLD_PUBLIC_URL": "http://localhost:8000",
    "BILLFOLD_MAIL_FROM": "billing@billfold.example",
    "BILLFOLD_SECRETS_PREFIX": "/billfold/soak",
    "BILLFOLD_STRIPE_API_BASE": "http://127.0.0.1:1",
}


class Stage:
    """The world of the moment; the product's parts, made once, act on it."""

    world: World


class StageClock(Clock):
    def now(self) -> datetime:
        return Stage.world.now()

    def pause(self, attempt: int) -> None:
        Stage.world.at += timedelta(milliseconds=20 * 2 ** min(attempt, 5))
        Stage.world.pause()

    def wait(self, seconds: float) -> None:
        Stage.world.at += timedelta(seconds=seconds)
        Stage.world.pause()


class StageProcessor(Listing, Announces, Books, Charges, Saves):
    name = "stripe"
    abilities = STRIPE

    def __init__(self, practice: str) -> None:
        self._practice = practice

    def open(self, attempt: Attempt) -> Opened:
        return self._heard("open", lambda fault: self._house().open(attempt, fault=fault))

    def look(self, about: Reference) -> Facts | None:
        return self._heard("look", lambda _: self._house().look(about.id))

    def expire(self, session_id: str) -> Facts:
        return self._heard("expire", lambda _: self._house().expire(session_id))

    def find(self, payment_id: str, *, account_id: str, since: datetime) -> Facts | None:
        return self._heard("find", lambda _: self._house().find(payment_id, account_id, since))

    def changes(self, *, since: datetime, cursor: str) -> Changes:
        return self._heard("changes", lambda _: self._house().changes(since, cursor))

    def attempt_of(self, intent_id: str) -> Facts | None:
        return self._heard("attempt_of", lambda _: self._house().attempt_of(intent_id))

    def movements(self, *, since: datetime, cursor: str) -> MovementsPage:
        return self._heard("movements", lambda _: self._house().movements(since, cursor))

    def refund(self, *, intent_id: str, refund_id: str, amount_minor: int) -> Refunded:
        def made(fault: Fault) -> Refunded:
            return self._house().refund(intent_id, refund_id, amount_minor, fault=fault)

        return self._heard("refund", made)

    def charge(self, attempt: Attempt, method: SavedMethod, *, present: bool) -> Charged:
        return self._heard("charge", lambda fault: self._house().charge(attempt, method, fault=fault))

    def call_off(self, intent_id: str) -> Facts:
        return self._heard("call_off", lambda _: self._house().call_off(intent_id))

    def enrol(self, key: str) -> str:
        return self._heard("enrol", lambda _: self._house().enrol(key))

    def outcome(self, session_id: str) -> Outcome:
        return self._heard("outcome", lambda _: self._house().outcome(session_id))

    def held(self, customer_id: str) -> Sequence[Held]:
        return self._heard("held", lambda _: self._house().held(customer_id))

    def detach(self, processor_id: str) -> None:
        return self._heard("detach", lambda _: self._house().detach(processor_id))

    def names_of(self, about: Reference) -> Sequence[str]:
        return self._heard("names_of", lambda _: self._house().names_of(about))

    def begin(self, set_up: SetUp) -> Opened:
        raise AssertionError("nobody adds a method without paying here")

    def end(self, session_id: str) -> Outcome:
        raise AssertionError("nobody adds a method without paying here")

    def verify(self, deposit_of: str, code: str) -> Outcome:
        raise AssertionError("no account is verified by a deposit here")

    def debits(self, mandate: str) -> bool:
        return True

    def news(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> News:
        event = json.loads(raw)
        kinds = {ATTACHED: ObjectKind.METHOD, DECLINED: ObjectKind.DECLINED}
        kind = kinds.get(event["type"])
        named = Reference(kind, event["object"]) if kind else about(event["object"])
        return News(event["id"], event["type"], named)

    def _heard(self, call: str, effect: Callable[[Fault], T]) -> T:
        def failing(fault: Fault) -> Exception:
            return ProcessorRefused("refused") if fault is Fault.REFUSED else ProcessorTimeout("no answer")

        return Stage.world.boundary(f"processor.{call}", effect, failing)

    def _house(self) -> SavingHouse:
        return Stage.world.house(self._practice)


class StageProcessors(Processors):
    def abilities(self, name: str) -> Abilities:
        return {"stripe": STRIPE, "paypal": PAYPAL}[name]

    def of(self, practice: str, name: str) -> Processor:
        if name == "paypal" and practice not in Stage.world.paypals:
            raise Refused("payments_disabled")
        return StagePayPal(practice, lambda: Stage.world) if name == "paypal" else StageProcessor(practice)


class StageMailer(Mailer):
    def send(self, mail: Mail) -> str:
        return Stage.world.boundary("mail.send", lambda _: self._sent(mail), RuntimeError)

    def _sent(self, mail: Mail) -> str:
        Stage.world.mails.append(mail.text)
        return "sent"


class StageFiles(Files):
    def put(self, practice: str, key: str, content: bytes, *, content_type: str) -> None:
        Stage.world.boundary("files.put", lambda _: None, RuntimeError)

    def get(self, practice: str, key: str) -> bytes:
        raise AssertionError("nobody reads files here")

    def has(self, practice: str, key: str) -> bool:
        return True

    def keys(self, practice: str, *, under: str = "") -> Iterator[str]:
        raise AssertionError("nobody lists files here")

    def url(self, practice: str, key: str, *, filename: str, inline: bool, seconds: int = 60) -> str:
        return f"http://127.0.0.1/{key}"


class StageRenderer(Renderer):
    def receipt(self, data: ReceiptData) -> bytes:
        return data.reference.encode()


class StageChance(Chance):
    def token(self) -> str:
        return Stage.world.name()

    def id(self) -> str:
        return Stage.world.name()


class StageKeys(Keys):
    versions = (1,)

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        return hashlib.sha256(f"{purpose}/{text}".encode()).hexdigest()

    def lookup_hash(self, purpose: str, text: str) -> str:
        return self.keyed_hash(f"lookup {purpose}", text)


def product(ledgers: Ledgers | None = None) -> App:
    """The shipped services on the shipped adapters; a canary may take the ledger's place."""
    app = App(settings.load(NAMES))
    if ledgers is not None:
        app.ledgers = ledgers  # type: ignore[assignment]
    app.clock, app.processors, app.mailer = StageClock(), StageProcessors(), StageMailer()
    app.keys, app.chance = StageKeys(), StageChance()
    files = StageFiles()
    app.receipts = Receipts(
        ledgers=app.ledgers, practices=app.practices, people=app.people, links=app.links,
        claims=app.claims, files=files, pdf_links=PdfLinks(files, app.documents_queue, app.clock),
        renderer=StageRenderer(), mailer=app.mailer, keys=app.keys, clock=app.clock, public_url="",
        matching=app.matching,
    )  # fmt: skip
    return app
