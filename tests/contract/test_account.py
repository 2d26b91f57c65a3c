"""The practice's own account, and restricted keys to it, as published and as the control API has them."""

from tests.contract.harness import Json, Practice, send

ENDPOINTS = "/v1/webhook_endpoints"


def change(practice: Practice, **fields: object) -> Json:
    return practice.control("POST", "account", {"account": practice.name, **fields})


def test_an_account_may_do_everything_until_it_is_changed(practice: Practice) -> None:
    usual = practice.get("/v1/account").json
    assert (usual["charges_enabled"], usual["business_profile"]["mcc"]) == (True, "8099")
    change(practice, business_profile={"mcc": "7299"}, charges_enabled=False)
    change(practice, capabilities={"card_payments": "inactive"})
    now = practice.get("/v1/account").json
    assert (now["charges_enabled"], now["business_profile"]["mcc"]) == (False, "7299")
    assert now["capabilities"] == {**usual["capabilities"], "card_payments": "inactive"}
    assert now["business_profile"]["name"] == usual["business_profile"]["name"]
    assert Practice(practice.server, "elm").get("/v1/account").json["id"] != now["id"]


def test_what_it_is_paid_out_in_is_its_default_currency(practice: Practice) -> None:
    practice.control("POST", "settlement", {"account": "demo", "currency": "eur", "rate": "0.9"})
    assert practice.get("/v1/account").json["default_currency"] == "eur"


def test_a_change_that_no_account_could_have_shows_at_once(practice: Practice) -> None:
    change(practice, colour="blue")
    assert practice.get("/v1/account").refusal == "schema_broken"


def test_a_restricted_key_sees_by_expand_only_what_it_may_read(practice: Practice) -> None:
    charge = str(practice.paid()["latest_charge"])
    key = practice.key.replace("sk_", "rk_")

    def read(expand: str) -> Json:
        url = f"{practice.server.origin}/v1/charges/{charge}?expand[]={expand}"
        reply: Json = send("GET", url, None, Authorization=f"Bearer {key}").json
        return reply

    practice.control("POST", "rights", {"account": "demo", "rights": ["rak_charge_write"]})
    error = read("payment_intent")["error"]
    assert (error["code"], "'rak_payment_intent_read'" in error["message"]) == (
        "more_permissions_required",
        True,
    )
    assert key not in error["message"]
    assert read("refunds")["refunds"]["data"] == []
    practice.control(
        "POST", "rights", {"account": "demo", "rights": ["rak_charge_read", "rak_payment_intent_read"]}
    )
    assert read("payment_intent")["payment_intent"]["object"] == "payment_intent"


def test_an_endpoint_that_is_deleted_makes_room_for_another(practice: Practice) -> None:
    wanted = {"url": "http://127.0.0.1:1/", "enabled_events": ["*"]}
    made = [practice.made(ENDPOINTS, wanted)["id"] for _ in range(16)]
    assert practice.post(ENDPOINTS, wanted).refusal == "endpoints_too_many"
    assert Practice(practice.server, "elm").post(ENDPOINTS, wanted).status == 200
    practice.api("DELETE", f"{ENDPOINTS}/{made[0]}")
    assert practice.post(ENDPOINTS, wanted).status == 200
