"""Receipts, statements, invoices and estimates, how they reach somebody, and what becomes of the mail."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.superbills import SuperbillsWiring
from chalicelib.documents.services.account_history import AccountHistory
from chalicelib.documents.services.billing_pages import BillingPages
from chalicelib.documents.services.estimates.showing import EstimateFiling, EstimateShowing
from chalicelib.documents.services.invoices.showing import InvoiceShowing
from chalicelib.documents.services.receipts import Receipts
from chalicelib.documents.services.service_documents import DocumentsByService
from chalicelib.documents.services.statements.showing import Showing
from chalicelib.documents.store.estimates import DynamoEstimates
from chalicelib.documents.store.invoices import DynamoInvoices
from chalicelib.documents.store.overviews import DynamoOverviewRows
from chalicelib.documents.store.statements import DynamoStatements
from chalicelib.payments.services.matching import Matching

if TYPE_CHECKING:
    from chalicelib.documents.services.estimates.bill_notices import BillNoticing
    from chalicelib.documents.services.estimates.issuing import EstimateIssuing
    from chalicelib.documents.services.estimates.notices import EstimateNotices
    from chalicelib.documents.services.estimates.paper import EstimatePaperList
    from chalicelib.documents.services.estimates.requests import RequestClocks
    from chalicelib.documents.services.estimates.watching import EstimateWatch
    from chalicelib.documents.services.guest_receipts import GuestReceipts
    from chalicelib.documents.services.invoices.filing import InvoiceFiling
    from chalicelib.documents.services.invoices.issuing import InvoiceIssuing
    from chalicelib.documents.services.invoices.notices import InvoiceNotices
    from chalicelib.documents.services.invoices.paper import InvoicePaperList
    from chalicelib.documents.services.invoices.running import InvoiceRuns
    from chalicelib.documents.services.itemised_receipts import ItemisedReceipts
    from chalicelib.documents.services.mail_reports import MailReports
    from chalicelib.documents.services.missing import MissingDocuments
    from chalicelib.documents.services.number_setting import NumberSetting
    from chalicelib.documents.services.payment_summaries import PaymentSummaries
    from chalicelib.documents.services.records.asking import RecordsAsking
    from chalicelib.documents.services.records.making import RecordsMaking
    from chalicelib.documents.services.reminders.looking import Looking
    from chalicelib.documents.services.reminders.reminding import Reminding
    from chalicelib.documents.services.reminders.requests import MoneyRequests
    from chalicelib.documents.services.reminders.running import ReminderRuns
    from chalicelib.documents.services.restarts import MailRestarts
    from chalicelib.documents.services.returned_debits import Returns
    from chalicelib.documents.services.statements.delivering import Delivering
    from chalicelib.documents.services.statements.filing import StatementFiling
    from chalicelib.documents.services.statements.issuing import Issuing
    from chalicelib.documents.services.statements.paper import PaperList
    from chalicelib.documents.services.statements.resending import Resending
    from chalicelib.documents.services.statements.running import Running
    from chalicelib.documents.store.estimate_requests import DynamoEstimateRequests
    from chalicelib.documents.store.reminders import DynamoReminders
    from chalicelib.operations.services.mail_pauses import MailPauses


class DocumentsWiring(SuperbillsWiring):
    @cached_property
    def statements(self) -> DynamoStatements:
        return DynamoStatements()

    @cached_property
    def receipts(self) -> Receipts:
        return Receipts(
            ledgers=self.ledgers, practices=self.practices, people=self.people, links=self.links,
            claims=self.claims, files=self.files, pdf_links=self.pdf_links, renderer=self._renderer,
            mailer=self.mailer, keys=self.keys, clock=self.clock, public_url=self.settings.public_url,
            matching=self.matching,
        )  # fmt: skip

    @cached_property
    def guest_receipts(self) -> "GuestReceipts":
        from chalicelib.documents.services.guest_receipts import GuestReceipts

        return GuestReceipts(
            forms=self.guest_forms, ledgers=self.ledgers, practices=self.practices, people=self.people,
            links=self.links, mailer=self.mailer, counters=self.counters, keys=self.keys, clock=self.clock,
            queue=self.documents_queue, public_url=self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def matching(self) -> Matching:
        return Matching(
            self.ledgers, self.guest_forms, self.guest_forms, self.people, self.practices, self.invoices,
            self.guest_limits, self.keys, self.clock,
        )  # fmt: skip

    @cached_property
    def itemised_receipts(self) -> "ItemisedReceipts":
        from chalicelib.documents.services.itemised_receipts import ItemisedReceipts

        return ItemisedReceipts(
            self.ledgers, self.practices, self.people, self.files, self.pdf_links, self._renderer
        )  # fmt: skip

    @cached_property
    def payment_summaries(self) -> "PaymentSummaries":
        from chalicelib.documents.services.payment_summaries import PaymentSummaries
        from chalicelib.documents.services.summary_limits import SummaryLimits

        return PaymentSummaries(
            self.reading, self.people, self.files, self.pdf_links, self._renderer,
            SummaryLimits(self.counters), self.clock,
        )  # fmt: skip

    @cached_property
    def returns(self) -> "Returns":
        from chalicelib.documents.services.returned_debits import Returns

        return Returns(
            self.ledgers, self.practices, self.people, self.claims, self.mailer, self.clock, self.keys,
            self.settings.public_url, self.matching,
        )  # fmt: skip

    @cached_property
    def mail_reports(self) -> "MailReports":
        from chalicelib.documents.services.mail_reports import MailReports

        return MailReports(self.addresses, self.statements, self.clock)

    @cached_property
    def mail_restarts(self) -> "MailRestarts":
        from chalicelib.documents.services.restarts import MailRestarts

        return MailRestarts(self.documents_queue, self.mail_watch, self.mail_pauses, self.alerting)

    @cached_property
    def issuing(self) -> "Issuing":
        from chalicelib.documents.services.statements.issuing import Issuing

        return Issuing(
            self.ledgers, self.statements, self.bill_noticing, self.delivery_queue, self.clock,
            self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def statement_runs(self) -> "Running":
        from chalicelib.documents.services.statements.running import Running

        return Running(
            self.ledgers, self.practices, self.people, self.statements, self.issuing, self.resending,
            self.issue_queue, self.register, self.clock,
        )  # fmt: skip

    @cached_property
    def resending(self) -> "Resending":
        from chalicelib.documents.services.statements.resending import Resending

        return Resending(
            self.work, self.delivery_queue, self.mail_watch, self.mail_pace, self.mail_pauses,
            self.alerting, self.clock,
        )  # fmt: skip

    @cached_property
    def mail_pauses(self) -> "MailPauses":
        from chalicelib.operations.services.mail_pauses import MailPauses

        return MailPauses(self.alerting, self.clock)

    @cached_property
    def delivering(self) -> "Delivering":
        from chalicelib.documents.services.statements.delivering import Delivering

        return Delivering(
            practices=self.practices, people=self.people, statements=self.statements,
            addresses=self.addresses, mailer=self.statement_mailer, clock=self.clock,
            requests=self.money_requests, public_url=self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def statement_filing(self) -> "StatementFiling":
        from chalicelib.documents.services.statements.filing import StatementFiling

        return StatementFiling(
            self.ledgers, self.statements, self.files, self._renderer, self.clock, self.pay_links
        )

    @cached_property
    def paper_list(self) -> "PaperList":
        from chalicelib.documents.services.statements.paper import PaperList

        return PaperList(self.people, self.statements)

    @cached_property
    def showing(self) -> Showing:
        return Showing(self.statements, self.pdf_links)

    @cached_property
    def invoices(self) -> DynamoInvoices:
        return DynamoInvoices()

    @cached_property
    def invoice_issuing(self) -> "InvoiceIssuing":
        from chalicelib.documents.services.invoices.issuing import InvoiceIssuing

        return InvoiceIssuing(
            self.ledgers, self.invoices, self.bill_noticing, self.clock, self.settings.public_url
        )

    @cached_property
    def invoice_numbers(self) -> "NumberSetting":
        from chalicelib.documents.services.number_setting import NumberSetting

        return NumberSetting(self.invoices, self.clock, "invoice_number_given")

    @cached_property
    def invoice_runs(self) -> "InvoiceRuns":
        from chalicelib.documents.services.invoices.running import JOB, InvoiceRuns
        from chalicelib.ledger.store.ledgers import DynamoLedgers

        return InvoiceRuns(
            DynamoLedgers(strong=False), self.practices, self.people, self.invoices, self.invoice_issuing,
            self._clocked_rounds(JOB), self.alerting, self.clock,
        )  # fmt: skip

    @cached_property
    def invoice_filing(self) -> "InvoiceFiling":
        from chalicelib.documents.services.invoices.filing import InvoiceFiling

        return InvoiceFiling(self.invoices, self.files, self._renderer, self.pay_links)

    @cached_property
    def invoice_notices(self) -> "InvoiceNotices":
        from chalicelib.documents.services.invoices.notices import InvoiceNotices

        return InvoiceNotices(
            self.practices, self.people, self.invoices, self.addresses, self.claims, self.rounds,
            self.mailer, self.clock, self.money_requests, self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def reminders(self) -> "DynamoReminders":
        from chalicelib.documents.store.reminders import DynamoReminders

        return DynamoReminders()

    @cached_property
    def money_requests(self) -> "MoneyRequests":
        from chalicelib.documents.services.reminders.requests import MoneyRequests

        return MoneyRequests(self.reminders, self.keys, self.clock)

    @cached_property
    def reminder_look(self) -> "Looking":
        from chalicelib.documents.services.reminders.looking import Looking

        return Looking(
            self.ledgers, self.invoices, self.people, self.addresses, self.reminders, self.money_requests
        )

    @cached_property
    def reminder_runs(self) -> "ReminderRuns":
        from chalicelib.documents.services.reminders.running import ReminderRuns

        return ReminderRuns(
            self.reminders, self.invoices, self.people, self.rounds, self.delivery_queue, self.mail_watch,
            self.mail_pace, self.clock,
        )  # fmt: skip

    @cached_property
    def reminding(self) -> "Reminding":
        from chalicelib.documents.services.reminders.reminding import Reminding

        return Reminding(
            self.practices, self.reminders, self.reminder_look, self.claims, self.statement_mailer,
            self.clock, self.pay_links, self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def invoice_showing(self) -> InvoiceShowing:
        return InvoiceShowing(self.reading, self.invoices, self.pdf_links)

    @cached_property
    def invoice_paper_list(self) -> "InvoicePaperList":
        from chalicelib.documents.services.invoices.paper import InvoicePaperList

        return InvoicePaperList(self.people, self.invoice_showing, self.addresses)

    @cached_property
    def account_history(self) -> AccountHistory:
        return AccountHistory(self.practices, self.invoices, self.history)

    @cached_property
    def records_asking(self) -> "RecordsAsking":
        from chalicelib.documents.services.records.asking import RecordsAsking
        from chalicelib.documents.store.records import DynamoRecordsWishes

        return RecordsAsking(
            DynamoRecordsWishes(), self.records_files, self.documents_queue, self.chance, self.clock
        )  # fmt: skip

    @cached_property
    def records_making(self) -> "RecordsMaking":
        from chalicelib.documents.services.records.contents import RecordsContents
        from chalicelib.documents.services.records.making import RecordsMaking
        from chalicelib.documents.services.records.notice import RecordsNotices
        from chalicelib.documents.store.records import DynamoRecordsWishes

        return RecordsMaking(
            DynamoRecordsWishes(),
            RecordsContents(
                self.ledgers, self.statements, self.invoices, self.superbills, self.estimates, self.history,
                self.itemised_receipts, self.payment_summaries,
            ),
            self.files, self.records_files, self.claims, self.documents_queue,
            RecordsNotices(self.practices, self.people, self.mailer, self.settings.public_url), self.clock,
        )  # fmt: skip

    @cached_property
    def billing_pages(self) -> BillingPages:
        return BillingPages(
            self.practices, DynamoOverviewRows(), self.overviews, self.invoices, self.statements
        )  # fmt: skip

    @cached_property
    def documents_by_service(self) -> DocumentsByService:
        from chalicelib.ledger.store.ledgers import DynamoLedgers

        return DocumentsByService(
            self.practices, DynamoOverviewRows(strong=False), DynamoLedgers(strong=False), self.superbills
        )  # fmt: skip

    @cached_property
    def estimates(self) -> DynamoEstimates:
        return DynamoEstimates()

    @cached_property
    def estimate_issuing(self) -> "EstimateIssuing":
        from chalicelib.documents.services.estimates.issuing import EstimateIssuing

        return EstimateIssuing(self.estimates, self.ledgers, self.request_clocks, self.clock)

    @cached_property
    def estimate_requests(self) -> "DynamoEstimateRequests":
        from chalicelib.documents.store.estimate_requests import DynamoEstimateRequests

        return DynamoEstimateRequests()

    @cached_property
    def request_clocks(self) -> "RequestClocks":
        from chalicelib.documents.services.estimates.requests import RequestClocks

        return RequestClocks(self.estimate_requests, self.alerting, self.clock)

    @cached_property
    def estimate_notices(self) -> "EstimateNotices":
        from chalicelib.documents.services.estimates.notices import EstimateNotices

        return EstimateNotices(
            self.practices, self.people, self.estimates, self.addresses, self.claims, self.mailer, self.clock,
            self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def estimate_paper_list(self) -> "EstimatePaperList":
        from chalicelib.documents.services.estimates.paper import EstimatePaperList

        return EstimatePaperList(self.people, self.estimate_showing, self.addresses)

    @cached_property
    def estimate_watch(self) -> "EstimateWatch":
        from chalicelib.documents.services.estimates.watching import EstimateWatch

        return EstimateWatch(
            self.ledgers, self.estimate_showing, self.alerting, self.clock
        )  # fmt: skip

    @cached_property
    def bill_noticing(self) -> "BillNoticing":
        from chalicelib.documents.services.estimates.bill_notices import BillNoticing

        return BillNoticing(self.estimate_watch)

    @cached_property
    def estimate_showing(self) -> EstimateShowing:
        return EstimateShowing(self.estimates, self.pdf_links)

    @cached_property
    def estimate_filing(self) -> EstimateFiling:
        return EstimateFiling(self.estimate_showing, self.files, self._renderer)

    @cached_property
    def missing_documents(self) -> "MissingDocuments":
        from chalicelib.documents.services.missing import MissingDocuments

        return MissingDocuments(
            self.ledgers, self.people, self.statements, self.invoices, self.superbills, self.estimates,
            self.files,
            self.documents_queue, self.clock,
        )  # fmt: skip
