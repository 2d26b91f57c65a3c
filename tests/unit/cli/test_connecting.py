"""`billfold practice connect-stripe` against the stand-in: each outcome, with both kinds of keys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chalicelib.payments.ports.connections import STRIPE_EVENTS, STRIPE_RIGHTS
from chalicelib.payments.processors.registry import CredentialProcessors
from chalicelib.payments.processors.stripe.client import API_VERSION
from chalicelib.settings import STRIPE_API, SettingsError, check_stripe_key
from sandbox.config import SandboxConfig
from sandbox.processor import _stand_in_parameter
from tests.contract.harness import Practice, running
from tests.unit.cli.world import Result, World

CONNECT = ("practice", "connect-stripe", "--practice", "oak")
URL = "http://localhost:8000/api/webhooks/oak/stripe"
RIGHTS = [right.name for right in STRIPE_RIGHTS]
ENDPOINTS = "/v1/webhook_endpoints"


@pytest.fixture
def stripe(world: World) -> Iterator[Practice]:
    """The practice's account at a stand-in, which the command asks."""
    world.with_practice()
    with running() as server:
        world.app.settings = replace(world.app.settings, stripe_api=server.origin)
        yield Practice(server, "oak")


def keys(kind: str = "sk", **more: str) -> str:
    pair = {"SECRET_KEY": f"{kind}_test_sandbox_oak", "PUBLISHABLE_KEY": "'pk_test_sandbox_oak'", **more}
    return "".join(f"STRIPE_{name}={value}\n" for name, value in pair.items())


def connect(world: World, *options: str, stdin: str = "") -> Result:
    return world.run(*CONNECT, "--json", *options, stdin=stdin or keys())


def kept(world: World) -> Mapping[str, Any] | None:
    return world.app.credentials.of("oak", "stripe")


def codes(result: Result) -> list[str]:
    return [event["code"] for event in result.events if event["event"] == "note"]


def addresses(stripe: Practice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stripe.get(ENDPOINTS).json["data"]
    return found


def made_by_hand(stripe: Practice, **more: Any) -> dict[str, Any]:
    wanted = {"url": URL, "enabled_events": ["*"], "api_version": API_VERSION, **more}
    return stripe.made(ENDPOINTS, wanted)


def test_one_command_connects_keeps_the_account_and_makes_one_endpoint(
    world: World, stripe: Practice
) -> None:
    first = connect(world)
    assert (first.status, codes(first)) == (0, ["endpoint_made"])
    [account] = [event for event in first.events if event["event"] == "account"]
    assert (account["currency"], account["category"], account["live"]) == ("USD", "8099", False)
    [endpoint] = addresses(stripe)
    assert (endpoint["url"], endpoint["enabled_events"]) == (URL, list(STRIPE_EVENTS))
    stored = dict(kept(world) or {})
    [secret] = stored.pop("webhook_secrets")
    assert secret.startswith("whsec_")
    assert stored == {
        "secret_key": "sk_test_sandbox_oak", "publishable_key": "pk_test_sandbox_oak",
        "account": account["id"], "currency": "USD", "category": "8099", "webhook_endpoint": endpoint["id"],
    }  # fmt: skip
    again = connect(world)
    assert (again.status, again.events[-1]["saved"], codes(again)) == (0, False, ["endpoint_ready"])
    assert addresses(stripe) == [endpoint]
    assert "sk_test" not in first.out + first.err
    assert secret not in first.out + first.err


def test_what_it_prints_for_people(world: World, stripe: Practice) -> None:
    printed = world.run(*CONNECT, stdin=keys()).out
    for text in (
        "country   US",
        "mode      test",
        "currency  USD",
        "category  8099 (medical services)",
        "Customer emails",
    ):
        assert text in printed
    shown = world.run("practice", "show", "--practice", "oak").out
    assert "stripe_currency    USD" in shown
    assert "sk_test" not in shown


def test_what_the_sandbox_keeps_by_itself_is_what_the_command_would_keep(
    world: World, stripe: Practice
) -> None:
    config = SimpleNamespace(stripe_url=stripe.server.origin, portal_url=world.app.settings.public_url)
    by_itself = _stand_in_parameter(cast(SandboxConfig, config), "oak", {})
    world.app.credentials.save("oak", "stripe", by_itself)
    result = connect(world)
    assert (result.status, codes(result), result.events[-1]["saved"]) == (0, ["endpoint_ready"], False)


def test_a_dry_run_changes_nothing_here_or_there(world: World, stripe: Practice) -> None:
    result = connect(world, "--dry-run")
    assert (result.status, codes(result)) == (0, ["endpoint_to_be_made"])
    assert (kept(world), addresses(stripe)) == (None, [])
    made_by_hand(stripe, enabled_events=["charge.updated"])
    assert codes(connect(world, "--dry-run")) == ["endpoint_to_be_renewed", "endpoint_secret_unknown"]
    assert addresses(stripe)[0]["enabled_events"] == ["charge.updated"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"business_profile": {"mcc": "7299"}}, "category_not_medical"),
        ({"business_profile": {"mcc": None}}, "category_not_medical"),
        ({"business_profile": None, "capabilities": None, "settings": None}, "category_not_medical"),
        ({"charges_enabled": False}, "charges_disabled"), ({"payouts_enabled": False}, "payouts_disabled"),
        ({"capabilities": {"card_payments": "pending"}}, "cards_inactive"),
        ({"default_currency": "eur"}, "paid_out_otherwise"),
    ],
)  # fmt: skip
def test_issue_8_number_11_what_keeps_payments_or_money_away_is_said(
    world: World, stripe: Practice, changes: dict[str, Any], code: str
) -> None:
    stripe.control("POST", "account", {"account": "oak", **changes})
    result = connect(world)
    assert (result.status, codes(result)) == (0, [code, "endpoint_made"])


def test_issue_9_an_account_that_calls_itself_a_terminals_commands_is_shown_on_one_line(
    world: World, stripe: Practice
) -> None:
    profile = {"name": "Oak\x1b[2J\n  mode  \u202elive", "mcc": "8099"}
    stripe.control("POST", "account", {"account": "oak", "business_profile": profile})
    told = world.run(*CONNECT, stdin=keys())
    assert "  name      Oak [2J mode live\n" in told.out
    assert "\x1b" not in told.out


@pytest.mark.parametrize("category", ["7277", "8011", "8099"])
def test_a_category_of_care_is_no_reason_to_warn(world: World, stripe: Practice, category: str) -> None:
    stripe.control("POST", "account", {"account": "oak", "business_profile": {"mcc": category}})
    assert codes(connect(world)) == ["endpoint_made"]


def test_bank_accounts_that_stripe_has_not_switched_on_are_named_where_they_are_offered(
    world: World, stripe: Practice
) -> None:
    off = {"account": "oak", "capabilities": {"us_bank_account_ach_payments": "inactive"}}
    stripe.control("POST", "account", off)
    assert codes(connect(world)) == ["endpoint_made"]
    world.with_practice(bank_debits=True)
    assert codes(connect(world)) == ["bank_debits_inactive", "endpoint_ready"]


def test_issue_8_number_10_the_accounts_own_currency_is_kept(world: World, stripe: Practice) -> None:
    stripe.control("POST", "settlement", {"account": "oak", "currency": "eur", "rate": "0.9"})
    assert codes(connect(world)) == ["paid_out_otherwise", "endpoint_made"]
    assert (kept(world) or {})["currency"] == "EUR"


def test_issue_8_number_1_an_endpoint_that_lacks_events_or_is_off_is_brought_up_to_date(
    world: World, stripe: Practice
) -> None:
    made = made_by_hand(stripe, enabled_events=["charge.dispute.created", "payout.paid"])
    stripe.made(f"{ENDPOINTS}/{made['id']}", {"disabled": True})
    result = connect(world, stdin=keys(WEBHOOK_SECRET=made["secret"]))
    assert (result.status, codes(result)) == (0, ["endpoint_renewed"])
    [endpoint] = addresses(stripe)
    assert set(endpoint["enabled_events"]) == {*STRIPE_EVENTS, "payout.paid"}
    assert endpoint["status"] == "enabled"
    assert codes(connect(world)) == ["endpoint_ready"]


def test_an_endpoint_whose_secret_was_lost_is_named_and_no_second_one_is_made(
    world: World, stripe: Practice
) -> None:
    """As after a crash between its making and the keeping of its secret."""
    made = made_by_hand(stripe)
    for _ in range(2):
        result = connect(world)
        assert (result.status, codes(result)) == (4, ["endpoint_secret_unknown"])
    assert made["id"] in result.out
    assert len(addresses(stripe)) == 1
    assert (kept(world) or {})["secret_key"] == "sk_test_sandbox_oak"
    rolled = {"account": "oak", "endpoint": made["id"]}
    secret = stripe.control("POST", "webhooks/roll", rolled)["secret"]
    assert connect(world, stdin=keys(WEBHOOK_SECRET=secret)).status == 0
    assert (kept(world) or {})["webhook_secrets"] == [secret]


def test_an_endpoint_made_anew_by_hand_is_not_taken_for_the_one_whose_secret_is_kept(
    world: World, stripe: Practice
) -> None:
    connect(world)
    stripe.api("DELETE", f"{ENDPOINTS}/{addresses(stripe)[0]['id']}")
    made_by_hand(stripe)
    for _ in range(2):
        result = connect(world)
        assert (result.status, codes(result)) == (4, ["endpoint_secret_unknown"])


def test_a_crash_before_the_secret_is_kept_has_kept_the_keys(
    world: World, stripe: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, saved = world.app.credentials.save, list[Mapping[str, Any]]()

    def killed_at_the_second(practice: str, processor: str, found: Mapping[str, Any]) -> None:
        if saved:
            raise KeyboardInterrupt
        saved.append(dict(found))
        save(practice, processor, found)

    with monkeypatch.context() as patch:
        patch.setattr(world.app.credentials, "save", killed_at_the_second)
        world.run(*CONNECT, stdin=keys())
    assert dict(kept(world) or {}) == saved[0]
    result = connect(world)
    assert (result.status, codes(result)) == (4, ["endpoint_secret_unknown"])
    assert len(addresses(stripe)) == 1


def test_an_endpoint_of_another_version_of_the_api_is_said(world: World, stripe: Practice) -> None:
    made = stripe.made(ENDPOINTS, {"url": URL, "enabled_events": ["*"]})
    result = connect(world, stdin=keys(WEBHOOK_SECRET=made["secret"]))
    assert (result.status, codes(result)) == (0, ["endpoint_version"])


def test_two_endpoints_at_one_address_are_named(world: World, stripe: Practice) -> None:
    secret = made_by_hand(stripe)["secret"]
    made_by_hand(stripe)
    result = connect(world, stdin=keys(WEBHOOK_SECRET=secret))
    assert (result.status, codes(result)) == (0, ["endpoint_twice"])


def test_a_secret_of_another_address_is_kept_and_no_endpoint_is_made(world: World, stripe: Practice) -> None:
    result = connect(world, stdin=keys(WEBHOOK_SECRET="whsec_abc"))
    assert (result.status, codes(result), addresses(stripe)) == (0, ["endpoint_elsewhere"], [])
    assert (kept(world) or {})["webhook_secrets"] == ["whsec_abc"]


def test_where_stripe_takes_no_more_endpoints_its_own_words_are_passed_on(
    world: World, stripe: Practice
) -> None:
    for number in range(16):
        stripe.made(ENDPOINTS, {"url": f"http://127.0.0.1:1/{number}", "enabled_events": ["*"]})
    result = connect(world)
    assert (result.status, codes(result)) == (4, ["endpoint_by_hand"])
    assert "maximum of 16" in result.out
    assert (kept(world) or {})["webhook_secrets"] == []


def test_a_restricted_key_with_the_rights_that_help_prints_connects(world: World, stripe: Practice) -> None:
    stripe.control("POST", "rights", {"account": "oak", "rights": RIGHTS})
    result = connect(world, stdin=keys("rk"))
    assert (result.status, codes(result)) == (0, ["endpoint_made"])
    for right in STRIPE_RIGHTS:
        assert str(right) in world.run("practice", "connect-stripe", "--help").out


@pytest.mark.parametrize("right", [right.name for right in STRIPE_RIGHTS if right.needed])
def test_issue_8_number_11_a_right_that_is_missing_is_named_and_nothing_is_changed(
    world: World, stripe: Practice, right: str
) -> None:
    given = [name for name in RIGHTS if name != right]
    stripe.control("POST", "rights", {"account": "oak", "rights": given})
    result = connect(world, stdin=keys("rk"))
    [error] = result.events
    assert (result.status, error["code"]) == (1, "stripe_rights_missing")
    assert [missing["name"] for missing in error["rights"]] == [right]
    assert (kept(world), addresses(stripe)) == (None, [])


def test_a_fresh_restricted_key_is_told_all_rights_at_once(world: World, stripe: Practice) -> None:
    [error] = connect(world, stdin=keys("rk")).events
    assert [missing["name"] for missing in error["rights"]] == [r.name for r in STRIPE_RIGHTS if r.needed]


def test_without_the_right_to_endpoints_the_events_are_printed(world: World, stripe: Practice) -> None:
    stripe.control("POST", "rights", {"account": "oak", "rights": RIGHTS[:-1]})
    result = connect(world, stdin=keys("rk"))
    assert (result.status, codes(result)) == (4, ["endpoint_by_hand"])
    assert all(event in result.out for event in STRIPE_EVENTS)
    assert "rak_webhook_read" in result.out
    secret = made_by_hand(stripe)["secret"]
    assert connect(world, stdin=keys("rk", WEBHOOK_SECRET=secret)).status == 0
    stripe.control("POST", "rights", {"account": "oak", "rights": [*RIGHTS[:-1], "rak_webhook_read"]})
    stripe.made(f"{ENDPOINTS}/{addresses(stripe)[0]['id']}", {"enabled_events": ["charge.updated"]})
    result = connect(world, stdin=keys("rk"))
    assert (result.status, codes(result)) == (0, ["endpoint_by_hand"])
    assert "rak_webhook_write" in result.out


def test_a_key_that_stripe_does_not_take_is_refused_and_nothing_is_kept(
    world: World, stripe: Practice
) -> None:
    stdin = keys().replace("sk_test_sandbox_oak", "sk_test_51revoked")
    result = connect(world, stdin=stdin)
    assert (result.status, result.events[-1]["code"], kept(world)) == (1, "stripe_key_refused", None)


@pytest.mark.parametrize("fault", [{"kind": "garbage"}, {"kind": "cut"}, {"status": 500}, {"status": 429}])
def test_an_answer_that_cannot_be_read_keeps_nothing(
    world: World, stripe: Practice, fault: dict[str, Any]
) -> None:
    stripe.control("POST", "faults", {**fault, "count": 9, "path": "/v1/account"})
    result = connect(world)
    assert (result.status, result.events[-1]["code"], kept(world)) == (3, "processor_unavailable", None)


def test_silence_about_endpoints_keeps_the_keys_and_the_next_run_goes_on(
    world: World, stripe: Practice
) -> None:
    stripe.control("POST", "faults", {"status": 500, "path": ENDPOINTS, "method": "POST"})
    result = connect(world)
    assert (result.status, codes(result)) == (4, ["endpoint_unheard"])
    assert (connect(world).status, len(addresses(stripe))) == (0, 1)


def test_stripe_out_of_reach_is_said_and_the_keys_can_be_kept_unchecked(world: World) -> None:
    world.with_practice()
    result = connect(world)
    assert (result.status, result.events[-1]["code"], kept(world)) == (3, "processor_unavailable", None)
    assert "--unchecked" in result.events[-1]["message"]
    assert connect(world, "--unchecked", "--dry-run").status == 4
    assert kept(world) is None
    first = connect(world, "--unchecked")
    assert (first.status, first.events[-1]["webhook_url"]) == (4, URL)
    assert connect(world, "--unchecked", stdin=keys(WEBHOOK_SECRET="whsec_abc")).status == 0
    again = connect(world, "--unchecked")
    assert (again.status, again.events[-1]["saved"]) == (0, False)
    assert (kept(world) or {})["webhook_secrets"] == ["whsec_abc"]
    assert "sk_test" not in first.out + first.err


def test_keys_of_another_account_are_said_and_its_secrets_go(
    world: World, stripe: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(world)
    [before] = (kept(world) or {})["webhook_secrets"]
    other = keys().replace("sandbox_oak", "sandbox_elm")
    result = connect(world, stdin=other)
    assert (result.status, codes(result)) == (0, ["account_changed", "endpoint_made"])
    [secret] = (kept(world) or {})["webhook_secrets"]
    assert secret != before


@pytest.mark.parametrize(
    "stdin",
    [
        "\n", "STRIPE_SECRET_KEY=sk_test_sandbox_oak\n",
        keys().replace("sk_test_sandbox", "sk_live"), keys().replace("_test_sandbox_", "_live_"),
        keys("xk"), keys(WEBHOOK_SECRET="abc"),
    ],
)  # fmt: skip
def test_wrong_keys_are_refused_before_anybody_is_asked(world: World, stdin: str) -> None:
    world.with_practice()
    assert connect(world, stdin=stdin).status == 1
    assert kept(world) is None


def test_wallets_are_registered_for_the_portals_domain_and_shown(world: World, stripe: Practice) -> None:
    """Issue 15: Apple Pay and Google Pay on the deployment's own domain: registered, status shown."""
    world.app.settings = replace(world.app.settings, public_url="https://pay.example.org")
    assert "wallets_active" in codes(connect(world))
    told = {"domain_name": "pay.example.org", "wallet": "apple_pay", "why": "The file is missing."}
    stripe.control("POST", "domains", {"account": "oak", **told})
    again = connect(world)
    notes = {event["code"]: event["message"] for event in again.events if event["event"] == "note"}
    assert notes["apple_pay_inactive"] == "Apple Pay is not offered on pay.example.org: The file is missing."
    domains = stripe.get("/v1/payment_method_domains").json["data"]
    assert [domain["domain_name"] for domain in domains] == ["pay.example.org"]


def test_a_key_that_may_not_register_says_so(world: World, stripe: Practice) -> None:
    world.app.settings = replace(world.app.settings, public_url="https://pay.example.org")
    rights = [right for right in RIGHTS if right != "rak_payment_method_domain_write"]
    stripe.control("POST", "rights", {"account": "oak", "rights": rights})
    assert "wallets_unregistered" in codes(connect(world, stdin=keys("rk")))


@pytest.mark.parametrize("options", [(), ("--unchecked",)])
@pytest.mark.parametrize("kind", ["sk", "rk"])
def test_18_a_trial_takes_no_live_keys(world: World, kind: str, options: tuple[str, ...]) -> None:
    world.with_practice()
    world.app.settings = replace(world.app.settings, stripe_api=STRIPE_API, trial=True)
    live = keys(SECRET_KEY=f"{kind}_live_oak", PUBLISHABLE_KEY="pk_live_oak")
    refused = connect(world, *options, stdin=live)
    assert refused.status == 1
    assert "a live Stripe key must not be used on a trial" in refused.out
    assert kept(world) is None
    with pytest.raises(SettingsError, match="on a trial"):
        check_stripe_key("sk_live_oak", world.app.settings)
    check_stripe_key("sk_live_oak", replace(world.app.settings, trial=False))
    check_stripe_key("sk_test_oak", world.app.settings)


def test_18_functions_of_a_trial_do_not_run_with_live_keys_that_were_kept_by_hand(world: World) -> None:
    world.with_practice()
    pair = {"secret_key": "sk_live_oak", "publishable_key": "pk_live_oak"}
    world.app.credentials.save("oak", "stripe", pair)
    of_paypal = {"client_id": "AbcLive", "secret": "s", "live": True}
    world.app.credentials.save("oak", "paypal", of_paypal)
    for trial in (False, True):
        wanted = replace(world.app.settings, stripe_api=STRIPE_API, paypal_api="", trial=trial)
        processors = CredentialProcessors(world.app.credentials, wanted)
        for name in ("stripe", "paypal"):
            if trial:
                with pytest.raises(SettingsError, match="on a trial"):
                    processors.of("oak", name)
            else:
                processors.of("oak", name)
