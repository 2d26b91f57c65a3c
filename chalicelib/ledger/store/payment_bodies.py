"""A payment's fields as its row has them: each share with the service that it is for, and no name of a field
twice. So the usual payment stays within a kilobyte, which is a unit to write. Version 1 had them as they are.
"""

from collections.abc import Mapping
from dataclasses import astuple, fields
from typing import Any

from chalicelib.kernel import actors
from chalicelib.ledger.domain.methods import Method

VERSION, FORMER = 2, frozenset({1})
_PAYER = "payer"
_OF_METHOD = [field.name for field in fields(Method)]


def packed(told: Mapping[str, Any]) -> dict[str, Any]:
    """`told` are the fields that have not their default, by name."""
    allocation, services = told["allocation"], told.get("services", {})
    paid = {share.charge_id for share in allocation.shares}
    shares = [[s.charge_id, s.amount_minor, *services.get(s.charge_id, ())] for s in allocation.shares]
    rest = {name: held for name, held in told.items() if name not in ("allocation", "services", "method")}
    if rest.get("actor") == _payer(rest):
        rest["actor"] = _PAYER
    beside = {
        "credit_minor": allocation.credit_minor,
        "services": {id_: service for id_, service in services.items() if id_ not in paid},
        "method": _trimmed(told["method"]) if told.get("method") else [],
    }
    return {**rest, "shares": shares, **{name: held for name, held in beside.items() if held}}


def unpacked(held: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    """As `packed` was given them, in plain JSON."""
    if version in FORMER:
        return held
    shares = held["shares"]
    rest = {name: value for name, value in held.items() if name not in ("shares", "credit_minor", "method")}
    if rest.get("actor") == _PAYER:
        rest["actor"] = _payer(rest)
    return {
        **rest,
        "allocation": {
            "shares": [{"charge_id": share[0], "amount_minor": share[1]} for share in shares],
            "credit_minor": held.get("credit_minor", 0),
        },
        "services": {share[0]: share[2:] for share in shares if share[2:]} | held.get("services", {}),
        **({"method": dict(zip(_OF_METHOD, held["method"], strict=False))} if "method" in held else {}),
    }


def _payer(told: Mapping[str, Any]) -> str:
    """Whoever is to pay, as the actor."""
    return actors.in_portal(str(told.get("person_id", "")), minted=False).text


def _trimmed(method: Method) -> list[str]:
    told = list(astuple(method))
    while told and not told[-1]:
        told.pop()
    return told
