"""Server, page and the endpoints of events speak one version of Stripe's API (issue 15, first step).

The page's script has a release train instead of a version: the word behind the date of the server's version.
Stripe's own Python package asks for a later version by itself, of which no published document is at hand.
"""

import json
from pathlib import Path

import pytest

from chalicelib.payments.processors.stripe.account import StripeConnection
from chalicelib.payments.processors.stripe.client import API_VERSION
from chalicelib.settings import STRIPE_JS
from sandbox import stripe as standin

ROOT = Path(__file__).parents[3]
TRAIN = API_VERSION.rpartition(".")[2]
PACKAGES = ("portal", "sandbox/stripe/js")


def test_the_page_loads_the_script_of_the_servers_version() -> None:
    assert f"https://js.stripe.com/{TRAIN}/stripe.js" == STRIPE_JS


def test_endpoints_of_events_and_the_stand_in_are_of_that_version() -> None:
    assert StripeConnection.version == API_VERSION == standin.API_VERSION


@pytest.mark.parametrize("folder", PACKAGES)
def test_the_types_that_the_page_is_held_to_are_of_that_version(folder: str) -> None:
    """Of what is installed: a type of a later train would let the page use what its script does not have."""
    package = ROOT / folder / "node_modules/@stripe/stripe-js"
    assert f"RELEASE_TRAIN = '{TRAIN}'" in (package / "dist/pure.mjs").read_text()


def test_both_packages_pin_the_same_types() -> None:
    pinned = {
        json.loads((ROOT / folder / "package.json").read_text())["devDependencies"]["@stripe/stripe-js"]
        for folder in PACKAGES
    }
    assert len(pinned) == 1
