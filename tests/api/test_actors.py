"""Who did what is kept with it (issue 11): payments and entries say who, as whom, and by which channel."""

import pytest

from chalicelib.kernel.actors import Actor, Channel
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.payments import Payment
from chalicelib.practice.services.address_hashes import person_at
from tests.support.api import World
from tests.support.practice import MAYA

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
EMAIL = "maya@example.test"


@pytest.fixture
def signed_in(world: World) -> str:
    cookie = world.person(EMAIL, "maya")
    world.charge("maya", "c1", 5000)
    return cookie


def paid(world: World, cookie: str) -> tuple[Payment, list[Entry]]:
    world.pay("maya", cookie, KEY, type="balance")
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=cookie)
    payment = world.app.ledgers.payment(MAYA, KEY)
    assert payment is not None
    return payment, list(world.app.ledgers.entries(MAYA))[1:]


def _id(world: World) -> str:
    maya = person_at(world.app.people, world.app.keys, "fern", EMAIL)
    assert maya is not None
    return maya.id


def test_a_payment_and_its_entry_are_the_payers(world: World, signed_in: str) -> None:
    maya = Actor(Channel.PORTAL, _id(world))
    payment, [credited, *others] = paid(world, signed_in)
    assert Actor.parse(payment.actor) == Actor.parse(credited.actor) == maya
    assert {Actor.parse(entry.actor) for entry in others} <= {Actor(Channel.PROCESSOR, "stripe")}


def test_what_is_done_with_a_log_in_that_an_operator_minted_is_not_said_to_be_the_clients(
    world: World, signed_in: str
) -> None:
    token = world.app.signing_in.mint("fern", email=EMAIL).url.partition("#")[2]
    answer = world.call("POST", "/sign-in/sessions", {"practice": "fern", "token": token})
    session = next(c for c in answer.headers["Set-Cookie"] if c.startswith(world.app.sessions.cookie_name))
    payment, [credited, *_] = paid(world, session.partition(";")[0])
    maya = _id(world)
    assert Actor.parse(payment.actor) == Actor(Channel.PORTAL, "operator", as_whom=maya)
    assert credited.actor == payment.actor
    assert payment.person_id == maya  # whom the receipt is for


def test_what_the_command_enters_is_the_commands(world: World, signed_in: str) -> None:
    world.app.posting("cli").external_payment(MAYA, "p1", 1500, method="check", on="2026-03-06")
    [taken] = world.app.ledgers.payments(MAYA, cursor=None, limit=5).rows
    assert taken.actor == list(world.app.ledgers.entries(MAYA))[-1].actor == "cli"


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(("who", "whom"), [("", ""), ("stripe", ""), ("operator", "3f2a-B_c.d")])
def test_an_actor_is_read_as_it_was_written(channel: Channel, who: str, whom: str) -> None:
    made = Actor(channel, who, whom)
    assert Actor.parse(made.text) == made


@pytest.mark.parametrize("text", ["", "nobody", "portal:", "portal:a>", "portal:>b", "cli\n", "cli:a b"])
def test_a_text_that_names_no_channel_or_half_a_person_is_no_actor(text: str) -> None:
    with pytest.raises(ValueError, match=r"no actor|not a valid Channel"):
        Actor.parse(text)
