"""An id that was used means the same command, of which nothing is posted again, or it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.ledger.services.posting import ChargeFacts
from chalicelib.ledger.services.recording import Posted
from tests.support.money import Money
from tests.support.refusals import refusal

ON = "2026-03-09"
Command = Callable[..., Any]


@dataclass(frozen=True)
class Asked:
    """A command under an id, and for each of its facts another one that it may not turn into."""

    command: Callable[[Money], Command]
    facts: Mapping[str, Any]
    others: Mapping[str, Any]


def charge(money: Money) -> Command:
    def post(account: str, **facts: Any) -> Posted:
        return money.post.charge(money.ref(account), ChargeFacts("id", **facts))

    return post


def correcting(money: Money) -> Command:
    def move(source: str, target: str, **facts: Any) -> Posted:
        giver, taker = money.ref(source), money.ref(target)
        return money.correcting.transfer_credit("id", source=giver, target=taker, **facts)

    return move


def posting(name: str) -> Callable[[Money], Command]:
    def of(money: Money) -> Command:
        def post(account: str, **facts: Any) -> Any:
            return getattr(money.post, name)(money.ref(account), "id", **facts)

        return post

    return of


CHARGE: dict[str, Any] = {
    "account": "maya", "date": ON, "service": "Talk", "clinician_id": "ada", "client_minor": 500,
    "insurer_minor": 500, "cpt": "90834", "diagnoses": ("F41.1",), "place_of_service": "11", "units": 1,
}  # fmt: skip
ANSWER: dict[str, Any] = {
    "account": "maya", "charge_external_id": "c1", "paid_minor": 100, "contractual_minor": 100,
    "to_client_minor": 100, "on": ON,
}  # fmt: skip
ABOUT: dict[str, Any] = {"account": "maya", "charge_external_id": "c1", "amount_minor": 100, "on": ON}
OTHERS: dict[str, Any] = {
    "account": "noah", "charge_external_id": "c2", "amount_minor": 101, "on": "2026-03-08",
    "date": "2026-03-08", "service": "Play", "clinician_id": "ben", "client_minor": 501, "insurer_minor": 501,
    "cpt": "90837", "diagnoses": ("F32.9",), "place_of_service": "02", "units": 2, "method": "check",
    "charge_external_ids": ["c2"], "notes": "number 12", "payment_external_id": "p2", "source": "noah",
    "target": "kai", "paid_minor": 101, "contractual_minor": 0, "to_client_minor": 0, "label": "Old",
}  # fmt: skip
CASH = {
    "account": "maya", "amount_minor": 2000, "method": "cash", "on": ON, "charge_external_ids": ["c1"],
    "notes": "",
}  # fmt: skip
BACK = {"account": "maya", "payment_external_id": "p1", "amount_minor": 100, "on": ON}
MOVED: dict[str, Any] = {"source": "maya", "target": "noah", "amount_minor": 100, "on": ON}
OPENING = {"account": "maya", "amount_minor": 100, "on": ON, "label": ""}
ASKED: dict[str, tuple[Callable[[Money], Command], dict[str, Any]]] = {
    "charge": (charge, CHARGE),
    "opening debt": (posting("opening_balance"), OPENING),
    "opening credit": (posting("opening_balance"), {**OPENING, "amount_minor": -100}),
    "payment": (posting("external_payment"), CASH),
    "refund": (posting("external_refund"), BACK),
    "adjustment": (posting("adjustment"), ABOUT),
    "write-off": (posting("write_off"), ABOUT),
    "answer": (posting("insurance_payment"), ANSWER),
    "transfer": (correcting, MOVED),
}
# By name: the markers of its entries, and the fingerprint of the command.
KEPT = {
    "charge": ("charge", "2e02dcd8b8cffc20c5f277f587e96c45"),
    "opening debt": ("opening", "713ebd9bd4ebd7f9628b1e3dd80904e8"),
    "opening credit": ("opening", "487b449d76efa2cfd956e769f90dcbdc"),
    "payment": ("payment", "136044622a80b9d306aa3b5ea5f35d64"),
    "refund": ("refund", "9a4af95b4d36d697ac59ad4ce11cf795"),
    "adjustment": ("adjustment", "7d19b384be6f412cfe6b33dc115dfc69"),
    "write-off": ("adjustment", "70c9c4a102417c3959f9247c59684f6d"),
    "answer": ("insurance contractual transfer", "24acc0c92d6387ff2deedc59e9087ea5"),
    "transfer": ("credit_transfer", "21c82bc54140de703e577966ead635e3"),
}
CASES = [(name, fact) for name, (_, facts) in ASKED.items() for fact in facts]


@pytest.fixture
def money() -> Money:
    """Maya and Noah have charges and credit, so that each command could be posted with other facts."""
    made = Money()
    for account in ("maya", "noah", "kai"):
        made.open(account)
    for account, prefix in (("maya", ""), ("noah", "n")):
        for number in (1, 2):
            made.charge(f"{prefix}c{number}", 1000, account, insurer_minor=1000)
            made.cash(f"{prefix}p{number}", 1500, account)
        made.post.adjustment(made.ref(account), f"{prefix}a", charge_external_id=f"{prefix}c1",
                             amount_minor=-1000, on=ON)  # fmt: skip
        made.cash(f"{prefix}p3", 500, account)
    made.charge("open", 700)
    return made


def held(money: Money) -> object:
    ledgers = money.ledgers
    return ledgers.commits, dict(ledgers.accounts), dict(ledgers.movements)


def seqs(answer: Posted | tuple[Posted, ...]) -> tuple[tuple[int, ...], set[bool]]:
    parts = answer if isinstance(answer, tuple) else (answer,)
    return tuple(part.seq for part in parts), {part.duplicate for part in parts}


def room(money: Money, name: str) -> None:
    """Something to write off, or credit to move."""
    if name in ("write-off", "adjustment"):
        money.charge("more", 100)
        for charge_id in ("c1", "c2"):
            money.post.adjustment(money.ref(), f"up-{charge_id}", charge_external_id=charge_id,
                                  amount_minor=-200, on=ON)  # fmt: skip
    if name == "transfer":
        money.cash("lots", 100_000)
        money.cash("n-lots", 100_000, "noah")


@pytest.mark.parametrize("name", ASKED)
def test_the_same_command_again_is_the_same_entry_and_posts_nothing(money: Money, name: str) -> None:
    of, facts = ASKED[name]
    room(money, name)
    first, new = seqs(of(money)(**facts))
    before = held(money)
    assert (seqs(of(money)(**facts)), new, held(money)) == ((first, {True}), {False}, before)


@pytest.mark.parametrize("name", ASKED)
def test_markers_keep_what_earlier_versions_kept(money: Money, name: str) -> None:
    """They are for good: were the words of a key or a fingerprint others, the same id would post again, or be
    refused."""
    of, facts = ASKED[name]
    room(money, name)
    before = set(money.ledgers.movements)
    of(money)(**facts)
    made = {
        key: marker for (_, key), marker in money.ledgers.movements.items() if ("fern", key) not in before
    }
    kinds, command = KEPT[name]
    assert {key: marker.command for key, marker in made.items()} == {
        f"import#{kind}#id": command for kind in kinds.split()
    }


@pytest.mark.parametrize(("name", "fact"), CASES)
def test_an_id_that_was_used_for_something_else_is_refused(money: Money, name: str, fact: str) -> None:
    """Whichever of the command's facts is another one: it is never taken for done."""
    of, facts = ASKED[name]
    room(money, name)
    of(money)(**facts)
    before = held(money)
    other = {**facts, fact: OTHERS[fact]}
    if fact == "account" and "charge_external_id" in facts:
        other["charge_external_id"] = "nc1"  # a charge that the other client has
    code, _, _ = refusal(of(money), **other)
    assert (code, held(money)) == ("external_id_taken", before)


def test_a_write_off_and_an_adjustment_share_their_ids(money: Money) -> None:
    room(money, "write-off")
    money.post.adjustment(money.ref(), "id", charge_external_id="c1", amount_minor=100, on=ON)
    assert refusal(posting("write_off")(money), **ABOUT)[0] == "external_id_taken"


def test_an_answer_whose_id_another_part_used_is_refused_whole(money: Money) -> None:
    posting("insurance_payment")(money)(**{**ANSWER, "contractual_minor": 0, "to_client_minor": 0})
    before = held(money)
    only = {**ANSWER, "paid_minor": 0, "to_client_minor": 0}
    assert refusal(posting("insurance_payment")(money), **only)[0] == "external_id_taken"
    assert held(money) == before


def test_the_charges_a_payment_names_may_come_in_any_order(money: Money) -> None:
    asked = {**CASH, "charge_external_ids": ["c1", "c2"]}
    first = posting("external_payment")(money)(**asked)
    again = posting("external_payment")(money)(**{**asked, "charge_external_ids": ["c2", "c1", "c2"]})
    assert again == Posted(first.seq, duplicate=True)


def test_a_preview_of_a_transfer_refuses_an_id_that_moved_something_else(money: Money) -> None:
    room(money, "transfer")
    correcting(money)(**MOVED)

    def look(source: str, target: str, **facts: Any) -> object:
        giver, taker = money.ref(source), money.ref(target)
        return money.correcting.foresee_transfer("id", source=giver, target=taker, **facts)

    assert look(**MOVED) is None
    for fact in MOVED:
        assert refusal(look, **{**MOVED, fact: OTHERS[fact]})[0] == "external_id_taken"


def test_an_entry_undone_on_another_day_is_undone_already(money: Money) -> None:
    seq = money.cash("late", 100).seq
    done = money.correcting.reverse(money.ref(), seq, on=ON)
    again = money.correcting.reverse(money.ref(), seq, on="2026-03-20")
    assert again == Posted(done.seq, duplicate=True)
