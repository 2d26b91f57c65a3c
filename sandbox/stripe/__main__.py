"""python -m sandbox.stripe --port 8002 --state .billfold/stripe.sqlite3 [--page ORIGIN] …"""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from sandbox.stripe.objects.debits import SETTLES_AFTER_SECONDS
from sandbox.stripe.server import Server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.stripe", description="A stand-in for Stripe.")
    parser.add_argument("--port", type=int, default=8002, help="0 picks a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", type=Path, default=Path(".billfold/stripe.sqlite3"))
    parser.add_argument(
        "--page",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="whose page may take payments; repeat it",
    )
    parser.add_argument(
        "--debit-seconds",
        type=float,
        default=SETTLES_AFTER_SECONDS,
        help="how long a bank debit is processing",
    )
    wanted = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        server = Server(
            wanted.host, wanted.port, wanted.state, pages=wanted.page, debit_seconds=wanted.debit_seconds
        )
    except OSError as error:
        print(
            f"Stripe stand-in: cannot listen on {wanted.host}:{wanted.port}: {error.strerror}",
            file=sys.stderr,
        )
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Stripe stand-in: {server.origin}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
