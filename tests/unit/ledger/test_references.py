"""Issue 9, number 7: a receipt's reference is ours to make, and stays what it was."""

import re
from dataclasses import replace

from chalicelib.kernel import base32
from chalicelib.payments.domain.references import reference, same
from tests.support.money import Money
from tests.unit.identity.fakes import FakeKeys

FORM = re.compile(rf"[{base32.SYMBOLS}]{{5}}-[{base32.SYMBOLS}]{{5}}")


class OtherKeys(FakeKeys):
    """Of another deployment."""

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        return super().keyed_hash(f"other {purpose}", text, version=version)


def paid(key: str, account: str = "maya", keys: FakeKeys | None = None) -> str:
    money = Money()
    money.open(account)
    money.charge("c1", 10000, account)
    if keys:
        money.paying = replace(money.paying, keys=keys)
    return money.start(key, account).reference


def test_a_reference_has_ten_letters_and_digits_that_nobody_mixes_up() -> None:
    assert FORM.fullmatch(paid("0b8f1c1e-0000-4000-8000-000000000000"))
    assert reference("0" * 64) == "00000-00000"
    assert reference("f" * 64) == "ZZZZZ-ZZZZZ"


def test_who_pays_neither_chooses_nor_knows_it_and_it_is_the_same_each_time() -> None:
    key = "AAAAAAAAAAAAAAAA"
    chosen = paid(key)
    assert base32.read(chosen) != "A" * 10
    assert paid(key) == chosen
    others = {paid(key + "B"), paid(key, "noor"), paid(key, keys=OtherKeys())}
    assert len({chosen, *others}) == 4, "of the whole key, the account and the deployment's secret"


def test_a_payment_keeps_its_reference_whatever_becomes_of_it() -> None:
    money = Money()
    money.open()
    money.charge("c1", 10000)
    first = money.start("key-1").reference
    money.processor.take("key-1")
    assert money.check("key-1").reference == first


def test_references_spread_evenly() -> None:
    made = {reference(FakeKeys().keyed_hash("r", str(number))) for number in range(20_000)}
    assert len(made) == 20_000
    assert len({one[0] for one in made}) == len({one[-1] for one in made}) == 32


def test_a_reference_is_known_as_people_say_and_type_it() -> None:
    assert all(same("7K0QM-9D1XA", typed) for typed in ("7K0QM-9D1XA", " 7koqm 9dixa ", "7K0QM9DLXA"))
    assert not any(same("7K0QM-9D1XA", typed) for typed in ("7K0QM-9D1X", "", "7K0QM-9D1XĀ"))
    assert not same("", "")
    assert same("0B8F1C1E00", "0b8f1c1e00"), "one of before"
