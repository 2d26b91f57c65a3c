"""The one place that wires adapters to services, each when it is first needed."""

import threading
from functools import cached_property

from chalicelib import settings as environment
from chalicelib.backups.services.backing_up import BackingUp
from chalicelib.backups.store.backups import DynamoBackups
from chalicelib.documents.domain.statements import StatementData
from chalicelib.documents.ports.documents import Files, ReceiptData, Renderer, StatementRenderer
from chalicelib.documents.services.mail_reports import MailReports
from chalicelib.documents.services.receipts import Receipts
from chalicelib.documents.services.restarts import MailRestarts
from chalicelib.documents.services.returned_debits import Returns
from chalicelib.documents.services.statements.delivering import Delivering
from chalicelib.documents.services.statements.issuing import Issuing
from chalicelib.documents.services.statements.paper import PaperList
from chalicelib.documents.services.statements.running import Running
from chalicelib.documents.services.statements.showing import Showing
from chalicelib.documents.store.statements import DynamoStatements
from chalicelib.identity.services.limits import Counters
from chalicelib.identity.services.sessions import Sessions
from chalicelib.identity.services.sign_in_limits import SignInLimits
from chalicelib.identity.services.signing_in import SigningIn
from chalicelib.identity.store.access import DynamoAccess
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.store.imports import DynamoImports
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.mail.ports import Mailer
from chalicelib.mail.ses.mailer import SesMailer
from chalicelib.operations.services.addresses import Addresses
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.operations.services.sweeping import Sweeping
from chalicelib.operations.store.alerts import DynamoAlerts
from chalicelib.operations.store.claims import DynamoClaims
from chalicelib.operations.store.rounds import DynamoRounds
from chalicelib.operations.store.worklists import DynamoWorkLists
from chalicelib.payments.ports.connections import Connection
from chalicelib.payments.ports.processors import Processors
from chalicelib.payments.processors.registry import CredentialProcessors
from chalicelib.payments.services.connecting import Connecting
from chalicelib.payments.services.full_pass import JOB as FULL_PASS
from chalicelib.payments.services.full_pass import FullPass
from chalicelib.payments.services.notices import RECEIPT, RETURNED
from chalicelib.payments.services.paying import Paying
from chalicelib.payments.services.payment_limits import PaymentLimits
from chalicelib.payments.services.reconciling import Reconciling
from chalicelib.payments.services.refunding import Refunding
from chalicelib.payments.services.restarts import PaymentRestarts
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.webhooks import Receiving
from chalicelib.platform.chance import SystemChance
from chalicelib.platform.clock import SystemClock
from chalicelib.platform.dynamo.table import bind
from chalicelib.platform.keys import HmacKeys, Parameters, ProcessorCredentials
from chalicelib.platform.ports import BatchQueue, Chance, Clock, Keys, Queue
from chalicelib.platform.queue import SqsQueue
from chalicelib.practice.store.people import DynamoPeople
from chalicelib.practice.store.practices import DynamoPractices
from chalicelib.settings import Settings
from chalicelib.verification.ports import Anchors
from chalicelib.verification.services.anchoring import Anchoring
from chalicelib.verification.services.nightly import JOB as VERIFY
from chalicelib.verification.services.nightly import Nightly
from chalicelib.verification.services.verifying import Verifying


class _Renderer(Renderer, StatementRenderer):
    """Typst is in the documents function's own layer: nothing else may import it by being wired."""

    def receipt(self, data: ReceiptData) -> bytes:
        from chalicelib.documents.pdf.receipt import TypstRenderer

        return TypstRenderer().receipt(data)

    def statement(self, data: StatementData) -> bytes:
        from chalicelib.documents.pdf.statement import TypstStatementRenderer

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
        from chalicelib.payments.processors.stripe.account import StripeConnection

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
        from chalicelib.documents.store.files import S3Files

        return S3Files(self.settings.bucket, region=self.settings.region)

    @cached_property
    def anchors(self) -> Anchors:
        from chalicelib.verification.store.anchors import S3Anchors

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
