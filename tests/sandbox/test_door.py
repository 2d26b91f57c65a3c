"""The door of a sandbox's ports: programs and its own pages come in, pages of other sites do not."""

from typing import Any

import pytest

from sandbox.door import FOREIGN_HOST, FOREIGN_PAGE, refusal

HERE, PORTAL, FOREIGN = "127.0.0.1:8002", "http://localhost:8000", "http://evil.example"
BY_A_LINK: dict[str, Any] = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def asked(
    method: str = "GET", *, pages: tuple[str, ...] = (), linked: bool = False, **headers: Any
) -> int | None:
    named = [(name.replace("_", "-"), value) for name, value in {"Host": HERE, **headers}.items()]
    return refusal(method, named, pages=pages, linked=linked)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "[::1]"])
def test_this_machines_names_are_answered(host: str) -> None:
    assert asked(Host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost:a",
        "[",
        "",
    ],
)
def test_another_name_that_leads_here_is_not(host: str) -> None:
    assert asked(Host=host) == FOREIGN_HOST
    assert asked(Host=host, Origin=f"http://{host}", linked=True, pages=(PORTAL,)) == FOREIGN_HOST
    assert asked(Host=host, linked=True, Sec_Fetch_Site="none", **BY_A_LINK) == FOREIGN_HOST


def test_two_hosts_or_none_are_not_this_one() -> None:
    assert refusal("GET", []) == FOREIGN_HOST
    assert refusal("GET", [("Host", HERE), ("host", "evil.example")]) == FOREIGN_HOST


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_programs_and_own_pages_come_in(method: str) -> None:
    assert asked(method) is None
    assert asked(method, Origin=f"http://{HERE}", Sec_Fetch_Site="same-origin") is None
    assert asked(method, Sec_Fetch_Site="none") is None


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize(
    "origin", [FOREIGN, "null", "http://127.0.0.1:8003", "https://127.0.0.1:8002", PORTAL, ""]
)
def test_another_origin_does_not_whatever_else_is_said(method: str, origin: str) -> None:
    for site in ("cross-site", "same-site", "same-origin", "none"):
        assert asked(method, Origin=origin, Sec_Fetch_Site=site) == FOREIGN_PAGE
    assert asked(method, Origin=origin) == FOREIGN_PAGE
    assert asked("POST", Origin=origin, linked=True, Sec_Fetch_Site="cross-site", **BY_A_LINK) == FOREIGN_PAGE


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_what_another_sites_page_loads_unseen_is_refused(site: str) -> None:
    """Pictures, scripts and frames carry no Origin."""
    for mode, kind in (
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("navigate", "iframe"),
        ("no-cors", "empty"),
    ):
        for linked in (False, True):
            about: dict[str, Any] = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": kind}
            assert asked(linked=linked, **about) == FOREIGN_PAGE
            assert asked(linked=linked, pages=(PORTAL,), Referer=f"{FOREIGN}/", **about) == FOREIGN_PAGE


def test_a_link_of_another_site_leads_to_what_may_be_linked_and_changes_nothing() -> None:
    about: dict[str, Any] = {"Sec-Fetch-Site": "cross-site", **BY_A_LINK}
    assert asked(linked=True, **about) is None
    assert asked(linked=True, Origin="null", **about) is None  # a redirect after another site's form
    assert asked(linked=False, **about) == FOREIGN_PAGE
    assert asked("POST", linked=True, **about) == FOREIGN_PAGE


def test_a_named_page_may_ask_and_embed_and_no_other() -> None:
    script: dict[str, Any] = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "no-cors",
        "Sec-Fetch-Dest": "script",
    }
    assert asked("POST", pages=(PORTAL,), Origin=PORTAL, Sec_Fetch_Site="cross-site") is None
    assert asked(pages=(PORTAL,), Referer=f"{PORTAL}/", **script) is None
    assert asked(Referer=f"{PORTAL}/", **script) == FOREIGN_PAGE
    for referer in (
        "",
        "http://localhost:8000.evil.example/",
        "http://localhost:9000/",
        "http://[",
        f"{FOREIGN}/{PORTAL}",
    ):
        assert asked(pages=(PORTAL,), Referer=referer, **script) == FOREIGN_PAGE
    assert asked("POST", pages=(PORTAL,), Referer=f"{PORTAL}/", Sec_Fetch_Site="cross-site") == FOREIGN_PAGE
