"""`python -m sandbox.demo`: load the demo practice, and say who to sign in as."""

import argparse
import json
import sys
import time
from dataclasses import asdict

from chalicelib import bootstrap
from chalicelib.entrypoints.cli.output import Bar, Output
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, Unreadable
from chalicelib.settings import SettingsError
from sandbox.demo.loading import SIGN_INS, NotTheDemo, load


def main() -> int:
    """Returns the exit status: 0 done, 1 refused, 2 no environment, 3 the store is away (run it again)."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description="Load the demo practice.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    began = time.monotonic()
    try:
        loaded = load(bootstrap.app(), Bar(sys.stderr))
    except SettingsError as error:
        print(f"billfold: {error}; make run loads the demo by itself", file=sys.stderr)
        return 2
    except (NotTheDemo, BillfoldError, Unreadable) as error:
        print(f"billfold: the demo was not loaded: {_why(error)}", file=sys.stderr)
        return 1
    except Busy:
        print("billfold: the store does not answer; run it again to go on", file=sys.stderr)
        return 3
    seconds = time.monotonic() - began
    if options.json:
        facts = {"practice": loaded.practice.id, "posted": loaded.posted, "seconds": round(seconds, 1)}
        print(json.dumps({**facts, "sign_in": [asdict(who) for who in SIGN_INS]}, ensure_ascii=False))
        return 0
    print(f"{loaded.practice.name}: {loaded.rows} rows, {loaded.posted} posted now ({seconds:.1f} s)")
    for who in SIGN_INS:
        print(f"  {who.email:22} {who.name}: {who.what}")
    return 0


def _why(error: NotTheDemo | BillfoldError | Unreadable) -> str:
    if isinstance(error, NotTheDemo):
        return f"{error}. Give it a sandbox of its own: make run PORT=9000 STATE=.billfold-9000"
    if isinstance(error, Unreadable):
        return f"{error.item} of the table cannot be read"
    return Output(as_json=False).words(error.code, error.details)


if __name__ == "__main__":
    sys.exit(main())
