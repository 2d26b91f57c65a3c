"""Issue 17: an insurer's answer is posted to the client that its claim is of, to no relative or namesake."""

from dataclasses import replace

import pytest

from chalicelib.importing.domain.remittances import patients
from chalicelib.importing.domain.remittances.model import Patient
from chalicelib.importing.services.importer import Source
from chalicelib.importing.services.remittances.planning import Prepared
from chalicelib.importing.services.remittances.remittances import Remittances
from tests.unit.importing.remittance_books import counts, left
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment, text
from tests.unit.importing.world import World

LINE = Line(15000, 7000, (("CO", "45", 2500), ("PR", "3", 5500)))
ROBIN = ClaimOf("X", (LINE,), last="VALE", first="ROBIN")
OWED, ANSWERED = 4000, 5500  # what a client owes before the insurer's answer, and after it


def practice(*clients: str, charged: dict[str, str]) -> World:
    """Clients as "id,name,member id"; `charged`: a charge for each, of one day, code and fee, by its id."""
    world = World()
    rows = "".join(f"{client}\n" for client in clients)
    charges = "".join(
        f"{id_},{client},2026-10-01,Talk,dr-a,150.00,110.00,90837\n" for id_, client in charged.items()
    )
    head = "charge_id,client_id,date,service,clinician_id,fee,insurance_expected,cpt\n"
    world.load({"clients.csv": f"client_id,name,member_id\n{rows}", "charges.csv": head + charges})
    return world


def post(world: World, claim: ClaimOf) -> Prepared:
    remittances = Remittances(world.importer)
    prepared = remittances.prepare("oak", [Source("a.835", text(Payment((claim,))).encode())])
    assert prepared.problems == ()
    assert remittances.apply(prepared) == ()
    return prepared


@pytest.mark.parametrize("control", ["1001", "1002", "X"])
def test_a_number_that_is_a_sisters_posts_nothing_to_her(control: str) -> None:
    """It is the practice's number of its client, or of the claim, and by chance one of hers."""
    world = practice("1001,Robin Vale,", "1002,Ines Vale,", charged={"1001": "1002", "S-2": "1001"})
    assert counts(post(world, replace(ROBIN, control=control))) == {"posted": 1}
    assert (world.balance("1001"), world.balance("1002")) == (ANSWERED, OWED)


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ({"first": "LUZ"}, "client_unmatched"),
        ({"member": "M9"}, "client_unmatched"),
        ({"suffix": "JR"}, "client_unmatched"),
        ({"last": "ROBIN", "first": "VALE"}, "client_unmatched"),
        ({"last": "ROBIN", "first": ""}, "client_unmatched"),  # his first name is no last name
        ({"lines": (replace(LINE, code="90791"),)}, "line_unmatched"),
    ],
)
def test_a_number_does_not_outweigh_another_first_name_card_suffix_or_code(
    claim: dict[str, object], code: str
) -> None:
    world = practice("C1,Robin Vale Sr.,M-1", charged={"S-1": "C1"})
    found = post(world, replace(ROBIN, control="S-1", **{"suffix": "SR", "member": "m1", **claim}))  # type: ignore[arg-type]
    assert (left(found), world.balance("C1")) == ([(code, ["S-1"])], OWED)


@pytest.mark.parametrize(
    "claim", [{}, {"suffix": "JR"}, {"last": "VALE-OAK"}, {"last": "VA LE"}, {"first": "", "last": ""}]
)
def test_a_number_finds_its_charge_where_the_claim_leaves_something_out(claim: dict[str, str]) -> None:
    world = practice("C1,Robin Quinn Vale Jr.,", charged={"S-1": "C1"})
    assert left(post(world, replace(ROBIN, control="S-1", **claim))) == []  # type: ignore[arg-type]
    assert world.balance("C1") == ANSWERED


@pytest.mark.parametrize("control", ["S-1", "C1"])
def test_a_number_is_left_where_another_client_fits_the_whole_name(control: str) -> None:
    world = practice("C1,Robin Quinn Vale,", "C2,Robin Vale,", charged={"S-1": "C1"})
    found = post(world, replace(ROBIN, control=control))
    assert (left(found), world.balance("C1")) == ([("client_ambiguous", ["S-1"])], OWED)
    assert found.left[0].details["clients"] == "C1, C2"


def test_who_has_another_middle_name_is_not_meant() -> None:
    world = practice("C1,Robin Quinn Vale,", "C2,Robin Vale,", charged={"S-1": "C2"})
    assert left(post(world, replace(ROBIN, middle="A"))) == []
    assert world.balance("C2") == ANSWERED


@pytest.mark.parametrize("control", ["S-2", "C2"])
def test_a_number_tells_two_of_one_name_apart(control: str) -> None:
    world = practice("C1,Robin Vale,", "C2,Robin Vale,", charged={"S-1": "C1", "S-2": "C2"})
    assert left(post(world, replace(ROBIN, control=control))) == []
    assert (world.balance("C1"), world.balance("C2")) == (OWED, ANSWERED)


@pytest.mark.parametrize("suffix", ["", "JR", "SR"])
@pytest.mark.parametrize("member", ["", "W2"])
def test_father_and_son_are_left_to_a_person(suffix: str, member: str) -> None:
    world = practice("SR,Robin Vale,", "JR,Robin Vale Jr.,W2", charged={"F1": "SR", "S1": "JR"})
    found = post(world, replace(ROBIN, suffix=suffix, member=member))
    assert left(found) == [("client_ambiguous", ["S1", "F1"])]
    assert (world.balance("SR"), world.balance("JR")) == (OWED, OWED)


@pytest.mark.parametrize(
    ("name", "suffix"), [("Robin Vale", "JR"), ("Robin Vale, Jr.", ""), ("Robin Vale II", "JR")]
)
def test_one_whose_suffix_is_another_is_not_the_patient(name: str, suffix: str) -> None:
    world = practice(f'C1,"{name}",', charged={"S-1": "C1"})
    found = post(world, replace(ROBIN, suffix=suffix))
    assert (left(found), world.balance("C1")) == ([("client_unmatched", ["S-1"])], OWED)


@pytest.mark.parametrize(
    ("last", "suffix"), [("VALE", "JR"), ("VALE", "Jr."), ("VALE JR", ""), ("VALE", "JUNIOR")]
)
def test_a_suffix_is_read_wherever_it_stands(last: str, suffix: str) -> None:
    world = practice("C1,Robin Vale Jr.,", charged={"S-1": "C1"})
    assert left(post(world, replace(ROBIN, last=last, suffix=suffix))) == []
    assert world.balance("C1") == ANSWERED


def test_of_two_of_one_name_none_is_guessed_by_what_was_billed() -> None:
    """The other one's session may not be in the books yet."""
    world = practice("A,Robin Vale,", "B,Robin Vale,", charged={"B1": "B"})
    found = post(world, ROBIN)
    assert (left(found), world.balance("B")) == ([("client_ambiguous", ["B1"])], OWED)
    assert found.left[0].details["clients"] == "A, B"


@pytest.mark.parametrize(
    ("cards", "member", "code"),
    [
        (("M1", "M2"), "M2", ""),
        (("M1", ""), "M2", "client_ambiguous"),  # that A's card is another makes nobody B
        (("", "M2"), "M2", "client_ambiguous"),  # it may be A's, too: families share one
        (("M2", "M2"), "M2", "client_ambiguous"),
        (("M1", "M2"), "M3", "client_unmatched"),
    ],
)
def test_two_of_one_name_are_told_apart_by_cards_that_are_known_of_both(
    cards: tuple[str, str], member: str, code: str
) -> None:
    world = practice(f"A,Robin Vale,{cards[0]}", f"B,Robin Vale,{cards[1]}", charged={"B1": "B"})
    found = post(world, replace(ROBIN, member=member))
    assert [told.code for told in found.left] == ([code] if code else [])
    assert world.balance("B") == (OWED if code else ANSWERED)


@pytest.mark.parametrize("others", [(), ("A,Thomas James,",)])
def test_first_and_last_names_are_not_turned(others: tuple[str, ...]) -> None:
    world = practice(*others, "B,James Thomas,", charged={"B1": "B"})
    found = post(world, replace(ROBIN, last="JAMES", first="THOMAS"))
    assert [told.code for told in found.left] == ["line_unmatched" if others else "client_unmatched"]
    assert world.balance("B") == OWED


@pytest.mark.parametrize(
    "name", ["Robert Vale", "Vale, Robert Q.", "Róbert Quinn Vale", "VALE,ROBERT QUINN", "Robert Q Vale"]
)
def test_a_name_may_have_something_in_the_middle(name: str) -> None:
    assert patients.fits(Patient("VALE", "ROBERT", "QUINN"), [name])


@pytest.mark.parametrize(
    "name",
    [
        "Robert",
        "Robert Ann Vale",
        "Vale",
        "Roberta Vale",
        "Vale Robert",
        "Robert, Vale",
        "Robert Q. Vale III",
    ],
)
def test_another_name_is_not_the_patients(name: str) -> None:
    assert not patients.fits(Patient("VALE", "ROBERT", "QUINN"), [name])


@pytest.mark.parametrize(
    ("last", "first", "name"),
    [
        ("ONEIL", "SHAUN", "Shaun O'Neil"),
        ("NUNEZ VALE", "ANA", "Ana Núñez-Vale"),
        ("DELACRUZ", "MARY ANN", "Maryann de la Cruz"),
        ("VALE", "ROBIN", "Oak Robin; Robin Vale"),
    ],
)
def test_how_a_name_is_cut_into_words_does_not_matter(last: str, first: str, name: str) -> None:
    names = name.split("; ")
    assert patients.fits(Patient(last, first), names)
    assert patients.last_of(Patient(last, first)) in {key for one in names for key in patients.lasts_of(one)}
