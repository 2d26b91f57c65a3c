"""The `billfold` command on the sandbox that `make run` started; billfold.py calls this."""

import os
import sys
from pathlib import Path

import boto3

from chalicelib import bootstrap
from chalicelib.entrypoints.cli.main import main
from chalicelib.entrypoints.cli.output import OK, PARTLY
from sandbox import paypal_apps
from sandbox.config import LAST_PORT, NO_PROXY, SandboxConfig
from sandbox.processor import connect_new, own_keys


def run() -> int:
    """PORT names the sandbox. With BILLFOLD_TABLE set, the environment names the deployment instead."""
    config = None
    if not os.environ.get("BILLFOLD_TABLE"):
        port = os.environ.get("PORT", "8000")
        if not port.isdecimal() or not 1 <= int(port) <= LAST_PORT:
            print(f"billfold: PORT is a number between 1 and {LAST_PORT}, not {port}", file=sys.stderr)
            return 2
        config = SandboxConfig(int(port), Path(".billfold"), real_stripe=own_keys(os.environ) is not None)
        os.environ.update({**NO_PROXY, **config.app_environment()})
    status = main(sys.argv[1:])
    made = sys.argv[1:3] in (["practice", "create"], ["host", "add"]) or sys.argv[1:2] == ["restore"]
    if config is not None and made and status in (OK, PARTLY):
        # A practice that is new here can be paid at the stand-ins at once.
        ssm, practices = boto3.session.Session().client("ssm"), bootstrap.app().practices.practice_ids()
        connect_new(config, ssm, practices)
        paypal_apps.connect_new(config, ssm, practices)
    return status
