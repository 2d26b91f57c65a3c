"""Work lists whose number of shards changes while programs of both numbers write into them."""

import multiprocessing
import time
from collections import Counter

import pytest

from chalicelib.operations.ports.work import InboxRow
from chalicelib.operations.store.worklists import DynamoWorkLists
from chalicelib.platform.dynamo.table import Shards, bind
from sandbox.config import REGION
from tests.support.ministack import Ministack

pytestmark = [pytest.mark.ministack, pytest.mark.slow]
LATER = "2026-11-29T13:00:00+00:00"
EVENTS = 30


def write(table: str, url: str, shards: Shards, name: str, count: int) -> None:
    """A function that is told these shards takes in webhooks."""
    bind(table, region=REGION, host=url, shards=shards)
    work = DynamoWorkLists()
    for number in range(count):
        row = InboxRow("stripe", f"evt_{name}{number}", "t", "session", "cs_1", "2026-11-29T12:00:00+00:00")
        assert work.inbox_put("fern", row)


def work_off(names: set[str]) -> Counter[str]:
    """Done with what is found until all of these were, and then nothing waits; how often each was found."""
    work, found = DynamoWorkLists(), Counter[str]()
    deadline = time.monotonic() + 60
    while not names <= set(found) and time.monotonic() < deadline:
        for due in work.due("inbox", before=LATER, limit=1000):
            found[due.id] += 1
            work.inbox_done("fern", *due.id.split("#"), expires_at=2**31)
    assert list(work.due("inbox", before=LATER, limit=1000)) == []
    return found


@pytest.mark.parametrize(
    ("former", "now"),
    [(Shards(4, 16), Shards(16, 16)), (Shards(16, 16), Shards(4, 16))],
    ids=["more", "fewer"],
)
def test_issue_13_7_what_is_written_under_either_number_is_found_and_done_once(
    ministack: Ministack, ministack_table: str, former: Shards, now: Shards
) -> None:
    """The functions of one step of `make deploy`, and of the step before, side by side."""
    write(ministack_table, ministack.url, former, "before", EVENTS)
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=write, args=(ministack_table, ministack.url, shards, name, EVENTS))
        for shards, name in ((former, "former"), (now, "now"))
    ]
    for writer in writers:
        writer.start()
    bind(ministack_table, region=REGION, host=ministack.url, shards=now)
    names = {f"stripe#evt_{name}{n}" for name in ("before", "former", "now") for n in range(EVENTS)}
    found = work_off(names)
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert found == Counter(names)


def test_issue_13_7_a_reader_of_the_former_number_alone_would_lose_rows(
    ministack: Ministack, ministack_table: str
) -> None:
    """Why functions read the new number before any writes it."""
    write(ministack_table, ministack.url, Shards(16, 16), "new", EVENTS)
    bind(ministack_table, region=REGION, host=ministack.url, shards=Shards(4, 4))
    assert len(DynamoWorkLists().due("inbox", before=LATER, limit=1000)) < EVENTS


def test_issue_13_7_a_row_that_is_started_again_stays_in_its_shard_and_goes_from_there(
    ministack: Ministack, ministack_table: str
) -> None:
    write(ministack_table, ministack.url, Shards(16, 16), "old", EVENTS)
    bind(ministack_table, region=REGION, host=ministack.url, shards=Shards(4, 16))
    work = DynamoWorkLists()
    for due in work.due("inbox", before=LATER, limit=1000):
        work.postpone(due, until="2026-11-29T12:30:00+00:00")
    again = work.due("inbox", before=LATER, limit=1000)
    assert {due.sweeps for due in again} == {1}
    assert len(again) == EVENTS
    work_off({due.id for due in again})
