"""The ports that a sandbox opens, all of them; they must be free before anything is started."""

import socket
from dataclasses import dataclass

from sandbox.config import SandboxConfig
from sandbox.supervisor import SandboxError


@dataclass(frozen=True)
class OpenPort:
    """One port of the loopback interface: what it is for, and its address."""

    number: int
    use: str
    url: str


def open_ports(config: SandboxConfig) -> tuple[OpenPort, ...]:
    """Every port that `make run` opens. tests/sandbox/test_doors.py holds each to the same door."""
    return (
        OpenPort(config.port, "the portal", config.portal_url),
        OpenPort(config.aws_port, "the local AWS", config.aws_url),
        OpenPort(config.stripe_port, "the Stripe stand-in", config.stripe_url),
        OpenPort(config.paypal_port, "the PayPal stand-in", config.paypal_url),
        OpenPort(config.mailbox_port, "the mailbox page", config.mailbox_url),
    )


def check_ports(config: SandboxConfig) -> None:
    """Raise SandboxError naming the first port that something else listens on."""
    for wanted in open_ports(config):
        port = wanted.number
        if not (_is_free(port, socket.AF_INET, "127.0.0.1") and _is_free(port, socket.AF_INET6, "::1")):
            raise SandboxError(
                f"port {port}, wanted for {wanted.use}, is taken; "
                f"stop what uses it, or: make run PORT={port + 1000}"
            )


def _is_free(port: int, family: socket.AddressFamily, host: str) -> bool:
    """Whether nothing listens there (a machine without IPv6 has nothing there either)."""
    with socket.socket(family) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) != 0
