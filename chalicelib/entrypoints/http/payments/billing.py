"""Routes of the Billing page: the overview, and past payments."""

from chalice.app import Blueprint

from chalicelib.documents.domain.statements import Closed
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.billing_pages import BillingPage, RecentInvoice
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.ledger.history import CURSOR, PAGE
from chalicelib.entrypoints.http.ledger.views import Words, date
from chalicelib.entrypoints.http.payments import views
from chalicelib.entrypoints.http.payments.next_steps import next_step
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.practice.views import card_notice, payment_settings
from chalicelib.entrypoints.http.runtime import endpoint
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id, statement_id, superbill_id
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import ItemKind

routes = Blueprint(__name__)


@endpoint(
    routes, "GET", "/accounts/{account_id}/billing", policy=Client(), returns=schemas.Billing,
    errors=("account_not_found", "account_updating", "payments_disabled"),
)  # fmt: skip
def billing(context: Context[None], ref: AccountRef) -> schemas.Billing:
    """The Billing page in one call: balance, open services, what is left out and why, the latest payments and
    documents."""
    page = context.app.billing_pages.page(ref)
    found = page.overview
    account, words = found.account, Words(found.practice, context.locale)
    attempt = found.attempt
    step = next_step(context, found.practice, attempt) if attempt else None
    reader = context.principal
    return schemas.Billing(
        account_id=ref.account,
        name=context.principal.grant(ref.account).name,
        currency=account.ledger.currency,
        balance=views.balance(account, found.payable_minor),
        items=[views.item(row, account, words) for row in found.items],
        left_out=views.left_out(found.left_out),
        payments=payment_settings(
            found.practice, found.bounds, found.ways, context.app.payer_rows.ways(found.practice)
        ),
        attempt=views.payment(attempt, account, words, step, reader=reader) if attempt else None,
        processing=[views.payment(paid, account, words, None, reader=reader) for paid in found.processing],
        recent_payments=[views.payment(paid, account, words, None, reader=reader) for paid in found.recent],
        recent_documents=_recent_documents(page, superbills=context.principal.grant(ref.account).superbills),
        invoiced={charge_id: invoice_id(number) for charge_id, number in page.invoiced.items()},
        card_notice=card_notice(
            context.app.paying.paying_with.card_notices.asked(found.practice, context.principal.payer_id)
        ),
    )


def _recent_documents(page: BillingPage, *, superbills: bool) -> schemas.RecentDocuments:
    account = page.overview.account
    currency = account.ledger.currency
    statements = [_statement(closed, currency) for closed in page.statements]
    shown = [_superbill(*latest) for latest in page.superbills] if superbills else []
    return schemas.RecentDocuments([_invoice(recent, account) for recent in page.invoices], statements, shown)


def _superbill(number: int, days: Stretch) -> schemas.RecentSuperbill:
    return schemas.RecentSuperbill(superbill_id(number), number, date(days.first), date(days.last))


def _invoice(recent: RecentInvoice, account: Account) -> schemas.RecentInvoice:
    glance = recent.glance
    return schemas.RecentInvoice(
        id=glance.id,
        number=glance.number,
        status=schemas.InvoiceStatus(recent.status.value),
        issued_on=date(glance.issued_on),
        due_on=date(glance.due_on),
        currency=glance.currency,
        amount_minor=glance.owed_minor,
        owed_now_minor=recent.owed_minor,
        question=account.mark(ItemKind.INVOICE, glance.id),
    )


def _statement(closed: Closed, currency: str) -> schemas.RecentStatement:
    period = closed.period
    return schemas.RecentStatement(
        statement_id(period), period.first_day, period.last_day, currency, closed.balance_minor
    )


@endpoint(
    routes, "GET", "/accounts/{account_id}/payments", policy=Client(), returns=schemas.Payments,
    errors=("account_not_found", "account_updating", "cursor_invalid"), query=(CURSOR,),
)  # fmt: skip
def payments(context: Context[None], ref: AccountRef) -> schemas.Payments:
    """Payment History: every payment, the newest first."""
    found = context.app.overviews.payments(ref, cursor=context.query("cursor"), limit=PAGE)
    words = Words(found.practice, context.locale)
    reader = context.principal
    rows = [views.payment(paid, found.account, words, None, reader=reader) for paid in found.page.rows]
    return schemas.Payments(rows, found.page.next_cursor)
