"""Each test gets a stand-in of its own: a policy, fault or clock set in one test touches no other."""

from collections.abc import Iterator

import pytest

from tests.contract.harness import Practice, Receiver, listening, running


@pytest.fixture
def practice() -> Iterator[Practice]:
    with running() as server:
        yield Practice(server, "demo")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found
