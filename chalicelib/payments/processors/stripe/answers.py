"""What Stripe answers, as the port names it: a no of its own, keys that it does not take, or no answer."""

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import requests
import stripe

from chalicelib.kernel.formatting import one_line
from chalicelib.kernel.outside import (
    PayerNeeded,
    ProcessorDenied,
    ProcessorForbids,
    ProcessorMissing,
    ProcessorRefused,
    ProcessorTimeout,
)

log = logging.getLogger("billfold.processor")
P = ParamSpec("P")
R = TypeVar("R")

# https://docs.stripe.com/api/errors. 409, 424 and 429 say that something else was in the way, so that the
# same may be done the next time; 408 is no answer of Stripe's own.
_REFUSING = frozenset({"invalid_request_error", "card_error"})
_STATUSES = frozenset({400, 402, 404})
_REFUSALS = {"resource_missing": ProcessorMissing, "authentication_required": PayerNeeded}
_RIGHT = re.compile(r"rak_[a-z0-9_]+")  # as the sentence of a 403 names it; no field does


def heard(call: Callable[P, R]) -> Callable[P, R]:
    """Stripe's errors as the port names them. Refused is only what Stripe itself refused, in its own form:
    everything else may have happened, and counts as no answer."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except stripe.StripeError as error:
            raise _named(error) from error
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            # The body was JSON, and not what Stripe answers.
            log.warning("answer not readable", extra={"call": call.__name__, "why": type(error).__name__})
            raise ProcessorTimeout("unreadable") from error

    return run


def no_redirects() -> requests.Session:
    """For Stripe's client. Stripe never redirects, and a redirected POST arrives as a GET, or elsewhere."""
    session = requests.Session()
    session.max_redirects = 0
    return session


def _named(error: stripe.StripeError) -> Exception:
    kind, name = _kind(error), error.code or type(error).__name__
    said = one_line(str(error.user_message or ""))
    if kind and isinstance(error, stripe.PermissionError):
        return ProcessorForbids(name, _RIGHT.findall(said))
    if kind and isinstance(error, stripe.AuthenticationError):
        return ProcessorDenied(name, said)
    refused = kind in _REFUSING and error.http_status in _STATUSES
    if isinstance(error, stripe.RateLimitError) or not refused:
        return ProcessorTimeout(type(error).__name__)
    return _REFUSALS.get(name, ProcessorRefused)(name, said)


def _kind(error: stripe.StripeError) -> str:
    """The type that Stripe's own error object names; "" for what has none."""
    body: Any = error.json_body
    said = body.get("error") if isinstance(body, dict) else None
    return str(said.get("type") or "") if isinstance(said, dict) else ""
