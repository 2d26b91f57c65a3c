"""Calls to PayPal's REST API: plain HTTP, one token for all of them, no retries but for one that is over.

What PayPal says is named as the port names it: a no of its own, keys that it does not take, or no answer.
https://developer.paypal.com/api/rest/
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
import requests
from requests.auth import AuthBase

from chalicelib.kernel.outside import (
    ProcessorDenied,
    ProcessorForbids,
    ProcessorMissing,
    ProcessorRefused,
    ProcessorTimeout,
)
from chalicelib.payments.processors.paypal.shapes import Error, Token

log = logging.getLogger("billfold.processor")
Shape = TypeVar("Shape")
DEADLINE_SECONDS = 19.0  # of a call with its token, below the 20 s that a request may spend here
_CONNECT_SECONDS, _READ_SECONDS = 3.0, 16.0
_EARLY_SECONDS = 60.0  # before a token is over
_OAUTH = "/v1/oauth2/token"
# No proof that nothing was done, or that nothing will be: another request of ours may be doing it.
_UNCLEAR = frozenset(
    {"ORDER_COMPLETION_IN_PROGRESS", "PREVIOUS_REQUEST_IN_PROGRESS", "INTERNAL_SERVICE_ERROR"}
)
_REFUSING = frozenset({400, 422})
_CODE = re.compile(r"[A-Za-z0-9_]{1,100}")


class Api:
    """One app's. Safe to share between threads."""

    def __init__(
        self, client_id: str, secret: str, base: str, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys, self._base, self._seconds = (client_id, secret), base, seconds
        self._session = requests.Session()
        self._token, self._over = "", 0.0
        self._lock = threading.Lock()

    def get(self, path: str, shape: type[Shape], **query: str | int) -> Shape:
        return _read(self._answer("GET", path, query=query), shape)

    def post(
        self, path: str, body: Mapping[str, Any], shape: type[Shape], *, key: str = "", whole: bool = False
    ) -> Shape:
        """`key`: the PayPal-Request-Id; `whole`: the object is told, not only its id, status and links."""
        headers = {"PayPal-Request-Id": key} if key else {}
        headers |= {"Prefer": "return=representation"} if whole else {}
        return _read(self._answer("POST", path, headers=headers, body=body), shape)

    def delete(self, path: str) -> None:
        response = self._answer("DELETE", path)
        if not response.ok:
            raise _named(response)

    def token(self) -> Token:
        """A new one; what it may do stands in it. Errors: as every call."""
        return self._new_token(self._seconds() + DEADLINE_SECONDS)

    def fetch(self, url: str) -> str:
        """A text that is public. Error: ProcessorTimeout."""
        response = self._asked("GET", url, self._seconds() + DEADLINE_SECONDS)
        if response.status_code != 200:
            raise ProcessorTimeout(f"status {response.status_code}")
        return response.text

    def _answer(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | int] = MappingProxyType({}),
    ) -> requests.Response:
        until = self._seconds() + DEADLINE_SECONDS
        data = None if body is None else msgspec.json.encode(body)
        for renew in (False, True):
            response = self._asked(
                method, self._base + path, until, params=query, data=data,
                headers={"Content-Type": "application/json", **headers},
                auth=_Bearer(self._kept_token(until, renew=renew)),
            )  # fmt: skip
            if response.status_code != 401:
                break  # else the token is over; nothing was done
        return response

    def _kept_token(self, until: float, *, renew: bool) -> str:
        with self._lock:
            if renew or self._seconds() >= self._over:
                found = self._new_token(until)
                self._token = found.access_token
                self._over = self._seconds() + found.expires_in - _EARLY_SECONDS
            return self._token

    def _new_token(self, until: float) -> Token:
        form = {"grant_type": "client_credentials"}
        return _read(self._asked("POST", self._base + _OAUTH, until, data=form, auth=self._keys), Token)

    def _asked(self, method: str, url: str, until: float, **more: Any) -> requests.Response:
        left = until - self._seconds()
        if left <= 0:
            raise ProcessorTimeout("deadline")
        timeout = (min(_CONNECT_SECONDS, left), min(_READ_SECONDS, left))
        try:
            # PayPal never redirects, and a redirected POST arrives as a GET, or elsewhere.
            return self._session.request(method, url, timeout=timeout, allow_redirects=False, **more)
        except requests.RequestException as error:
            raise ProcessorTimeout(type(error).__name__) from None


class _Bearer(AuthBase):
    """A header alone would give way to what a .netrc has for the host."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _read(response: requests.Response, shape: type[Shape]) -> Shape:
    if not 200 <= response.status_code < 300:
        raise _named(response)
    try:
        return msgspec.json.decode(response.content, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # What stands in it may be the payer's: only where it is wrong is told.
        log.warning("answer not readable", extra={"why": str(error)})
        raise ProcessorTimeout("unreadable") from None


def _named(response: requests.Response) -> Exception:
    try:
        error = msgspec.json.decode(response.content, type=Error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        error = Error()
    issue = next((detail.issue for detail in error.details if detail.issue), "")
    said, status = issue or error.name or error.error, response.status_code
    code = said if _CODE.fullmatch(said) else ""
    log.warning("PayPal said no", extra={"status": status, "code": code, "debug_id": error.debug_id})
    if not code or code in _UNCLEAR:
        return ProcessorTimeout(code or f"status {status}")
    if status == 401:
        return ProcessorDenied(code)
    if status == 403:
        return ProcessorForbids(code)
    if status == 404:
        return ProcessorMissing(code)
    return ProcessorRefused(code) if status in _REFUSING else ProcessorTimeout(code)
