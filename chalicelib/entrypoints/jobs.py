"""What the functions beside the API do; app.py declares them. Each is safe to run again at any point."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from chalicelib import bootstrap
from chalicelib.documents.domain.filed import ITEMISED, RENDER, SUMMARY
from chalicelib.documents.domain.readers import Reader, Reads
from chalicelib.documents.domain.records import TASK as RECORDS
from chalicelib.documents.services.guest_receipts import TASK as GUEST_RECEIPTS
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, ProcessorRefused, ProcessorTimeout
from chalicelib.kernel.periods import Period
from chalicelib.mail.ports import MailPaused, MailThrottled
from chalicelib.payments.services.notices import RECEIPT, RETURNED
from chalicelib.platform.ports import MailQueue
from chalicelib.platform.threads import in_threads

log = logging.getLogger("billfold.jobs")
# Seconds after which mail comes again. A claim on a mail, of a minute, is over by then; a code has none.
_LATER, _CODE_LATER, _CODE_PAUSED = (60, 180), (1, 5), (30, 90)
Task = Mapping[str, Any]


def settle(records: Iterable[Any]) -> dict[str, Any]:
    """Work off webhooks that were taken in."""
    return _each(records, {"inbox": _work_off})


def documents(records: Iterable[Any]) -> dict[str, Any]:
    """Mail codes and notices, make and send receipts, draw what is opened or gone, and take in what becomes
    of mail."""
    queue = bootstrap.app().documents_queue
    tasks: dict[str, Callable[[Task], None]] = {
        RECEIPT: partial(_mail, queue, _receipt), RETURNED: partial(_mail, queue, _returned),
        RENDER: _render, "invoice": partial(_mail, queue, _invoice), RECORDS: partial(_mail, queue, _records),
        "question": partial(_mail, queue, _question),
        "superbill": partial(_mail, queue, _superbill),
        "estimate": partial(_mail, queue, _estimate),
        "sign-in-mail": partial(_mail, queue, _sign_in_mail, counted="yes"), "mail-event": _mail_event,
        "pay-link-mail": partial(_mail, queue, _pay_link_mail, counted="yes"),
        GUEST_RECEIPTS: partial(_mail, queue, _guest_receipts),
        "statement": partial(_mail, queue, _deliver),  # what an older version put there
    }  # fmt: skip
    return _each(records, tasks)


def delivery(records: Iterable[Any]) -> dict[str, Any]:
    """Say to whom it concerns that there is a statement, no faster than leaves room for other mail."""
    app = bootstrap.app()

    def paced(task: Task) -> None:
        with app.statement_mailer.paced():
            _mail(app.delivery_queue, _deliver, task)

    def reminded(task: Task) -> None:
        with app.statement_mailer.paced():
            _mail(app.delivery_queue, _remind, task)

    return _each(records, {"statement": paced, "reminder": reminded})


def issue(records: Iterable[Any]) -> dict[str, Any]:
    """Issue statements, a client each, and invoices and superbills, some clients of a practice at once."""
    tasks = {"statement": _issue, "invoices": _issue_invoices, "superbills": _issue_superbills}
    return _each(records, tasks)


def statements() -> dict[str, int]:
    app = bootstrap.app()
    beside = {
        "invoices": app.invoice_runs.hand_over, "superbills": app.superbill_runs.hand_over,
        "reminders": app.reminder_runs.hand_over, "overdue estimates": app.request_clocks.call_if_overdue,
    }  # fmt: skip
    done = app.statement_runs.run_due(beside)
    log.info("statements, invoices, superbills and reminders started", extra=done)
    return done


def sweep() -> dict[str, int]:
    started = bootstrap.app().sweeping.sweep()
    log.info("swept", extra=started)
    return started


def reconcile() -> int:
    turns = bootstrap.app().reconciling.reconcile()
    log.info("turns given", extra={"practices": turns})
    return turns


def catch_up(records: Iterable[Any]) -> dict[str, Any]:
    """Ask practices' processors what was missed, one a message."""
    return _each(records, {"reconcile": _turn})


def drops() -> dict[str, int]:
    """Error: NotFound practice_not_found, where files lie in a folder that is no practice's."""
    done = bootstrap.app().drop_rounds(in_threads).run()
    log.info("drop folders looked at", extra=done)
    return done


def full_pass() -> dict[str, int]:
    done = bootstrap.app().full_passes.run()
    log.info("full pass", extra=done)
    return done


def verify() -> dict[str, int]:
    done = bootstrap.app().nightly.run()
    log.info("verified", extra=done)
    return done


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


def _mail(queue: MailQueue, send: Callable[[Task], None], task: Task, **note: str) -> None:
    """Where the mail service does not take it yet, it has not failed: a copy comes later, for nobody waits on
    the first to fail eight times. What is in a work list waits there until a pause is over. `note`: what a
    copy of a code's message bears beside; other mail has none."""
    soon, later = (_CODE_LATER, _CODE_PAUSED) if note else (_LATER, None)
    try:
        send(task)
    except MailThrottled as throttled:
        log.info("mail put off", extra={"task": task["task"], "why": str(throttled)})
        queue.send_later({**task, **note}, least=soon[0], most=soon[1])
    except MailPaused as paused:
        log.warning("mail paused", extra={"task": task["task"], "why": str(paused)})
        try:
            bootstrap.app().mail_pauses.met(task["practice"], paused.why)
        except Exception:  # the next mail of the practice, or the sweep, tells it
            log.exception("pause not told", extra={"practice": task["practice"]})
        if later:
            queue.send_later({**task, **note}, least=later[0], most=later[1])


def _ref(task: Task) -> AccountRef:
    """Whose task it is, as whoever put it into our queue knew."""
    return AccountRef(task["practice"], task["account"])


def _work_off(task: Task) -> None:
    bootstrap.app().receiving.work_off(task["practice"], task["processor"], task["event"], task)


def _turn(task: Task) -> None:
    from chalicelib.payments.services.turns import Turn

    seen = bootstrap.app().turns.take(Turn.parse(task))
    log.info("turn taken", extra={"practice": task["practice"], "objects": seen})


def _receipt(task: Task) -> None:
    sent = bootstrap.app().receipts.send(task["practice"], task["marker"])
    log.info("receipt", extra={"marker": task["marker"], "sent": sent.value})


def _returned(task: Task) -> None:
    sent = bootstrap.app().returns.send(_ref(task), task["payment"])
    log.info("returned", extra={"account": task["account"], "payment": task["payment"], "sent": sent.value})


def _invoice(task: Task) -> None:
    sent = bootstrap.app().invoice_notices.send(_ref(task), int(task["number"]))
    log.info("invoice", extra={"account": task["account"], "number": task["number"], "sent": sent.value})


def _question(task: Task) -> None:
    sent = bootstrap.app().question_notices.send(_ref(task), task["question"])
    log.info("question", extra={"account": task["account"], "id": task["question"], "sent": sent.value})


def _superbill(task: Task) -> None:
    sent = bootstrap.app().superbill_notices.send(_ref(task), int(task["number"]))
    log.info("superbill", extra={"account": task["account"], "number": task["number"], "sent": sent.value})


def _estimate(task: Task) -> None:
    sent = bootstrap.app().estimate_notices.send(_ref(task), int(task["number"]))
    log.info("estimate", extra={"account": task["account"], "number": task["number"], "sent": sent.value})


def _issue(task: Task) -> None:
    period = Period.parse(task["period"])
    outcome = bootstrap.app().statement_runs.issue(task["practice"], task["client"], period)
    log.info("statement", extra={"client": task["client"], "outcome": outcome.value})


def _issue_invoices(task: Task) -> None:
    issued = bootstrap.app().invoice_runs.step(task["practice"], int(task["version"]))
    log.info("invoices", extra={"practice": task["practice"], "issued": issued})


def _issue_superbills(task: Task) -> None:
    issued = bootstrap.app().superbill_runs.step(task["practice"], int(task["version"]))
    log.info("superbills", extra={"practice": task["practice"], "issued": issued})


def _deliver(task: Task) -> None:
    period = Period.parse(task["period"])
    delivery = bootstrap.app().delivering.deliver(_ref(task), period)
    log.info("statement delivered", extra={"account": task["account"], "delivery": delivery.value})


def _remind(task: Task) -> None:
    numbers = [int(number) for number in task["invoices"].split(",")]
    sent = bootstrap.app().reminding.remind(task["practice"], numbers)
    log.info("reminder", extra={"practice": task["practice"], "invoices": numbers, "sent": sent.value})


def _render(task: Task) -> None:
    app, ref = bootstrap.app(), _ref(task)
    if task.get("form") == ITEMISED:
        app.itemised_receipts.render(ref, task["payment"], _reader(task))
    elif task.get("form") == SUMMARY:
        app.payment_summaries.render(ref, task["first"], task["last"], task["made_on"], _reader(task))
    elif "estimate" in task:
        app.estimate_filing.render(ref, int(task["estimate"]))
    elif "payment" in task:
        app.receipts.render_again(ref, task["payment"])
    elif "invoice" in task or "void" in task:
        number = task.get("invoice") or task["void"]
        app.invoice_filing.render(ref, int(number), void="void" in task)
    elif "superbill" in task or "superbill-void" in task:
        number = task.get("superbill") or task["superbill-void"]
        app.superbill_filing.render(ref, int(number), void="superbill-void" in task)
    else:
        app.statement_filing.render(ref, Period.parse(task["period"]))
    log.info("document rendered", extra={"account": ref.account})


def _reader(task: Task) -> Reader:
    return Reader(task["person"], Reads(task["reads"]), int(task.get("since", "0")))


def _records(task: Task) -> None:
    step = bootstrap.app().records_making.make(_ref(task), task["person"], task["records"], _render)
    log.info("records", extra={"account": task["account"], "step": step.value})


def _mail_event(task: Task) -> None:
    from chalicelib.entrypoints import mail_events

    found = mail_events.report(task["event"])
    if found is None:
        log.info("mail event of no concern")
        return
    changed = bootstrap.app().mail_reports.take_in(found)
    about = {"account": found.account_id, "mail": found.message_id, "statement_bounced": changed}
    what = {"setback": found.stop.setback.value, "kind": found.stop.kind.value}
    log.info("mail came to grief", extra={**what, **about})


def _guest_receipts(task: Task) -> None:
    bootstrap.app().guest_receipts.send(task["practice"], task["address"], locale=task["locale"])


def _sign_in_mail(task: Task) -> None:
    bootstrap.app().signing_in.deliver(
        task["practice"], task["sign_in_id"], locale=task["locale"], asked_by=task["asked_by"],
        counted="counted" in task,
    )  # fmt: skip


def _pay_link_mail(task: Task) -> None:
    bootstrap.app().pay_link_factors.deliver(
        task["practice"], task["links"], step=int(task["step"]), locale=task["locale"],
        counted="counted" in task,
    )  # fmt: skip
