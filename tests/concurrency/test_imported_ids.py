"""A practice has one secret for the ids of imported rows, however many operators import first, at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.store.imports import DynamoImports
from tests.concurrency.auditor import Auditor

pytestmark = [pytest.mark.ministack, pytest.mark.slow]
OPERATORS, ROUNDS = 4, 10


def test_of_several_at_once_one_keeps_its_key_and_all_others_are_refused(auditor: Auditor) -> None:
    imports, together = DynamoImports(), Barrier(OPERATORS)

    def keep(practice: str, key: str) -> str:
        together.wait()
        try:
            imports.keep_ids_key(practice, key)
        except Conflict:
            return ""
        return key

    with ThreadPoolExecutor(OPERATORS) as pool:
        for number in range(ROUNDS):
            practice = f"oak-{number}"
            kept = list(pool.map(keep, [practice] * OPERATORS, "abcd"))
            assert [key for key in kept if key] == [imports.ids_key(practice)]
