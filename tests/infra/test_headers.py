"""The security headers: exact for the cloud, the stand-in's host in the sandbox."""

import pytest

from infra.headers import SecurityHeaders, load_headers
from sandbox.config import ROOT

STAND_IN = "http://127.0.0.1:8002"


def _directives(policy: str) -> dict[str, list[str]]:
    parts = (directive.split(" ") for directive in policy.split("; "))
    return {name: sources for name, *sources in parts}


@pytest.fixture
def cloud() -> SecurityHeaders:
    return load_headers()


def test_a_page_is_sent_exactly_these_headers(cloud: SecurityHeaders) -> None:
    assert dict(cloud.pages) == {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; "
            "style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self' https://api.stripe.com; "
            "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; "
            "manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
            "frame-ancestors 'none'"
        ),
        "Strict-Transport-Security": "max-age=63072000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin",
        "Permissions-Policy": (
            'camera=(), microphone=(), geolocation=(), usb=(), payment=(self "https://js.stripe.com"), '
            "publickey-credentials-get=(self), publickey-credentials-create=(self)"
        ),
        "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def test_no_page_overrides_its_headers_by_a_meta_tag() -> None:
    page = (ROOT / "portal" / "index.html").read_text(encoding="utf-8")
    assert 'name="referrer"' not in page
    assert "http-equiv" not in page


def test_an_api_answer_is_never_kept_framed_or_run(cloud: SecurityHeaders) -> None:
    assert cloud.api["Cache-Control"] == "no-store"
    assert _directives(cloud.api["Content-Security-Policy"])["default-src"] == ["'none'"]
    assert cloud.api["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("stand_in", [None, STAND_IN])
def test_no_page_may_run_inline_script_or_eval(stand_in: str | None) -> None:
    for headers in (load_headers(stand_in).pages, load_headers(stand_in).api):
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_the_sandbox_allows_the_stand_in_where_the_cloud_allows_stripe() -> None:
    cloud = _directives(load_headers().pages["Content-Security-Policy"])
    sandbox = _directives(load_headers(STAND_IN).pages["Content-Security-Policy"])
    assert sandbox["script-src"] == ["'self'", STAND_IN]
    assert sandbox["frame-src"] == [STAND_IN]
    assert sandbox["connect-src"] == ["'self'", STAND_IN]
    same = set(cloud) - {"script-src", "frame-src", "connect-src"}
    assert {name: sandbox[name] for name in same} == {name: cloud[name] for name in same}
    assert "stripe.com" not in str(sandbox)
