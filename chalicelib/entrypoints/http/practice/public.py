"""Routes that anyone may call: the practice's profile, and the API's own description."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.description import document
from chalicelib.entrypoints.http.policies import Anyone
from chalicelib.entrypoints.http.practice import views
from chalicelib.entrypoints.http.runtime import Reply, endpoint

routes = Blueprint(__name__)
_FOR_A_MINUTE = {"Cache-Control": "public, max-age=60"}


@endpoint(routes, "GET", "/practices/{practice_id}", policy=Anyone(), returns=schemas.PracticeProfile,
          errors=("practice_not_found",))  # fmt: skip
def get_practice(context: Context[None], practice_id: str) -> Reply:
    """What anyone may know of a practice; kept for a minute by whoever likes to. G19: `Last-Modified`."""
    practice, terms = context.app.profiles.of(practice_id), context.app.terms
    bounds = terms.bounds(practice, practice.currency)
    ways = terms.offers(practice, practice.currency)
    saved = context.app.payer_rows.ways(practice)
    guests = context.app.guest_paying.terms(practice)
    profile = views.profile(practice, bounds, ways, saved, guests, sandbox=context.app.settings.sandbox)
    return Reply(profile, headers=_FOR_A_MINUTE | _last_modified(practice.changed_at))


def _last_modified(at: str) -> dict[str, str]:
    if not at:
        return {}
    return {"Last-Modified": format_datetime(datetime.fromisoformat(at), usegmt=True)}


@endpoint(routes, "GET", "/default-practice", policy=Anyone(), returns=schemas.DefaultPractice)
def get_default_practice(context: Context[None]) -> schemas.DefaultPractice:
    """The practice of a deployment that has just one; null where there are several."""
    return schemas.DefaultPractice(context.app.settings.default_practice or None)


@endpoint(routes, "GET", "/openapi.json", policy=Anyone(), returns=dict[str, Any])
def get_openapi(_: Context[None]) -> Reply:
    """This description: OpenAPI 3.1, generated from the code."""
    return Reply(document())
