"""Which formats a release reads, and that its functions may ask which one is in force."""

import json
from collections.abc import Iterator

import pytest

from chalicelib.kernel import stored_format
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain import entry_text
from sandbox.config import ROOT


@pytest.mark.parametrize(("newest", "read"), [(1, (1,)), (2, (1, 2)), (5, (4, 5))])
def test_a_release_reads_its_own_format_and_the_one_before(
    monkeypatch: pytest.MonkeyPatch, newest: int, read: tuple[int, ...]
) -> None:
    monkeypatch.setattr(stored_format, "FORMAT", newest)
    assert stored_format.reads() == read
    assert [stored_format.check_read(format_) for format_ in read] == list(read)
    for other in (read[0] - 1, newest + 1):
        with pytest.raises(Refused) as caught:
            stored_format.check_read(other)
        assert caught.value.code == "format_unread"


def test_every_format_of_texts_was_brought_by_a_format_of_deployments() -> None:
    assert list(entry_text.SINCE) == list(range(1, entry_text.FORMAT + 1))
    assert max(entry_text.SINCE.values()) <= stored_format.FORMAT
    assert set(entry_text.FIELDS.values()) == set(entry_text.SINCE)


def allowed(policy: str) -> Iterator[str]:
    for statement in json.loads((ROOT / ".chalice" / policy).read_text(encoding="utf-8"))["Statement"]:
        found = statement["Resource"]
        yield from map(str, found if isinstance(found, list) else [found])


def may_ask(policy: str) -> bool:
    return any(resource.endswith("/format") for resource in allowed(policy))


def test_with_two_formats_every_function_may_ask_which_is_in_force() -> None:
    policies = [path.name for path in (ROOT / ".chalice").glob("policy-*.json")]
    assert policies
    assert stored_format.FORMAT == 1 or all(map(may_ask, policies))
