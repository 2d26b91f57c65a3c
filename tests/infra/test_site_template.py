"""infra/site.yaml: one origin, the headers of headers.json, the API never cached, files for the CDN only."""

import json
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from chalicelib.entrypoints.http.blueprints import ALL
from chalicelib.entrypoints.http.policies import Anyone
from chalicelib.entrypoints.http.runtime import ROUTES
from infra.headers import load_headers
from infra.kinds import of_kind
from infra.table import load_template
from sandbox.config import ROOT
from sandbox.gateway import PROFILES

SITE = ROOT / "infra" / "site.yaml"
TEMPLATE = load_template(SITE)
RESOURCES: dict[str, Any] = of_kind(TEMPLATE, "live")["Resources"]
TRIAL = of_kind(TEMPLATE, "trial")["Resources"]
CDN: dict[str, Any] = RESOURCES["Cdn"]["Properties"]["DistributionConfig"]
GUESTS, PROFILE, WEBHOOKS, API = CDN["CacheBehaviors"]
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

# CloudFront has a place of its own for these; all others are custom headers.
SECURITY = {
    "ContentSecurityPolicy": ("Content-Security-Policy", lambda c: c["ContentSecurityPolicy"]),
    "StrictTransportSecurity": (
        "Strict-Transport-Security",
        lambda c: (
            f"max-age={c['AccessControlMaxAgeSec']}"
            + "; includeSubDomains" * chosen(c["IncludeSubdomains"], "host")
            + "; preload" * chosen(c["Preload"], "host")
        ),
    ),
    "ContentTypeOptions": ("X-Content-Type-Options", lambda _: "nosniff"),
    "FrameOptions": ("X-Frame-Options", lambda c: c["FrameOption"]),
    "ReferrerPolicy": ("Referrer-Policy", lambda c: c["ReferrerPolicy"]),
}


def chosen(value: dict[str, list[Any]], hsts: str) -> bool:
    """What a `!If` of the template comes to where the stage's Hsts is that."""
    condition, yes, no = value["Fn::If"]
    return bool(yes if _holds(TEMPLATE["Conditions"][condition], hsts) else no)


def _holds(condition: dict[str, Any], hsts: str) -> bool:
    if "Fn::Or" in condition:
        return any(_holds(part, hsts) for part in condition["Fn::Or"])
    if "Condition" in condition:
        return _holds(TEMPLATE["Conditions"][condition["Condition"]], hsts)
    return bool(condition["Fn::Equals"] == [{"Ref": "Hsts"}, hsts])


@pytest.mark.parametrize("policy", ["PageHeaders", "ApiHeaders", "ProfileHeaders"])
@pytest.mark.parametrize(
    ("hsts", "subdomains", "preload"),
    [("host", False, False), ("subdomains", True, False), ("preload", True, True)],
)
def test_tls_for_other_names_than_the_portals_is_the_stages_choice(
    policy: str, hsts: str, subdomains: bool, preload: bool
) -> None:
    """A practice's portal is one name below a domain that has others, of which we know nothing."""
    assert TEMPLATE["Parameters"]["Hsts"]["Default"] == "host"
    config = RESOURCES[policy]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    found = config["StrictTransportSecurity"]
    assert (chosen(found["IncludeSubdomains"], hsts), chosen(found["Preload"], hsts)) == (subdomains, preload)


def sent(policy: str) -> dict[str, str]:
    """The headers of a response-headers policy, as a browser gets them; each replaces the origin's."""
    config = RESOURCES[policy]["Properties"]["ResponseHeadersPolicyConfig"]
    custom = list(config["CustomHeadersConfig"]["Items"])
    security = config["SecurityHeadersConfig"]
    if policy == "ProfileHeaders":  # only where the API says nothing
        assert custom.pop() == {"Header": "Cache-Control", "Override": False, "Value": "no-store"}
    assert all(part["Override"] is True for part in (*custom, *security.values()))
    headers = {SECURITY[name][0]: str(SECURITY[name][1](part)) for name, part in security.items()}
    return headers | {item["Header"]: item["Value"] for item in custom}


def test_the_template_is_valid_cloudformation() -> None:
    lint = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "--non-zero-exit-code",
        "informational",
        str(SITE),
    ]
    result = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_pages_and_api_are_sent_exactly_the_headers_of_the_one_list() -> None:
    assert sent("PageHeaders") == dict(load_headers().pages)
    assert sent("ApiHeaders") == dict(load_headers().api)
    assert sent("ProfileHeaders") == dict(load_headers().profile)
    assert CDN["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "PageHeaders"}
    assert API["ResponseHeadersPolicyId"] == {"Ref": "ApiHeaders"}
    assert PROFILE["ResponseHeadersPolicyId"] == {"Ref": "ProfileHeaders"}


def test_issue_13_7_the_profile_is_kept_for_a_minute_by_its_address_alone() -> None:
    assert PROFILE["PathPattern"] == f"{PROFILES}*", "as the sandbox has it, and before all of /api/*"
    assert (PROFILE["CachePolicyId"], PROFILE["AllowedMethods"]) == ({"Ref": "ProfileCache"}, ["GET", "HEAD"])
    kept = RESOURCES["ProfileCache"]["Properties"]["CachePolicyConfig"]
    assert (kept["MinTTL"], kept["DefaultTTL"], kept["MaxTTL"]) == (0, 0, 60)
    told = RESOURCES["ProfileRequests"]["Properties"]["OriginRequestPolicyConfig"]
    assert PROFILE["OriginRequestPolicyId"] == {"Ref": "ProfileRequests"}
    for policy in (kept["ParametersInCacheKeyAndForwardedToOrigin"], told):
        assert policy["CookiesConfig"] == {"CookieBehavior": "none"}
        assert policy["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    assert kept["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert told["HeadersConfig"]["Headers"] == ["Accept-Language"], "of what is refused, and not kept"


def test_issue_13_7_no_route_for_one_person_is_below_what_is_kept() -> None:
    """What a guest does at a practice goes past it, as the rest of the API does."""
    assert ALL, "their import declares the routes"
    below = [f"/api{route.path}" for route in ROUTES if f"/api{route.path}".startswith(PROFILES)]
    assert {**API, "PathPattern": f"{PROFILES}*/*"} == GUESTS
    kept = [path for path in below if not fnmatch(path, GUESTS["PathPattern"])]
    assert kept == ["/api/practices/{practice_id}"]
    [profile] = [route for route in ROUTES if f"/api{route.path}" == kept[0]]
    assert (profile.method, profile.policy) == ("GET", Anyone())


def test_issue_13_7_what_is_refused_is_not_kept_for_the_next_who_asks() -> None:
    """CloudFront keeps it for ten seconds unless told not to, whatever the API says of most of these."""
    kept = {one["ErrorCode"]: one["ErrorCachingMinTTL"] for one in CDN["CustomErrorResponses"]}
    assert kept == dict.fromkeys([400, 403, 404, 405, 500, 502, 503, 504], 0)


def test_the_api_is_never_cached_and_asked_over_tls_only() -> None:
    assert (API["PathPattern"], API["CachePolicyId"]) == ("/api/*", CACHING_DISABLED)
    assert API["ViewerProtocolPolicy"] == "https-only"
    assert set(API["AllowedMethods"]) >= {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}
    [api] = [origin for origin in CDN["Origins"] if origin["Id"] == API["TargetOriginId"]]
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert "OriginPath" not in api, "the stage is called api: the address goes on as it is"


def test_the_api_believes_the_viewers_address_by_the_secret_that_the_cdn_adds() -> None:
    [api] = [origin for origin in CDN["Origins"] if origin["Id"] == "api"]
    assert api["OriginCustomHeaders"] == [
        {"HeaderName": "Billfold-Edge", "HeaderValue": {"Ref": "EdgeSecret"}}
    ]
    assert TEMPLATE["Parameters"]["EdgeSecret"]["NoEcho"] is True
    told = RESOURCES["ApiRequests"]["Properties"]["OriginRequestPolicyConfig"]
    headers = {header.lower() for header in told["HeadersConfig"]["Headers"]}
    assert "cloudfront-viewer-address" in headers
    assert "host" not in headers, "API Gateway answers to its own name only"
    assert "billfold-edge" not in headers, "a viewer's own would go on"


@pytest.mark.parametrize(
    "header",
    ["Origin", "Billfold-Request", "Idempotency-Key", "Content-Type", "Accept-Language"],
)
def test_the_api_is_told_every_header_it_reads(header: str) -> None:
    told = RESOURCES["ApiRequests"]["Properties"]["OriginRequestPolicyConfig"]
    assert header in told["HeadersConfig"]["Headers"]
    assert len(told["HeadersConfig"]["Headers"]) <= 10, "CloudFront takes ten"
    assert told["CookiesConfig"] == {"CookieBehavior": "all"}
    assert told["QueryStringsConfig"] == {"QueryStringBehavior": "all"}


def test_the_api_is_told_how_a_webhook_is_signed_and_nothing_of_who_is_signed_in() -> None:
    assert (WEBHOOKS["PathPattern"], WEBHOOKS["CachePolicyId"]) == ("/api/webhooks/*", CACHING_DISABLED)
    assert (WEBHOOKS["TargetOriginId"], WEBHOOKS["ViewerProtocolPolicy"]) == ("api", "https-only")
    assert "POST" in WEBHOOKS["AllowedMethods"]
    assert WEBHOOKS["OriginRequestPolicyId"] == {"Ref": "WebhookRequests"}
    told = RESOURCES["WebhookRequests"]["Properties"]["OriginRequestPolicyConfig"]
    headers = [header.lower() for header in told["HeadersConfig"]["Headers"]]
    paypal = ("auth-algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time")
    assert {"content-type", "stripe-signature", *(f"paypal-{name}" for name in paypal)} <= set(headers)
    assert len(headers) <= 10, "CloudFront takes ten"
    assert (told["CookiesConfig"], told["QueryStringsConfig"]) == (
        {"CookieBehavior": "none"},
        {"QueryStringBehavior": "none"},
    )


def test_only_the_cdn_reads_the_files() -> None:
    bucket = RESOURCES["Files"]["Properties"]
    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    allowed = [
        s
        for s in RESOURCES["FilesPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        if s["Effect"] == "Allow"
    ]
    [read] = allowed
    assert (read["Principal"], read["Action"]) == ({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject")
    assert "distribution/${Cdn}" in read["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]


def test_the_firewall_stands_before_everything_and_lets_webhooks_be_large() -> None:
    assert CDN["WebACLId"] == {"Fn::GetAtt": "Firewall.Arn"}
    firewall = RESOURCES["Firewall"]["Properties"]
    assert firewall["Scope"] == "CLOUDFRONT"
    rules = {rule["Name"]: rule for rule in firewall["Rules"]}
    assert rules["too-many-requests"]["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert {"known-bad-inputs", "common"} <= set(rules)
    spared = rules["common"]["Statement"]["ManagedRuleGroupStatement"]["ScopeDownStatement"]["NotStatement"]
    match = spared["Statement"]["ByteMatchStatement"]
    assert (match["PositionalConstraint"], match["SearchString"]) == ("STARTS_WITH", "/api/webhooks/")
    # As sent, /api/webhooks/../accounts would be spared, too, and so would its dots written as %2e.
    transformed = sorted(match["TextTransformations"], key=lambda one: one["Priority"])
    assert [one["Type"] for one in transformed] == ["URL_DECODE", "NORMALIZE_PATH"]
    samples = [rule["VisibilityConfig"]["SampledRequestsEnabled"] for rule in firewall["Rules"]]
    assert samples == [False] * len(samples)


def test_18_a_trial_is_at_the_cdns_own_name_without_firewall_and_else_as_a_live_stage() -> None:
    live = {name: resource for name, resource in RESOURCES.items() if name not in ("Cdn", "Firewall")}
    assert {name: resource for name, resource in TRIAL.items() if name != "Cdn"} == live
    trial = dict(TRIAL["Cdn"]["Properties"]["DistributionConfig"])
    assert trial.pop("ViewerCertificate") == {"CloudFrontDefaultCertificate": True}
    own = ("Aliases", "WebACLId", "ViewerCertificate")
    assert trial == {name: value for name, value in CDN.items() if name not in own}
    assert CDN["Aliases"] == [{"Ref": "Domain"}]


def test_viewers_need_modern_tls() -> None:
    assert CDN["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert CDN["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"


def test_issue_9_9_security_txt_is_a_file_and_no_page_of_the_portal() -> None:
    """G3: a practice's public page has a file of its own, which search engines may keep."""
    node = shutil.which("node") or shutil.which("node", path=str(Path(sys.prefix) / "node"))
    assert node, "Node is not installed; run `make setup` first"
    asked = [
        "/.well-known/security.txt", "/willow/sign-in", "/", "/willow/pay-online", "/willow/pay-online/",
        "/pay-online", "/willow/pay-online/more",
    ]  # fmt: skip
    program = f"""{RESOURCES["Pages"]["Properties"]["FunctionCode"]}
    console.log(JSON.stringify({json.dumps(asked)}.map((uri) => handler({{request: {{uri}}}}).uri)))"""
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        "/.well-known/security.txt", "/index.html", "/index.html", "/pay-online.html", "/pay-online.html",
        "/index.html", "/index.html",
    ]  # fmt: skip
