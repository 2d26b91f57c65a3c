"""The one place that wires adapters to services, each when it is first needed."""

import threading
from functools import cached_property

from chalicelib import settings as environment
from chalicelib.adapters.chance import SystemChance
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamo.access import DynamoAccess
from chalicelib.adapters.dynamo.alerts import DynamoAlerts
from chalicelib.adapters.dynamo.backups import DynamoBackups
from chalicelib.adapters.dynamo.claims import DynamoClaims
from chalicelib.adapters.dynamo.imports import DynamoImports
from chalicelib.adapters.dynamo.ledgers import DynamoLedgers
from chalicelib.adapters.dynamo.people import DynamoPeople
from chalicelib.adapters.dynamo.practices import DynamoPractices
from chalicelib.adapters.dynamo.rounds import DynamoRounds
from chalicelib.adapters.dynamo.statements import DynamoStatements
from chalicelib.adapters.dynamo.table import bind
from chalicelib.adapters.dynamo.worklists import DynamoWorkLists
from chalicelib.adapters.keys import HmacKeys, Parameters, ProcessorCredentials
from chalicelib.adapters.mail import SesMailer
from chalicelib.adapters.processors.registry import CredentialProcessors
from chalicelib.adapters.queue import SqsQueue
from chalicelib.domain.statements import StatementData
from chalicelib.services.addresses import Addresses
from chalicelib.services.alerting import Alerting
from chalicelib.services.anchoring import Anchoring
from chalicelib.services.backing_up import BackingUp
from chalicelib.services.connecting import Connecting
from chalicelib.services.daily import Daily
from chalicelib.services.full_pass import JOB as FULL_PASS
from chalicelib.services.full_pass import FullPass
from chalicelib.services.importing.register import Register
from chalicelib.services.limits import Counters
from chalicelib.services.mail_reports import MailReports
from chalicelib.services.mail_restarts import MailRestarts
from chalicelib.services.nightly import JOB as VERIFY
from chalicelib.services.nightly import Nightly
from chalicelib.services.notices import RECEIPT, RETURNED
from chalicelib.services.paying import Paying
from chalicelib.services.payment_limits import PaymentLimits
from chalicelib.services.payment_restarts import PaymentRestarts
from chalicelib.services.ports import (
    Anchors,
    Chance,
    Clock,
    Files,
    Keys,
    Processors,
    ReceiptData,
    Renderer,
    StatementRenderer,
)
from chalicelib.services.ports.connections import Connection
from chalicelib.services.ports.mails import Mailer
from chalicelib.services.ports.surroundings import BatchQueue, Queue
from chalicelib.services.posting import Posting
from chalicelib.services.receipts import Receipts
from chalicelib.services.receiving import Receiving
from chalicelib.services.reconciling import Reconciling
from chalicelib.services.refunding import Refunding
from chalicelib.services.returns import Returns
from chalicelib.services.sessions import Sessions
from chalicelib.services.settling import Settling
from chalicelib.services.sign_in_limits import SignInLimits
from chalicelib.services.signing_in import SigningIn
from chalicelib.services.statements.delivering import Delivering
from chalicelib.services.statements.issuing import Issuing
from chalicelib.services.statements.paper import PaperList
from chalicelib.services.statements.running import Running
from chalicelib.services.statements.showing import Showing
from chalicelib.services.sweeping import Sweeping
from chalicelib.services.verifying import Verifying
from chalicelib.settings import Settings


class _Renderer(Renderer, StatementRenderer):
    """Typst is in the documents function's own layer: nothing else may import it by being wired."""

    def receipt(self, data: ReceiptData) -> bytes:
        from chalicelib.adapters.documents.receipt import TypstRenderer

        return TypstRenderer().receipt(data)

    def statement(self, data: StatementData) -> bytes:
        from chalicelib.adapters.documents.statement import TypstStatementRenderer

        return TypstStatementRenderer().statement(data)


class App:
    """The wired services of one process. Tests replace any part by setting the attribute of that name."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        bind(settings.table, region=settings.region)
        self.clock: Clock = SystemClock()
        self.chance: Chance = SystemChance()
        self.ledgers = DynamoLedgers()
        self.practices = DynamoPractices()
        self.people = DynamoPeople()
        self.access = DynamoAccess()
        self.claims = DynamoClaims()
        self.work = DynamoWorkLists()
        self.alerts = DynamoAlerts()
        self.rounds = DynamoRounds()
        self.imports = DynamoImports()
        self.parameters = Parameters(settings.secrets_prefix, region=settings.region)
        self.keys: Keys = HmacKeys(self.parameters)
        self.credentials = ProcessorCredentials(self.parameters)
        self.processors: Processors = CredentialProcessors(self.credentials, settings)
        self.settle_queue: Queue = SqsQueue(settings.settle_queue_url, region=settings.region)
        self.documents_queue: Queue = SqsQueue(settings.documents_queue_url, region=settings.region)
        self.issue_queue: BatchQueue = SqsQueue(settings.issue_queue_url, region=settings.region)
        self.statements = DynamoStatements()

    def stripe_account(self, secret_key: str) -> Connection:
        """That of the key, while a practice is being connected to it."""
        from chalicelib.adapters.processors.stripe_account import StripeConnection

        return StripeConnection(secret_key, self.settings.stripe_api)

    @cached_property
    def connecting(self) -> Connecting:
        return Connecting(self.credentials)

    @cached_property
    def mailer(self) -> Mailer:
        return SesMailer(
            self.settings.mail_from,
            region=self.settings.region,
            configuration_set=self.settings.mail_configuration_set,
        )

    @cached_property
    def files(self) -> Files:
        from chalicelib.adapters.documents.files import S3Files

        return S3Files(self.settings.bucket, region=self.settings.region)

    @cached_property
    def anchors(self) -> Anchors:
        from chalicelib.adapters.anchors import S3Anchors

        return S3Anchors(self.settings.anchors_bucket, region=self.settings.region)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(
            access=self.access, people=self.people, chance=self.chance, clock=self.clock, keys=self.keys,
            secure_cookies=self.settings.secure_cookies,
        )  # fmt: skip

    @cached_property
    def signing_in(self) -> SigningIn:
        return SigningIn(
            practices=self.practices, people=self.people, access=self.access, sessions=self.sessions,
            limits=SignInLimits(Counters(self.access, self.keys, self.clock), self.keys, self.clock),
            queue=self.documents_queue, mailer=self.mailer, chance=self.chance, clock=self.clock,
            keys=self.keys, public_url=self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def alerting(self) -> Alerting:
        return Alerting(self.alerts, self.clock)

    @cached_property
    def register(self) -> Register:
        return Register(self.imports, self.alerting, self.clock)

    @cached_property
    def settling(self) -> Settling:
        return Settling(
            self.ledgers, self.practices, self.processors, self.documents_queue, self.alerting, self.clock
        )

    @cached_property
    def paying(self) -> Paying:
        limits = PaymentLimits(Counters(self.access, self.keys, self.clock))
        return Paying(
            self.ledgers, self.practices, self.processors, self.settling, limits, self.keys, self.clock,
            self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def receiving(self) -> Receiving:
        return Receiving(
            self.work, self.processors, self.settling, self.settle_queue, self.alerting, self.clock
        )

    @cached_property
    def refunding(self) -> Refunding:
        return Refunding(self.ledgers, self.processors, self.settling, self.clock)

    @cached_property
    def verifying(self) -> Verifying:
        return Verifying(self.ledgers, self.people, self.clock)

    @cached_property
    def backing_up(self) -> BackingUp:
        return BackingUp(
            DynamoBackups(self.clock), self.ledgers, self.people, self.practices, self.statements,
            self.imports,
        )  # fmt: skip

    @cached_property
    def anchoring(self) -> Anchoring:
        return Anchoring(self.ledgers, self.people, self.anchors, self.alerting)

    @cached_property
    def nightly(self) -> Nightly:
        daily = Daily(VERIFY, self.practices, self.rounds, self.alerting, self.clock)
        return Nightly(
            daily, self.people, self.verifying, self.anchoring, self.register, self.alerting, self.clock
        )

    @cached_property
    def full_pass(self) -> FullPass:
        daily = Daily(FULL_PASS, self.practices, self.rounds, self.alerting, self.clock)
        return FullPass(daily, self.processors, self.ledgers, self.settling, self.alerting, self.clock)

    @cached_property
    def sweeping(self) -> Sweeping:
        payments = PaymentRestarts(self.paying, self.settle_queue, self.alerting, self.clock)
        mails = MailRestarts(self.documents_queue, self.alerting)
        restarts = {
            "inbox": payments.event, "payment": payments.payment,
            RECEIPT: mails.receipt, RETURNED: mails.returned, "import": self.register.remind,
        }  # fmt: skip
        return Sweeping(self.work, restarts, self.clock)

    @cached_property
    def reconciling(self) -> Reconciling:
        return Reconciling(self.practices, self.processors, self.settling, self.clock)

    @cached_property
    def receipts(self) -> Receipts:
        return Receipts(
            ledgers=self.ledgers, practices=self.practices, people=self.people, access=self.access,
            claims=self.claims, files=self.files, renderer=_Renderer(), mailer=self.mailer, keys=self.keys,
            clock=self.clock, public_url=self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def returns(self) -> Returns:
        return Returns(
            self.ledgers, self.practices, self.people, self.claims, self.mailer, self.clock,
            self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def addresses(self) -> Addresses:
        return Addresses(self.people, self.keys, self.alerting, self.clock)

    @cached_property
    def mail_reports(self) -> MailReports:
        return MailReports(self.addresses, self.statements, self.clock)

    @cached_property
    def issuing(self) -> Issuing:
        return Issuing(self.ledgers, self.statements, self.documents_queue, self.clock)

    @cached_property
    def statement_runs(self) -> Running:
        return Running(
            self.practices, self.people, self.statements, self.issuing, self.work, self.issue_queue,
            self.documents_queue, self.register, self.alerting, self.clock,
        )  # fmt: skip

    @cached_property
    def delivering(self) -> Delivering:
        return Delivering(
            ledgers=self.ledgers, practices=self.practices, people=self.people, statements=self.statements,
            addresses=self.addresses, files=self.files, renderer=_Renderer(), mailer=self.mailer,
            clock=self.clock, public_url=self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def paper_list(self) -> PaperList:
        return PaperList(self.people, self.statements)

    @cached_property
    def showing(self) -> Showing:
        return Showing(self.statements, self.files)

    def posting(self, actor: str) -> Posting:
        return Posting(self.ledgers, self.clock, actor, self.alerting)


_app: App | None = None
_lock = threading.Lock()


def app() -> App:
    """The process's app, made from the environment at the first call. Error: SettingsError."""
    global _app
    with _lock:
        if _app is None:
            _app = App(environment.load())
        return _app


def use(replacement: App | None) -> None:
    """Take this app from now on; None makes a new one at the next call. For tests and commands."""
    global _app
    _app = replacement
