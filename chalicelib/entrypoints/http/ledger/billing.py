"""Routes of the Billing page: the overview, and past payments."""

from chalice.app import Blueprint

from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.payments.next_steps import next_step
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Query, endpoint
from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.domain.quotes import offered, payables
from chalicelib.practice.domain.practices import Practice

routes = Blueprint(__name__)
PAGE = 25
RECENT = 5
CURSOR = Query("cursor", {"type": "string"}, "Where the page before ended; from `next_cursor`.")


@endpoint(
    routes, "GET", "/accounts/{account_id}/billing", policy=Client(), returns=schemas.Billing,
    errors=("account_not_found", "account_updating", "payments_disabled"),
)  # fmt: skip
def billing(context: Context[None], account_id: str) -> schemas.Billing:
    """The Billing page in one call: balance, open services, what is left out and why, the latest payments."""
    grant = context.principal.grant(account_id)
    practice, account = of_account(context, account_id)
    rows = payables(practice, account)
    bounds = context.app.paying.bounds(practice, account.ledger.currency)
    ways = context.app.paying.offers(practice, account.ledger.currency)
    payable_minor, left_out = offered(rows, bounds)
    recent = list(context.app.ledgers.payments(practice.id, account_id, cursor=None, limit=RECENT).rows)
    attempt, processing = _unfinished(context, practice, account)
    step = next_step(context, practice, attempt) if attempt else None
    names = views.Names(context.app, practice, account_id, context.locale)
    shown = [*recent, *processing, *([attempt] if attempt else [])]
    names.learn(set(account.ledger.open) | views.shares_of(shown))
    return schemas.Billing(
        account_id=account_id,
        name=grant.name,
        currency=account.ledger.currency,
        balance=views.balance(account, payable_minor),
        items=[views.item(row, account, names) for row in rows],
        left_out=views.left_out(left_out),
        payments=views.payment_settings(practice, bounds, ways),
        attempt=views.payment(attempt, account, names, step) if attempt else None,
        processing=[views.payment(paid, account, names, None) for paid in processing],
        recent_payments=[views.payment(paid, account, names, None) for paid in recent],
    )


@endpoint(
    routes, "GET", "/accounts/{account_id}/payments", policy=Client(), returns=schemas.Payments,
    errors=("account_not_found", "account_updating", "cursor_invalid"), query=(CURSOR,),
)  # fmt: skip
def payments(context: Context[None], account_id: str) -> schemas.Payments:
    """Payment History: every payment, the newest first."""
    context.principal.grant(account_id)
    practice, account = of_account(context, account_id)
    page = context.app.ledgers.payments(practice.id, account_id, cursor=context.query("cursor"), limit=PAGE)
    names = views.Names(context.app, practice, account_id, context.locale)
    names.learn(views.shares_of(list(page.rows)))
    rows = [views.payment(paid, account, names, None) for paid in page.rows]
    return schemas.Payments(rows, page.next_cursor)


def of_account(context: Context[object], account_id: str) -> tuple[Practice, Account]:
    """The practice and account of a person's own grant. Errors: account_not_found, account_updating."""
    context.principal.grant(account_id)
    practice = context.app.practices.practice(context.principal.practice)
    account = context.app.ledgers.account(context.principal.practice, account_id)
    if practice is None or account is None:
        raise NotFound("account_not_found")
    if account.hold:
        raise Refused("account_updating")
    return practice, account


def _unfinished(
    context: Context[object], practice: Practice, account: Account
) -> tuple[Payment | None, list[Payment]]:
    """The latest payment that its payer or the processor has yet to finish, and those with a bank."""
    found = (context.app.ledgers.payment(practice.id, account.id, id_) for id_ in account.reserved)
    live = sorted((p for p in found if p and p.live), key=lambda p: p.created_at, reverse=True)
    attempts = [p for p in live if p.state is not State.PROCESSING]
    return (attempts[0] if attempts else None), [p for p in live if p.state is State.PROCESSING]
