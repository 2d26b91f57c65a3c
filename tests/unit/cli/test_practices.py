"""`billfold practice`: create and change."""

import json
from dataclasses import fields
from typing import Any

import pytest

from chalicelib.entrypoints.cli.practice.practice_entries import PracticeFileError
from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.practice.domain.practices import Clinician, Practice, Supervisor
from tests.support.clock import FakeClock
from tests.unit.cli.world import PRACTICE, World


def _create(world: World, *options: str, **changes: Any) -> Any:
    path = world.file("practice.json", json.dumps({**PRACTICE, **changes}))
    return world.run("practice", "create", "--file", path, "--json", *options)


def test_a_practice_is_made_once_and_changed_by_its_file(world: World) -> None:
    assert _create(world).events[-1]["saved"] is True
    assert _create(world).events[-1]["saved"] is False
    changed = _create(world, name="Oak & Ash").events[-1]
    assert (changed["saved"], changed["changed"]) == (True, ["name"])
    practice = world.app.practices.practice("oak")
    assert practice is not None
    assert (practice.name, practice.limit_minor, practice.flow) == ("Oak & Ash", 500_000, "redirect")


def test_g19_a_practice_knows_when_what_it_says_last_changed(world: World) -> None:
    """Not when its file was last entered: nothing is new in the same file."""

    def changed_at() -> str:
        practice = world.app.practices.practice("oak")
        assert practice is not None
        return practice.changed_at

    world.app.clock = clock = FakeClock("2026-11-28T12:00:00+00:00")
    _create(world)
    clock.advance(hours=1)
    _create(world)
    assert changed_at() == "2026-11-28T12:00:00.000Z"
    _create(world, phone="(518) 555-0100")
    assert changed_at() == "2026-11-28T13:00:00.000Z"


def test_a_dry_run_makes_nothing(world: World) -> None:
    assert _create(world, "--dry-run").status == 0
    assert world.app.practices.practice("oak") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "Oak Street"}, "id"), ({"currency": "XYZ"}, "currency"), ({"timezone": "Mars"}, "timezone"),
        ({"locale": "fr"}, "locale"), ({"flow": "popup"}, "flow"), ({"descriptor": "OAK"}, "descriptor"),
        ({"descriptor": "12345"}, "descriptor"), ({"descriptor": "OAK<STREET"}, "descriptor"),
        ({"limit": "5,000"}, "limit"), ({"limit": "0"}, "limit"), ({"limit": 5000.0}, "limit"),
        ({"email": "office"}, "email"), ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "https://oak.test\n/"}, "website"), ({"website": "https://"}, "website"),
        ({"name": " "}, "name"), ({"name": "two\nlines"}, "name"), ({"clinicians": []}, "clinicians"),
        ({"clinicians": [{"id": "a b", "name": "A"}]}, "clinicians[0].id"),
        ({"clinicians": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "clinicians[1].id"),
        ({"locations": [{"id": "main", "name": ""}]}, "locations[0].name"),
        ({"bank_debits": True, "currency": "EUR"}, "bank_debits"), ({"bank_debits": "yes"}, "bank_debits"),
        ({"about": {"es": "Dos terapeutas"}}, "about"), ({"about": {"en": "Two", "fr": "Deux"}}, "about.fr"),
        ({"about": {"en": "Two", "es": "D" * 301}}, "about"),
        ({"service_names": {"Session": {"de": "Sitzung"}}}, "service_names.Session.de"),
        ({"service_names": {"Session": {"es": "S" * 121}}}, "service_names.Session"),
        ({"service_names": {f"S{n}": {"es": "Sesión"} for n in range(201)}}, "service_names"),
        ({"phone": "555\n0142"}, "phone"), ({"phone": "+1 \u202e0142"}, "phone"),
        ({"address": "1 Oak St\x1b[2J"}, "address"), ({"about": "Two \u2066clinicians"}, "about"),
        ({"service_names": {"Session": {"es": "Sesi\u202en"}}}, "service_names.Session"),
        ({"clinicians": [{"id": "a", "name": "A\nB"}]}, "clinicians[0].name"),
        ({"clinicians": [{"id": "a", "name": "A", "credentials": "\x1b]0;x"}]}, "clinicians[0].credentials"),
        ({"locations": [{"id": "main", "name": "M", "address": "\u202e"}]}, "locations[0].address"),
        ({"legal_name": "Oak\n"}, "legal_name"), ({"npi": "1234567890"}, "npi"),
        ({"npi": "3234567893"}, "npi"),
        ({"tax_id": "00-0000000"}, "tax_id"), ({"tax_id": "078-05-1120"}, "tax_id"),
        ({"tax_id": "078051120"}, "tax_id"), ({"taxonomy": "101YM0800"}, "taxonomy"),
        ({"clinicians": [{"id": "a", "name": "A", "npi": "1"}]}, "clinicians[0].npi"),
        ({"clinicians": [{"id": "a", "name": "A", "tax_id": "1"}]}, "clinicians[0].tax_id"),
        ({"clinicians": [{"id": "a", "name": "A", "license": "PSY 1"}]}, "clinicians[0].license_state"),
        ({"clinicians": [{"id": "a", "name": "A", "license_state": "ZZ"}]}, "clinicians[0].license_state"),
        ({"clinicians": [{"id": "a", "name": "A", "address": "\x07"}]}, "clinicians[0].address"),
        (
            {"clinicians": [{"id": "a", "name": "A", "supervisor": {"name": ""}}]},
            "clinicians[0].supervisor.name",
        ),
        (
            {"clinicians": [{"id": "a", "name": "A", "supervisor": {"name": "S", "npi": "1234567890"}}]},
            "clinicians[0].supervisor.npi",
        ),
        ({"notices": {"part2": True}}, "notices.part2"), ({"notices": {"part_2": "yes"}}, "notices[...]"),
        ({"notices": {"part_2": "each_time"}}, "notices.part_2"),
        ({"notice_pages": {"terms": "https://oak.test"}}, "notice_pages.terms"),
        ({"notice_pages": {"nondiscrimination": "oak.test"}}, "notice_pages.nondiscrimination"),
        ({"colour": "blue"}, "colour"), ({"colour": "#777"}, "colour"), ({"colour": "#8a8a8a"}, "colour"),
        ({"paper": "legal"}, "paper"), ({"letterhead": "a\nb\nc\nd\ne"}, "letterhead"),
        ({"letterhead": "L" * 201}, "letterhead"), ({"letterhead": "A\u202e"}, "letterhead"),
        ({"logo": {"file": "a.png", "text": "T" * 121}}, "logo.text"), ({"logo": "a.png"}, "logo"),
        ({"reminders": "on"}, "reminders"), ({"reminders": []}, "reminders"),
        ({"reminders": [3, 3]}, "reminders"), ({"reminders": [0, 3]}, "reminders"),
        ({"reminders": [400]}, "reminders"), ({"reminders": [1, 2, 3, 4, 5, 6, 7]}, "reminders"),
        ({"mood": "blue"}, ""), ({"payments_enabled": "yes"}, "payments_enabled"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_naming_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(PracticeFileError) as refused:
        parse(json.dumps({**PRACTICE, **changes}).encode())
    assert [fault.field for fault in refused.value.faults] == [field]


def test_10_a_practice_says_what_it_is_and_names_its_services_in_two_languages(world: World) -> None:
    names = {"Individual session": {"es": "Sesión individual"}}
    _create(world, about={"en": "Two clinicians.", "es": "Dos terapeutas."}, service_names=names)
    practice = world.app.practices.practice("oak")
    assert practice is not None
    assert (practice.about, practice.about_in) == ("Two clinicians.", {"es": "Dos terapeutas."})
    assert practice.service_in("Individual session", "es") == ("Sesión individual", "es")
    assert practice.service_in("Family session", "es") == ("Family session", "en")
    assert (
        _create(world, about={"en": "Two clinicians.", "es": "Dos terapeutas."}, service_names=names).events[
            -1
        ]["saved"]
        is False
    )


@pytest.mark.parametrize(("currency", "like"), [("USD", "5000.00"), ("JPY", "500000"), ("KWD", "500.000")])
def test_a_wrong_limit_is_told_what_one_looks_like_in_its_currency(currency: str, like: str) -> None:
    said = f"an amount of {currency} as text, like “{like}”"
    file = {**PRACTICE, "currency": currency}
    with pytest.raises(PracticeFileError) as refused:
        parse(json.dumps({**file, "limit": "1.2345"}).encode())
    assert [fault.text for fault in refused.value.faults] == [said]
    assert parse(json.dumps({**file, "limit": like}).encode()).limit_minor == 500_000


def test_issue_14_what_documents_name_is_kept_with_the_practice(world: World) -> None:
    supervisor: dict[str, Any] = {
        "name": "Dr. Sam Ode",
        "credentials": "PhD",
        "npi": "1245319599",
        "rendering": True,
    }
    clinician: dict[str, Any] = {
        "id": "a", "name": "Ana Ruiz", "credentials": "LMSW", "npi": "1234567893", "taxonomy": "104100000X",
        "license": "077123", "license_state": "NY", "tax_id": "98-7654321", "address": "2 Oak St",
        "supervisor": supervisor,
    }  # fmt: skip
    own = {"legal_name": "Oak Street Therapy PLLC", "tax_id": "12-3456789", "npi": "1245319599"}
    _create(world, **own, taxonomy="101YM0800X", clinicians=[clinician])
    practice = world.app.practices.practice("oak")
    assert practice is not None
    assert (practice.legal_name, practice.tax_id, practice.npi, practice.taxonomy) == (
        *own.values(),
        "101YM0800X",
    )
    [found] = practice.clinicians
    assert found == Clinician(
        **{**clinician, "payments_enabled": True, "supervisor": Supervisor(**supervisor)}
    )


def test_issue_14_a_social_security_number_is_refused_and_not_repeated(world: World) -> None:
    for typed in ("078-05-1120", "078051120", "078 05 1120"):
        ran = _create(world, tax_id=typed)
        assert ran.status == 1
        said = json.dumps(ran.events)
        assert "an EIN is free from the IRS" in said
        assert typed not in said


def test_issue_14_an_ein_without_its_dash_is_told_its_form_first(world: World) -> None:
    (fault, _) = _create(world, tax_id="123456789").events
    assert fault["message"].startswith("an EIN, with its dash: 12-3456789.")
    assert "123456789" not in fault["message"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"letterhead": ["a", "b"]},
            "text in quotation marks, not a list in brackets; "
            "several lines are one text, with \\n between them",
        ),
        ({"invoice_days": "30"}, "a whole number, not text in quotation marks"),
        ({"reminders": 3}, "text in quotation marks or a list in brackets, not a whole number"),
        ({"phone": None}, "text in quotation marks, not null"),
    ],
)  # fmt: skip
def test_issue_14_a_value_of_another_type_is_told_which_is_wanted(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PracticeFileError) as refused:
        parse(json.dumps({**PRACTICE, **changes}).encode())
    assert [(fault.field, fault.text) for fault in refused.value.faults] == [(next(iter(changes)), said)]


def test_issue_14_what_the_file_says_is_shown(world: World) -> None:
    """All of its fields; the days of reminders were not among them."""
    world.with_practice(reminders=[3, 14, 30])
    lines = world.run("practice", "show", "--practice", "oak").out.splitlines()
    shown = dict(line.split(maxsplit=1) for line in lines if " " in line.strip())
    assert (shown["reminders"], shown["processors"]) == ("3, 14, 30", "stripe")
    names = {line.split()[0] for line in lines}
    assert names >= {field.name for field in fields(Practice)} - {"clinicians", "locations"}


def test_everything_wrong_is_listed(world: World) -> None:
    result = _create(world, id="", currency="", flow="")
    assert result.status == 1
    assert [e["field"] for e in result.events if e["event"] == "problem"] == ["id", "currency", "flow"]
    assert list(world.app.practices.practice_ids()) == []


def test_what_the_books_depend_on_stays(world: World) -> None:
    world.with_practice()
    result = _create(world, currency="CAD", clinicians=PRACTICE["clinicians"][:1])
    assert [e["field"] for e in result.events if e["event"] == "problem"] == ["currency", "clinicians"]


def test_a_file_that_is_not_there_or_not_json_is_refused(world: World) -> None:
    assert world.run("practice", "create", "--file", str(world.folder / "no.json")).status == 1
    assert world.run("practice", "create", "--file", world.file("x.json", b"\xff{")).status == 1


@pytest.mark.parametrize(
    ("currency", "most"), [("USD", 500_000), ("JPY", 750_000), ("KWD", 1_500_000), ("MXN", 9_000_000)]
)
def test_without_a_limit_it_is_a_sensible_one_of_the_practices_currency(
    world: World, currency: str, most: int
) -> None:
    world.with_practice(currency=currency)
    practice = world.app.practices.practice("oak")
    assert practice is not None
    assert practice.limit_minor == most
