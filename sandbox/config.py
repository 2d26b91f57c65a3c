"""Where everything of one sandbox is: ports, folders, names, and the environment the app is given."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EMULATOR_PYTHON = ROOT / ".venv-ministack" / "bin" / "python"

STAGE = "sandbox"
LAST_PORT = 65531  # four more are needed behind the portal's
DEFAULT_STATE = ".billfold"  # as in the Makefile
DEMO_PRACTICE = "willow"
SECRETS_PREFIX = f"/billfold/{STAGE}"
MAIL_FROM = "billing@billfold.example"
REGION = "us-east-1"

# Credentials that no account has; together with AWS_ENDPOINT_URL they keep the sandbox off any real one.
DUMMY_CREDENTIALS: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
# Variables of the person's own shell that could lead elsewhere: to an account, another stage, a real key.
SHED_PREFIXES = ("AWS_", "BILLFOLD_", "PAYPAL_", "STRIPE_")
# What listens on this machine is never asked for through a proxy.
NO_PROXY: Mapping[str, str] = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


@dataclass(frozen=True)
class SandboxConfig:
    """One sandbox: portal on `port`, the rest on those after it (see ports.py), its state in one folder."""

    port: int
    state: Path
    real_stripe: bool = False

    @property
    def portal_url(self) -> str:
        """The portal and, under /api, the API. `localhost`, because passkeys want a name."""
        return f"http://localhost:{self.port}"

    @property
    def aws_port(self) -> int:
        """The AWS emulator's port."""
        return self.port + 1

    @property
    def aws_url(self) -> str:
        """The AWS emulator."""
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def stripe_port(self) -> int:
        """The Stripe stand-in's port."""
        return self.port + 2

    @property
    def stripe_url(self) -> str:
        """The Stripe stand-in; another site than the portal, as in life."""
        return f"http://127.0.0.1:{self.stripe_port}"

    @property
    def mailbox_port(self) -> int:
        """The mailbox page's port."""
        return self.port + 3

    @property
    def mailbox_url(self) -> str:
        """The mailbox page."""
        return f"http://127.0.0.1:{self.mailbox_port}/"

    @property
    def paypal_port(self) -> int:
        """The PayPal stand-in's port."""
        return self.port + 4

    @property
    def paypal_url(self) -> str:
        """The PayPal stand-in; another site than the portal, as in life."""
        return f"http://127.0.0.1:{self.paypal_port}"

    @property
    def state_name(self) -> str:
        """The state's folder as `make` is told it: relative to where it is run, if it is there."""
        here = Path.cwd()
        return str(self.state.relative_to(here) if self.state.is_relative_to(here) else self.state)

    @property
    def reset_command(self) -> str:
        """What forgets everything in that folder."""
        return "make reset" if self.state_name == DEFAULT_STATE else f"make reset STATE={self.state_name}"

    @property
    def mail_folder(self) -> Path:
        """Where what SES was given is kept."""
        return self.state / "mail"

    @property
    def log_folder(self) -> Path:
        """One log file per process."""
        return self.state / "logs"

    def app_environment(self) -> dict[str, str]:
        """The variables that chalicelib/settings.py and the AWS clients read."""
        settle, documents, issue, delivery, catch_up = queue_names()
        environment = {
            **DUMMY_CREDENTIALS,
            "AWS_ENDPOINT_URL": self.aws_url,
            "BILLFOLD_STAGE": STAGE,
            "BILLFOLD_TABLE": f"billfold-{STAGE}",
            "BILLFOLD_BUCKET": f"billfold-{STAGE}-documents",
            "BILLFOLD_ANCHORS_BUCKET": f"billfold-{STAGE}-anchors",
            "BILLFOLD_SETTLE_QUEUE_URL": self.queue_url(settle),
            "BILLFOLD_DOCUMENTS_QUEUE_URL": self.queue_url(documents),
            "BILLFOLD_ISSUE_QUEUE_URL": self.queue_url(issue),
            "BILLFOLD_DELIVERY_QUEUE_URL": self.queue_url(delivery),
            "BILLFOLD_CATCH_UP_QUEUE_URL": self.queue_url(catch_up),
            "BILLFOLD_PUBLIC_URL": self.portal_url,
            "BILLFOLD_MAIL_FROM": MAIL_FROM,
            "BILLFOLD_MAIL_CONFIGURATION_SET": f"billfold-{STAGE}",
            "BILLFOLD_MAIL_RATE": "14",  # as an account outside SES's own sandbox begins
            "BILLFOLD_SECRETS_PREFIX": SECRETS_PREFIX,
            "BILLFOLD_PAYPAL_API_BASE": self.paypal_url,
            "BILLFOLD_DEFAULT_PRACTICE": DEMO_PRACTICE,
            "PYTHONUNBUFFERED": "1",
        }
        if not self.real_stripe:
            environment["BILLFOLD_STRIPE_API_BASE"] = self.stripe_url
            environment["BILLFOLD_STRIPE_JS_URL"] = f"{self.stripe_url}/dahlia/stripe.js"
        return environment

    def queue_url(self, name: str) -> str:
        """The URL the emulator gives a queue of this name."""
        return f"{self.aws_url}/000000000000/{name}"

    def child_environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """`inherited` without what could lead elsewhere, and with the app's own variables."""
        path = f"{Path(sys.executable).parent}:{inherited.get('PATH', '')}"
        return {**without_accounts(inherited), **NO_PROXY, **self.app_environment(), "PATH": path}


def without_accounts(inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables of `inherited` that can lead to no account, stage or key."""
    return {name: value for name, value in inherited.items() if not name.startswith(SHED_PREFIXES)}


def queue_names() -> tuple[str, str, str, str, str]:
    """The names of the settle, the documents, the issue, the delivery and the catch-up queue."""
    settle, documents, issue, delivery, catch_up = (
        f"billfold-{STAGE}-{name}" for name in ("settle", "documents", "issue", "delivery", "catch-up")
    )
    return settle, documents, issue, delivery, catch_up
