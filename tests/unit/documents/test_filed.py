"""What makes each document's file again, and which of them nobody may have opened yet."""

import pytest

from chalicelib.documents.domain.estimates import Estimate
from chalicelib.documents.domain.filed import Filed, FileKind
from chalicelib.documents.domain.invoices import Void
from chalicelib.documents.domain.readers import Reader, Reads
from chalicelib.documents.domain.superbills import SuperbillVoid
from chalicelib.kernel.account_refs import AccountRef
from tests.unit.invoices.test_renderer import CASES as INVOICES
from tests.unit.statements.test_renderer import CASES as STATEMENTS
from tests.unit.superbills.samples import CASES as SUPERBILLS

MAYA = AccountRef("fern", "maya")
READER = Reader("p1", Reads.OWN)
READ_BY = {"person": "p1", "reads": "own", "since": "0"}
DAYS = {"first": "2026-01-01", "last": "2026-12-31", "made_on": "2027-01-02"}
AT = "2026-11-05T12:00:00.000Z"
ESTIMATE = Estimate(3, "maya", "USD", "2026-11-05", AT, "2026-11-05", "2027-11-04", 150_000, "digest")
STATEMENT = STATEMENTS["english"].statement
INVOICE, SUPERBILL = INVOICES["english"].invoice, SUPERBILLS["english"].superbill
TAKEN_BACK = Void(INVOICE.number, "maya", "2026-11-05", AT, "cli")
REPLACED = SuperbillVoid(SUPERBILL.number, "maya", "2026-11-05", AT, "cli", replaced_by=99)

FILES = {
    "statement": (Filed.statement("fern", STATEMENT), {"period": str(STATEMENT.period)}),
    "invoice": (Filed.invoice("fern", INVOICE), {"invoice": str(INVOICE.number)}),
    "void": (Filed.invoice("fern", INVOICE, void=TAKEN_BACK), {"void": str(INVOICE.number)}),
    "superbill": (Filed.of_superbill("fern", SUPERBILL), {"superbill": str(SUPERBILL.number)}),
    "superbill-void": (
        Filed.of_superbill("fern", SUPERBILL, void=REPLACED), {"superbill-void": str(SUPERBILL.number)},
    ),
    "estimate": (Filed.estimate("fern", ESTIMATE), {"estimate": "3"}),
    "itemised": (
        Filed.itemised(MAYA, "k.pdf", payment_id="pay1", reader=READER),
        {"form": "itemised", "payment": "pay1", **READ_BY},
    ),
    "summary": (Filed.summary(MAYA, "k.pdf", **DAYS, reader=READER), {"form": "summary", **DAYS, **READ_BY}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_file_says_what_draws_it(name: str) -> None:
    filed, wanted = FILES[name]
    about = {"task": "render", "practice": "fern", "account": filed.ref.account}
    assert (filed.kind, filed.task) == (name, {**about, **wanted})


@pytest.mark.parametrize("name", FILES)
def test_it_may_be_that_nobody_has_opened_it_yet(name: str) -> None:
    """A restore counted unopened estimates among documents that were lost."""
    assert FILES[name][0].made_when_opened


def test_no_two_of_them_are_one_file() -> None:
    keys = [filed.key for kind, (filed, _) in FILES.items() if kind not in ("itemised", "summary")]
    assert len(set(keys)) == len(keys)
    assert FileKind.VOID in FILES
