"""`scripts/billfold` on a port that no sandbox can have (issue 12, number 8)."""

import os
import subprocess

import pytest

from sandbox.config import ROOT, without_accounts


@pytest.mark.parametrize("port", ["99999", "65533", "0", "-1", "eight", "1e3", "²"])
def test_a_port_that_is_none_is_a_usage_error(port: str) -> None:
    command = [str(ROOT / "scripts" / "billfold"), "verify", "--practice", "willow"]
    environment = {**without_accounts(os.environ), "PORT": port}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"billfold: PORT is a number between 1 and 65532, not {port}\n"
