"""Routes: ask for a code, sign in with it or with the link beside it, who is signed in, sign out.

Only POST uses a code or a link: opening one changes nothing.
"""

from datetime import UTC, datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib.entrypoints.http import cookies
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.policies import Anyone, Client
from chalicelib.entrypoints.http.runtime import Reply, endpoint
from chalicelib.entrypoints.http.schemas import (
    Grant,
    Session,
    SignInCodeRequest,
    SignInCodeSent,
    SignInRequest,
)
from chalicelib.identity.services.devices import DEVICE_SECONDS
from chalicelib.identity.services.sessions import IDLE_SECONDS, Principal, cookie_name
from chalicelib.identity.services.sign_in_limits import ASKS_OF_NETWORK, CODES_OF_NETWORK, Caller
from chalicelib.identity.services.signing_in import Entered
from chalicelib.kernel.errors import Invalid

routes = Blueprint(__name__)

# Longer than a code lives, so that one typed too late reads as run out and not as another browser's.
BROWSER_SECONDS = 3600


@endpoint(
    routes,
    "POST",
    "/sign-in/codes",
    policy=Anyone(limits=ASKS_OF_NETWORK),
    body=SignInCodeRequest,
    returns=SignInCodeSent,
    status=202,
    errors=("practice_not_found", "email_invalid", "too_many_requests"),
)
def request_code(context: Context[SignInCodeRequest]) -> Reply:
    """Have a sign-in code mailed. The answer is the same for addresses that nobody has, and where strangers
    have asked for so many that no more is mailed for a while."""
    asked = context.app.signing_in.request_code(
        context.body.practice,
        email=context.body.email,
        caller=_caller(context),
        locale=context.body.locale,
    )
    cookie = _cookie(context, _browser_name(context), asked.browser_cookie, seconds=BROWSER_SECONDS)
    return Reply(SignInCodeSent(asked.expires_in_seconds), cookies=[cookie])


@endpoint(
    routes,
    "POST",
    "/sign-in/sessions",
    policy=Anyone(limits=CODES_OF_NETWORK),
    body=SignInRequest,
    returns=Session,
    errors=(
        "code_or_token_required",
        "code_format",
        "code_wrong",
        "code_expired",
        "codes_paused",
        "other_browser",
        "too_many_requests",
    ),
)
def sign_in(context: Context[SignInRequest]) -> Reply:
    """Sign in with a typed code, or with the token of the link beside it."""
    entered = _redeemed(context)
    name, device = context.app.sessions.cookie_name, entered.device_cookie
    # The session's cookie has no age: it ends with the browser, if not before.
    set_cookies = [
        _cookie(context, name, entered.session.cookie),
        _cookie(context, _browser_name(context), "", seconds=0),
    ]
    if device:
        set_cookies.append(_cookie(context, _device_name(context), device, seconds=DEVICE_SECONDS))
    return Reply(_session(entered.session.principal), cookies=set_cookies)


@endpoint(routes, "GET", "/session", policy=Anyone(visitor=True), returns=Session | None)
def session(context: Context[None]) -> Session | None:
    """Who is signed in, and what they may see; null when nobody is, which is no error."""
    return _session(context.visitor) if context.visitor else None


@endpoint(routes, "DELETE", "/session", policy=Client(), status=204, errors=("session_required",))
def sign_out(context: Context[None]) -> Reply:
    """Sign out: the session ends at once, in every tab."""
    context.app.sessions.end(context.principal)
    return Reply(cookies=[_cookie(context, context.app.sessions.cookie_name, "", seconds=0)])


def _redeemed(context: Context[SignInRequest]) -> Entered:
    body, signing_in = context.body, context.app.signing_in
    if body.code is not None and body.token is None:
        return signing_in.redeem_code(body.practice, body.code, caller=_caller(context))
    if body.token is not None and body.code is None:
        return signing_in.redeem_token(body.practice, body.token, caller=_caller(context))
    raise Invalid("code_or_token_required", "code")


def _caller(context: Context[Any]) -> Caller:
    return Caller(
        ip=context.ip,
        browser_cookie=context.cookie(_browser_name(context)),
        device_cookie=context.cookie(_device_name(context)),
        session_cookie=context.cookie(context.app.sessions.cookie_name),
    )


def _session(principal: Principal) -> Session:
    grants = [
        Grant(
            grant.account_id,
            grant.name,
            "self" if grant.relation == "self" else "guarantor",
            grant.superbills,
            grant.paper,
        )
        for grant in principal.grants
    ]
    return Session(
        practice=principal.practice,
        locale="es" if principal.locale == "es" else "en",
        email=principal.email,
        grants=grants,
        expires_at=datetime.fromtimestamp(principal.expires_at, UTC),
        idle_seconds=IDLE_SECONDS,
        guest_payments=bool(principal.claimed),
    )


def _browser_name(context: Context[Any]) -> str:
    return cookie_name("billfold-browser", secure=context.app.settings.secure_cookies)


def _device_name(context: Context[Any]) -> str:
    return cookie_name("billfold-device", secure=context.app.settings.secure_cookies)


def _cookie(context: Context[Any], name: str, value: str, *, seconds: int | None = None) -> str:
    return cookies.write(name, value, secure=context.app.settings.secure_cookies, seconds=seconds)
