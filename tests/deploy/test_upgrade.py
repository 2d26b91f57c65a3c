"""From the last release to this one, back, and to this one, while people pay; `make soak` plays it long."""

from collections import Counter
from pathlib import Path

import pytest

from chalicelib.backups.store.backups import KEPT
from tests.soak.upgrading import play, running_drill

pytestmark = [pytest.mark.ministack, pytest.mark.slow, pytest.mark.timeout(900)]
# Mails that bounce, remittances, alerts, nights and methods that are saved are played elsewhere.
NOT_PLAYED = {
    "acknowledgement", "alert", "asked", "consent", "estimate-request", "imported-ids", "invoice-void",
    "mail_stop", "payer", "payer-lookup", "refund", "reminder", "round", "run", "superbill-void",
}  # fmt: skip


def test_18_an_upgrade_and_the_way_back_fail_no_request_and_change_no_entry(tmp_path: Path) -> None:
    with running_drill(tmp_path, clients=6) as drill:
        drill.prepare()
        kinds = Counter(row["kind"]["S"] for row in drill.table())
        assert not KEPT - set(kinds) - NOT_PLAYED
        play(drill, rounds=1, seconds=0.5, say=print)
        assert drill.front.failed == []
        assert drill.paid
