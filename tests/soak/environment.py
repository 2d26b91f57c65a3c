"""For campaigns outside pytest: nobody's AWS account, and what a result must say of its machine."""

import os
import platform
from importlib.metadata import version

from sandbox.config import DUMMY_CREDENTIALS, NO_PROXY, without_accounts

_NAMED = ("pynamodb", "botocore", "greenlet")


def forget_accounts() -> None:
    """Replace the person's AWS credentials before anything reads them."""
    for name in os.environ.keys() - without_accounts(os.environ).keys():
        del os.environ[name]
    os.environ.update({**DUMMY_CREDENTIALS, **NO_PROXY})


def versions() -> str:
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in _NAMED)])
