"""Many at once, on the emulator, whose conditional writes are atomic."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chalicelib.identity.services.signing_in import MAX_TRIES
from chalicelib.identity.store.access import DynamoAccess
from chalicelib.kernel.errors import Refused
from chalicelib.platform.dynamo import table
from chalicelib.practice.store.people import DynamoPeople
from sandbox.config import REGION
from tests.support.ministack import Ministack
from tests.unit.identity.world import World, wrong

THREADS = 16

pytestmark = pytest.mark.ministack


@pytest.fixture
def world(ministack: Ministack, ministack_table: str) -> World:
    table.bind(ministack_table, region=REGION, host=ministack.url)
    return World(access=DynamoAccess(), people=DynamoPeople()).settle_in()


def all_at_once(call: Callable[[], str]) -> Counter[str]:
    """How `call` ended in each thread: a refusal's code, or "in"."""
    start = Barrier(THREADS)

    def one(_: int) -> str:
        start.wait(timeout=30)
        try:
            call()
        except Refused as refused:
            return refused.code
        return "in"

    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(threads.map(one, range(THREADS)))


def test_of_many_who_use_one_link_at_once_one_gets_in(world: World) -> None:
    browser = world.ask()
    _, token = world.mailed()
    assert all_at_once(lambda: world.use_link(token, browser)) == {"in": 1, "code_expired": THREADS - 1}


def test_of_many_who_type_one_code_at_once_one_gets_in(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    ends = all_at_once(lambda: world.type_code(code, browser))
    assert ends == {"in": 1, "code_expired": THREADS - 1}


def test_however_many_guesses_arrive_at_once_five_are_compared(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    ends = all_at_once(lambda: world.type_code(wrong(code), browser))
    assert ends == {"code_wrong": MAX_TRIES, "code_expired": THREADS - MAX_TRIES}


def test_a_session_revoked_while_it_is_used_stays_revoked(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    cookie = world.type_code(code, browser)
    principal = world.sessions.principal(cookie)
    for minute in range(THREADS):
        world.clock.pass_seconds(60)
        if minute == THREADS // 2:
            world.sessions.end(principal)
        world.access.touch_session("willow", principal.session_hash, seen_at=world.clock.seconds)
    with pytest.raises(Refused, match="session_required"):
        world.sessions.principal(cookie)
