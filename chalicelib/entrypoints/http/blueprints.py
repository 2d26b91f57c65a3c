"""Every blueprint of the API; app.py registers them."""

from chalicelib.entrypoints.http import (
    billing,
    documents,
    history,
    paying,
    public,
    receipts,
    sign_in,
    webhooks,
)

ALL = (
    public.routes,
    sign_in.routes,
    billing.routes,
    history.routes,
    paying.routes,
    receipts.routes,
    documents.routes,
    webhooks.routes,
)
