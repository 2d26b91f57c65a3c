"""One request for each refusal about keys, versions and the shape of parameters."""

from sandbox.stripe import API_VERSION
from tests.contract.harness import Practice, Reply, checkout, pay, send

CUSTOMERS = "/v1/customers"
INTENTS = "/v1/payment_intents"
SESSIONS = "/v1/checkout/sessions"


def _with_key(practice: Practice, key: str | None) -> Reply:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return send("GET", practice.server.origin + CUSTOMERS, None, **headers)


def api_key_missing(practice: Practice) -> Reply:
    return _with_key(practice, None)


def api_key_invalid(practice: Practice) -> Reply:
    return _with_key(practice, "sk_test_somebody_else")


def api_key_live(practice: Practice) -> Reply:
    return _with_key(practice, "sk_live_demo")


def api_key_publishable(practice: Practice) -> Reply:
    return _with_key(practice, practice.publishable_key)


def client_key_invalid(practice: Practice) -> Reply:
    return practice.browser("/client/session", {"key": practice.key, "client_secret": "cs_test_x_secret_y"})


def client_secret_invalid(practice: Practice) -> Reply:
    secret = practice.session(ui_mode="elements")["client_secret"]
    return practice.client_call("session", client_secret=secret[:-1] + "~")


def right_missing(practice: Practice) -> Reply:
    practice.control("POST", "rights", {"account": practice.name, "rights": ["rak_customer_read"]})
    key = practice.key.replace("sk_", "rk_")
    assert _with_key(practice, key).status == 200
    return send("POST", practice.server.origin + CUSTOMERS, None, Authorization=f"Bearer {key}")


def version_unsupported(practice: Practice) -> Reply:
    assert practice.get(CUSTOMERS, Stripe_Version=API_VERSION).status == 200
    return practice.get(CUSTOMERS, Stripe_Version="2026-10-28.endive")


def url_unknown(practice: Practice) -> Reply:
    return practice.get("/v1/nothing")


def content_type_unsupported(practice: Practice) -> Reply:
    return practice.post(CUSTOMERS, {"name": "x"}, Content_Type="application/json")


def body_not_utf8(practice: Practice) -> Reply:
    headers = {"Authorization": f"Bearer {practice.key}", "Content-Type": "application/x-www-form-urlencoded"}
    return send("POST", practice.server.origin + CUSTOMERS, b"name=%ff", **headers)


def idempotency_key_too_long(practice: Practice) -> Reply:
    assert practice.post(CUSTOMERS, Idempotency_Key="k" * 255).status == 200
    return practice.post(CUSTOMERS, Idempotency_Key="k" * 256)


def idempotency_other_request(practice: Practice) -> Reply:
    assert practice.post(CUSTOMERS, {"name": "a"}, Idempotency_Key="k").status == 200
    return practice.post(CUSTOMERS, {"name": "b"}, Idempotency_Key="k")


def idempotency_in_use(practice: Practice) -> Reply:
    with practice.server.sandbox.api.in_use.held(practice.name, "k"):
        return practice.post(CUSTOMERS, Idempotency_Key="k")


def parameter_unknown(practice: Practice) -> Reply:
    return practice.post(CUSTOMERS, {"nmae": "x"})


def parameter_unsupported(practice: Practice) -> Reply:
    return practice.post(CUSTOMERS, {"test_clock": "clock_1"})


def parameter_missing(practice: Practice) -> Reply:
    return practice.post(INTENTS, {"currency": "usd"})


def parameter_invalid_integer(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(amount="12.50"))


def parameter_invalid_boolean(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(confirm="yes"))


def parameter_invalid_empty(practice: Practice) -> Reply:
    return practice.post(CUSTOMERS, {"payment_method": ""})


def parameter_too_long(practice: Practice) -> Reply:
    assert practice.post(SESSIONS, checkout(client_reference_id="x" * 200)).status == 200
    return practice.post(SESSIONS, checkout(client_reference_id="x" * 201))


def parameter_not_a_choice(practice: Practice) -> Reply:
    return practice.post(SESSIONS, checkout(ui_mode="hosted"))


def parameter_not_an_object(practice: Practice) -> Reply:
    return practice.post(SESSIONS, checkout(payment_intent_data="x"))


def parameter_not_an_array(practice: Practice) -> Reply:
    return practice.post(INTENTS, pay(payment_method_types="card"))


def parameter_not_a_string(practice: Practice) -> Reply:
    return practice.post(CUSTOMERS, {"description": {"a": "b"}})


def metadata_too_many(practice: Practice) -> Reply:
    assert practice.post(CUSTOMERS, {"metadata": {f"k{n}": "v" for n in range(50)}}).status == 200
    return practice.post(CUSTOMERS, {"metadata": {f"k{n}": "v" for n in range(51)}})


def metadata_key_too_long(practice: Practice) -> Reply:
    assert practice.post(CUSTOMERS, {"metadata": {"k" * 40: "v"}}).status == 200
    return practice.post(CUSTOMERS, {"metadata": {"k" * 41: "v"}})


def metadata_value_too_long(practice: Practice) -> Reply:
    assert practice.post(CUSTOMERS, {"metadata": {"k": "v" * 500}}).status == 200
    return practice.post(CUSTOMERS, {"metadata": {"k": "v" * 501}})


def url_invalid(practice: Practice) -> Reply:
    return practice.post(SESSIONS, checkout(success_url="/relative"))


def email_invalid(practice: Practice) -> Reply:
    return practice.post(CUSTOMERS, {"email": "nobody@nowhere"})


def limit_out_of_range(practice: Practice) -> Reply:
    assert practice.get(CUSTOMERS, {"limit": 100}).status == 200
    assert practice.get(CUSTOMERS, {"limit": 0}).refusal == "limit_out_of_range"
    return practice.get(CUSTOMERS, {"limit": 101})


def paging_both_ways(practice: Practice) -> Reply:
    ident = practice.customer()
    return practice.get(CUSTOMERS, {"starting_after": ident, "ending_before": ident})


def event_types_both_ways(practice: Practice) -> Reply:
    return practice.get("/v1/events", {"type": "refund.created", "types": ["refund.updated"]})


def event_types_too_many(practice: Practice) -> Reply:
    types = [f"refund.{number}" for number in range(21)]
    assert practice.get("/v1/events", {"types": types[:20]}).status == 200
    return practice.get("/v1/events", {"types": types})


def cursor_missing(practice: Practice) -> Reply:
    return practice.get(CUSTOMERS, {"starting_after": "cus_nobody"})


def expand_impossible(practice: Practice) -> Reply:
    return practice.get(f"{CUSTOMERS}/{practice.customer()}", {"expand": ["name"]})


def expand_too_deep(practice: Practice) -> Reply:
    practice.paid()
    four = "data.latest_charge.payment_intent.latest_charge"
    assert practice.get(INTENTS, {"expand": [four]}).status == 200
    return practice.get(INTENTS, {"expand": [f"{four}.payment_intent"]})


def resource_missing(practice: Practice) -> Reply:
    other = Practice(practice.server, "other")
    return practice.get(f"{CUSTOMERS}/{other.customer()}")
