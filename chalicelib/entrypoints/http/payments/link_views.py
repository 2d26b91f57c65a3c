"""What the API gives who pays by a link: what the bill says, and what is owed of it now."""

from collections.abc import Collection

import msgspec

from chalicelib.documents.domain.receipts import method_text
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.ledger.views import Words, date
from chalicelib.entrypoints.http.payments import views
from chalicelib.identity.services.links import LinkHolder
from chalicelib.kernel.document_ids import invoice_number
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.domain.quotes import Quote


def is_of_invoice(holder: LinkHolder) -> bool:
    return invoice_number(holder.document) is not None


def quote(offered: Quote, words: Words, holder: LinkHolder) -> schemas.Quote:
    """Of an invoice what is left of it alone; of a statement no service, for some are newer than it."""
    told = views.quote(offered, words)
    if not is_of_invoice(holder):
        return msgspec.structs.replace(told, lines=[])
    left_minor = sum(line.left_minor for line in told.lines)
    left_minor += sum(row.item.owed_minor - row.payable_minor for row in offered.left_out)
    return msgspec.structs.replace(told, owed_after_minor=left_minor)


def payment(
    paid: Payment,
    account: Account,
    words: Words,
    next_step: schemas.Redirect | schemas.Inline | None,
    charge_ids: Collection[str] | None,
) -> schemas.Payment:
    """As `quote`. `charge_ids`: of the invoice; None of a statement."""
    told = views.payment(paid, account, words, next_step, reader=None)
    if charge_ids is None:
        return msgspec.structs.replace(told, lines=[])
    still = account.ledger.open
    owed_minor = sum(still[charge_id].owed_minor for charge_id in charge_ids if charge_id in still)
    return msgspec.structs.replace(told, owed_after_minor=None, owed_now_minor=owed_minor)


def result(paid: Payment, words: Words) -> schemas.LinkResult:
    return schemas.LinkResult(
        state=views.state_of(paid),
        finished=not paid.live,
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        date=date(paid.date),
        method=method_text(paid.method, words.locale) if paid.method else "",
        reference=paid.reference,
    )
