"""What an answer about a practice's books leaves out: imports that have begun and not ended.

Until an import has written a client's row, no list has the account, and what it is still to post is missing.
"""

import sys
from collections.abc import Sequence

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import OK, PARTLY, how_many
from chalicelib.importing.domain.problems import shown
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.ledger.services.import_register import UNDOING


class LeftOut:
    """Looks before the answer is made, and again when it is told: an import may have ended meanwhile."""

    def __init__(self, invocation: Invocation, practice: str) -> None:
        self._invocation = invocation
        self._practice = practice
        self._before = self._under_way()

    @property
    def found(self) -> Sequence[UnderWay]:
        both = {found.id: found for found in (*self._before, *self._under_way())}
        return tuple(both.values())

    def tell(self, status: int) -> int:
        """Say it with the answer; the status, which is not that of a whole answer."""
        found = self.found
        for one in found:
            self._invocation.output.tell("left_out", sentence(one), **_facts(one))
        return PARTLY if found and status == OK else status

    def warn(self, status: int) -> int:
        """Say it beside an answer that is a file."""
        found = self.found
        for one in found:
            print(f"billfold: {sentence(one)}", file=sys.stderr, flush=True)
        return PARTLY if found and status == OK else status

    def _under_way(self) -> Sequence[UnderWay]:
        return self._invocation.app.register.under_way(self._practice)


def sentence(found: UnderWay) -> str:
    accounts = how_many(found.accounts, "account", "accounts")
    if found.id.startswith(UNDOING):
        undone = found.id.removeprefix(UNDOING)
        return (
            f"LEFT OUT: {accounts} of which import {undone} is being undone. That began at {found.begun_at} "
            f"and has not ended; if it was broken off, run `billfold import --undo {undone}` again."
        )
    files = "".join(f"{shown(name)}, " for name in found.files)
    return (
        f"LEFT OUT: what import {found.id} ({files}{found.rows} rows, {accounts}) has not shown yet. "
        f"It began at {found.begun_at} and has not ended; if it was broken off, run its files again."
    )


def _facts(found: UnderWay) -> dict[str, object]:
    return {
        "import": found.id, "by": found.actor, "begun": found.begun_at,
        "rows": found.rows, "accounts": found.accounts, "files": list(found.files),
    }  # fmt: skip
