"""/v1/reporting/transactions: every movement of the account, three hours late."""

from datetime import timedelta
from decimal import Decimal

from sandbox.paypal import money
from sandbox.paypal.errors import refuse
from sandbox.paypal.objects import supported
from sandbox.paypal.payers import ADDRESS, NAME, PHONE
from sandbox.paypal.scope import Scope, account_id, instant, written
from sandbox.standin.exchange import Json

_QUERY: Json = dict.fromkeys(
    ("start_date", "end_date", "page", "page_size", "fields", "transaction_id", "transaction_status",
     "transaction_currency")
)  # fmt: skip
LATE_SECONDS = 3 * 3600
LONGEST = timedelta(days=31).total_seconds()


def note(
    scope: Scope,
    ident: str,
    *,
    code: str,
    amount: Json,
    fee: Decimal,
    status: str,
    about: Json,
    email: str,
    reference: str = "",
) -> None:
    """Write a movement's row, or change it. `about` has its invoice_id and custom_id; `reference` is what it
    belongs to."""
    key = f"row-{ident}"
    before = scope.find("transaction", key)
    info: Json = {
        "paypal_account_id": account_id(email),
        "transaction_id": ident,
        "transaction_event_code": code,
        "transaction_initiation_date": before["transaction_initiation_date"] if before else scope.time,
        "transaction_updated_date": scope.time,
        "transaction_amount": {name: amount[name] for name in ("currency_code", "value")},
        "transaction_status": status,
        "protection_eligibility": "02",
    }
    if fee:
        info["fee_amount"] = money.written(-fee, amount["currency_code"])
    if reference:
        info |= {"paypal_reference_id": reference, "paypal_reference_id_type": "TXN"}
    names = {"invoice_id": "invoice_id", "custom_field": "custom_id"}
    info |= {name: about[of] for name, of in names.items() if of in about}
    older = [*scope.private("transaction", key).get("older", []), before] if before else []
    scope.save("transaction", key, info, {"email": email, "older": older})


def search(scope: Scope, query: Json) -> Json:
    supported.check(query, _QUERY)
    start, end = supported.instants(query, "start_date", "end_date").values()
    if end < start:
        raise refuse("range_backwards", field="end_date")
    if end - start > LONGEST:
        raise refuse("range_too_long", field="end_date")
    known = (_seen(scope, row) for row in scope.every("transaction"))
    found = [row for row in known if row and _asked_for(row, query, start, end)]
    size, page = query.get("page_size", 100), query.get("page", 1)
    rows = found[(page - 1) * size : page * size]
    answer: Json = {
        "account_number": scope.merchant_id,
        "start_date": query["start_date"],
        "end_date": query["end_date"],
        "last_refreshed_datetime": written(scope.now - _late(scope)),
        "page": page,
        "total_items": len(found),
        "total_pages": -(-len(found) // size),
        "links": [scope.link("/v1/reporting/transactions")],
    }
    if rows:
        answer["transaction_details"] = [_detail(scope, row, query.get("fields", "")) for row in rows]
    return answer


def _late(scope: Scope) -> float:
    late = scope.setting("reporting_late", LATE_SECONDS)
    return float(late) if isinstance(late, int | float) else LATE_SECONDS


def _seen(scope: Scope, row: Json) -> Json | None:
    """The row as the search has it by now: its newest state that is old enough."""
    states = [*scope.private("transaction", f"row-{row['transaction_id']}")["older"], row]
    latest = scope.now - _late(scope)
    return next((each for each in states[::-1] if instant(each["transaction_updated_date"]) <= latest), None)


def _asked_for(row: Json, query: Json, start: float, end: float) -> bool:
    at = instant(row["transaction_initiation_date"])
    equal = {"transaction_id": row["transaction_id"], "transaction_status": row["transaction_status"]}
    equal["transaction_currency"] = row["transaction_amount"]["currency_code"]
    return start <= at <= end and all(query[name] == value for name, value in equal.items() if name in query)


def _detail(scope: Scope, row: Json, fields: str) -> Json:
    wanted = fields.split(",")
    detail: Json = {"transaction_info": row}
    if {"all", "payer_info"} & set(wanted):
        email = scope.private("transaction", f"row-{row['transaction_id']}")["email"]
        detail["payer_info"] = {
            "account_id": account_id(email),
            "email_address": email,
            "phone_number": {"country_code": "1", "national_number": PHONE},
            "payer_status": "Y",
            "payer_name": {**NAME, "alternate_full_name": " ".join(NAME.values())},
            "country_code": ADDRESS["country_code"],
        }
    return detail
