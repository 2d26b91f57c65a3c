"""The sandbox's four ports must be free before anything is started."""

import socket

from sandbox.config import SandboxConfig
from sandbox.supervisor import SandboxError


def check_ports(config: SandboxConfig) -> None:
    """Raise SandboxError naming the first port that something else listens on."""
    uses = {
        config.port: "the portal",
        config.aws_port: "the local AWS",
        config.stripe_port: "the Stripe stand-in",
        config.mailbox_port: "the mailbox page",
    }
    for port, use in uses.items():
        if not (_is_free(port, socket.AF_INET, "127.0.0.1") and _is_free(port, socket.AF_INET6, "::1")):
            raise SandboxError(
                f"port {port}, wanted for {use}, is taken; stop what uses it, or: make run PORT={port + 1000}"
            )


def _is_free(port: int, family: socket.AddressFamily, host: str) -> bool:
    """Whether nothing listens there (a machine without IPv6 has nothing there either)."""
    with socket.socket(family) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) != 0
