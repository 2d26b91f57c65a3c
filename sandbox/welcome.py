"""What `make run` prints when everything is ready."""

from sandbox.config import SandboxConfig

DEMO_CLIENT = "maya@example.test"

_BANK = "US bank account 000123456789 (000222222227 is returned), routing 110000000; takes a minute"
_TEST_CARDS = (
    ("4242 4242 4242 4242", "succeeds"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "is declined: insufficient funds"),
    ("4000 0027 6000 3184", "asks for 3-D Secure every time"),
)


def welcome(config: SandboxConfig, seconds: float, *, with_demo: bool) -> str:
    """The lines a newcomer needs: where, as whom, and with which card."""
    cards = "\n".join(f"    {number}  {what}" for number, what in _TEST_CARDS)
    stripe = "Stripe, with your own test keys" if config.real_stripe else config.stripe_url
    whom = f"{DEMO_CLIENT} (the code comes by e-mail, to the mailbox below)"
    if not with_demo:
        whom = "nobody yet: README.md, Your own practice"
    return f"""
Billfold is ready ({seconds:.1f} s).

  Portal       {config.portal_url}
  Sign in as   {whom}
  Mailbox      {config.mailbox_url}
  Payments     {stripe}
  PayPal       {config.paypal_url}; any e-mail address approves there
  Test cards   any later date, any CVC, any ZIP
{cards}
  Test bank    {_BANK}

State and logs are in {config.state_name}/; `{config.reset_command}` starts over. Ctrl-C stops.
"""
