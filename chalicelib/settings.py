"""The only reader of the environment. Read once, at the cold start; a wrong setting refuses to start."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

# Of each work list: a program that is told no other number writes into these, and all others read them.
FEWEST_SHARDS = 4
STRIPE_API = "https://api.stripe.com"
STRIPE_JS = "https://js.stripe.com/dahlia/stripe.js"
_TRIAL_TAKES = "enter a test key, or go live with the stage first (docs/deploy.md)"


class SettingsError(Exception):
    """The environment is not usable; the text says which variable and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`sandbox` is true where the processors are stand-ins. URLs have no trailing slash.

    `edge_secrets` are what the CDN adds to every request, two while it is being replaced; none where there is
    no CDN. `mail_configuration_set` is SES's, by which it reports bounces and complaints; "" where there is
    none. `mail_rate`: how many mails a second SES takes of the account; `statement_workers`: how many
    functions send statements at once. `work_shards`: into how many shards of each work list is written;
    `work_shards_read`, as many or more, how many are read. `paypal_api`: where the PayPal stand-in is, ""
    where there is none, so that each practice's keys say whether they are live or of PayPal's own sandbox.
    `trial`: the stage is for trying, and takes no live keys (docs/adr/0046-trial-and-live.md).
    """

    stage: str
    table: str
    bucket: str
    anchors_bucket: str
    region: str
    settle_queue_url: str
    documents_queue_url: str
    issue_queue_url: str
    delivery_queue_url: str
    catch_up_queue_url: str
    public_url: str
    mail_from: str
    secrets_prefix: str
    stripe_api: str
    stripe_js: str
    default_practice: str
    edge_secrets: frozenset[str] = frozenset()
    mail_configuration_set: str = ""
    work_shards: int = FEWEST_SHARDS
    work_shards_read: int = FEWEST_SHARDS
    mail_rate: float = 1.0  # as SES's own sandbox, which is the slowest there is
    statement_workers: int = 2
    paypal_api: str = ""
    trial: bool = False

    @property
    def sandbox(self) -> bool:
        return self.stripe_api != STRIPE_API

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Error: SettingsError, naming what is missing."""
    env = os.environ if environ is None else environ

    def need(name: str) -> str:
        value = env.get(name, "").strip()
        if not value:
            raise SettingsError(f"{name} is not set")
        return value.rstrip("/")

    written = _shards(env, "BILLFOLD_WORK_SHARDS", FEWEST_SHARDS)

    def positive(name: str, default: str) -> float:
        try:
            value = float(env.get(name, default))
        except ValueError:
            value = 0.0
        if not 0 < value < math.inf:
            raise SettingsError(f"{name} is a number above 0")
        return value

    return Settings(
        stage=need("BILLFOLD_STAGE"),
        table=need("BILLFOLD_TABLE"),
        bucket=need("BILLFOLD_BUCKET"),
        anchors_bucket=need("BILLFOLD_ANCHORS_BUCKET"),
        region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or "us-east-1",
        settle_queue_url=need("BILLFOLD_SETTLE_QUEUE_URL"),
        documents_queue_url=need("BILLFOLD_DOCUMENTS_QUEUE_URL"),
        issue_queue_url=need("BILLFOLD_ISSUE_QUEUE_URL"),
        delivery_queue_url=need("BILLFOLD_DELIVERY_QUEUE_URL"),
        catch_up_queue_url=need("BILLFOLD_CATCH_UP_QUEUE_URL"),
        public_url=need("BILLFOLD_PUBLIC_URL"),
        mail_from=need("BILLFOLD_MAIL_FROM"),
        secrets_prefix=need("BILLFOLD_SECRETS_PREFIX"),
        stripe_api=env.get("BILLFOLD_STRIPE_API_BASE", "").rstrip("/") or STRIPE_API,
        stripe_js=env.get("BILLFOLD_STRIPE_JS_URL", "") or STRIPE_JS,
        default_practice=env.get("BILLFOLD_DEFAULT_PRACTICE", ""),
        edge_secrets=frozenset(
            {env.get("BILLFOLD_EDGE_SECRET", ""), env.get("BILLFOLD_EDGE_SECRET_BEFORE", "")} - {""}
        ),
        mail_configuration_set=env.get("BILLFOLD_MAIL_CONFIGURATION_SET", ""),
        work_shards=written,
        work_shards_read=_shards(env, "BILLFOLD_WORK_SHARDS_READ", written),
        mail_rate=positive("BILLFOLD_MAIL_RATE", "1"),
        statement_workers=int(positive("BILLFOLD_STATEMENT_WORKERS", "2")),
        paypal_api=env.get("BILLFOLD_PAYPAL_API_BASE", "").rstrip("/"),
        trial=_is_trial(env),
    )


def _is_trial(env: Mapping[str, str]) -> bool:
    kind = env.get("BILLFOLD_STAGE_KIND", "") or "live"
    if kind not in ("live", "trial"):
        raise SettingsError(f"BILLFOLD_STAGE_KIND is live or trial, not {kind}")
    return kind == "trial"


def _shards(env: Mapping[str, str], name: str, least: int) -> int:
    """Whatever is written has to be read."""
    text = env.get(name, "") or str(least)
    if not text.isdecimal() or int(text) < least:
        raise SettingsError(f"{name} is not a whole number from {least} on")
    return int(text)


def check_stripe_key(key: str, settings: Settings) -> None:
    """A live key with a sandbox address or on a trial, or a sandbox key with the real one, must not run."""
    if settings.trial and "_live_" in key:
        raise SettingsError(f"a live Stripe key must not be used on a trial: {_TRIAL_TAKES}")
    if settings.sandbox and "_live_" in key:
        raise SettingsError("a live Stripe key must not be used with a sandbox address")
    if not settings.sandbox and "_test_sandbox_" in key:
        raise SettingsError("a sandbox Stripe key must not be used with Stripe's own address")


def check_paypal_client(client_id: str, settings: Settings, *, live: bool) -> None:
    """The stand-in has apps of its own, which mean nothing to PayPal, and is told no real one's secret.
    `live`: of PayPal itself, not of its sandbox; a trial takes none of these."""
    of_stand_in = client_id.startswith("client_sandbox_")
    if settings.paypal_api and not of_stand_in:
        raise SettingsError(
            "is of PayPal's, which the sandbox does not ask. Enter one of the sandbox's, such as"
            " client_sandbox_willow, here, and this one where Billfold is deployed"
        )
    if settings.trial and live and not settings.paypal_api:
        raise SettingsError(f"is of live PayPal, and must not be used on a trial: {_TRIAL_TAKES}")
    if of_stand_in and not settings.paypal_api:
        raise SettingsError(
            "is of the sandbox, and unknown to PayPal. Enter that of an app made at developer.paypal.com"
        )
