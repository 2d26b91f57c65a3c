"""Where processors tell us that something happened. 200 only for what is verified and durable."""

from chalice.app import Blueprint

from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.policies import Signed
from chalicelib.entrypoints.http.runtime import endpoint

routes = Blueprint(__name__)


@endpoint(
    routes, "POST", "/webhooks/{practice_id}/{processor_id}", policy=Signed(),
    errors=("webhook_invalid", "practice_not_found", "processor_not_found", "body_too_large", "store_busy"),
)  # fmt: skip
def receive_webhook(context: Context[None], practice_id: str, processor_id: str) -> None:
    """Take in one signed event of the practice's account at that processor, signed as that one signs."""
    context.app.profiles.of(practice_id)  # else it is not found
    headers = {name.lower(): str(value) for name, value in context.request.headers.items()}
    context.app.receiving.receive(practice_id, processor_id, headers, context.raw)
