"""Rows carry a version: one that this code does not know is refused, by name, and nothing is read half."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import boto3
import pytest

from chalicelib.documents.store.estimates import ESTIMATE_PAPERS, ESTIMATES
from chalicelib.documents.store.invoices import INVOICED, INVOICES, PAPERS, VOIDS
from chalicelib.documents.store.statements import CARRIED_ON, STATEMENTS
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.entries import Service
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Event, Payment, State, advance
from chalicelib.ledger.services.posting import own_id
from chalicelib.ledger.store.items import CHARGES as CHARGE_ROWS
from chalicelib.ledger.store.items import PAYMENTS, REFUNDS, ChargeItem, PaymentItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec
from chalicelib.platform.dynamo.table import Item
from chalicelib.practice.domain.practices import Client, Clinician, Coverage
from chalicelib.practice.store.people import CLIENTS as CLIENT_ROWS
from chalicelib.practice.store.people import PEOPLE
from chalicelib.practice.store.practices import PRACTICES
from sandbox.config import REGION
from tests.soak.store import item_bytes
from tests.support.practice import PRACTICE
from tests.unit.cli.world import CHARGES, CLIENTS, World

CODECS: tuple[Codec[Any], ...] = (
    CHARGE_ROWS, PAYMENTS, REFUNDS, CLIENT_ROWS, PEOPLE, PRACTICES, STATEMENTS, CARRIED_ON,
    INVOICES, PAPERS, VOIDS, INVOICED, ESTIMATES, ESTIMATE_PAPERS,
)  # fmt: skip
PAYMENT_ROWS = "payment_id,client_id,date,amount,method,notes\nP1,C1,2026-10-02,20,cash,From her mother\n"


@pytest.fixture
def books(world: World) -> World:
    world.with_practice()
    given = {"clients.csv": CLIENTS, "charges.csv": CHARGES, "payments.csv": PAYMENT_ROWS}
    files = [world.file(name, text) for name, text in given.items()]
    result = world.run("import", "--practice", "oak", *files)
    assert result.status == 0, result.out + result.err
    return world


def table() -> Any:
    return boto3.session.Session().resource("dynamodb", region_name=REGION).Table(Item.Meta.table_name)


def rows(kind: str) -> Iterator[dict[str, Any]]:
    return (row for row in table().scan()["Items"] if row["kind"] == kind)


def rewrite(kind: str, version: int | None) -> None:
    """The first row of a kind, as another version of Billfold would have written it; None: with none."""
    row = next(iter(rows(kind)))
    row.pop("v")
    table().put_item(Item=row if version is None else {**row, "v": version})


@pytest.mark.parametrize("kind", ["charge", "payment", "account"])
@pytest.mark.parametrize("version", [3, None])
def test_a_row_of_another_version_is_named_with_it(books: World, kind: str, version: int | None) -> None:
    rewrite(kind, version)
    result = books.run("verify", "--practice", "oak", "--json")
    (found,) = (event for event in result.events if event["event"] == "finding")
    assert (result.status, found["code"]) == (1, "row_unreadable")
    assert re.fullmatch(rf"{kind}( \w+)? \(version {version or 0}\)", found["item"])


@pytest.mark.parametrize("kind", ["client", "person"])
def test_nobody_is_read_half(books: World, kind: str) -> None:
    rewrite(kind, 2)
    person_id = next(iter(rows("person")))["sk"].rsplit("#", 1)[1]
    read = {
        "client": lambda: list(books.app.people.clients("oak")),
        "person": lambda: books.app.people.person("oak", person_id),
    }
    with pytest.raises(Unreadable) as caught:
        read[kind]()
    assert re.fullmatch(rf"{kind} \w+ \(version 2\)", caught.value.item)


def test_a_practice_of_a_later_version_is_refused_by_every_command(books: World) -> None:
    rewrite("practice", 3)
    result = books.run("verify", "--practice", "oak")
    assert result.status == 1
    assert "This row cannot be read: practice oak (version 3)." in result.err


@pytest.mark.parametrize("version", [None, 1])
def test_a_table_of_a_version_before_is_refused_and_what_to_do_is_said(
    books: World, version: int | None
) -> None:
    rewrite("practice", version)
    file = str(books.folder / "clients.csv")
    for command in (
        ["verify"], ["export", "--format", "jsonl"], ["entries", "--client", "C1"], ["import", file],
    ):  # fmt: skip
        result = books.run(*command, "--practice", "oak")
        assert result.status == 1
        assert "Make a new table and import again; in the sandbox: make reset." in result.err
    with pytest.raises(Refused, match="table_outdated"):
        books.app.practices.practice("oak")


PRIVATE = re.compile(
    "notes|name|email|mailed_to|address|birth|diagnos|member|insured|letterhead|grants|cardholder|labels|guest|claimed"
)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.type.__name__)
def test_whatever_tells_of_a_person_is_kept_apart_to_be_sealed(codec: Codec[Any]) -> None:
    if codec is PRACTICES:  # tells of who gives care, and of no client
        return
    told = {f.name for f in fields(codec.type) if PRIVATE.search(f.name)}
    assert codec.private == told


def test_no_private_word_stands_in_a_body(books: World) -> None:
    private = ("Ana", "ana@example.test", "From her mother")
    for kind in ("charge", "payment", "client", "person"):
        found = list(rows(kind))
        assert found
        assert not any(word in row["body"] for row in found for word in private)
    payment = books.app.ledgers.payment(books.ref("C1"), own_id("oak", "payment", "P1"))
    assert payment is not None
    assert payment.notes == "From her mother"
    (row,) = rows("payment")
    assert row["private"] == '{"notes":"From her mother"}'


def paid_online() -> Payment:
    """As settling leaves it: two lines, and all that a processor says of it."""
    shares = tuple(Share(f"{n:020x}", 8500) for n in range(2))
    waiting = Payment(
        id="0b8f1c1e-0000-4000-8000-000000000001", account_id="acct-0123456789abcdef", amount_minor=17000,
        currency="USD", allocation=Allocation(shares), state=State.AWAITING, processor="stripe",
        flow="inline", body_hash="f" * 32, date="2026-03-01", created_at="2026-03-01T12:00:00.000Z",
        updated_at="2026-03-01T12:00:00.000Z", person_id="p" * 40, reference="7K0QM-9D1XA",
        session_id="cs_test_" + "a" * 58, next_url="https://checkout.stripe.com/c/pay/cs_test_" + "a" * 400,
        client_secret="cs_test_secret_" + "s" * 58, ways=("card", "bank"), version=4,
    )  # fmt: skip
    return advance(
        waiting, Event.CAPTURED, at="2026-03-01T12:01:00.000Z", intent_id="pi_" + "a" * 24, entry_seq=123,
        method=Method("card", "Visa", "4242", "2031-03"), owed_after_minor=12000, fee_minor=523, version=5,
    )  # fmt: skip


def test_a_final_payment_of_two_lines_is_within_a_kilobyte_and_leads_nobody_on() -> None:
    paid = paid_online()
    assert (paid.next_url, paid.client_secret) == ("", "")
    row = PaymentItem.of("willow-street-practice", paid)
    assert item_bytes(row.to_dynamodb_dict()) <= 1024
    assert row.payment() == paid
    assert keys.account_of(row.pk) == paid.account_id


def test_issue_13_a_payment_of_three_named_lines_is_within_a_kilobyte_from_its_start_to_its_receipt() -> None:
    """A row above a kilobyte is two units to write, and again in the index: $4 for a million payments."""
    shares = tuple(Share(f"{n:020x}", 12_000) for n in range(3))
    services = {share.charge_id: Service(f"Session {n}", "2026-03-01") for n, share in enumerate(shares)}
    paid = replace(
        paid_online(), allocation=Allocation(shares, 500), services=services, actor="portal:" + "p" * 20,
        person_id="p" * 20, session_id="cs_0b8f1c1e-0000-4000-8000-000000000001",
        intent_id="pi_0b8f1c1e-0000-4000-8000-000000000001", receipt_mailed_to="somebody@example.test",
    )  # fmt: skip
    row = PaymentItem.of("willow-street-practice", paid)
    assert item_bytes(row.to_dynamodb_dict()) <= 1024
    assert row.payment() == paid
    none = replace(paid, allocation=Allocation(()), services={"gone": Service("Session", "")}, method=None)
    assert PaymentItem.of("oak", none).payment() == none


def test_issue_13_a_payment_of_a_former_version_is_read_as_it_was_written() -> None:
    """As a table, or an export, from before version 2 has it."""
    body = (
        '{"amount_minor":36000,"currency":"USD","allocation":{"shares":[{"charge_id":"c1","amount_minor":35000}],'
        '"credit_minor":1000},"state":"succeeded","processor":"stripe","flow":"redirect","body_hash":"d8",'
        '"date":"2026-03-10","created_at":"2026-03-10T15:00:00.000Z","updated_at":"2026-03-10T15:00:00.000Z",'
        '"method":{"kind":"card","brand":"Visa","last4":"4242","expiry":"","wallet":""},"entry_seq":4,'
        '"receipt_key":"receipts/a1/p1.pdf","services":{"c1":["Session","2026-03-01"]}}'
    )
    row = PaymentItem(pk="P#oak#A#a1", sk="PAY#p1", v=1, version=5, body=body)
    paid = row.payment()
    assert paid.allocation == Allocation((Share("c1", 35_000),), 1_000)
    assert (paid.method, paid.services) == (
        Method("card", "Visa", "4242"),
        {"c1": Service("Session", "2026-03-01")},
    )
    assert (paid.version, paid.receipt_key) == (5, "receipts/a1/p1.pdf")
    assert PaymentItem.of("oak", paid).payment() == paid


def test_fields_that_are_reserved_come_back_and_cost_nothing_until_they_are_used() -> None:
    charge = Charge("c1", "a1", "x1", "2026-03-01", "Session", "ada", 100, 0, seq=1)
    missed = replace(charge, status=ChargeStatus.NO_SHOW, service_id="s1")
    row, other = ChargeItem.of("oak", charge), ChargeItem.of("oak", missed)
    assert (row.charge(), other.charge()) == (charge, missed)
    assert "status" not in row.body
    client = Client("c1", "C1", "Ana", "", "en", legal_name="Ana Núñez", preferred_name="Anita")
    insured = replace(client, member_id="M1", insured="Her father", coverage=Coverage.OUT_OF_NETWORK)
    told = CLIENT_ROWS.parts(insured)
    assert all(word not in told["body"] for word in ("Núñez", "Anita", "M1", "father"))
    assert CLIENT_ROWS.read(Body(**told), "client c1", id="c1") == insured
    two = tuple(Clinician(id_, id_, "", True, tax_id=f"12-{id_}") for id_ in ("1", "2"))
    practice = replace(PRACTICE, clinicians=two)
    assert PRACTICES.read(Body(**PRACTICES.parts(practice)), "practice", id=practice.id) == practice
