"""What raises each alert of the page for emergencies, and the way home that it prints."""

from collections.abc import Iterator

from chalicelib.entrypoints import jobs
from chalicelib.platform.dynamo import keys
from tests.unit.alerts.town import Town

Way = Iterator[None]


def ledger_broken(town: Town) -> Way:
    """Somebody set a balance by hand."""
    ref = town.world.ref("C1")
    town.edit(keys.account(ref), "ACCT", balance=999_999)
    jobs.verify()
    yield
    account = str(town.alerts["ledger_broken"].cause.facts["account"])
    assert account in town.world.run(*town.typed("ledger_broken", "verify")).out
    dry = [c for c in town.commands("ledger_broken", "rebuild") if "--dry-run" in c]
    assert "999999 → 15000" in town.run(dry[0], account=account).out
    (write,) = (c for c in town.commands("ledger_broken", "rebuild") if "--note" in c)
    done = town.run([*write, "--yes"], account=account)
    assert done.status == 0
    assert town.follow("ledger_broken", "verify").out.startswith("OK")


def chain_anchor_mismatch(town: Town) -> Way:
    """The table was restored to a moment before a payment in cash, which the anchor has."""
    before = town.rows()
    cash = ("post", "cash", "--practice", "oak", "--client", "C1", "--amount", "40.00", "--id", "P-1")
    assert town.world.run(*cash).status == 0
    jobs.verify()
    town.restore(before)
    town.clock.advance(days=1)
    jobs.verify()
    yield
    town.follow("chain_anchor_mismatch", "reconcile")
    assert town.world.run(*cash).status == 0  # what was posted by hand since is posted again
    assert town.owed() == 11000
    first = town.alerts["chain_anchor_mismatch"]
    town.close(first)
    town.clock.advance(days=1)
    jobs.verify()
    assert town.alerts["chain_anchor_mismatch"].cause.id != first.cause.id  # the chain as it is by now


WAYS = (ledger_broken, chain_anchor_mismatch)
