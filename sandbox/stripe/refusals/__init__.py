"""Every refusal of the stand-in, by name.

Each name is raised at exactly one place in the code, and each has a test that looks for it; so taking
a refusal out fails that test. `tests/contract/test_refusals.py` holds both to it.
"""

from sandbox.stripe.refusals import checkout, intents, money, requests
from sandbox.stripe.refusals.row import INVALID, Refusal

REFUSALS: dict[str, Refusal] = requests.REFUSALS | money.REFUSALS | intents.REFUSALS | checkout.REFUSALS

__all__ = ["INVALID", "REFUSALS", "Refusal"]
