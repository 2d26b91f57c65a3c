"""`billfold host`: one operator for many practices, and nothing of a client in sight (issue 18)."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from chalicelib.entrypoints.cli.hosting import costs
from chalicelib.hosting.domain import costs as model
from chalicelib.hosting.domain.agreements import LINES
from chalicelib.hosting.services.inviting import Inviting
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.mail.ports import Mail
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.ports.work import InboxRow
from chalicelib.platform.dynamo.table import Item, connection
from tests.unit.cli.test_doctor import FakeSetUps
from tests.unit.cli.world import World
from tests.unit.identity.fakes import FakeMailer

OWNER, HOST = "ana@elm.example.test", "help@host.example.test"
BY = ("--owner-email", OWNER, "--host", "Vale Hosting", "--host-email", HOST)
ADD = (
    "host", "add", "elm", "--name", "Elm Practice", "--timezone", "America/New_York",
    "--descriptor", "ELM STREET", *BY,
)  # fmt: skip


@pytest.fixture(autouse=True)
def deployment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in which all is fine."""
    monkeypatch.setattr(world.app, "dead_letters", dict)
    world.app.mail_set_ups = FakeSetUps()


@pytest.fixture
def mails(world: World) -> list[Mail]:
    mailer = FakeMailer()
    world.app.mailer = world.app.insisting_mailer = mailer
    return mailer.sent


def kept() -> list[tuple[str, str]]:
    """Every row of the table, by its keys."""
    return sorted((row.pk, row.sk) for row in Item.scan())


def code_of(mail: Mail) -> str:
    (found,) = re.findall(r"^    (\S{4}-\S{4})$", mail.text, re.MULTILINE)
    return str(found)


def show(world: World, practice: str = "elm") -> dict[str, Any]:
    """Of `host show`: the practice's own line, with what is to be done by its name."""
    events = world.run("host", "show", practice, "--json").events
    return {**events[0], "to_do": {e["name"]: e["do"] for e in events if e["event"] == "open"}}


# ---------------------------------------------------------------- a practice and its owner


def test_one_command_creates_a_practice_and_invites_its_owner(world: World, mails: list[Mail]) -> None:
    result = world.run(*ADD, "--json")
    assert (result.status, result.events[-1]["created"], result.events[-1]["invited"]) == (0, True, True)
    practice = world.app.practices.practice("elm")
    assert practice is not None
    assert (practice.name, practice.email, practice.descriptor) == ("Elm Practice", OWNER, "ELM STREET")
    (mail,) = mails
    assert (mail.to, mail.reply_to, mail.sender_name) == (OWNER, HOST, "Vale Hosting")
    assert f"{world.app.settings.public_url}/elm/" in mail.text


def test_the_mail_speaks_spanish_where_that_is_asked_for(world: World, mails: list[Mail]) -> None:
    assert world.run(*ADD, "--language", "es").status == 0
    assert (mails[0].subject, mails[0].locale) == ("Su consultorio en Billfold", "es")


def test_run_once_more_it_says_so_and_mails_nobody(world: World, mails: list[Mail]) -> None:
    world.run(*ADD)
    before = kept()
    again = world.run(*ADD, "--json")
    assert (again.status, again.events[-1]["created"], again.events[-1]["invited"]) == (0, False, False)
    assert (len(mails), kept()) == (1, before)


def test_a_dry_run_writes_and_mails_nothing(world: World, mails: list[Mail]) -> None:
    assert "Nothing was written" in world.run(*ADD, "--dry-run").out
    assert (mails, kept()) == ([], [])


class Killed(BaseException):
    pass


def killing(real: Callable[..., Any], *, after: bool, at: int = 1) -> Callable[..., Any]:
    """The `at`-th call dies, before or after it is done."""
    calls = 0

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at and not after:
            raise Killed
        answer = real(*args, **kwargs)
        if calls == at:
            raise Killed
        return answer

    return call


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("part", "name", "at"),
    [
        ("practices", "save_practice", 1),
        ("host_rows", "save_owner", 1),
        ("claims", "claim", 1),
        ("insisting_mailer", "send", 1),
        ("host_rows", "save_owner", 2),
    ],
)
def test_killed_between_its_steps_it_goes_on_next_time(
    world: World, mails: list[Mail], part: str, name: str, at: int, after: bool
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        here = getattr(world.app, part)
        patched.setattr(here, name, killing(getattr(here, name), after=after, at=at))
        with pytest.raises(Killed):
            world.run(*ADD)
    world.app.clock.at += timedelta(minutes=1, seconds=1)  # type: ignore[attr-defined]
    assert world.run(*ADD).status == 0
    mailed_twice = (part, at) != ("claims", 1) and (name, after) in (("send", True), ("save_owner", False))
    assert len(mails) in ((1, 2) if mailed_twice else (1,))
    assert len({code_of(mail) for mail in mails}) == 1, "the same mail, with the same code"
    assert world.run(*ADD, "--json").events[-1]["invited"] is False
    assert world.run("host", "confirm", "elm", "--code", code_of(mails[0])).status == 0


def test_within_a_minute_of_a_kill_it_says_to_wait(world: World, mails: list[Mail]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.app.insisting_mailer, "send", killing(FakeMailer().send, after=False))
        with pytest.raises(Killed):
            world.run(*ADD)
    result = world.run(*ADD, "--json")
    assert (result.status, result.events[-1]["code"], mails) == (1, "host_in_hand", [])


def test_of_two_operators_at_once_one_mails_and_the_other_is_told(
    world: World, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, inner = world.app.host_rows, world.app.inviting
    real = rows.hosted
    other: list[bool] = []

    def meanwhile(practice: str) -> Any:
        found = real(practice)
        if not other:
            other.append(True)
            assert world.run(*ADD).status == 0
        return found

    assert isinstance(inner, Inviting)
    monkeypatch.setattr(rows, "hosted", meanwhile)
    result = world.run(*ADD, "--json")
    assert len(mails) == 1
    assert (result.status, result.events[-1].get("code")) in ((0, None), (1, "host_in_hand"))
    assert world.run(*ADD, "--json").events[-1]["invited"] is False


def test_a_row_that_somebody_wrote_meanwhile_is_never_overwritten(world: World, mails: list[Mail]) -> None:
    world.run(*ADD)
    owner = world.app.host_rows.hosted("elm").owner
    assert owner is not None
    world.app.host_rows.save_owner("elm", owner)
    with pytest.raises(Conflict):
        world.app.host_rows.save_owner("elm", owner)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--owner-email", "nobody"], "email_invalid"),
        (["--host-email", "at@home@x"], "email_invalid"),
        (["--host", "  "], "host_name_invalid"),
        (["--host", "a\nb"], "host_name_invalid"),
        (["--host", "x" * 81], "host_name_invalid"),
    ],
)
def test_bad_input_is_refused_by_its_code_and_nothing_is_written(
    world: World, mails: list[Mail], more: list[str], code: str
) -> None:
    result = world.run(*ADD, *more, "--json")
    assert (result.status, result.events[-1]["code"], mails, kept()) == (1, code, [], [])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (["--timezone", "Mars"], "timezone"), (["--currency", "XXX"], "currency"),
        (["--descriptor", "*"], "descriptor"), (["--name", ""], "name"),
        (["--office-email", "x"], "email"),
    ],
)  # fmt: skip
def test_a_bad_practice_is_refused_by_its_field(
    world: World, mails: list[Mail], more: list[str], field: str
) -> None:
    result = world.run(*ADD, *more, "--json")
    assert (result.status, mails, kept()) == (1, [], [])
    assert field in {event.get("field") for event in result.events}


def test_an_id_that_is_another_practices_is_refused(world: World, mails: list[Mail]) -> None:
    world.with_practice()
    before = kept()
    result = world.run(*ADD[:2], "oak", *ADD[3:], "--json")
    assert (result.status, result.events[-1]["code"]) == (1, "host_practice_differs")
    assert (mails, kept()) == ([], before)


def test_another_owner_is_invited_by_a_command_of_its_own_alone(world: World, mails: list[Mail]) -> None:
    world.run(*ADD)
    first, before = code_of(mails[0]), kept()
    result = world.run(*ADD, "--owner-email", "bo@elm.example.test", "--json")
    assert (result.status, result.events[-1]["code"], len(mails), kept()) == (
        1, "host_owner_differs", 1, before,
    )  # fmt: skip
    other = ("host", "invite", "elm", *BY, "--owner-email", "bo@elm.example.test")
    assert world.run(*other, "--dry-run").status == 0
    assert len(mails) == 1
    assert world.run(*other).status == 0
    assert mails[1].to == "bo@elm.example.test"
    refused = world.run("host", "confirm", "elm", "--code", first, "--json")
    assert refused.events[-1]["code"] == "host_code_wrong"
    assert world.run("host", "confirm", "elm", "--code", code_of(mails[1])).status == 0


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        (["--timezone", "America/Denver"], "timezone"), (["--descriptor", "OAK STREET"], "descriptor"),
        (["--currency", "EUR"], "currency"), (["--language", "es"], "language"),
        (["--office-email", "desk@elm.example.test"], "office-email"), (["--clinician", "Bo"], "clinician"),
        (["--host", "Other Host"], "host"), (["--host-email", "other@host.example.test"], "host-email"),
        (["--name", "Fir", "--timezone", "America/Denver"], "name, timezone"),
    ],
)  # fmt: skip
def test_whatever_is_said_otherwise_of_a_practice_that_is_there_is_refused_by_its_name(
    world: World, mails: list[Mail], more: list[str], fields: str
) -> None:
    world.run(*ADD)
    before = kept()
    result = world.run(*ADD, *more, "--json")
    assert (result.status, result.events[-1]["code"]) == (1, "host_practice_differs")
    assert f": {fields}. " in result.events[-1]["message"]
    assert (len(mails), kept()) == (1, before)


def test_an_owner_whose_language_is_known_is_mailed_in_it(world: World, mails: list[Mail]) -> None:
    world.run(*ADD, "--language", "es")
    world.run("host", "invite", "elm", *BY)
    world.run("host", "invite", "elm", *BY, "--language", "en")
    assert [mail.locale for mail in mails] == ["es", "es", "en"]


def test_clients_never_answer_a_stranger_who_was_invited_by_mistake(world: World, mails: list[Mail]) -> None:
    """`add` makes the owner's address the practice's: with another owner it is changed, too."""
    right = "bo@elm.example.test"
    other = ("host", "invite", "elm", *BY, "--owner-email", right, "--json")
    world.run(*ADD)
    assert world.run(*other, "--dry-run").events[-1]["office_changed"] is True
    assert office(world) == OWNER
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.app.host_rows, "save_owner", killing(lambda *_: None, after=False))
        with pytest.raises(Killed):
            world.run(*other)
    assert world.run(*other).status == 0
    assert (office(world), mails[-1].to) == (right, right)
    assert world.run(*other).events[-1]["office_changed"] is False


def test_an_address_of_the_office_itself_stays_with_another_owner(world: World, mails: list[Mail]) -> None:
    world.run(*ADD, "--office-email", "desk@elm.example.test")
    world.run("host", "invite", "elm", *BY, "--owner-email", "bo@elm.example.test")
    assert office(world) == "desk@elm.example.test"


def office(world: World) -> str:
    practice = world.app.practices.practice("elm")
    assert practice is not None
    return practice.email


def test_a_mail_service_that_refuses_the_address_is_told_and_tried_again(
    world: World, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Mail) -> str:
        raise Invalid("mail_refused")

    with monkeypatch.context() as patched:
        patched.setattr(world.app.insisting_mailer, "send", refuse)
        assert world.run(*ADD, "--json").events[-1]["code"] == "mail_refused"
    assert "owner-invited" in show(world)["to_do"]
    world.app.clock.at += timedelta(minutes=2)  # type: ignore[attr-defined]
    assert world.run(*ADD).status == 0
    assert len(mails) == 1


@pytest.mark.parametrize(("code", "said"), [("AAAA-AAAA", "host_code_wrong"), ("x", "code_format")])
def test_a_wrong_code_confirms_nothing(world: World, mails: list[Mail], code: str, said: str) -> None:
    world.run(*ADD)
    assert world.run("host", "confirm", "elm", "--code", code, "--json").events[-1]["code"] == said
    assert "owner-confirmed" in show(world)["to_do"]


def test_the_code_is_taken_as_people_say_it_and_a_dry_run_keeps_nothing(
    world: World, mails: list[Mail]
) -> None:
    world.run(*ADD)
    code = code_of(mails[0]).lower().replace("-", " ")
    assert world.run("host", "confirm", "elm", "--code", code, "--dry-run").status == 0
    assert "owner-confirmed" in show(world)["to_do"]
    at = world.run("host", "confirm", "elm", "--code", code, "--json").events[-1]["confirmed_at"]
    world.app.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert world.run("host", "confirm", "elm", "--code", code, "--json").events[-1]["confirmed_at"] == at
    assert "owner-confirmed" not in show(world)["to_do"]


def test_nobody_is_confirmed_who_was_never_invited(world: World) -> None:
    world.with_practice()
    result = world.run("host", "confirm", "oak", "--code", "AAAA-AAAA", "--json")
    assert result.events[-1]["code"] == "host_owner_missing"


@pytest.mark.parametrize(
    "command",
    [
        ("host", "show", "elm"), ("host", "agree", "elm", "baa", "--on", "2026-11-01", "--by", "Ana"),
        ("host", "invite", "elm", *BY), ("host", "confirm", "elm", "--code", "AAAA-AAAA"),
    ],
)  # fmt: skip
def test_a_practice_that_is_not_there_is_named(
    world: World, mails: list[Mail], command: tuple[str, ...]
) -> None:
    assert world.run(*command, "--json").events[-1]["code"] == "practice_not_found"
    assert (mails, kept()) == ([], [])


# ---------------------------------------------------------------- agreements


def test_what_is_not_signed_is_shown_until_it_is(world: World, mails: list[Mail]) -> None:
    world.run(*ADD)
    assert f"not signed: {', '.join(LINES)}" == show(world)["to_do"]["agreements"]
    for line in LINES:
        assert world.run("host", "agree", "elm", line, "--on", "2026-11-01", "--by", "Ana Vale").status == 0
    assert "agreements" not in show(world)["to_do"]
    out = world.run("host", "show", "elm").out
    assert "signed on 2026-11-01 by Ana Vale" in out
    assert "NOT SIGNED" not in out
    assert world.run("host", "agree", "elm", "baa", "--withdraw").status == 0
    assert show(world)["to_do"]["agreements"] == "not signed: baa"


def test_the_same_signature_again_is_nothing_new_and_another_one_replaces_it(
    world: World, mails: list[Mail]
) -> None:
    world.run(*ADD)
    sign = ("host", "agree", "elm", "baa", "--by", "Ana Vale", "--json", "--on")
    assert world.run(*sign, "2026-11-01").events[-1]["saved"] is True
    assert world.run(*sign, "2026-11-01").events[-1]["saved"] is False
    assert world.run(*sign, "2026-11-02", "--dry-run").events[-1]["saved"] is False
    assert world.app.host_rows.hosted("elm").agreements["baa"].on == "2026-11-01"
    assert world.run(*sign, "2026-11-02").events[-1]["saved"] is True
    assert world.app.host_rows.hosted("elm").agreements["baa"].on == "2026-11-02"


@pytest.mark.parametrize(
    ("line", "on", "by", "code"),
    [
        ("bba", "2026-11-01", "Ana", "host_line_unknown"),
        ("baa", "2026-11-31", "Ana", "date_invalid"),
        ("baa", "", "Ana", "date_invalid"),
        ("baa", "2026-11-21", "Ana", "host_date_to_come"),
        ("baa", "2026-11-01", " ", "host_signer_invalid"),
        ("baa", "2026-11-01", "a\x1b[2J", "host_signer_invalid"),
        ("baa", "2026-11-01", "x" * 81, "host_signer_invalid"),
    ],
)
def test_a_signature_that_cannot_be_is_refused(
    world: World, mails: list[Mail], line: str, on: str, by: str, code: str
) -> None:
    world.run(*ADD)
    before = kept()
    result = world.run("host", "agree", "elm", line, "--on", on, "--by", by, "--json")
    assert (result.status, result.events[-1]["code"], kept()) == (1, code, before)


# ---------------------------------------------------------------- health


def sound(world: World, mails: list[Mail], monkeypatch: pytest.MonkeyPatch) -> None:
    """A practice that has everything."""
    world.run(*ADD)
    world.run("host", "confirm", "elm", "--code", code_of(mails[0]))
    for line in LINES:
        world.run("host", "agree", "elm", line, "--on", "2026-11-01", "--by", "Ana Vale")
    world.app.parameters.write("practices/elm/stripe", "{}")
    row = InboxRow(
        "stripe", "evt_1", "payment_intent.succeeded", "payment_intent", "pi_1", instant(now(world))
    )
    world.app.work.inbox_put("elm", row)
    assert world.run("export", "--practice", "elm", "--format", "jsonl").status == 0
    at = instant(now(world))
    for job in ("verify", "full-pass-stripe", "reconcile-stripe"):
        world.app.rounds.save("elm", job, Round(at, ended_at=at))
    monkeypatch.setattr(world.app, "dead_letters", dict)


@contextmanager
def calls() -> Iterator[list[str]]:
    """The names of all that is asked of DynamoDB: a query that counts has no rows to be billed by."""
    client, made = connection().client, list[str]()
    real = client._make_api_call

    def noted(operation: str, request: dict[str, Any]) -> Any:
        made.append(operation)
        return real(operation, request)

    with patch.object(client, "_make_api_call", noted):
        yield made


def now(world: World) -> Any:
    return world.app.clock.now()


def test_a_practice_that_has_everything_is_fine(
    world: World, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound(world, mails, monkeypatch)
    found = show(world)
    assert (found["well"], found["to_do"], found["verified_at"], found["exported_at"]) == (
        True, {}, instant(now(world)), instant(now(world)),
    )  # fmt: skip
    assert world.run("host", "list").out.startswith("fine  elm")


@pytest.mark.parametrize(
    "step", ["owner-invited", "owner-confirmed", "processor-keys", "webhook", "export", "agreements"]
)
def test_of_a_new_practice_each_step_is_to_be_done_with_how(world: World, step: str) -> None:
    world.with_practice()
    found = show(world, "oak")
    assert found["to_do"][step]
    assert (found["well"], world.run("host", "list", "--json").events[-1]["look"]) == (False, 1)


def test_an_export_of_long_ago_is_none(
    world: World, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound(world, mails, monkeypatch)
    world.app.clock.at += timedelta(days=31)  # type: ignore[attr-defined]
    assert "export" not in show(world)["to_do"]
    world.app.clock.at += timedelta(seconds=1)  # type: ignore[attr-defined]
    assert "export" in show(world)["to_do"]


def test_an_export_that_may_not_be_noted_is_whole_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_practice()

    def refuse(*_: object, **__: object) -> None:
        raise Busy("AccessDenied")

    monkeypatch.setattr(world.app.host_rows, "exported", refuse)
    result = world.run("export", "--practice", "oak", "--format", "jsonl")
    assert result.status == 0
    assert json.loads(result.out.splitlines()[-1])["rows"] == len(result.out.splitlines()) - 2


def test_what_the_host_keeps_is_in_no_export(world: World, mails: list[Mail]) -> None:
    world.run(*ADD)
    assert OWNER not in world.run("export", "--practice", "elm", "--format", "jsonl").out.replace(
        f'"email":"{OWNER}"', ""
    ).replace(f'\\"email\\":\\"{OWNER}\\"', "")


def test_alerts_and_rounds_of_a_practice_are_told_and_those_of_another_are_not(
    world: World, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound(world, mails, monkeypatch)
    world.with_practice()
    world.app.alerting.raise_alert("oak", Cause(AlertName.UNKNOWN_MONEY, "pi_9"))
    assert show(world)["well"] is True
    assert (show(world, "oak")["alerts"], show(world, "oak")["well"]) == (1, False)
    world.app.clock.at += timedelta(days=3)  # type: ignore[attr-defined]
    said = world.run("host", "show", "elm").out
    assert "verify has not come through" in said


def test_guests_money_that_waits_is_counted_and_no_more_than_a_hundred_rows_are_read(world: World) -> None:
    world.with_practice()
    for number in range(103):
        waiting(number)
    assert show(world, "oak")["unmatched"] == 100
    assert "100 or more unmatched" in world.run("host", "list").out


def waiting(number: int) -> None:
    row = {"pk": f"P#oak#A#g{number}", "sk": f"PAY#g{number}", "gsi2pk": "DUE#unmatched#oak#0"}
    put({**row, "gsi2sk": "2026-11-19", "kind": "payment"})


def put(row: dict[str, str]) -> None:
    item = {name: {"S": value} for name, value in row.items()}
    connection().client.put_item(TableName=Item.Meta.table_name, Item=item)


def test_what_does_not_answer_is_not_known_and_the_rest_is_told(
    world: World, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound(world, mails, monkeypatch)

    def away() -> Any:
        raise Busy("sqs")

    monkeypatch.setattr(world.app, "dead_letters", away)
    result = world.run("host", "list", "--json")
    assert (result.status, next(e["state"] for e in result.events if e["event"] == "check")) == (3, "unknown")
    assert result.events[0]["practice"] == "elm"


def test_a_practice_more_is_a_few_bounded_reads_more_and_nothing_is_scanned(
    world: World, mails: list[Mail]
) -> None:
    world.with_books()
    asked: list[int] = []
    for count in range(3):
        with calls() as made:
            world.run("host", "list")
            world.run("host", "cost")
        assert not [call for call in made if call.startswith("Scan")]
        asked.append(len(made))
        name = f"elm{count}"
        world.run(*ADD[:2], name, *ADD[3:])
    first, second, third = asked
    assert second - first == third - second <= 14
    assert first <= 30


# ---------------------------------------------------------------- cost


def test_the_cost_is_estimated_from_what_is_counted_and_says_so(world: World, mails: list[Mail]) -> None:
    world.with_books()
    world.run(*ADD)
    since = now(world)
    for number, (kind, age) in enumerate(
        [
            ("payment_intent.succeeded", 1), ("payment_intent.succeeded", 29),
            ("PAYMENT.CAPTURE.COMPLETED", 2), ("payment_intent.succeeded", 31), ("charge.refunded", 1),
        ]
    ):  # fmt: skip
        at = instant(since - timedelta(days=age))
        world.app.work.inbox_put("oak", InboxRow("stripe", f"evt_{number}", kind, "x", "y", at))
    oak_and_elm = {e["practice"]: e for e in world.run("host", "cost", "--json").events[:-1]}
    oak, elm = oak_and_elm["oak"], oak_and_elm["elm"]
    assert (oak["clients"], oak["payments"], oak["statements"], oak["mails"]) == (2, 3, 0, 6.0)
    assert (elm["clients"], elm["payments"], elm["own"]) == (0, 0, model.IDLE_PRACTICE)
    assert elm["share"] == oak["share"] == pytest.approx((model.STANDING + model.CLOCK) / 2, abs=1e-4)
    own = model.estimate(model.Counts(2, 3, 0), practices=2).own
    assert oak["own"] == pytest.approx(own, abs=1e-4)
    said = world.run("host", "cost").out
    assert "not from a bill" in said
    assert "Assumed of each client" in said


def test_statements_of_last_month_are_counted_and_clients_who_got_none_are_not(world: World) -> None:
    world.with_practice()
    for month, client, outcome in (
        ("2026-10", "a", "sent"), ("2026-10", "b", "paper"), ("2026-10", "c", "skipped"),
        ("2026-10", "d", "no_account"), ("2026-09", "a", "sent"),
    ):  # fmt: skip
        row = {"pk": "P#oak#RUN#statement", "sk": f"{month}#C#{client}", "kind": "noted"}
        put({**row, "outcome": outcome, "at": "2026-11-01T09:00:00Z"})
    assert world.run("host", "cost", "--json").events[0]["statements"] == 2


def test_each_thing_that_is_counted_costs_what_it_is_said_to(world: World) -> None:
    nothing = model.Counts(0, 0, 0)
    base = model.estimate(nothing, practices=1).own
    for more, dollars in (
        (model.Counts(0, 1000, 0), 1000 * (model.PAYMENT + 0.0001)),
        (model.Counts(0, 0, 1000), 1000 * (model.STATEMENT + 0.0001)),
    ):
        assert model.estimate(more, practices=1).own - base == pytest.approx(dollars)
    assert model.estimate(model.Counts(1000, 0, 0), practices=1).own > base


def test_more_clients_than_are_counted_are_said_to_be_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_books()
    assert "not all was counted" not in world.run("host", "cost").out
    monkeypatch.setattr(costs, "MOST", 1)
    assert "1 client, 0 payments, 0 statements, about 2 mails (not all was" in world.run("host", "cost").out


def test_payments_of_which_not_all_were_looked_at_are_said_to_be_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_books()
    for number in range(9):
        row = InboxRow("stripe", f"evt_{number}", "charge.updated", "x", "y", instant(now(world)))
        world.app.work.inbox_put("oak", row)
    monkeypatch.setattr(costs, "MOST", 3)
    assert world.run("host", "cost", "--json").events[0]["cut"] is True


def test_without_a_practice_there_is_nothing_to_pay_for(world: World) -> None:
    result = world.run("host", "cost")
    assert (result.status, "0 practices: $0.00" in result.out) == (0, True)


# ---------------------------------------------------------------- no client in sight

PLANTED = (
    "Zenobia", "Quillfeather", "zenobia@secret.example.test", "Griefwork", "7311", "73.11", "Dunmore Lane",
    "told me that", "Wolfgang",
)  # fmt: skip


def test_no_command_prints_logs_or_mails_anything_of_a_client(
    world: World, mails: list[Mail], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    world.with_practice()
    clients = (
        "client_id,name,email,address\n"
        'C1,Zenobia Quillfeather,zenobia@secret.example.test,"7 Dunmore Lane"\nWolfgang,Bo,,\n'
    )
    charges = "charge_id,client_id,date,service,clinician_id,fee\nA1,C1,2026-10-01,Griefwork,dr-a,73.11\n"
    files = [world.file("clients.csv", clients), world.file("charges.csv", charges)]
    imported = world.run("import", "--practice", "oak", *files)
    assert imported.status == 0, imported.out
    pay = ("post", "cash", "--practice", "oak", "--client", "C1", "--amount", "73.11")
    assert world.run(*pay, "--notes", "told me that").status == 0
    caplog.clear()
    oak = world.app.practices.practice("oak")
    assert oak is not None
    mine = (
        "host", "add", "oak", "--name", "Oak Practice", "--timezone", oak.timezone,
        "--descriptor", oak.descriptor, *BY,
    )  # fmt: skip
    commands = [
        mine, mine, ("host", "invite", "oak", *BY), ("host", "list"),
        ("host", "show", "oak"), ("host", "cost"),
        ("host", "agree", "oak", "baa", "--on", "2026-11-01", "--by", "Ana"),
        ("host", "confirm", "oak", "--code", "AAAA-AAAA"), ("host", "show", "nowhere"),
    ]  # fmt: skip
    said = ""
    for command in commands:
        for form in ((), ("--json",)):
            result = world.run(*command, *form)
            said += result.out + result.err
    assert len(mails) == 3
    said += "".join(mail.subject + mail.text + mail.html + str(mail.tags) for mail in mails)
    said += "".join(str(record.__dict__) for record in caplog.records if record.name.startswith("billfold"))
    account = world.account_of("C1")
    assert [word for word in (*PLANTED, account) if word in said] == []
    assert "oak" in said
