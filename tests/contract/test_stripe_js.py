"""The Stripe.js stand-in: compiled against Stripe's types, served where Stripe serves its own."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.contract.harness import Practice, form, send

FOLDER = Path(__file__).parents[2] / "sandbox" / "stripe" / "js"
COMPILER = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
PACKAGE = FOLDER / "node_modules" / "@stripe" / "stripe-js"


def _node() -> str:
    """Node of the PATH, or the one set-up put beside Python where the machine has none."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.prefix) / "node"))
    assert found, "Node is not installed; run `make setup` first"
    return found


def _compiled(*arguments: str, cwd: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    assert COMPILER.exists(), "run `make setup` first: it installs sandbox/stripe/js"
    return subprocess.run(
        [_node(), str(COMPILER), *arguments], cwd=cwd, capture_output=True, text=True, timeout=120
    )


def test_compiles_against_the_types_of_the_package() -> None:
    done = _compiled("--project", "tsconfig.json")
    assert done.returncode == 0, done.stdout


def test_a_departure_from_the_types_does_not_compile(tmp_path: Path) -> None:
    """Guards the guard: without the types found, everything would compile."""
    shutil.copytree(FOLDER / "src", tmp_path / "src")
    script = tmp_path / "src" / "stripe" / "session.js"
    script.write_text(script.read_text().replace("canConfirm: view", "canConfirmed: view"))
    (tmp_path / "tsconfig.json").write_text((FOLDER / "tsconfig.json").read_text())
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    done = _compiled("--project", "tsconfig.json", cwd=tmp_path)
    assert "canConfirmed" in done.stdout


def test_is_served_at_the_path_the_package_loads(practice: Practice) -> None:
    found = re.search(r"RELEASE_TRAIN = '(\w+)'", (PACKAGE / "dist" / "index.js").read_text())
    assert found
    for train in (found[1], "v3"):
        reply = send("GET", f"{practice.server.origin}/{train}/stripe.js")
        assert reply.status == 200
        assert reply.headers["content-type"].startswith("text/javascript")
        assert b"initCheckoutElementsSdk" in reply.body


def test_scripts_and_frame_need_nothing_inline_and_no_eval(practice: Practice) -> None:
    for path in (FOLDER / "src").rglob("*.js"):
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", path.read_text()), path
    frame = send("GET", f"{practice.server.origin}/frame/payment?theme=night")
    text = frame.body.decode()
    assert "unsafe" not in frame.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*src=)|style=|\son\w+=", text)
    assert 'data-theme="night"' in text
    assert "frame-ancestors" not in frame.headers["content-security-policy"]


def test_client_calls_answer_the_portals_origin_and_want_the_publishable_key(practice: Practice) -> None:
    practice.server.pages = frozenset({"http://localhost:1"})
    secret = practice.session(ui_mode="elements")["client_secret"]
    body = form({"key": practice.publishable_key, "client_secret": secret})
    asked = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost:1"}
    reply = send("POST", f"{practice.server.origin}/client/session", body, **asked)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "http://localhost:1")
    assert (
        practice.client_call("session", client_secret=secret)
        .headers.keys()
        .isdisjoint({"access-control-allow-origin"})
    )
    assert (
        send(
            "POST",
            f"{practice.server.origin}/client/session",
            body,
            **asked | {"Origin": "http://localhost:2"},
        ).status
        == 403
    )
    assert send("GET", f"{practice.server.origin}/client/session").status == 404
