"""WebKit with tracking prevention, by plain WebDriver: WebKitGTK's MiniBrowser on a screen that nobody sees.

Debian has it as `webkit2gtk-driver` and `xvfb`. https://www.w3.org/TR/webdriver2/
"""

import contextlib
import json
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any

from tests.support.waiting import wait_until

_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # as the standard has it
PATIENCE_SECONDS = 60.0  # of a machine that does much else meanwhile


def installed() -> bool:
    return all(map(shutil.which, ("WebKitWebDriver", "Xvfb"))) and bool(glob(_BROWSERS))


class Failed(Exception):
    """What WebDriver answers that is not a yes; the argument is its error's name."""


@dataclass(frozen=True)
class WebKit:
    """One window. Places are CSS selectors, or XPath where they begin with `//`."""

    address: str

    def go(self, url: str) -> None:
        self._ask("POST", "url", {"url": url})

    def url(self) -> str:
        return str(self._ask("GET", "url"))

    def click(self, place: str) -> None:
        self._ask("POST", f"element/{self.wait_for(place)}/click", {})

    def type(self, place: str, text: str) -> None:
        """In place of what is there."""
        found = self.wait_for(place)
        self._ask("POST", f"element/{found}/clear", {})
        self._ask("POST", f"element/{found}/value", {"text": text})

    def fill(self, place: str, text: str) -> None:
        """As `type`, in another site's frame: WebDriver of WebKitGTK 2.50 types into none."""
        self.wait_for(place)
        self.script(
            "const field = document.querySelector(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input', {bubbles: true}));",
            place, text,
        )  # fmt: skip

    def press_enter(self, place: str) -> None:
        self._ask("POST", f"element/{self.wait_for(place)}/value", {"text": "\ue007"})

    def text(self, place: str) -> str:
        return str(self._ask("GET", f"element/{self.wait_for(place)}/text"))

    def script(self, body: str, *arguments: object) -> Any:
        """`body` of an asynchronous function of `arguments`; returns what that comes to."""
        whole = f"const done = [...arguments].pop(); (async () => {{{body}}})().then(done);"
        return self._ask("POST", "execute/async", {"script": whole, "args": list(arguments)})

    def wait_for(self, place: str) -> str:
        """Its element's name, once it is there and seen."""
        found: list[str] = []

        def seen() -> bool:
            found[:] = [each for each in self._all(place) if self._is_seen(each)]
            return bool(found)

        wait_until(seen, seconds=PATIENCE_SECONDS, what=place)
        return found[0]

    @contextlib.contextmanager
    def inside(self, frame: str) -> Iterator[None]:
        """Another site's frame, for the length of a `with`."""
        self._ask("POST", "frame", {"id": {_ELEMENT: self.wait_for(frame)}})
        yield
        self._ask("POST", "frame", {"id": None})

    def _all(self, place: str) -> list[str]:
        using = "xpath" if place.startswith("//") else "css selector"
        with contextlib.suppress(Failed):
            found = self._ask("POST", "elements", {"using": using, "value": place})
            return [each[_ELEMENT] for each in found]
        return []

    def _is_seen(self, element: str) -> bool:
        with contextlib.suppress(Failed):  # gone meanwhile
            return bool(self._ask("GET", f"element/{element}/displayed"))
        return False

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        return _ask(method, f"{self.address}/{path}", body)


def _ask(method: str, url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, method=method, data=data, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.loads(answer.read())["value"]
    except urllib.error.HTTPError as error:
        raise Failed(json.loads(error.read())["value"]["error"]) from error


@contextlib.contextmanager
def webkit(home: Path, *, cookies: bool = True) -> Iterator[WebKit]:
    """A window whose profile is in `home`, tracking prevention on; without `cookies` it keeps none at all."""
    port = _free_port()
    driver = f"http://127.0.0.1:{port}"
    binary = glob(_BROWSERS)[0]
    args = ["--automation", "--enable-itp=true", *([] if cookies else ["--cookies-policy=never"])]
    wanted = {"webkitgtk:browserOptions": {"binary": binary, "args": args}}
    with _screen() as display, _running(["WebKitWebDriver", f"--port={port}"], display, home):
        wait_until(lambda: _is_up(driver), what="WebKitWebDriver")
        made = _ask("POST", f"{driver}/session", {"capabilities": {"alwaysMatch": wanted}})
        session = f"{driver}/session/{made['sessionId']}"
        try:
            _ask("POST", f"{session}/window/rect", {"width": 1200, "height": 950})
            yield WebKit(session)
        finally:
            _ask("DELETE", session)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _is_up(driver: str) -> bool:
    with contextlib.suppress(OSError):
        return bool(_ask("GET", f"{driver}/status")["ready"])
    return False


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    """Xvfb chooses a free number, and says which."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as screen:
        assert screen.stdout is not None
        try:
            yield f":{screen.stdout.readline().strip()}"
        finally:
            screen.terminate()


@contextlib.contextmanager
def _running(command: list[str], display: str, home: Path) -> Iterator[None]:
    env = {
        "PATH": "/usr/bin:/bin",
        "DISPLAY": display,
        "HOME": str(home),
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
    }
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as driver:
        try:
            yield
        finally:
            driver.terminate()
