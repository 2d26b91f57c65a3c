"""What the functions beside the API do; app.py declares them. Each is safe to run again at any point."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import BillfoldError
from chalicelib.services.ports import Busy, ProcessorRefused, ProcessorTimeout

log = logging.getLogger("billfold.jobs")
Task = Mapping[str, str]


def settle(records: Iterable[Any]) -> dict[str, Any]:
    """Work off webhooks that were taken in."""
    return _each(records, {"inbox": _work_off})


def documents(records: Iterable[Any]) -> dict[str, Any]:
    """Make and send receipts, and mail sign-in codes."""
    return _each(records, {"receipt": _receipt, "sign-in-mail": _sign_in_mail})


def sweep() -> dict[str, int]:
    started = bootstrap.app().sweeping.sweep()
    log.info("swept", extra=started)
    return started


def reconcile() -> int:
    seen = bootstrap.app().reconciling.reconcile()
    log.info("reconciled", extra={"attempts": seen})
    return seen


def _each(records: Iterable[Any], tasks: Mapping[str, Callable[[Task], None]]) -> dict[str, Any]:
    """Do every record's task; those that failed go back to the queue, and in the end to its dead letters."""
    failed = []
    for record in records:
        message_id = record.to_dict()["messageId"]
        try:
            task = json.loads(record.body)
            tasks[task["task"]](task)
        except (BillfoldError, Busy, ProcessorTimeout, ProcessorRefused) as error:
            log.warning("task goes back", extra={"message_id": message_id, "why": str(error)})
            failed.append({"itemIdentifier": message_id})
        except Exception:
            log.exception("task failed", extra={"message_id": message_id})
            failed.append({"itemIdentifier": message_id})
    return {"batchItemFailures": failed}


def _work_off(task: Task) -> None:
    bootstrap.app().receiving.work_off(task["practice"], task["processor"], task["event"])


def _receipt(task: Task) -> None:
    sent = bootstrap.app().receipts.send(task["practice"], task["movement"])
    log.info("receipt", extra={"movement": task["movement"], "sent": sent.value})


def _sign_in_mail(task: Task) -> None:
    bootstrap.app().signing_in.deliver(task["practice"], task["sign_in_id"], locale=task["locale"])
