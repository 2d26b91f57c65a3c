"""`billfold methods`: what people have saved, and removing one of it for them (issue 15)."""

import json
from dataclasses import replace

import pytest

from chalicelib.payments.domain.saved_methods import Held, MethodState, Payer, PayerMethod, Why
from chalicelib.payments.ports.payers import Consent
from chalicelib.practice.services.address_hashes import person_at
from tests.support.payers import ACCOUNT, AMEX, VISA, SavingProcessor
from tests.support.processor import OneProcessor
from tests.unit.cli.world import World

OAK = ("--practice", "oak")
ANA = ("--email", "ana@example.test")
AT = "2026-11-01T12:00:00.000Z"
FINGERPRINT = "FINGERPRINTCANARY"


@pytest.fixture
def stripe(world: World) -> SavingProcessor:
    processor = SavingProcessor()
    world.with_books()
    world.app.processors = OneProcessor(processor)
    person = person_at(world.app.people, world.app.keys, "oak", "ana@example.test")
    assert person is not None
    customer = processor.enrol("key")
    looks = {"m1": VISA, "m2": AMEX}
    processor.customers[customer] = {
        f"pm_{id_}": Held(f"pm_{id_}", look, f"{FINGERPRINT} {id_}") for id_, look in looks.items()
    }
    methods = tuple(
        PayerMethod(id_, f"pm_{id_}", look, MethodState.READY, AT, addition=f"a-{id_}")
        for id_, look in looks.items()
    )
    payer = Payer(person.id, "stripe", "key", AT, customer, methods, "m1")
    consent = Consent(person.id, "a-m1", "2026-11-30", "en", AT)
    world.app.payers.save("oak", payer, before=None, consent=consent)
    return processor


def test_it_lists_what_is_saved_and_when_that_was_agreed_to(world: World, stripe: SavingProcessor) -> None:
    result = world.run("methods", "list", *OAK)
    assert (result.status, result.out.splitlines()) == (
        0,
        [
            "m1: ana@example.test, Visa ending in 4242, expires 2027-12, ready, default, saving agreed to "
            f"{AT} (text of 2026-11-30)",
            "m2: ana@example.test, American Express ending in 0005, expires 2028-01, ready",
            "2 methods",
        ],
    )
    assert world.run("methods", "list", *OAK, *ANA).out == result.out
    assert stripe.calls == [("enrol", "key")]
    for told in ("pm_", "cus_", FINGERPRINT):
        assert told not in world.run("methods", "list", *OAK, "--json").out


def test_it_names_the_label_the_bank_and_the_person(world: World, stripe: SavingProcessor) -> None:
    """Issue 15: what a payer is told that the practice reads, the practice reads."""
    (before,) = world.app.payers.payers("oak")
    bank = replace(before.methods[1], look=ACCOUNT)
    labels = {"m1": "HSA", "m2": "Joint\naccount"}
    after = replace(before, methods=(before.methods[0], bank), labels=labels)
    world.app.payers.save("oak", after, before=before)
    card, account, _ = world.run("methods", "list", *OAK).out.splitlines()
    assert 'Visa ending in 4242, named "HSA", expires 2027-12' in card
    assert f'ending in 6789 ({ACCOUNT.brand}), named "Joint account", ready' in account
    told = [json.loads(line) for line in world.run("methods", "list", *OAK, "--json").out.splitlines()]
    assert [(one["label"], one["bank"], one["person"]) for one in told[:2]] == [
        ("HSA", "", before.id),
        ("Joint\naccount", ACCOUNT.brand, before.id),
    ]


def test_one_is_removed_here_and_at_the_processor(world: World, stripe: SavingProcessor) -> None:
    foreseen = world.run("methods", "remove", *OAK, *ANA, "m1", "--dry-run")
    assert foreseen.out.startswith("Dry run: Visa ending in 4242 of ana@example.test would be removed.")
    assert len(stripe.customers["cus_1"]) == 2
    assert world.run("methods", "remove", *OAK, *ANA, "m1").status == 0
    assert list(stripe.customers["cus_1"]) == ["pm_m2"]
    (left,) = world.app.payers.payers("oak")
    assert left.default == "m2"
    (ended,) = left.ended
    assert (ended.look, ended.why, ended.was_default) == (VISA, Why.PRACTICE, True)
    again = world.run("methods", "remove", *OAK, *ANA, "m1")
    assert again.status == 1


def test_what_a_former_address_saved_is_said_to_be_and_is_removed(
    world: World, stripe: SavingProcessor
) -> None:
    app = world.app
    person = person_at(app.people, app.keys, "oak", "ana@example.test")
    assert person is not None
    app.people.save_person("oak", replace(person, since=1), before=person)
    listed = world.run("methods", "list", *OAK, *ANA).out
    assert "m2: ana@example.test by a former address, American Express ending in 0005" in listed
    assert world.run("methods", "remove", *OAK, *ANA, "m1").status == 0
    app.payer_rows.let_go("oak", person.payer_id)
    assert world.run("methods", "list", *OAK).out == "0 methods\n"
    app.following.bring("oak", person.payer_id)
    assert stripe.customers == {"cus_1": {}}


def test_nobody_and_none_are_refused(world: World, stripe: SavingProcessor) -> None:
    assert world.run("methods", "list", *OAK, "--email", "no@example.test").status == 1
    assert world.run("methods", "remove", *OAK, *ANA, "m9").status == 1
