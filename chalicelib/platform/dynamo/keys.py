"""Every partition key but two, the practices' index and the loaded diagnosis codes, begins with its practice;
this is the only place that makes or reads one."""

import base64
import binascii
import json
from collections.abc import Mapping

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid


def practice(practice_id: str) -> str:
    return f"P#{practice_id}"


def account(ref: AccountRef) -> str:
    return f"P#{ref.practice}#A#{ref.account}"


def accounts(practice_id: str) -> str:
    """Where the practice's accounts are listed."""
    return f"P#{practice_id}#ACCOUNTS"


def marker(practice_id: str, key: str) -> str:
    return f"P#{practice_id}#MOV#{key}"


def inbox(practice_id: str) -> str:
    return f"P#{practice_id}#IN"


def alerts(practice_id: str) -> str:
    return f"P#{practice_id}#ALERT"


PRACTICES = "PRACTICES"
"""The index of practices, for jobs; its sort keys are their ids."""


CODES = "CODES"
"""Loaded releases of the diagnosis codes, for every practice; their sort keys are the days they begin."""


def directory(practice_id: str) -> str:
    return f"P#{practice_id}#DIR"


def runs(practice_id: str, kind: str) -> str:
    """Of every month: the sort keys begin with it."""
    return f"P#{practice_id}#RUN#{kind}"


def invoices(practice_id: str) -> str:
    """The practice's counter of invoices, and whose each number is."""
    return f"P#{practice_id}#INVOICES"


def questions(practice_id: str) -> str:
    """Whose each of the practice's questions is."""
    return f"P#{practice_id}#QUESTIONS"


def superbills(practice_id: str) -> str:
    """The practice's counter of superbills, and whose each number is."""
    return f"P#{practice_id}#SUPERBILLS"


def payers(practice_id: str) -> str:
    """What the practice's people have saved to pay with, and whose each of it is."""
    return f"P#{practice_id}#PAYERS"


def guests(practice_id: str) -> str:
    """What guests typed, by the accounts of their payments."""
    return f"P#{practice_id}#GUESTS"


def reminders(practice_id: str) -> str:
    """When each of the practice's invoices is looked at next."""
    return f"P#{practice_id}#REMINDERS"


def estimates(practice_id: str) -> str:
    """The practice's requests for good faith estimates."""
    return f"P#{practice_id}#ESTIMATES"


def hosting(practice_id: str) -> str:
    """What the host keeps of the practice; in no backup."""
    return f"P#{practice_id}#HOST"


def records(ref: AccountRef) -> str:
    """Who asked for the account's billing records, by person."""
    return f"P#{ref.practice}#REC#{ref.account}"


def sign_in(practice_id: str, sign_in_id: str) -> str:
    return f"P#{practice_id}#SI#{sign_in_id}"


def session(practice_id: str, token_hash: str) -> str:
    return f"P#{practice_id}#S#{token_hash}"


def link(practice_id: str, token_hash: str) -> str:
    return f"P#{practice_id}#L#{token_hash}"


def rate(practice_id: str, subject_hash: str, window: int | None = None) -> str:
    """Of a limit; without a window, of one that slides."""
    return f"P#{practice_id}#RATE#{subject_hash}" + ("" if window is None else f"#{window}")


def client_lookups(practice_id: str) -> str:
    return f"P#{practice_id}#CLIENT"


def addresses(practice_id: str) -> str:
    """What finds people, and what stops mail to them: the sort keys begin with the hash of the address."""
    return f"P#{practice_id}#EMAIL"


def client_lookup(practice_id: str, external_id: str) -> tuple[str, str]:
    return client_lookups(practice_id), f"LOOKUP#{external_id}"


def address_lookup(practice_id: str, address_hash: str) -> tuple[str, str]:
    return addresses(practice_id), f"{address_hash}#LOOKUP"


def address_asked(practice_id: str, address_hash: str) -> tuple[str, str]:
    """When the address was last asked for money."""
    return addresses(practice_id), f"{address_hash}#ASKED"


def person(person_id: str) -> str:
    return f"PERSON#{person_id}"


def claim(practice_id: str, name: str) -> str:
    return f"P#{practice_id}#CLAIM#{name}"


def below(practice_id: str) -> str:
    """What every key of the practice begins with, but its own."""
    return f"P#{practice_id}#"


def is_of(practice_id: str, pk: str) -> bool:
    """Whether the key is the practice's own or below it."""
    return pk == practice(practice_id) or pk.startswith(below(practice_id))


def name_of(pk: str) -> str:
    """What the key is called below its practice and kind: a marker's key, a session's hash."""
    return pk.split("#", 3)[3]


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


def unmatched(practice_id: str) -> str:
    """The practice's list of guests' money that waits to be matched; one partition: people make it short."""
    return due(f"unmatched#{practice_id}", 0)


def due_within(partition: str, shards: int) -> str:
    """A work list's partition, in another shard where there are not so many."""
    rest, _, shard = partition.rpartition("#")
    return f"{rest}#{int(shard) % shards}"


def cursor_text(last_key: Mapping[str, Mapping[str, str]] | None) -> str | None:
    """An opaque cursor: where the page ended, without the partition (that comes from the session again)."""
    if not last_key:
        return None
    inner = {name: value["S"] for name, value in last_key.items() if name != "pk"}
    return base64.urlsafe_b64encode(json.dumps(inner).encode()).decode().rstrip("=")


def cursor_key(
    cursor: str | None, pk: str, *, sk: str | tuple[str, ...], first: str, last: str
) -> dict[str, dict[str, str]] | None:
    """The key a cursor stands for: in this partition, a row whose sk begins with `sk`, or one of them, its
    date or name from `first` to `last`; the store would refuse others as if it were at fault. Error:
    cursor_invalid.
    """
    if cursor is None:
        return None
    row, place = _of_cursor(cursor, "sk", "gsi1sk")
    if not (row.startswith(sk) and first <= place <= last):
        raise Invalid("cursor_invalid", "cursor")
    return {"pk": {"S": pk}, "sk": {"S": row}, "gsi1sk": {"S": place}}


def own_cursor_key(cursor: str | None, pk: str, *, sk: str) -> dict[str, dict[str, str]] | None:
    """As `cursor_key`, of rows by their own keys. Error: cursor_invalid."""
    if cursor is None:
        return None
    (row,) = _of_cursor(cursor, "sk")
    if not row.startswith(sk):
        raise Invalid("cursor_invalid", "cursor")
    return {"pk": {"S": pk}, "sk": {"S": row}}


def _of_cursor(cursor: str, *names: str) -> tuple[str, ...]:
    """The texts of these names, of which none is empty. Error: cursor_invalid."""
    try:
        inner = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = tuple(inner[name] for name in names)
        whole = all(found) and len(inner) == len(names)
        _ = "".join(found).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise Invalid("cursor_invalid", "cursor") from error
    if not whole:
        raise Invalid("cursor_invalid", "cursor")
    return found
