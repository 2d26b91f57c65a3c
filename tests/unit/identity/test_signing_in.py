"""Proofs 14 and 16: codes and links that sign in once, in time, in the browser that asked."""

import re
from collections.abc import Callable

import pytest

from chalicelib.identity.services.sign_in_limits import Caller
from chalicelib.identity.services.sign_in_secrets import KEPT_SIGN_INS, Secrets, browser_of
from chalicelib.identity.services.signing_in import BY_STRANGER, CODE_SECONDS, MAX_TRIES, MINTED_SECONDS
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused
from chalicelib.practice.store.people import PersonItem
from tests.unit.identity.fakes import FakeAccess, FakePeople, practice
from tests.unit.identity.world import KNOWN, PUBLIC_URL, UNKNOWN, World, wrong


def refusal(world: World, code: str, browser: str | None) -> str:
    with pytest.raises(Refused) as caught:
        world.type_code(code, browser)
    return caught.value.code


def link_refusal(world: World, token: str, browser: str | None) -> str:
    with pytest.raises(Refused) as caught:
        world.use_link(token, browser)
    return caught.value.code


# --- the good path ----------------------------------------------------------------------------------


def test_the_mailed_code_signs_in_where_it_was_asked_for(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    principal = world.sessions.principal(world.type_code(code, browser))
    assert principal.practice == "willow"
    assert [grant.account_id for grant in principal.grants] == ["acct-maya"]


def test_the_link_beside_the_code_signs_in_where_it_was_asked_for(world: World) -> None:
    browser = world.ask()
    _, token = world.mailed()
    assert world.sessions.principal(world.use_link(token, browser)).practice == "willow"


def test_the_mail_goes_to_the_address_the_practice_keeps_in_the_language_of_the_page(world: World) -> None:
    world.ask("  MAYA@Example.Test ")
    world.work()
    (mail,) = world.mailer.sent
    assert (mail.to, mail.locale) == (KNOWN, "en")
    assert f"{PUBLIC_URL}/willow/sign-in#" in mail.text


def test_the_link_of_an_earlier_mail_still_opens_in_the_same_browser(world: World) -> None:
    browser = world.ask()
    _, first_token = world.mailed()
    browser = world.ask(browser=browser)
    assert world.use_link(first_token, browser)


def test_the_codes_of_the_last_mails_to_a_browser_all_work_until_one_is_used(world: World) -> None:
    browser, codes = None, []
    for _ in range(KEPT_SIGN_INS):
        browser = world.ask(browser=browser)
        codes.append(world.mailed()[0])
    assert len(set(codes)) == KEPT_SIGN_INS
    assert world.type_code(codes[0], browser)
    assert refusal(world, codes[0], browser) == "code_wrong"
    assert world.type_code(codes[2], browser)


def test_a_code_that_was_mailed_before_the_last_ones_is_wrong(world: World) -> None:
    browser = world.ask()
    first, _ = world.mailed()
    for _ in range(KEPT_SIGN_INS):
        browser = world.ask(browser=browser)
    assert refusal(world, first, browser) == "code_wrong"


def test_a_browser_that_asked_for_somebody_else_last_takes_only_their_code(world: World) -> None:
    world.add_person("other@example.test", account="acct-other")
    browser = world.ask()
    first, _ = world.mailed()
    browser = world.ask("other@example.test", browser=browser)
    assert refusal(world, first, browser) == "code_wrong"
    assert world.type_code(world.mailed()[0], browser)


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code[:2]} {code[2:4]} {code[5:7]} {code[7:]}\n",
        lambda code: code.replace("-", "\u2011"),
        lambda code: code.replace("-", "\u2013").replace("0", "o").replace("1", "l"),
        lambda code: code.replace("0", "O").replace("1", "I"),
    ],
)
def test_a_code_is_taken_however_it_is_typed(world: World, typed: Callable[[str], str]) -> None:
    browser = world.ask()
    while not {"0", "1"} & set(code := world.mailed()[0]):
        world.clock.pass_seconds(24 * 3600)
        browser = world.ask()
    assert world.type_code(typed(code), browser)


@pytest.mark.parametrize(
    "typed", ["", "ABCD", "ABCD-23456", "ABCD-234U", "ABCD_2345", "1234567é", "\u017fBCD-2345"]
)
def test_what_can_be_no_code_is_said_and_uses_up_no_try(world: World, typed: str) -> None:
    browser = world.ask()
    for _ in range(MAX_TRIES + 1):
        with pytest.raises(Invalid) as caught:
            world.type_code(typed, browser)
        assert (caught.value.code, caught.value.field) == ("code_format", "code")
    assert world.type_code(world.mailed()[0], browser)


def test_a_second_run_of_the_worker_mails_the_same_code(world: World) -> None:
    world.ask()
    (message,) = world.queue.sent
    for _ in range(2):
        world.signing_in.deliver("willow", message["sign_in_id"], locale="en", asked_by=BY_STRANGER)
    assert len({mail.text for mail in world.mailer.sent}) == 1


def test_signing_in_again_ends_the_session_of_the_same_browser(world: World) -> None:
    first = world.type_code(*code_here(world))
    second = world.type_code(*code_here(world), session=first)
    assert world.sessions.principal(second).practice == "willow"
    with pytest.raises(Refused, match="session_required"):
        world.sessions.principal(first)


def code_here(world: World) -> tuple[str, str]:
    browser = world.ask()
    return world.mailed()[0], browser


# --- used, expired, wrong, elsewhere ----------------------------------------------------------------


def test_a_code_works_once(world: World) -> None:
    browser = world.ask()
    code, token = world.mailed()
    world.type_code(code, browser)
    assert refusal(world, code, browser) == "code_expired"
    assert link_refusal(world, token, browser) == "code_expired"


def test_a_link_works_once(world: World) -> None:
    browser = world.ask()
    code, token = world.mailed()
    world.use_link(token, browser)
    assert link_refusal(world, token, browser) == "code_expired"
    assert refusal(world, code, browser) == "code_expired"


def test_a_code_is_good_to_its_last_second_and_not_longer(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    world.clock.pass_seconds(CODE_SECONDS - 1)
    assert world.type_code(code, browser)

    browser = world.ask()
    code, token = world.mailed()
    world.clock.pass_seconds(CODE_SECONDS)
    assert refusal(world, code, browser) == "code_expired"
    assert link_refusal(world, token, browser) == "code_expired"


def test_a_mail_that_is_too_late_is_not_sent(world: World) -> None:
    world.ask()
    world.clock.pass_seconds(CODE_SECONDS)
    world.work()
    assert world.mailer.sent == []


def test_the_sixth_code_is_refused_though_right(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    for _ in range(MAX_TRIES):
        assert refusal(world, wrong(code), browser) == "code_wrong"
    assert refusal(world, code, browser) == "code_expired"


def test_the_fifth_code_is_taken_when_right(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    for _ in range(MAX_TRIES - 1):
        refusal(world, wrong(code), browser)
    assert world.type_code(code, browser)


def test_another_browsers_code_is_wrong_here(world: World) -> None:
    world.ask()
    code, _ = world.mailed()
    other = world.ask(UNKNOWN)
    assert refusal(world, code, other) == "code_wrong"


@pytest.mark.parametrize("cookie", [None, "", "x", "a.b", "A" * 43 + "." + "B" * 43 + ".", "#" * 87])
def test_a_code_without_the_asking_browsers_cookie_is_refused(world: World, cookie: str | None) -> None:
    world.ask()
    code, _ = world.mailed()
    assert refusal(world, code, cookie) == "other_browser"


def test_knowing_the_sign_in_without_the_browsers_secret_is_not_enough(world: World) -> None:
    browser = world.ask()
    code, _ = world.mailed()
    forged = "A" * 43 + "." + browser.partition(".")[2]
    assert refusal(world, code, forged) == "code_expired"
    assert world.type_code(code, browser), "and it did not use up the sign-in"


def test_a_link_opened_in_another_browser_says_so_and_changes_nothing(world: World) -> None:
    browser = world.ask()
    code, token = world.mailed()
    other = world.ask(UNKNOWN)
    assert link_refusal(world, token, other) == "other_browser"
    assert link_refusal(world, token, None) == "other_browser"
    assert world.type_code(code, browser)


@pytest.mark.parametrize("token", ["", "x", "A" * 43 + "." + "0" * 64, "A" * 43, "é" * 108])
def test_a_token_that_is_none_of_ours_reads_as_run_out(world: World, token: str) -> None:
    assert link_refusal(world, token, world.ask()) == "code_expired"


def test_a_token_changed_by_one_digit_is_refused(world: World) -> None:
    browser = world.ask()
    _, token = world.mailed()
    changed = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert link_refusal(world, changed, browser) == "code_expired"


def test_a_sign_in_of_one_practice_opens_nothing_at_another(world: World) -> None:
    world.practices.save_practice(practice("birch"))
    world.add_person(KNOWN, at="birch")
    browser = world.ask()
    code, token = world.mailed()
    for redeem, secret in ((world.signing_in.redeem_code, code), (world.signing_in.redeem_token, token)):
        with pytest.raises(Refused, match="code_expired"):
            redeem("birch", secret, caller=Caller("", browser))


def test_a_person_who_was_removed_meanwhile_cannot_finish(world: World) -> None:
    browser = world.ask(UNKNOWN)
    (message,) = world.queue.sent
    person = world.add_person(UNKNOWN)
    code, _ = world.mailed()
    remove_person(world, person.id)
    assert refusal(world, code, browser) == "code_wrong"
    assert world.access.sign_in("willow", message["sign_in_id"]) is not None


def remove_person(world: World, person_id: str) -> None:
    if isinstance(world.people, FakePeople):
        del world.people.person_rows["willow", person_id]
    else:
        PersonItem("P#willow#DIR", f"PERSON#{person_id}").delete()


class Overtaken(FakeAccess):
    """Another redemption gets in between reading the sign-in and taking it."""

    def use_sign_in(self, practice: str, sign_in_id: str) -> bool:
        super().use_sign_in(practice, sign_in_id)
        return super().use_sign_in(practice, sign_in_id)


def test_of_two_redemptions_that_both_read_the_sign_in_one_is_refused_and_gets_no_session() -> None:
    access = Overtaken()
    world = World(access=access).settle_in()
    browser = world.ask()
    code, _ = world.mailed()
    assert refusal(world, code, browser) == "code_expired"
    assert access.sessions == {}


# --- known and unknown addresses --------------------------------------------------------------------


def test_asking_makes_the_same_calls_for_known_and_unknown_addresses(world: World) -> None:
    calls = []
    for email in (KNOWN, UNKNOWN):
        world.calls.clear()
        world.ask(email)
        calls.append(list(world.calls))
    assert calls[0] == calls[1]
    assert len(world.queue.sent) == 2
    assert [set(message) for message in world.queue.sent] == [
        {"task", "practice", "sign_in_id", "locale", "asked_by"}
    ] * 2


def test_typing_makes_the_same_calls_and_refusals_for_known_and_unknown_addresses(world: World) -> None:
    seen = []
    for email in (KNOWN, UNKNOWN):
        browser = world.ask(email)
        world.calls.clear()
        answers = [refusal(world, "0000-0000", browser) for _ in range(MAX_TRIES + 1)]
        seen.append((answers, list(world.calls)))
    assert seen[0] == seen[1]


def test_whose_an_address_is_is_asked_only_when_the_code_is_used(world: World) -> None:
    browser = world.ask(UNKNOWN)
    code = code_of(world, browser)
    world.calls.clear()
    refusal(world, wrong(code), browser)
    assert not [call for call in world.calls if "person" in call or "people" in call]
    world.add_person(UNKNOWN, account="acct-new")  # imported meanwhile
    principal = world.sessions.principal(world.type_code(code, browser))
    assert [grant.account_id for grant in principal.grants] == ["acct-new"]


def test_an_unknown_address_gets_no_mail(world: World) -> None:
    world.ask(UNKNOWN)
    world.work()
    assert world.mailer.sent == []


def test_a_guessed_code_of_an_unknown_address_signs_nobody_in_and_reads_as_wrong(world: World) -> None:
    browser = world.ask(UNKNOWN)
    right = code_of(world, browser)
    assert [refusal(world, right, browser) for _ in range(MAX_TRIES)] == ["code_wrong"] * MAX_TRIES


def code_of(world: World, browser: str) -> str:
    asking = browser_of(browser)
    assert asking is not None
    return Secrets(world.keys, "willow", 1).code(asking.sign_in_ids[0])


def test_the_queue_carries_neither_code_nor_token_nor_address(world: World) -> None:
    world.ask()
    queued = str(world.queue.sent)
    code, token = world.mailed()
    assert code not in queued
    assert token not in queued
    assert KNOWN not in queued


def test_the_store_keeps_neither_code_nor_token_nor_browser_secret(world: World) -> None:
    browser = world.ask()
    kept = world.access.sign_in("willow", world.queue.sent[0]["sign_in_id"])
    code, token = world.mailed()
    for secret in (code, token, browser.partition(".")[0], KNOWN):
        assert secret not in str(kept)


def test_what_is_promised_is_what_is_set() -> None:
    assert (CODE_SECONDS, MAX_TRIES, MINTED_SECONDS) == (600, 5, 900)


# --- what cannot be asked for -----------------------------------------------------------------------


def test_an_unknown_practice_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match="practice_not_found"):
        world.ask(at="nowhere")
    assert world.queue.sent == []


def test_a_bad_address_is_refused_before_anything_is_counted_or_written(world: World) -> None:
    world.calls.clear()
    with pytest.raises(Invalid, match="email_invalid"):
        world.ask("not an address")
    assert [call.partition(".")[2] for call in world.calls] == ["practice"]


# --- log-ins minted by operators --------------------------------------------------------------------


def minted(world: World) -> str:
    url = world.signing_in.mint("willow", email=KNOWN).url
    assert re.fullmatch(rf"{PUBLIC_URL}/willow/sign-in#[A-Za-z0-9_-]{{43}}\.[0-9a-f]{{64}}", url)
    return url.partition("#")[2]


def test_a_minted_link_signs_in_whoever_opens_it_first_and_nobody_else(world: World) -> None:
    token = minted(world)
    principal = world.sessions.principal(world.use_link(token, None))
    assert principal.grant("acct-maya").relation == "self"
    assert link_refusal(world, token, None) == "code_expired"


def test_a_minted_link_ends_after_fifteen_minutes(world: World) -> None:
    token = minted(world)
    world.clock.pass_seconds(MINTED_SECONDS)
    assert link_refusal(world, token, None) == "code_expired"


def test_a_minted_link_has_no_code(world: World) -> None:
    token = minted(world)
    sign_in_id = token.partition(".")[0]
    cookie = "A" * 43 + "." + sign_in_id
    kept = world.access.sign_in("willow", sign_in_id)
    assert kept is not None
    assert kept.code_hash == ""
    assert refusal(world, code_of(world, cookie), cookie) == "code_expired"


def test_a_log_in_cannot_be_minted_for_nobody(world: World) -> None:
    with pytest.raises(BillfoldError, match="person_not_found"):
        world.signing_in.mint("willow", email=UNKNOWN)
