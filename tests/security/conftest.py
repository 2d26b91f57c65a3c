from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from sandbox.resources import Resources
from tests.support.api import World


@pytest.fixture
def world(moto_aws: Resources) -> Iterator[World]:
    yield World(moto_aws)
    bootstrap.use(None)
