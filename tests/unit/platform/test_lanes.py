"""Which test file each of several processes is given next (tests/support/lanes.py)."""

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.config import ROOT
from tests.support.lanes import WAITING, Lanes

COMPUTING = [f"tests/unit/test_{letter}.py" for letter in "abcdef"]
BROWSERS = [f"tests/browser/test_{letter}.py" for letter in "abc"]


class Process:
    """As the scheduler sees one: it is sent tests by their number, and told when there are no more."""

    def __init__(self, number: int) -> None:
        self.gateway = SimpleNamespace(id=f"gw{number}")
        self.shutting_down = False
        self.sent: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def played(files: list[str], processes: int, steps: Any) -> list[list[str]]:
    """The files that each process was given, where `steps` says whose next test ends."""
    option = SimpleNamespace(tx=[f"{processes}*popen"], loadscopereorder=False)
    config: Any = SimpleNamespace(option=option, getvalue=lambda name: getattr(option, name))
    scheduler, all_of_them = Lanes(config), [Process(number) for number in range(processes)]
    tests = [f"{file}::test_{number}" for file in files for number in range(3)]
    for process in all_of_them:
        scheduler.add_node(process)
        scheduler.add_node_collection(process, tests)
    scheduler.schedule()
    done = [0] * processes
    for number in steps:
        process = all_of_them[number]
        if done[number] < len(process.sent):
            scheduler.mark_test_complete(process, process.sent[done[number]])
            done[number] += 1
    assert not scheduler.has_pending
    assert sorted(index for process in all_of_them for index in process.sent) == list(range(len(tests)))
    return [
        list(dict.fromkeys(tests[index].partition("::")[0] for index in process.sent))
        for process in all_of_them
    ]


def test_one_process_begins_with_what_waits_the_other_with_what_computes() -> None:
    waiting, computing = played([*BROWSERS, *COMPUTING], 2, [0, 1] * 60)
    assert waiting[:3] == BROWSERS
    assert computing[:3] == COMPUTING[:3]
    assert set(waiting + computing) == {*BROWSERS, *COMPUTING}


@pytest.mark.parametrize("slow", [0, 1])
def test_who_has_done_his_own_lane_goes_on_with_the_other(slow: int) -> None:
    """One test of the slow process ends for forty of the other."""
    of_each = played([*BROWSERS, *COMPUTING], 2, [*[1 - slow] * 40, *[slow] * 40])
    assert len(of_each[slow]) == 1
    assert set(of_each[1 - slow]) == {*BROWSERS, *COMPUTING} - set(of_each[slow])


def test_one_process_alone_does_all_of_it() -> None:
    assert played([*COMPUTING, *BROWSERS], 1, [0] * 60) == [[*BROWSERS, *COMPUTING]]


def test_the_lanes_are_of_files_that_are_there() -> None:
    assert [place for place in WAITING if not (ROOT / place).exists()] == []
