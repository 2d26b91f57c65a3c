"""Every blueprint of the API; app.py registers them."""

from chalicelib.entrypoints.http.documents import (
    documents,
    estimates,
    invoices,
    receipts,
    records,
    superbills,
)
from chalicelib.entrypoints.http.identity import sign_in
from chalicelib.entrypoints.http.ledger import history
from chalicelib.entrypoints.http.payments import billing, guests, methods, pay_links, paying, webhooks
from chalicelib.entrypoints.http.practice import public
from chalicelib.entrypoints.http.questions import questions

ALL = (
    public.routes,
    sign_in.routes,
    billing.routes,
    history.routes,
    paying.routes,
    guests.routes,
    pay_links.routes,
    methods.routes,
    receipts.routes,
    documents.routes,
    invoices.routes,
    questions.routes,
    records.routes,
    superbills.routes,
    estimates.routes,
    webhooks.routes,
)
