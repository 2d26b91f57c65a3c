"""The web as anybody meets it, and `billfold` on a stage."""

import http.client
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from infra.accept.answers import Commands, Page, Web
from infra.deploy.template import ROOT

_SECONDS = 15
_VERSIONS = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2}


class PlainWeb(Web):
    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        where = urlsplit(url)
        kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        connection = kind(where.netloc, timeout=_SECONDS)
        began = time.monotonic()
        try:
            connection.request("GET", where.path or "/", headers=dict(headers or {}))
            answer = connection.getresponse()
            answer.read()
        except http.client.HTTPException as error:
            raise OSError(type(error).__name__) from error
        finally:
            connection.close()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Page(answer.status, told, time.monotonic() - began)

    def addresses(self, host: str) -> frozenset[str]:
        try:
            found = socket.getaddrinfo(host, 443, proto=socket.IPPROTO_TCP)
        except socket.gaierror:
            return frozenset()
        return frozenset(str(each[4][0]) for each in found)

    def accepts(self, host: str, version: str) -> bool:
        context = ssl.create_default_context()
        # Else this machine's own minimum is what is seen.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # whether the old one is refused is the question
            context.minimum_version = context.maximum_version = _VERSIONS[version]
        name, _, port = host.partition(":")
        with socket.create_connection((name, int(port or 443)), timeout=_SECONDS) as plain:
            try:
                with context.wrap_socket(plain, server_hostname=name):
                    return True
            except (ssl.SSLError, ConnectionResetError):
                return False


@dataclass(frozen=True)
class Billfold(Commands):
    """`environment` gives the exports of a stage by its name. Error: DeployError."""

    environment: Callable[[str], Mapping[str, str]]

    def run(self, *arguments: str, of: str, file: str = "") -> tuple[int, str]:
        with tempfile.TemporaryDirectory(prefix="billfold-") as folder:  # the owner's alone
            kept = Path(folder) / "file"
            kept.write_text(file, encoding="utf-8")
            given = [str(kept) if each == "FILE" else each for each in arguments]
            done = subprocess.run(
                [sys.executable, "-m", "chalicelib.entrypoints.cli", *given],
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment(of)},
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
            )  # fmt: skip
        return done.returncode, done.stdout
