"""No page of another site can reach anything that `make run` starts: each of its ports is attacked."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, Page

from sandbox.ports import OpenPort, open_ports
from tests.support.browser import another
from tests.support.launcher import Launcher

pytestmark = [pytest.mark.ministack, pytest.mark.browser, pytest.mark.slow]

EVIL = "evil.example"
FUNCTIONS = "/2015-03-31/functions"
CROSS = {"Sec-Fetch-Site": "cross-site"}
NO_CORS = {**CROSS, "Sec-Fetch-Mode": "no-cors", "Origin": f"http://{EVIL}", "Content-Type": "text/plain"}
SOCKET = {
    "Sec-Fetch-Mode": "websocket", "Connection": "Upgrade", "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
}  # fmt: skip
# What each kind of foreign page can have a browser send: a method, and the headers that it cannot change.
FOREIGN: dict[str, tuple[str, dict[str, str]]] = {
    "another name that leads here": ("GET", {"Host": EVIL}),
    "another name that leads here, writing": ("POST", {"Host": EVIL, "Origin": f"http://{EVIL}"}),
    "reading": ("GET", {**CROSS, "Sec-Fetch-Mode": "cors", "Origin": f"http://{EVIL}"}),
    "a preflight": ("OPTIONS", {"Origin": f"http://{EVIL}", "Access-Control-Request-Method": "POST"}),
    "a blind write": ("POST", NO_CORS),
    "a blind write of a hidden origin": ("POST", {**NO_CORS, "Origin": "null"}),
    "a blind write of another local page": ("POST", {**NO_CORS, "Origin": "http://localhost:3000"}),
    "a form": ("POST", {**NO_CORS, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}),
    "a picture": ("GET", {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
    "a script": ("GET", {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}),
    "a frame": ("GET", {**CROSS, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}),
    "a picture on another local page": ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "image"}),
    "an old browser's write": ("POST", {"Origin": f"http://{EVIL}"}),
    "a subdomain of this machine's name": ("GET", {"Host": "evil.localhost"}),
    "this machine's name as its root spells it": ("GET", {"Host": "localhost."}),
    "every address of this machine": ("GET", {"Host": "0.0.0.0"}),  # noqa: S104
    "an embedded document": ("GET", {**CROSS, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "embed"}),
    "an object": ("GET", {**CROSS, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}),
    "a worker's script": ("GET", {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "worker"}),
    "a style sheet": ("GET", {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "style"}),
    "a film": ("GET", {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "video", "Range": "bytes=0-"}),
    "a web socket": ("GET", {**CROSS, **SOCKET, "Origin": f"http://{EVIL}"}),
    "a stream of events": ("GET", {**CROSS, "Sec-Fetch-Mode": "cors", "Origin": f"http://{EVIL}",
                                   "Accept": "text/event-stream"}),
    "the ping of a link": ("POST", {**CROSS, "Content-Type": "text/ping", "Ping-From": f"http://{EVIL}/"}),
    "the report of a policy": ("POST", {**CROSS, "Content-Type": "application/csp-report"}),
    "a form that was led on": ("POST", {**NO_CORS, "Sec-Fetch-Mode": "navigate", "Origin": "null",
                                        "Content-Type": "application/x-www-form-urlencoded"}),
    "a picture that names our page": ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors",
                                              "Referer": "http://localhost:1/?http://localhost:8000/"}),
}  # fmt: skip
PATHS = (
    "/", "/api/session", "/api/webhooks/willow/stripe", "/index.html", FUNCTIONS, "/_ministack/health",
    "/_ministack/reset", "/_sandbox/running", "/000000000000/billfold-sandbox-settle?Action=PurgeQueue",
    "/billfold-sandbox-documents?X-Amz-Signature=x&X-Amz-Credential=a/s3/aws4_request",
    "/v1/balance_transactions", "/_control/requests", "/client/session", "/client/confirm",
    "/dahlia/stripe.js", "/frame/payment", "/assets/frame.js", "/mail/1/html", "/style.css",
)  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with Launcher(tmp_path_factory.mktemp("doors") / "state") as launcher:
        launcher.wait_until_ready()
        yield launcher


def send(port: OpenPort, method: str, path: str, headers: dict[str, str]) -> tuple[int, list[str]]:
    """The status, and the names of the headers that let others read."""
    connection = http.client.HTTPConnection("127.0.0.1", port.number, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in {**headers, "Content-Length": "0"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    leave = [name for name, _ in answer.getheaders() if name.lower().startswith("access-control-")]
    connection.close()
    return answer.status, leave


def test_what_a_foreign_page_can_send_is_refused_at_every_port(running: Launcher) -> None:
    let_in = [
        (port.use, path, what, status, leave)
        for port in open_ports(running.config)
        for path in PATHS
        for what, (method, headers) in FOREIGN.items()
        for status, leave in [send(port, method, path, headers)]
        if status != (421 if "Host" in headers else 403) or leave
    ]
    assert let_in == []


def test_programs_are_answered_at_every_port_and_no_origin_is_let_in(running: Launcher) -> None:
    for port in open_ports(running.config):
        for path in PATHS:
            if "Purge" in path or "reset" in path:
                continue
            status, leave = send(port, "GET", path, {})
            assert status not in (403, 421), (port.use, path)
            assert leave == [], (port.use, path)


def test_the_portals_page_alone_may_read_what_it_asks_of_the_stand_in(running: Launcher) -> None:
    config = running.config
    [stand_in] = [port for port in open_ports(config) if port.number == config.stripe_port]
    own = {**CROSS, "Sec-Fetch-Mode": "cors", "Origin": config.portal_url}
    assert send(stand_in, "POST", "/client/session", own)[1] == ["Access-Control-Allow-Origin"]
    for path in ("/v1/customers", "/_control/faults"):
        assert send(stand_in, "POST", path, own) == (403, [])


def test_every_port_that_is_open_is_one_of_those_asked_here(running: Launcher) -> None:
    """What listens is read from the system, so that a part that opens one more port is noticed."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("only Linux says which process listens where")
    heard = {address for pid in running.children().values() for address in _listening(pid)}
    assert {port for _, port in heard} == {port.number for port in open_ports(running.config)}
    assert {host for host, _ in heard} == {"0100007F"}  # 127.0.0.1, as the kernel writes it


def _listening(pid: int) -> set[tuple[str, int]]:
    """Host (in the kernel's hexadecimal) and port of each socket on which a process listens."""
    links = [Path(f"/proc/{pid}/fd") / name for name in _names(pid)]
    inodes = {str(link.readlink()) for link in links if link.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and f"socket:[{rest[5]}]" in inodes:
                host, _, port = local.partition(":")
                found.add((host, int(port, 16)))
    return found


def _names(pid: int) -> list[str]:
    return [entry.name for entry in Path(f"/proc/{pid}/fd").iterdir()]


def test_the_local_aws_has_only_the_services_that_are_used(running: Launcher) -> None:
    [aws] = [port for port in open_ports(running.config) if port.number == running.config.aws_port]
    health = json.loads(fetched(aws, "/_ministack/health"))
    assert set(health["services"]) == {"dynamodb", "s3", "ses", "sqs", "ssm"}
    functions = boto3.session.Session().client("lambda", endpoint_url=running.config.aws_url)
    with pytest.raises(ClientError, match="400"):
        functions.list_functions()


# --- the same from a page of another host, in Chromium ---------------------------------------------------

ATTACK = """
async ([aws, stripe, portal, mailbox]) => {
  const got = {};
  const read = async (name, url, init) => {
    try {
      const answer = await fetch(url, init);
      const text = (await answer.text()).slice(0, 60);
      got[name] = answer.type === "opaque" ? "sent" : `read ${answer.status}: ${text}`;
    } catch { got[name] = "refused"; }
  };
  const scope = "Credential=test/20260101/us-east-1/ssm/aws4_request";
  const json = (target) => ({ method: "POST", body: "{}", headers: {
    "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target,
    Authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=x` } });
  const blind = (body, type) => ({ method: "POST", body, headers: { "Content-Type": type } });
  const form = "application/x-www-form-urlencoded";
  await read("secrets", aws, json("AmazonSSM.DescribeParameters"));
  await read("functions", `${aws}/2015-03-31/functions`, { method: "POST", body: "{}" });
  await read("health", `${aws}/_ministack/health`);
  await read("control", `${stripe}/_control/requests`);
  const key = { Authorization: "Bearer sk_test_sandbox_willow" };
  await read("books", `${stripe}/v1/customers`, { headers: key });
  await read("mail", mailbox);
  await read("page", portal);
  await read("session", `${portal}/api/session`);
  const hears = (source, ...events) => new Promise((done) => {
    for (const name of events) source.addEventListener(name, () => done(name));
  });
  for (const [name, url] of Object.entries({ aws, stripe, portal, mailbox })) {
    got[`${name} by a socket`] = await hears(new WebSocket(url.replace("http", "ws")), "open", "error");
    got[`${name} by events`] = await hears(new EventSource(url), "open", "error");
    const host = new URL(url);
    for (const other of ["evil.localhost", "[::1]", "0.0.0.0", "127.1"]) {
      host.hostname = other;
      await read(`${name} as ${other}`, host.href);
    }
  }
  navigator.sendBeacon(`${aws}/?Action=CreateQueue&QueueName=attacked-by-beacon`, "x");
  const unseen = (url, init) => fetch(url, { mode: "no-cors", ...init }).catch(() => {});
  await unseen(`${aws}/`, blind("Action=CreateQueue&QueueName=attacked", form));
  await unseen(`${aws}/?Action=CreateQueue&QueueName=attacked-by-get`);
  await unseen(`${stripe}/_control/webhooks`, blind('{"drop": true}', "text/plain"));
  await unseen(`${aws}/_ministack/reset`, blind("", "text/plain"));
  const loads = (tag, url) => new Promise((done) => {
    const heard = { onload: () => done(true), onerror: () => done(false) };
    document.body.append(Object.assign(document.createElement(tag), heard, { src: url }));
  });
  const cats = Object.assign(document.createElement("a"), { href: "#cats", textContent: "cats" });
  cats.ping = `${aws}/?Action=CreateQueue&QueueName=attacked-by-ping`;
  document.body.append(cats);
  cats.click();
  const queue = (by) => `${aws}/?Action=CreateQueue&QueueName=attacked-by-${by}`;
  const inputs = (by) =>
    `<input name="Action" value="CreateQueue"><input name="QueueName" value="attacked-by-${by}">`;
  document.body.insertAdjacentHTML("beforeend",
    `<link rel="prefetch" href="${queue("prefetch")}"> <link rel="stylesheet" href="${queue("style")}">
     <iframe src="${queue("frame")}"></iframe> <embed src="${queue("embed")}">
     <object data="${queue("object")}"></object> <video src="${queue("video")}"></video>
     <iframe name="hidden"></iframe>
     <form id="led" method="post" target="hidden" action="/on?${aws}/">${inputs("redirect")}</form>
     <form id="asked" target="hidden" action="${aws}/">${inputs("form")}</form>`);
  const hidden = document.querySelector("[name=hidden]");
  for (const id of ["led", "asked"]) {
    const shown = hears(hidden, "load", "error");
    document.getElementById(id).submit();
    await shown;
  }
  got.script = await loads("script", `${stripe}/dahlia/stripe.js`);
  got.global = "Stripe" in window;
  got.picture = await loads("img", `${portal}/favicon.svg`);
  return got;
}
"""


@contextmanager
def another_site() -> Iterator[str]:
    """A page server of the attacker's own; Chromium is told that evil.example is this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><title>Cats</title>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            """Leads the browser on to the address behind /on?, with what it sent."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", self.path.partition("?")[2])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://{EVIL}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def attacked_browser(browser: Browser) -> Iterator[Browser]:
    with another(browser, f"--host-resolver-rules=MAP {EVIL} 127.0.0.1") as attacked:
        yield attacked


@pytest.fixture
def evil_page(attacked_browser: Browser) -> Iterator[Page]:
    with another_site() as origin:
        page = attacked_browser.new_page()
        page.goto(origin)
        yield page
        page.close()


def test_a_page_of_another_site_reads_runs_and_changes_nothing_in_chromium(
    running: Launcher, evil_page: Page
) -> None:
    config = running.config
    urls = [config.aws_url, config.stripe_url, config.portal_url, config.mailbox_url.rstrip("/")]
    got = evil_page.evaluate(ATTACK, urls)
    loaded = {name: got.pop(name) for name in ("script", "global", "picture")}
    assert set(got.values()) <= {"refused", "error"}, got
    assert loaded == {"script": False, "global": False, "picture": False}
    sqs = boto3.session.Session().client("sqs", endpoint_url=config.aws_url)
    names = [url.rpartition("/")[2] for url in sqs.list_queues()["QueueUrls"]]
    assert names
    assert [name for name in names if "attacked" in name] == []
    [stand_in] = [port for port in open_ports(config) if port.number == config.stripe_port]
    assert json.loads(fetched(stand_in, "/_control/webhooks"))["policy"]["drop"] is False


def fetched(port: OpenPort, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port.number, timeout=20)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body


def test_a_link_opens_nothing_of_the_local_aws_that_is_no_document_and_changes_nothing(
    running: Launcher, evil_page: Page
) -> None:
    """A tab of its own is shown whatever a link leads to, so what it asks for counts, not who can read it."""
    signed = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261129%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20261129T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0"
    )
    aws, script = running.config.aws_url, "<script>document.title='run'</script>"

    def followed(path: str) -> Page:
        with evil_page.context.expect_page() as opened:
            evil_page.evaluate("(url) => { window.open(url, '_blank', 'noopener'); }", f"{aws}{path}")
        opened.value.wait_for_load_state()
        return opened.value

    for path in (
        "/?Action=CreateQueue&QueueName=attacked-by-link",
        f"/000000000000/q?Action=CreateQueue&QueueName=attacked-by-link&{signed}",
        f"/bucket/{script}?{signed}&response-content-type=text/html",
    ):
        assert "Refused" in followed(path).content(), path
    assert "Refused" in followed(f"/bucket/{script}?{signed}").content()
    shown = followed(f"/bucket/{script}.pdf?{signed}")
    assert "Refused" not in shown.content()
    assert shown.title() != "run"
    sqs = boto3.session.Session().client("sqs", endpoint_url=aws)
    assert "attacked" not in str(sqs.list_queues().get("QueueUrls"))


def test_a_name_of_another_site_that_leads_here_shows_nothing_in_chromium(
    running: Launcher, evil_page: Page
) -> None:
    """DNS rebinding: the page and what it asks are one origin then, and everything could be read."""
    for port in open_ports(running.config):
        answer = evil_page.goto(f"http://{EVIL}:{port.number}/")
        assert answer is not None
        assert answer.status == 421, port.use
        assert "not that host" in evil_page.content()


def test_a_foreign_frame_of_any_port_stays_empty_and_a_link_leads_to_the_portal(
    running: Launcher, evil_page: Page
) -> None:
    config = running.config
    for port in open_ports(config):
        evil_page.evaluate(
            "(url) => { document.body.innerHTML = ''; const f = document.createElement('iframe'); "
            "f.src = url; document.body.append(f); return new Promise((done) => { f.onload = done; }); }",
            port.url,
        )
        [frame] = [f for f in evil_page.frames if f.parent_frame]
        shown = frame.evaluate("document.body ? document.body.innerText : ''") if frame.url else ""
        assert urlsplit(frame.url).scheme == "chrome-error" or "Refused" in shown, (port.use, shown)
    evil_page.evaluate("(url) => { location.href = url; }", f"{config.portal_url}/")
    evil_page.wait_for_url(f"{config.portal_url}/**")
