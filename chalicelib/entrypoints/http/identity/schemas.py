"""Signing in, and who is signed in."""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.entrypoints.http.common_schema import Id, Locale, Request


class SignInCodeRequest(Request, frozen=True):
    practice: Id
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    locale: Locale = "en"


class SignInCodeSent(Struct, frozen=True):
    """The same for known and unknown addresses, byte for byte."""

    expires_in_seconds: int


class SignInRequest(Request, frozen=True):
    """Exactly one of `code` (typed: XXXX-XXXX, in any case and spacing) and `token` (from the link)."""

    practice: Id
    code: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    token: Annotated[str, Meta(max_length=200)] | None = None


class Grant(Struct, frozen=True):
    """What a signed-in person may see: an account, and as whom. `paper`: its statements are posted, and no
    e-mail says that there is one."""

    account_id: str
    name: str
    relation: Literal["self", "guarantor"]
    superbills: bool
    paper: bool


class Session(Struct, frozen=True):
    """`email` is the address the person signs in with, and where their receipts go. `guest_payments`: whether
    they have claimed something that they paid without an account."""

    practice: str
    locale: Locale
    email: str
    grants: list[Grant]
    expires_at: dt.datetime
    idle_seconds: int
    guest_payments: bool = False
