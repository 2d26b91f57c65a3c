"""Good faith estimates are kept six years (issue 14, "kept six years"): rows, files, exports."""

from datetime import timedelta

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.pdf.estimate import TypstEstimateRenderer
from chalicelib.documents.ports.estimates import EstimateData
from chalicelib.documents.store.estimate_requests import EstimateRequestItem
from chalicelib.documents.store.estimates import EstimateItem, EstimatePaperItem
from infra.table import DATA_TEMPLATE, load_template
from tests.unit.cli.test_backups import EXPORT, into_an_empty_table
from tests.unit.cli.test_estimates import ISSUE, LINE, WHOLE, with_clients
from tests.unit.cli.world import World
from tests.unit.documents.test_estimates import draft

RESOURCES = load_template(DATA_TEMPLATE)["Resources"]
SIX_YEARS = timedelta(days=6 * 366)
ROWS = (EstimateItem, EstimatePaperItem, EstimateRequestItem)
OAK = ("--practice", "oak")


def test_no_rule_of_the_bucket_deletes_an_estimate_or_a_former_version_of_it_before_six_years() -> None:
    made = draft().numbered("a1", 1)
    key = f"practices/fern/{Filed.estimate('fern', made).key}"
    bucket = RESOURCES["Documents"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]:
        if key.startswith(rule.get("Prefix", "")):
            days = [
                rule.get("ExpirationInDays"),
                rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"),
            ]
            assert all(each is None or each >= SIX_YEARS.days for each in days), rule


def test_the_table_outlives_its_stack_and_no_row_of_an_estimate_or_a_request_has_a_time_to_live(
    world: World,
) -> None:
    table = RESOURCES["Table"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["Trial", False, True]}
    with_clients(world, **WHOLE)
    assert world.run("estimate", "request", *OAK, "--client", "C1", "--asked", "2026-11-16").status == 0
    assert world.run(*ISSUE, *LINE).status == 0
    assert world.run("estimate", "request", *OAK, "--client", "C1", "--asked", "2026-11-20").status == 0
    found = [row for of in ROWS for row in of.scan()]
    assert {type(row) for row in found} == set(ROWS)
    assert all(row.ttl is None for row in found)


def test_six_years_later_and_restored_from_a_backup_an_estimate_is_drawn_byte_for_byte(
    world: World,
) -> None:
    with_clients(world, **WHOLE)
    assert world.run("estimate", "request", *OAK, "--client", "C1", "--asked", "2026-11-16").status == 0
    assert world.run(*ISSUE, *LINE).status == 0
    before = drawn(world)
    listed = world.run("estimate", "list", *OAK).out
    path = world.file("oak.jsonl", world.run(*EXPORT).out)
    world.app.clock.advance(days=SIX_YEARS.days)  # type: ignore[attr-defined]
    into_an_empty_table()
    assert "OK" in world.run("restore", path).out
    assert world.run("estimate", "list", *OAK).out == listed
    assert drawn(world) == before
    account = world.app.ledgers.account(world.ref("C1"))
    assert account is not None
    assert account.estimates == 1
    kept = world.run("estimate", "request", *OAK, "--client", "C1", "--asked", "2026-11-16")
    assert "answered by estimate 1" in kept.out, "and what became of the request"


def drawn(world: World) -> bytes:
    estimate, paper = world.app.estimate_showing.opened(world.ref("C1"), 1)
    return TypstEstimateRenderer().estimate(EstimateData(estimate, paper))
