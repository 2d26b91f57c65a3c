"""Which names whoever may see an account reads on its papers (issue 14).

Seen: everybody was given the client's legal name and who of the account's people had paid.
"""

from dataclasses import replace
from itertools import combinations

import pytest

from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import record
from chalicelib.practice.domain.practices import Client, Grant
from tests.api.test_itemised_receipts import queue
from tests.api.test_missing_files import PAGE
from tests.api.test_statements import pdf_at
from tests.support.api import World
from tests.support.moved import moved
from tests.support.pdf import text_of
from tests.support.practice import MAYA
from tests.support.queue import FakeQueue
from tests.support.saving import put_client, put_person

__all__ = ["queue"]  # the fixture
LEGAL, PREFERRED, GUARANTOR = "Maya Ann Ortiz", "May Ortiz", "Ada Ortiz"
CLIENT = Client(
    "maya", "maya", "Maya Ortiz", "maya@example.test", "en", legal_name=LEGAL, preferred_name=PREFERRED,
    guarantor_email="ada@example.test", guarantor_name=GUARANTOR,
)  # fmt: skip


def guarantor(world: World, email: str, *, superbills: bool) -> str:
    """Somebody else who may see the account; their cookie."""
    cookie = world.person(email, "maya", relation="guarantor")
    person = world.app.people.person("fern", person_id(world, email))
    assert person is not None
    grants = (Grant("maya", "Maya", "guarantor", superbills),)
    put_person(world.app.people, "fern", replace(person, grants=grants))
    put_client(world.app.people, "fern", CLIENT)
    return cookie


def person_id(world: World, email: str) -> str:
    return next(person.id for person in world.app.people.people("fern") if person.email == email)


@pytest.fixture
def readers(world: World, queue: FakeQueue) -> dict[str, str]:
    """The client, who pays ten dollars online; her guarantor, who pays twenty; and another one, who is shown
    superbills. Five dollars more came at the office."""
    cookies = {"client": world.person("maya@example.test", "maya")}
    cookies["guarantor"] = guarantor(world, "ada@example.test", superbills=False)
    cookies["superbills"] = guarantor(world, "ben@example.test", superbills=True)
    world.charge("maya", "c1", 30_000)
    world.post.external_payment(MAYA, "p1", 500, method="cash", on="2026-03-02")
    for number, (minor, email) in enumerate(((1_000, "maya"), (2_000, "ada")), 2):
        paid_by(world, f"p{number}", minor, person_id(world, f"{email}@example.test"))
    return cookies


def paid_by(
    world: World, external_id: str, minor: int, payer: str, *, cardholder: str = "", actor: str = "portal"
) -> None:
    """As a payment in the portal leaves its row: what the processor did is not played."""
    world.post.external_payment(MAYA, external_id, minor, method="cash", on="2026-03-02")
    held = payment(world, external_id)

    def decide(account: Account) -> Change:
        online = replace(
            held, person_id=payer, processor="stripe", locale="en", version=held.version + 1,
            cardholder=cardholder, actor=actor, created_at=instant(world.clock.now()),
        )  # fmt: skip
        return Change(account, account, payment=online)

    record(world.app.ledgers, world.app.clock, MAYA, decide)


def payment(world: World, reference: str) -> Payment:
    rows = world.app.ledgers.payments(MAYA, cursor=None, limit=9).rows
    return next(paid for paid in rows if paid.reference == reference)


def receipt(world: World, reference: str, cookie: str) -> str:
    where = f"/accounts/maya/payments/{payment(world, reference).id}/itemised-receipt"
    return printed(world, where, cookie)


def summary(world: World, cookie: str) -> str:
    return printed(world, "/accounts/maya/payment-summary?from=2026-01-01&to=2026-12-31", cookie)


def printed(world: World, path: str, cookie: str) -> str:
    answer = world.call("GET", path, cookie=cookie, headers=PAGE)
    assert answer.status == 303
    return " ".join(text_of(pdf_at(world, answer.headers["Location"])).split())


@pytest.mark.parametrize(
    ("who", "name"), [("client", LEGAL), ("superbills", LEGAL), ("guarantor", PREFERRED)]
)
def test_14_the_legal_name_is_told_to_the_client_and_whoever_is_shown_superbills(
    world: World, readers: dict[str, str], who: str, name: str
) -> None:
    for text in (receipt(world, "p1", readers[who]), summary(world, readers[who])):
        assert f"Client {name}" in text
        assert not any(other in text for other in {LEGAL, PREFERRED} - {name})


def test_14_who_paid_is_told_to_themselves_and_to_the_client(world: World, readers: dict[str, str]) -> None:
    told = {
        (who, reference): receipt(world, reference, cookie).partition(" Method ")[0].partition("Paid by ")[2]
        for who, cookie in readers.items()
        for reference in ("p1", "p2", "p3")
    }
    office, another = "Received at the practice's office", "Another payer"
    assert told == {
        ("client", "p1"): office, ("client", "p2"): LEGAL, ("client", "p3"): GUARANTOR,
        ("guarantor", "p1"): office, ("guarantor", "p2"): another, ("guarantor", "p3"): GUARANTOR,
        ("superbills", "p1"): office, ("superbills", "p2"): another, ("superbills", "p3"): another,
    }  # fmt: skip


def test_S11_the_cardholder_is_the_payer_for_who_may_know_them(world: World, readers: dict[str, str]) -> None:
    """Issue 15: by the name that was typed with the card."""
    paid_by(world, "p4", 700, person_id(world, "ada@example.test"), cardholder="Alex Example")
    told = {who: receipt(world, "p4", cookie) for who, cookie in readers.items()}
    assert "Paid by Alex Example" in told["client"]
    assert "Paid by Alex Example" in told["guarantor"]
    assert "Alex" not in told["superbills"]


def test_S11_whose_card_it_was_that_paid_by_a_bills_link_is_told_to_nobody_of_the_account(
    world: World, readers: dict[str, str]
) -> None:
    """Issue 16: a bill's link pays without an account, as a guest does. The payer's receipt is another."""
    paid_by(world, "p4", 700, "", cardholder="Ted Payer", actor="link:abc")
    for cookie in readers.values():
        told = receipt(world, "p4", cookie)
        assert "Paid without signing in" in told
        assert "Ted" not in told + summary(world, cookie)


def test_14_a_summary_tells_no_more_of_who_paid(world: World, readers: dict[str, str]) -> None:
    theirs, others = summary(world, readers["guarantor"]), summary(world, readers["superbills"])
    own = summary(world, readers["client"])
    assert (own.count(GUARANTOR), own.count(LEGAL), own.count("Another payer")) == (1, 2, 0)
    assert (theirs.count(GUARANTOR), theirs.count("Another payer")) == (1, 1)
    assert (others.count(GUARANTOR), others.count("Another payer")) == (0, 2)
    for text in (own, theirs, others):
        assert "Received at the practice's office · p1" in text


def test_14_nobody_is_given_the_file_that_was_drawn_for_another(
    world: World, readers: dict[str, str], queue: FakeQueue
) -> None:
    """What is kept for one reader is never found by another, whoever opens it first; one's own is."""
    paths = (
        f"/accounts/maya/payments/{payment(world, 'p3').id}/itemised-receipt",
        "/accounts/maya/payment-summary?from=2026-01-01&to=2026-12-31",
    )
    for path in paths:
        files = {
            who: world.call("GET", path, cookie=cookie, headers=PAGE).headers["Location"].partition("?")[0]
            for who, cookie in readers.items()
        }
        assert all(one != other for one, other in combinations(files.values(), 2))
        made = len(queue.sent)
        for who, cookie in readers.items():
            again = world.call("GET", path, cookie=cookie, headers=PAGE).headers["Location"]
            assert again.partition("?")[0] == files[who]
        assert len(queue.sent) == made


def test_14_another_payer_is_said_in_spanish(world: World, readers: dict[str, str]) -> None:
    put_client(world.app.people, "fern", replace(CLIENT, locale="es"))
    text = summary(world, readers["guarantor"])
    assert "Otra persona" in text
    assert "Recibido en el consultorio" in text
    assert LEGAL not in text


def test_who_reads_another_address_is_told_nothing_of_who_paid_before(
    world: World, readers: dict[str, str]
) -> None:
    """A file gave the account to another guarantor: the person is the same, and need not be the same one.

    Seen: who read the new address had the former guarantor's name on receipts, and the notes and the address
    of their payment; the client's own receipts named the new guarantor as who had paid."""
    paid_by(world, "p4", 700, person_id(world, "ada@example.test"), cardholder="Ada H Ortiz")
    after = moved(world, "ada@example.test", "zoe@example.test")
    named = replace(CLIENT, guarantor_email="zoe@example.test", guarantor_name="Zoe Park")
    put_client(world.app.people, "fern", named)
    for reference in ("p3", "p4"):
        assert "Paid by Another payer" in receipt(world, reference, after)
    year = summary(world, after)
    assert (year.count("Another payer"), "Ada H Ortiz" in year, GUARANTOR in year) == (3, False, False)
    assert "Zoe" not in receipt(world, "p3", readers["client"])
    assert "Paid by Ada H Ortiz" in receipt(world, "p4", readers["client"])
    paid_by(world, "p5", 300, person_id(world, "zoe@example.test"))
    assert "Paid by Zoe Park" in receipt(world, "p5", after)
    assert "Paid by Zoe Park" in receipt(world, "p5", readers["client"])
