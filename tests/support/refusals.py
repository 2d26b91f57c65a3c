"""What a refused command says."""

from collections.abc import Callable

import pytest

from chalicelib.kernel.errors import BillfoldError

Refusal = tuple[str, str | None, object]


def refusal(command: Callable[..., object], *args: object, **facts: object) -> Refusal:
    """The code, the field at fault and the details with which the command is refused."""
    with pytest.raises(BillfoldError) as caught:
        command(*args, **facts)
    return caught.value.code, caught.value.field, caught.value.details
