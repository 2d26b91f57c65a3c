"""Lists: newest first, cursors both ways, filters, expansion."""

from tests.contract.harness import Practice


def _five(practice: Practice) -> list[str]:
    """Newest first."""
    return [practice.customer() for _ in range(5)][::-1]


def test_pages_forward_and_back(practice: Practice) -> None:
    ids = _five(practice)
    first = practice.get("/v1/customers", {"limit": 2}).json
    assert ([each["id"] for each in first["data"]], first["has_more"]) == (ids[:2], True)
    last = practice.get("/v1/customers", {"limit": 3, "starting_after": ids[1]}).json
    assert ([each["id"] for each in last["data"]], last["has_more"]) == (ids[2:], False)
    before = practice.get("/v1/customers", {"limit": 2, "ending_before": ids[3]}).json
    assert ([each["id"] for each in before["data"]], before["has_more"]) == (ids[1:3], True)


def test_stripes_own_client_walks_all_pages(practice: Practice) -> None:
    ids = _five(practice)
    walked = practice.client.v1.customers.list({"limit": 2}).auto_paging_iter()
    assert [each.id for each in walked] == ids


def test_created_filters_by_time(practice: Practice) -> None:
    old = practice.customer()
    practice.control("POST", "clock", {"advance_seconds": 1000})
    new = practice.customer()
    border = practice.get(f"/v1/customers/{new}").json["created"]
    for comparison, expected in {"gte": [new], "lt": [old], "gt": [], "lte": [new, old]}.items():
        found = practice.get("/v1/customers", {"created": {comparison: border}}).json["data"]
        assert [each["id"] for each in found] == expected, comparison
    assert [each["id"] for each in practice.get("/v1/customers", {"created": border}).json["data"]] == [new]


def test_lists_filter_by_what_they_belong_to(practice: Practice) -> None:
    first, second = practice.paid(), practice.paid()
    refund = practice.made("/v1/refunds", {"payment_intent": second["id"], "amount": 1})
    assert practice.get("/v1/refunds", {"payment_intent": first["id"]}).json["data"] == []
    found = practice.get("/v1/refunds", {"charge": second["latest_charge"]}).json["data"]
    assert [each["id"] for each in found] == [refund["id"]]
    kinds = practice.get("/v1/balance_transactions", {"type": "refund"}).json["data"]
    assert [each["source"] for each in kinds] == [refund["id"]]
    events = practice.get("/v1/events", {"types": ["refund.created", "charge.refunded"]}).json["data"]
    assert {each["type"] for each in events} == {"refund.created", "charge.refunded"}


def test_expands_along_paths_and_in_lists(practice: Practice) -> None:
    intent = practice.paid(customer=practice.customer(), capture_method="automatic")
    wanted = {"expand": ["customer", "latest_charge.balance_transaction"]}
    one = practice.get(f"/v1/payment_intents/{intent['id']}", wanted).json
    assert one["customer"]["object"] == "customer"
    assert one["latest_charge"]["balance_transaction"]["fee"] == 88
    many = practice.get("/v1/payment_intents", {"expand": ["data.latest_charge"]}).json
    assert many["data"][0]["latest_charge"]["object"] == "charge"
    charge = practice.get(f"/v1/charges/{intent['latest_charge']}", {"expand": ["refunds"]}).json
    assert charge["refunds"]["data"] == []
    session = practice.session()["id"]
    assert "line_items" not in practice.get(f"/v1/checkout/sessions/{session}").json
    expanded = practice.get(f"/v1/checkout/sessions/{session}", {"expand": ["line_items"]}).json
    assert expanded["line_items"]["data"][0]["amount_total"] == 5000


def test_practices_see_only_their_own(practice: Practice) -> None:
    other = Practice(practice.server, "other")
    theirs = other.paid(customer=other.customer())
    for path in ("customers", "payment_intents", "charges", "events", "balance_transactions"):
        assert practice.get(f"/v1/{path}").json["data"] == [], path
    foreign = practice.get(f"/v1/payment_intents/{theirs['id']}")
    absent = practice.get("/v1/payment_intents/pi_absent")
    assert foreign.json == {"error": absent.error | {"message": f"No such payment_intent: '{theirs['id']}'"}}
    assert practice.post("/v1/refunds", {"payment_intent": theirs["id"]}).status == 404
