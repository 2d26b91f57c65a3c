"""Which superbills stand, what each says and of whom: rules alone (issue 14)."""

from dataclasses import replace

import pytest

from chalicelib.documents.domain import superbills as rules
from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.domain.superbills import (
    BillingProvider,
    Diagnosis,
    DraftSuperbill,
    Insured,
    Licensed,
    Stretch,
    Superbill,
    Superbilled,
    SuperbillLine,
    SuperbillPaper,
    SuperbillStatus,
    SuperbillSums,
    SuperbillVoid,
)
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.practice.domain.notices import NOTICE_IDS, Place, texts_at
from chalicelib.practice.domain.practices import Client, Clinician, RelationToInsured, Supervisor
from tests.support.practice import PRACTICE

OCTOBER, NOVEMBER = Stretch("2026-10-01", "2026-10-31"), Stretch("2026-11-01", "2026-11-30")
ADA = Clinician("ada", "Ada Moss", "LCSW", True, npi="1234567893", license="SW-1", license_state="NY")
CLIENT = Client(
    "maya", "C-7", "Maya O.", "maya@example.test", "en", "5 Oak Lane", "1990-04-02",
    legal_name="Maya Okafor", member_id="XYZ", insured="Ada O.", relation_to_insured=RelationToInsured.CHILD,
)  # fmt: skip
LINES = (
    SuperbillLine("c1", "2026-10-03", "10", "90834", ("95",), "A", 1, "Talk", "en", 15_000, 9_000, 500,
                  1_000),
    SuperbillLine("c2", "2026-10-09", "11", "90837", (), "BA", 2, "Talk", "en", 8_000, 0, 0, 8_000),
)  # fmt: skip
PRACTICE_THERE = replace(PRACTICE, legal_name="Fern PLLC", tax_id="12-3456789", npi="1679576722")
PAPER = SuperbillPaper(
    BillingProvider.of(PRACTICE_THERE, ADA, "en"), Licensed.of(ADA, rendering=True), None, Insured.of(CLIENT),
    (Diagnosis("A", "F41.1"), Diagnosis("B", "F33.1", "Words")), LINES, "en",
)  # fmt: skip
DRAFT = DraftSuperbill("maya", "ada", "USD", OCTOBER, "2026-11-05", "at", PAPER)


def issued(
    number: int, stretch: Stretch = OCTOBER, clinician: str = "ada", *, replaces: int = 0
) -> Superbill:
    made = replace(DRAFT, stretch=stretch, clinician_id=clinician).numbered(number)
    return replace(made, replaces=replaces)


def test_a_stretch_has_both_its_days() -> None:
    days = ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01")
    assert [day in OCTOBER for day in days] == [False, True, True, False]


def test_sums_are_of_all_lines_and_what_is_not_paid_is_the_rest() -> None:
    sums = SuperbillSums.of(LINES)
    assert sums == SuperbillSums(23_000, 9_000, 500, 9_000)
    assert sums.unpaid_minor == 4_500


def test_a_draft_under_its_number_says_what_its_paper_does() -> None:
    assert DRAFT.numbered(17) == Superbill(
        17, "maya", "ada", "USD", "2026-10-01", "2026-10-31", "2026-11-05", "at", ("c1", "c2"),
        SuperbillSums.of(LINES), PAPER.digest, 0, template=2,
    )  # fmt: skip
    made = DRAFT.replacing(12).numbered(18)
    assert (made.replaces, made.id, made.ref("fern")) == (12, "superbill-18", AccountRef("fern", "maya"))
    assert (made.stretch, made.digest != PAPER.digest) == (OCTOBER, True)
    assert SuperbillVoid(1, "maya", "2026-11-06", "at", "cli").ref("fern") == AccountRef("fern", "maya")


def test_it_keeps_the_version_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TEMPLATE", 3)
    assert DRAFT.numbered(17).template == 3


def test_the_digest_is_of_all_that_is_printed_and_of_no_empty_field() -> None:
    """What joins later, and is empty, changes no digest: issued ones are held to theirs for ever."""
    digest = PAPER.digest
    assert digest == "32e3862e66552903a5956d9001f70f22b21664274c93746533da01944af99839"
    assert digest != replace(PAPER, lines=LINES[:1]).digest
    assert digest != replace(PAPER, client=replace(PAPER.client, name="Ada")).digest
    assert digest != replace(PAPER, diagnoses=PAPER.diagnoses[:1]).digest
    assert digest != replace(PAPER, replaces=3).digest


def test_the_billing_provider_is_the_practice_or_an_independent_clinician_with_an_own_ein() -> None:
    """Issue 14: own EIN where the group is independent practitioners."""
    there = replace(PRACTICE_THERE, notices=dict.fromkeys(NOTICE_IDS, True))
    own = BillingProvider.of(there, ADA, "es")
    head = Letterhead.of(there, Place.SUPERBILL, "es")
    assert head.notices == texts_at(there, Place.SUPERBILL, "es") != ()
    assert own == BillingProvider(head, "12-3456789", "", "1679576722")
    alone = replace(ADA, tax_id="98-7654321", address="9 Elm Street")
    found = BillingProvider.of(there, alone, "es")
    assert found == BillingProvider(
        replace(head, practice_address="9 Elm Street"), "98-7654321", "Ada Moss", "1679576722"
    )


def test_the_client_stands_by_the_legal_name_and_whose_policy_it_is() -> None:
    assert Insured.of(CLIENT) == Insured(
        "Maya Okafor", "1990-04-02", "5 Oak Lane", "C-7", "XYZ", "Ada O.", RelationToInsured.CHILD
    )
    assert Insured.of(replace(CLIENT, legal_name="")).name == "Maya O."


@pytest.mark.parametrize("rendering", [True, False])
def test_who_is_licensed_says_who_counts_as_having_given_the_service(rendering: bool) -> None:
    above = Supervisor("Sol Vega", "PhD", "1245319599", "P-1", "NJ", rendering)
    assert Licensed.of(above, rendering=rendering) == Licensed(
        "Sol Vega", "PhD", "1245319599", "P-1", "NJ", rendering
    )
    assert Licensed.of(ADA, rendering=rendering).license == "SW-1"


def test_what_stands_is_known_by_clinician_and_days() -> None:
    found = Superbilled().with_issued(issued(1)).with_issued(issued(2, NOVEMBER))
    found = found.with_issued(issued(3, OCTOBER, "ben"))
    assert found.standing == {
        "2026-10-01/2026-10-31/ada": 1, "2026-11-01/2026-11-30/ada": 2, "2026-10-01/2026-10-31/ben": 3,
    }  # fmt: skip
    numbers = [found.number(OCTOBER, "ada"), found.number(OCTOBER, "ben"), found.number(NOVEMBER, "ben")]
    assert numbers == [1, 3, 0]
    assert found.latest(2) == [(3, OCTOBER), (2, NOVEMBER)]
    given = [("2026-10-31", "ada"), ("2026-11-30", "ben"), ("2026-12-01", "ada")]
    assert found.covering(given) == {1}
    assert found.covering([("2026-10-01", "ada")]) == {1}
    assert found.covering([("2026-11-01", "ada"), ("2026-10-01", "ben")]) == {2, 3}


def test_another_takes_its_place_and_a_void_leaves_it_empty() -> None:
    first = issued(1)
    after = Superbilled().with_issued(first).with_issued(issued(2, NOVEMBER))
    replaced = after.with_issued(issued(3, replaces=1))
    assert (replaced.number(OCTOBER, "ada"), replaced.voided) == (3, {"1": 3})
    assert rules.standing(first, replaced).status is SuperbillStatus.REPLACED
    assert rules.standing(first, replaced).replaced_by == 3
    void = after.without(first)
    assert (void.number(OCTOBER, "ada"), void.number(NOVEMBER, "ada"), void.voided) == (0, 2, {"1": 0})
    assert (rules.standing(first, void).status, rules.standing(first, void).replaced_by) == (
        SuperbillStatus.VOID, 0,
    )  # fmt: skip
    found = rules.standing(first, after)
    assert (found.superbill, found.status, found.replaced_by) == (first, SuperbillStatus.ISSUED, 0)


def test_an_account_has_four_thousand_and_no_more() -> None:
    voided = {str(number): 0 for number in range(1_000)}
    standing = {f"{number}/{number}/ada": number for number in range(rules.MAX_STRETCHES - 1_001)}
    full = Superbilled(standing, voided).with_issued(issued(9_000))
    assert len(full.standing) + len(full.voided) == rules.MAX_STRETCHES == 4_000
    with pytest.raises(Refused) as refused:
        full.with_issued(issued(9_001, NOVEMBER))
    assert (refused.value.code, refused.value.details) == ("too_many_superbills", {"limit": 4_000})


def test_each_service_is_on_the_latest_that_stands() -> None:
    superbilled = Superbilled().with_issued(issued(1)).with_issued(issued(2, NOVEMBER))
    superbilled = superbilled.with_issued(issued(3, replaces=1))
    rows = [rules.standing(one, superbilled) for one in (issued(3), issued(1), issued(2, NOVEMBER))]
    assert rules.services_on(rows) == {"c1": "superbill-3", "c2": "superbill-3"}
    assert rules.services_on(rows[1:2]) == {}
