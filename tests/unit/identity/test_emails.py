"""One spelling for every address; plain refusals."""

import pytest

from chalicelib.identity.services.limits import networks_of
from chalicelib.kernel.emails import normalised
from chalicelib.kernel.errors import Invalid
from chalicelib.practice.services.address_hashes import address_hash
from tests.unit.identity.fakes import FakeKeys


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("maya@example.test", "maya@example.test"),
        ("  Maya@EXAMPLE.Test\n", "maya@example.test"),
        ("first.last+tag@sub.example.test", "first.last+tag@sub.example.test"),
        ("o'brien_1-x@ex-ample.test", "o'brien_1-x@ex-ample.test"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("\u00a0maya@example.test\u2003", "maya@example.test"),  # spaces that a spreadsheet leaves behind
    ],
)
def test_an_address_has_one_spelling(typed: str, known: str) -> None:
    assert normalised(typed) == known
    assert normalised(known) == known


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "maya", "maya@", "@example.test", "maya@example", "maya@@example.test", "a b@example.test",
        "maya@example..test", ".maya@example.test", "maya.@example.test", "ma..ya@example.test",
        "maya@-example.test", "maya@example-.test", '"maya"@example.test', "maya@[127.0.0.1]",
        "maya@example.test, other@example.test", "maya@example.test\r\nBcc: x@example.test",
        "Maya <maya@example.test>", "josé@example.test", "maya@bücher.example", "maya@example.test\u0000",
        "a" * 65 + "@example.test", "a@" + "b." * 130 + "test", "a@" + "b" * 64 + ".test",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        normalised(typed, "guarantor_email")
    assert (caught.value.code, caught.value.field) == ("email_invalid", "guarantor_email")


@pytest.mark.parametrize(
    ("typed", "somebody_elses"),
    [
        ("anna@großmann.test", "anna@grossmann.test"),
        ("anna@GROẞMANN.test", "anna@grossmann.test"),
        ("\ufb01nn@example.test", "finn@example.test"),  # one letter: the ligature of f and i
        ("mi\u017fha@example.test", "misha@example.test"),  # the long s
        ("mi\u212aa@example.test", "mika@example.test"),  # the Kelvin sign
        ("ma\uff59a@example.test", "maya@example.test"),  # a y as wide as a Chinese character
        ("maya@example\u3002test", "maya@example.test"),  # a Chinese full stop
    ],
)
def test_no_letter_is_taken_for_others_that_make_somebody_elses_address(
    typed: str, somebody_elses: str
) -> None:
    assert normalised(somebody_elses) == somebody_elses
    with pytest.raises(Invalid, match="email_invalid"):
        normalised(typed)
    with pytest.raises(Invalid, match="email_invalid"):
        address_hash(FakeKeys(), "willow", typed)


FOLDED = [letter for letter in map(chr, range(128, 0x110000)) if letter.casefold().isascii()]


@pytest.mark.parametrize("letter", FOLDED)
def test_whatever_letter_folds_to_plain_ones_is_refused(letter: str) -> None:
    with pytest.raises(Invalid, match="email_invalid"):
        normalised(f"a{letter}b@example.test")


def test_a_long_hostile_address_is_refused_at_once() -> None:
    with pytest.raises(Invalid):
        normalised("a." * 50_000 + "@" + "b-" * 50_000)


def test_an_addresss_hash_is_one_per_address_and_practice_and_shows_no_address() -> None:
    keys = FakeKeys()
    hashes = {address_hash(keys, "willow", email) for email in ("maya@example.test", " MAYA@example.test ")}
    assert len(hashes) == 1
    (hashed,) = hashes
    assert len(hashed) == 40
    assert "maya" not in hashed
    assert address_hash(keys, "birch", "maya@example.test") != hashed


@pytest.mark.parametrize(
    ("ip", "networks"),
    [
        ("203.0.113.5", ("203.0.113.5",)),
        ("2001:db8:1:2:3::4", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("2001:0DB8:1:2::", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("::ffff:203.0.113.5", ("203.0.113.5",)),
        ("", ("",)),
        ("unknown", ("unknown",)),
    ],
)
def test_an_ip_address_stands_for_who_was_given_it(ip: str, networks: tuple[str, ...]) -> None:
    assert networks_of(ip) == networks
