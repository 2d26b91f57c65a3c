"""What posting a plan would write, and what would differ from a list of balances then, each with a digest of
its values, by which two plans are compared.

Ids that are drawn by chance, and where a row stands, are no part of it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields

from chalicelib.importing.domain.formats import FORMATS
from chalicelib.importing.domain.rows import PLACE, Row
from chalicelib.importing.services.balances import Comparison
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.steps import CorrectionStep, FactsStep, Step
from chalicelib.practice.domain.practices import Client

_DRAWN = frozenset({"id", "link_generation", "addresses_given"})
_HEX = 12


def effects(plan: Plan, compared: Comparison | None) -> Mapping[str, str]:
    """By names such as "charges S-1", or "balance C1" where the list says otherwise."""
    texts = [*_texts(plan), *_differences(compared)]
    return {name: hashlib.sha256(text.encode()).hexdigest()[:_HEX] for name, text in texts}


def _differences(compared: Comparison | None) -> Iterator[tuple[str, str]]:
    for one in compared.differences if compared else ():
        yield f"balance {one.client_id}", repr((one.books_minor, one.row and one.row.amount_minor))


def _texts(plan: Plan) -> Iterator[tuple[str, str]]:
    for account in plan.accounts:
        for step in account.steps:
            yield _name(step), repr(list(_values(step)))
    for client in plan.directory.new:
        yield f"clients {client.external_id}", repr(_client(client))
    for update in plan.directory.updates:
        yield f"clients {update.after.external_id}", repr(list(update.changes))


def _name(step: Step) -> str:
    format_ = next(format_ for format_ in FORMATS if format_.row is type(step.row))
    name = f"{format_.kind} {getattr(step.row, format_.key)}"
    return f"{name} {step.external_id}" if isinstance(step, CorrectionStep | FactsStep) else name


def _values(step: Step) -> Iterator[object]:
    """A correction is dated by the day on which it is posted: that is no other effect."""
    for one in fields(step):
        value = getattr(step, one.name)
        if isinstance(value, Row):
            yield [getattr(value, f.name) for f in fields(value) if f.name not in PLACE]
        elif one.name != "on" or not isinstance(step, CorrectionStep | FactsStep):
            yield value


def _client(client: Client) -> list[object]:
    return [getattr(client, f.name) for f in fields(client) if f.name not in _DRAWN]
