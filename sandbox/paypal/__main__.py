"""python -m sandbox.paypal --port 8004 --state .billfold/paypal.sqlite3"""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from sandbox.paypal.server import Server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.paypal", description="A stand-in for PayPal.")
    parser.add_argument("--port", type=int, default=8004, help="0 picks a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", type=Path, default=Path(".billfold/paypal.sqlite3"))
    wanted = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        server = Server(wanted.host, wanted.port, wanted.state)
    except OSError as error:
        where = f"{wanted.host}:{wanted.port}"
        print(f"PayPal stand-in: cannot listen on {where}: {error.strerror}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"PayPal stand-in: {server.origin}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
