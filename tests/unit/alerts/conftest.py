"""The command line's world, with all that pays and is mailed in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import bootstrap
from sandbox.resources import Resources
from tests.unit.alerts.town import Town
from tests.unit.cli.world import World


@pytest.fixture
def town(
    moto_aws: Resources, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    yield Town(World(moto_aws, tmp_path, capsys, monkeypatch), monkeypatch)
    bootstrap.use(None)
