"""Once charges are posted or raised: are a clinician's far above a client's good faith estimate?"""

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.importing.services.planning import Plan


def call_if_exceeded(invocation: Invocation, plan: Plan) -> None:
    """A person, by an alert. Reads the practice's clients once, where any charge was posted or raised."""
    charged, raised = plan.charged_clients, plan.raised_accounts
    if charged or raised:
        people, practice = invocation.app.people, plan.practice
        clients = (
            client
            for client in people.clients(practice.id)
            if client.external_id in charged or client.id in raised
        )
        invocation.app.estimate_watch.call_if_exceeded(practice, clients)
