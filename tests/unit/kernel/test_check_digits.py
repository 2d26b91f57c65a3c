"""What may be the number of a card is found in a text (issue 15)."""

import pytest

from chalicelib.kernel.check_digits import holds_card_number


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "HSA 4242-4242-4242-4242 12/27",
        "2027: 378282246310005",
        "5555.5555x5555/4444",
        "4222222222222",
        "6304000000000000000",
        "４２４２ 4242 4242 4242",
    ],
)
def test_a_card_number_is_found_whatever_stands_around_it(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text", ["", "HSA", "Visa 4242", "Joint account 2026/27", "000123456789", "4222222222223", "½²①"]
)
def test_other_texts_hold_none(text: str) -> None:
    assert not holds_card_number(text)
