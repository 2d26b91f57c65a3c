"""Every key of the table begins with its practice; this is the only place that makes or reads one."""

import base64
import binascii
import json
from collections.abc import Mapping

from chalicelib.kernel.errors import Invalid


def practice(practice_id: str) -> str:
    return f"P#{practice_id}"


def account(practice_id: str, account_id: str) -> str:
    return f"P#{practice_id}#A#{account_id}"


def movement(practice_id: str, key: str) -> str:
    return f"P#{practice_id}#MOV#{key}"


def inbox(practice_id: str, processor: str, event_id: str) -> str:
    return f"P#{practice_id}#IN#{processor}#{event_id}"


def alerts(practice_id: str) -> str:
    return f"P#{practice_id}#ALERT"


LOOKUP = "LOOKUP"


def client_lookup(practice_id: str, external_id: str) -> str:
    return f"P#{practice_id}#CLIENT#{external_id}"


def claim(practice_id: str, name: str) -> str:
    return f"P#{practice_id}#CLAIM#{name}"


def practice_of(pk: str) -> str:
    return pk.split("#")[1]


def account_of(pk: str) -> str:
    """The account of a key under one, else ""."""
    parts = pk.split("#")
    return parts[3] if len(parts) > 3 and parts[2] == "A" else ""


def entry(seq: int) -> str:
    return f"E#{seq:012d}"


def due(kind: str, shard: int) -> str:
    return f"DUE#{kind}#{shard}"


def cursor_text(last_key: Mapping[str, Mapping[str, str]] | None) -> str | None:
    """An opaque cursor: where the page ended, without the partition (that comes from the session again)."""
    if not last_key:
        return None
    inner = {name: value["S"] for name, value in last_key.items() if name != "pk"}
    return base64.urlsafe_b64encode(json.dumps(inner).encode()).decode().rstrip("=")


def cursor_key(
    cursor: str | None, pk: str, *, sk: str, first: str, last: str
) -> dict[str, dict[str, str]] | None:
    """The key a cursor stands for: in this partition, a row whose sk begins with `sk`, its date or name from
    `first` to `last`; the store would refuse others as if it were at fault. Error: cursor_invalid.
    """
    if cursor is None:
        return None
    try:
        inner = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        row, place = inner["sk"], inner["gsi1sk"]
        ours = bool(row and place) and row.startswith(sk) and first <= place <= last and len(inner) == 2
        _ = (row + place).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise Invalid("cursor_invalid", "cursor") from error
    if not ours:
        raise Invalid("cursor_invalid", "cursor")
    return {"pk": {"S": pk}, "sk": {"S": row}, "gsi1sk": {"S": place}}
