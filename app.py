"""The Chalice app: registers the blueprints and declares every job function; nothing else.

Jobs are declared here because one declared in a blueprint deploys with its module as handler, so that this
file would never load.
"""

import os
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Cron, Rate, SQSEvent

from chalicelib.entrypoints import cold, jobs, local, logs
from chalicelib.entrypoints.http.blueprints import ALL

logs.configure()
local.check_stage()
app = Chalice(app_name="billfold", configure_logs=False)
for blueprint in ALL:
    app.register_blueprint(blueprint)

STAGE = os.environ.get("BILLFOLD_STAGE", "dev")  # noqa: TID251 - queues are named when the app is declared


@app.on_sqs_message(queue=f"billfold-{STAGE}-settle", name="settle", batch_size=10)
def settle(event: SQSEvent) -> dict[str, Any]:
    """Settle what processors' webhooks spoke of."""
    return jobs.settle(event)


# One at a time: a code waits for nobody's receipt to be drawn.
@app.on_sqs_message(queue=f"billfold-{STAGE}-documents", name="documents", batch_size=1)
def documents(event: SQSEvent) -> dict[str, Any]:
    """Mail codes and notices; draw documents; send receipts; take in what becomes of mail."""
    return jobs.documents(event)


@app.on_sqs_message(queue=f"billfold-{STAGE}-delivery", name="delivery", batch_size=1)
def delivery(event: SQSEvent) -> dict[str, Any]:
    """Mail links to the statements of a run, and reminders of invoices."""
    return jobs.delivery(event)


@app.on_sqs_message(queue=f"billfold-{STAGE}-issue", name="issue", batch_size=10)
def issue(event: SQSEvent) -> dict[str, Any]:
    """Issue the statements, invoices and superbills of a run."""
    return jobs.issue(event)


@app.on_sqs_message(queue=f"billfold-{STAGE}-catch-up", name="catch_up", batch_size=1)
def catch_up(event: SQSEvent) -> dict[str, Any]:
    """Ask one practice's processor what was missed."""
    return jobs.catch_up(event)


@app.schedule(Rate(1, unit=Rate.HOURS), name="statements")
def statements(_: CloudWatchEvent) -> dict[str, int]:
    """Start the runs of statements, invoices, superbills and reminders that are due."""
    return jobs.statements()


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(_: CloudWatchEvent) -> dict[str, int]:
    """Start again what is stuck."""
    return jobs.sweep()


@app.schedule(Rate(5, unit=Rate.MINUTES), name="reconcile")
def reconcile(_: CloudWatchEvent) -> int:
    """Put the practices whose turn it is into the queue of `catch_up`."""
    return jobs.reconcile()


# What was put into a practice's folder is looked at within so many minutes; nothing else tells of it.
@app.schedule(Rate(5, unit=Rate.MINUTES), name="drops")
def drops(_: CloudWatchEvent) -> dict[str, int]:
    """Look at files that practices put into their drop folders."""
    return jobs.drops()


# Each practice once a day, ten minutes a call; the next call goes on. In UTC: North America's night.
@app.schedule(Cron("0/15", "7-12", "*", "*", "?", "*"), name="full_pass")
def full_pass(_: CloudWatchEvent) -> dict[str, int]:
    """Compare the processors' own books with the ledger."""
    return jobs.full_pass()


@app.schedule(Cron("5/15", "7-12", "*", "*", "?", "*"), name="verify")
def verify(_: CloudWatchEvent) -> dict[str, int]:
    """Check every ledger, and anchor its chains."""
    return jobs.verify()


cold.over()
