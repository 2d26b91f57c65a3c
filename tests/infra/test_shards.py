"""`"work_list_shards"` of a stage: in every step what is written is read, whatever breaks off."""

from typing import Any

import pytest

from chalicelib import settings
from chalicelib.settings import SettingsError
from infra.package import bench_cold
from tests.infra.test_deploy import APP_OUTPUTS, SETTINGS, Account, account, changes, stack

__all__ = ["account"]
APP = "billfold-prod"
ENVIRONMENT = {
    name: given for name, given in bench_cold.environment_of_functions().items() if "SHARDS" not in name
}


def deploy(account: Account, wanted: int, written: int, read: int, waiting: tuple[int, ...] = ()) -> Any:
    """From a stack whose functions write and read so many, while rows wait in these shards."""
    of_stack = {**APP_OUTPUTS, "WorkShards": str(written), "WorkShardsRead": str(read)}
    account.answers[f"describe-stacks {APP}"] = [stack(of_stack)]
    rows = [{"gsi2pk": {"S": f"DUE#inbox#{shard}"}} for shard in waiting]
    account.answers["scan"] = [{"Items": rows}]
    return account.deploy("--yes", stage={**SETTINGS, "work_list_shards": wanted})


def steps(account: Account) -> list[tuple[int, int]]:
    """(written, read) as the functions are told, step by step."""
    told = []
    for call in account.calls("create-change-set"):
        if call[3]["StackName"] == APP:
            parameters = {one["ParameterKey"]: one["ParameterValue"] for one in call[3]["Parameters"]}
            told.append((int(parameters["WorkShards"]), int(parameters["WorkShardsRead"])))
    return told


@pytest.mark.parametrize(
    ("written", "read", "wanted", "waiting", "expected"),
    [
        (4, 4, 4, (0, 3), [(4, 4)]),
        (4, 4, 16, (0, 3), [(4, 16), (16, 16)]),  # read first, then written
        (4, 16, 16, (9,), [(4, 16), (16, 16)]),  # broken off between the two
        (16, 16, 4, (9,), [(16, 16), (4, 16)]),  # fewer are written, all are read
        (16, 16, 4, (), [(16, 16), (4, 16)]),  # functions wrote there until this very step
        (4, 16, 4, (15,), [(4, 16)]),  # not drained yet
        (4, 16, 4, (0, 3), [(4, 16), (4, 4)]),  # drained
        (4, 16, 8, (3, 7), [(4, 16), (8, 8)]),
        (4, 16, 8, (8,), [(4, 16), (8, 9)]),
        (4, 4, 4, (2, 15), [(4, 4), (4, 16)]),  # a restored table
        (16, 16, 32, (15,), [(16, 32), (32, 32)]),
    ],
)
def test_issue_13_7_functions_read_a_number_of_shards_before_any_writes_it_and_until_they_are_drained(
    account: Account,
    written: int,
    read: int,
    wanted: int,
    waiting: tuple[int, ...],
    expected: list[tuple[int, int]],
) -> None:
    """A function of the step before, of this one, and rows that wait: all within what each step reads."""
    done = deploy(account, wanted, written, read, waiting)
    assert done.returncode == 0, done.stderr
    assert steps(account) == expected
    for (wrote, _), (writes, reads) in zip([(written, read), *expected], expected, strict=False):
        assert reads >= max(wrote, writes)
    assert expected[-1][1] > max(waiting, default=0)
    still_read = expected[-1][1] > wanted
    said = f"work lists: {expected[-1][1]} shards are still read; deploy again later to read {wanted}"
    assert (said in done.stdout) == still_read


def test_issue_13_7_the_command_reads_what_the_functions_read(account: Account) -> None:
    printed = deploy(account, 4, 4, 16, (9,)).stdout
    assert "export BILLFOLD_WORK_SHARDS_READ=16" in printed
    assert "BILLFOLD_WORK_SHARDS=" not in printed


def test_issue_13_7_a_stack_of_before_there_was_a_choice_has_four(account: Account) -> None:
    former = {name: value for name, value in APP_OUTPUTS.items() if "Shards" not in name}
    account.answers[f"describe-stacks {APP}"] = [stack(former), stack(APP_OUTPUTS)]
    account.answers[f"describe-change-set {APP}"] = [changes("Modify", "Sweep")]
    account.deploy("--yes", stage={**SETTINGS, "work_list_shards": 8})
    assert steps(account) == [(4, 8), (8, 8)]


@pytest.mark.parametrize("wrong", [3, 65, "8"])
def test_issue_13_7_a_number_of_shards_that_not_all_would_read_is_refused(
    account: Account, wrong: Any
) -> None:
    done = account.deploy(stage={**SETTINGS, "work_list_shards": wrong})
    assert "work_list_shards is a whole number from 4 to 64" in done.stderr
    assert account.calls() == []


@pytest.mark.parametrize(
    ("told", "shards"),
    [
        ({}, (4, 4)),
        ({"BILLFOLD_WORK_SHARDS": "8"}, (8, 8)),
        ({"BILLFOLD_WORK_SHARDS_READ": "16"}, (4, 16)),
        ({"BILLFOLD_WORK_SHARDS": "8", "BILLFOLD_WORK_SHARDS_READ": "16"}, (8, 16)),
    ],
)
def test_issue_13_7_a_program_reads_what_it_writes_and_at_least_what_the_others_write(
    told: dict[str, str], shards: tuple[int, int]
) -> None:
    found = settings.load({**ENVIRONMENT, **told})
    assert (found.work_shards, found.work_shards_read) == shards


@pytest.mark.parametrize(
    "told",
    [
        {"BILLFOLD_WORK_SHARDS": "3"},
        {"BILLFOLD_WORK_SHARDS": "many"},
        {"BILLFOLD_WORK_SHARDS": "8", "BILLFOLD_WORK_SHARDS_READ": "7"},
    ],
)
def test_issue_13_7_a_program_that_would_write_where_nobody_reads_does_not_start(
    told: dict[str, str],
) -> None:
    with pytest.raises(SettingsError, match=r"BILLFOLD_WORK_SHARDS\w* is not a whole number from [48] on"):
        settings.load({**ENVIRONMENT, **told})
