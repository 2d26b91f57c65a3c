"""The command line's world, for every test here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import bootstrap
from sandbox.resources import Resources
from tests.unit.cli.drop_folder import Folder
from tests.unit.cli.world import World


@pytest.fixture
def world(
    moto_aws: Resources, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    yield World(moto_aws, tmp_path, capsys, monkeypatch)
    bootstrap.use(None)


@pytest.fixture
def folder(world: World) -> Folder:
    world.with_books()
    return Folder(world)
