"""What the app logs, for the log files under .billfold/logs."""

import logging


def log_to_stderr() -> None:
    """Billfold's own lines from INFO on, everybody else's from WARNING on."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("billfold").setLevel(logging.INFO)
