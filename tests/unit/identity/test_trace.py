"""The trace that signing in leaves: a line for each event, of allowed fields, and never an address."""

import logging
from typing import Any

import pytest

from chalicelib.identity.services.sessions import Principal
from chalicelib.identity.services.trace import Event
from chalicelib.kernel.errors import BillfoldError
from chalicelib.practice.services.address_hashes import address_hash
from tests.unit.identity.test_signing_in import minted
from tests.unit.identity.world import KNOWN, UNKNOWN, World, wrong

FIELDS = {"practice", "person", "address", "sign_in", "session", "by", "code", "limit", "account", "payment"}
STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


@pytest.fixture
def traced(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.INFO, "billfold.access")

    def lines() -> list[tuple[str, dict[str, str]]]:
        records = [record for record in caplog.records if record.name == "billfold.access"]
        extra = [{k: v for k, v in vars(record).items() if k not in STANDARD} for record in records]
        caplog.clear()
        return [(record.getMessage(), fields) for record, fields in zip(records, extra, strict=True)]

    return lines


def test_signing_in_and_out_leaves_a_line_each(world: World, traced: Any) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    principal = world.sessions.principal(world.type_code(code, browser))
    world.sessions.end(principal)
    asked, done, out = traced()
    assert [asked[0], done[0], out[0]] == [Event.ASKED, Event.DONE, Event.SIGNED_OUT]
    assert (asked[1]["by"], done[1]["by"]) == ("stranger", "code")
    assert asked[1]["sign_in"] == done[1]["sign_in"]
    assert done[1]["session"] == out[1]["session"]
    assert {done[1]["person"], out[1]["person"]} == {principal.person_id}
    assert asked[1]["address"] == address_hash(world.keys, "willow", KNOWN)


def test_a_refusal_says_why_and_by_what(world: World, traced: Any) -> None:
    browser = world.ask()
    code, token = world.mailed()
    traced()
    with pytest.raises(BillfoldError):
        world.type_code(wrong(code), browser)
    with pytest.raises(BillfoldError):
        world.use_link(token, None)
    assert [(event, fields["by"], fields["code"]) for event, fields in traced()] == [
        (Event.REFUSED, "code", "code_wrong"), (Event.REFUSED, "link", "other_browser"),
    ]  # fmt: skip


def test_an_operators_log_in_is_marked_in_the_trace_and_on_the_session(world: World, traced: Any) -> None:
    token = minted(world)
    cookie = world.use_link(token, None)
    (made, _), (done, fields) = traced()
    assert (made, done, fields["by"]) == (Event.MINTED, Event.DONE, "minted")
    principal = world.sessions.principal(cookie)
    assert _minted(world, principal)
    browser = world.ask()
    code, _ = world.mailed()
    assert not _minted(world, world.sessions.principal(world.type_code(code, browser)))


def _minted(world: World, principal: Principal) -> bool:
    found = world.access.session("willow", [principal.session_hash], principal.person_id)
    assert found is not None
    return found[0].minted


def test_no_line_has_an_address_or_a_whole_secret(world: World, traced: Any) -> None:
    for email in (KNOWN, UNKNOWN):
        browser = world.ask(email)
    with pytest.raises(BillfoldError):
        world.type_code("0000-0000", browser)
    for _ in range(40):
        try:
            world.ask(UNKNOWN)
        except BillfoldError:
            break
    lines = traced()
    assert Event.LIMITED in {event for event, _ in lines}
    for _event, fields in lines:
        assert set(fields) <= FIELDS
        said = " ".join(fields.values())
        assert not any(text in said for text in (KNOWN, UNKNOWN, world.ip, "@"))
        assert len(fields.get("sign_in", "")) <= 12
        assert len(fields.get("session", "")) <= 12


def test_known_and_unknown_addresses_leave_lines_of_the_same_shape(world: World, traced: Any) -> None:
    world.ask(KNOWN)
    world.ask(UNKNOWN)
    (known, one), (unknown, other) = traced()
    assert (known, one.keys()) == (unknown, other.keys())


def session_of(world: World, cookie: str) -> str:
    return world.sessions.principal(cookie).session_hash
