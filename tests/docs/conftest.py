"""One sandbox with the demo practice, as `make run` starts it, for all commands that the documents print."""

from collections.abc import Iterator

import pytest

from tests.support.launcher import Launcher


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with Launcher(tmp_path_factory.mktemp("docs") / "state", demo=True) as launcher:
        launcher.wait_for("Billfold is ready", seconds=150)
        yield launcher
