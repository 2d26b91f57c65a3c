"""The independent auditor of what payers have saved: reads the raw table and what the processor holds."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.soak.books import Items

ABLE, LEAVING = "ready", "leaving"


def safety(items: Items) -> Iterator[str]:
    """At every moment: exactly one default as soon as one can pay, and no number twice."""
    for name, payer in _payers(items):
        able = [method["id"] for method in payer["methods"] if method["state"] == ABLE]
        chosen = payer.get("default", "")
        if (chosen not in able) if able else chosen:
            yield f"the default of {name} is {chosen or 'none'} of {able}"
        numbers = [m["number"] for m in payer["methods"] if m["number"] and m["state"] == ABLE]
        if len(numbers) != len(set(numbers)):
            yield f"{name} has a number twice"


def completeness(items: Items, held: Mapping[str, set[str]]) -> Iterator[str]:
    """At rest: listed is what the processor holds for its payer, and nothing is left to tell it."""
    for name, payer in _payers(items):
        listed = {m["processor_id"] for m in payer["methods"] if m["state"] != LEAVING}
        there = held.get(payer.get("customer_id", ""), set())
        if listed != there or any(m["state"] == LEAVING for m in payer["methods"]):
            yield f"{name} has {sorted(listed)} listed, and {sorted(there)} at the processor"


def _payers(items: Items) -> Iterator[tuple[str, dict[str, Any]]]:
    for (pk, sk), item in items.items():
        if sk.startswith("PAYER#"):
            yield f"{pk} {sk}", {"methods": (), **json.loads(item["body"]["S"])}
