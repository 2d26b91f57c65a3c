"""Once charges are posted: are a clinician's far above a client's good faith estimate?"""

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.importing.services.planning import Plan


def call_if_exceeded(invocation: Invocation, plan: Plan) -> None:
    """A person, by an alert. Reads the practice's clients once, where any charge was posted."""
    if charged := plan.charged_clients:
        people, practice = invocation.app.people, plan.practice
        clients = (client for client in people.clients(practice.id) if client.external_id in charged)
        invocation.app.estimate_watch.call_if_exceeded(practice, clients)
