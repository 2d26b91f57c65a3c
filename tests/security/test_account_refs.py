"""Who may make an `AccountRef` (issue 11): data is asked for by nothing less, so that no route can forget
whose account it is. A new maker belongs in the list, with what proves that the account may be seen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.entrypoints.http.blueprints import ALL
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.policies import Anyone, Client, Key, Link, Policy, Signed, Staff
from chalicelib.entrypoints.http.runtime import ROUTES
from chalicelib.kernel.errors import NotFound

ROOT = Path(__file__).parents[2]
NAME = "AccountRef"
# By module, the functions that make one; what proves it.
MAKERS = {
    "chalicelib/practice/domain/practices.py": {
        "Client.ref",  # a client's row: walks over a practice, and what staff named
        "Grant.ref",  # of the session's person
    },
    "chalicelib/identity/services/links.py": {"Links.holder"},  # the row of the link whose token was shown
    "chalicelib/identity/services/pay_links.py": {"PayLinks.holder"},  # the row of who has opened a pay link
    "chalicelib/identity/services/pay_link_factors.py": {"PayLinkFactors.deliver"},  # the row of a pay link
    "chalicelib/entrypoints/jobs.py": {"_ref"},  # a message of our own queues
    "chalicelib/mail/domain/setbacks.py": {
        "MailReport.ref"
    },  # the tags of our mail, as its service tells them
    "chalicelib/operations/ports/work.py": {"Due.ref"},  # a row of a work list
    "chalicelib/payments/ports/processors.py": {"Facts.ref"},  # what the practice's processor holds
    "chalicelib/payments/services/guest_paying.py": {"attempt_of"},  # the hash of a secret that was shown
    # What the session's person has claimed.
    "chalicelib/payments/services/guest_claiming.py": {
        "GuestClaiming.claimed",
        "GuestClaiming.claimed_account",
    },
    "chalicelib/backups/store/backups.py": {"DynamoBackups._pages"},  # the practice's list of guests' forms
    "chalicelib/backups/store/former_rows.py": {"DynamoFormerRows.of_guests"},  # the same
    "chalicelib/entrypoints/cli/payments/unmatched.py": {"_payment"},  # a guest's payment that staff named
    "chalicelib/payments/domain/guests.py": {"KeptForm.ref"},  # a row beside a guest's payment
    "chalicelib/payments/domain/saved_methods.py": {"Addition.ref"},  # a payer's row
    # Rows of the ledger, of documents and of anchors.
    "chalicelib/ledger/domain/accounts.py": {"Account.ref"},
    "chalicelib/ledger/domain/charges.py": {"Charge.ref"},
    "chalicelib/ledger/domain/markers.py": {"Marker.ref"},
    "chalicelib/ledger/domain/payments.py": {"Payment.ref", "Payment.matched_ref"},
    "chalicelib/ledger/domain/refunds.py": {"Refund.ref"},
    "chalicelib/ledger/store/imports.py": {"DynamoImports.hides"},  # the practice's list of accounts
    "chalicelib/ledger/store/ledgers.py": {"DynamoLedgers.account_refs"},  # the same
    "chalicelib/documents/services/statements/running.py": {"Running.issue"},  # a message of our own queue
    "chalicelib/documents/domain/statements.py": {"Statement.ref"},
    "chalicelib/documents/domain/estimates.py": {"Estimate.ref"},
    "chalicelib/documents/domain/invoices.py": {"Invoice.ref", "Void.ref"},
    "chalicelib/documents/domain/reminders.py": {"Reminder.ref"},
    "chalicelib/documents/domain/records.py": {"Records.ref"},
    "chalicelib/payments/store/guests.py": {"DynamoGuestForms.payments"},  # the practice's list of guests
    "chalicelib/questions/domain/questions.py": {"Question.ref"},
    "chalicelib/questions/store/questions.py": {  # the practice's list of questions, by account
        "DynamoQuestions._places",
        "DynamoQuestions.account_of",
    },
    "chalicelib/documents/domain/superbills.py": {"Superbill.ref", "SuperbillVoid.ref"},
    "chalicelib/documents/store/numbered.py": {  # the practice's list of numbers, by account
        "Series.account_of",
        "Series.all",
    },
    "chalicelib/verification/domain/anchors.py": {"Head.ref"},
    "chalicelib/verification/services/verifying.py": {"Verifying._one_sided"},  # accounts read just before
    # The practice's own ids of its clients, looked up for an operator.
    "chalicelib/entrypoints/cli/command.py": {"Invocation.account_of"},
    "chalicelib/entrypoints/cli/ledger/rebuilding.py": {"_account"},  # or the account's, as verify prints it
    "chalicelib/importing/services/planning.py": {"_by_account"},
    "chalicelib/importing/services/mapped_rows.py": {"MappedRows._known.books"},
    "chalicelib/importing/services/mapping.py": {"MappedReading._not_in_balances.stays"},
    "chalicelib/importing/services/of_another.py": {"OfAnother._of_absent"},
    "chalicelib/importing/services/naming.py": {"Naming._undone_by_import"},  # whom the id's marker names
    "chalicelib/importing/services/balances.py": {"BalanceCheck._books"},  # clients of the practice
    "chalicelib/importing/services/remittances/matching.py": {"Matching._client_numbered"},
    "chalicelib/importing/services/applying.py": {"Applying._hide"},
}
# HTTP makes none itself: a policy gives what the session's grant makes, and the runtime hands it on.
HANDED_ON = {
    "chalicelib/entrypoints/http/policies.py": {"Client.ref"},
    "chalicelib/entrypoints/http/runtime.py": {"_arguments"},
    # Of the holder whom the policy let in.
    "chalicelib/entrypoints/http/payments/pay_links.py": {
        "_charge_ids",
        "_scope",
        "_started",
        "cancel_by_link",
        "check_by_link",
        "look_by_link",
        "quote_of_link",
        "result_of_link",
    },
}


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def functions(node: ast.AST, within: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node with the qualified name of the function that it stands in, "" outside of all."""
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.ClassDef | ast.FunctionDef)
        place = f"{within}.{child.name}".lstrip(".") if named else within  # type: ignore[attr-defined]
        yield place, child
        yield from functions(child, place)


def annotations(tree: ast.AST) -> set[ast.AST]:
    """All that only says of what type something is, which makes nothing."""
    said: list[ast.AST | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            said.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            said.append(node.returns)
        elif isinstance(node, ast.Subscript):  # Callable[[Posting, AccountRef], object]
            said.append(node.slice)
    return {inner for node in said if node for inner in ast.walk(node)}


def makers(tree: ast.Module) -> Iterator[str]:
    """Whoever has the class in its hands: calls it, hands it on, or gives it another name."""
    said = annotations(tree)
    for place, node in functions(tree):
        named = (isinstance(node, ast.Name) and node.id == NAME) or (
            isinstance(node, ast.Attribute) and node.attr == NAME
        )
        renamed = isinstance(node, ast.alias) and node.name == NAME and node.asname
        if (named and node not in said) or renamed:
            yield place


def askers(tree: ast.Module) -> Iterator[str]:
    """Whoever takes a `ref` from a row, a grant or a policy."""
    for place, node in functions(tree):
        if isinstance(node, ast.Attribute) and node.attr == "ref":
            yield place


def changed(tree: ast.Module) -> Iterator[str]:
    """Whoever makes one of another: `replace(ref, account=…)`."""
    for place, node in functions(tree):
        if isinstance(node, ast.Call) and _last(node.func) == "replace":
            yield from (place for arg in node.args[:1] if _last(arg) == "ref")


def _last(node: ast.expr) -> str:
    return ast.unparse(node).split(".")[-1]


def test_a_ref_is_made_only_where_something_proves_whose_account_it_is() -> None:
    found = {name: set(makers(tree)) for name, tree in modules("chalicelib")}
    assert {name: places for name, places in found.items() if places} == MAKERS


def test_no_route_makes_a_ref_or_takes_one_from_a_row() -> None:
    found = {name: set(askers(tree)) for name, tree in modules("chalicelib/entrypoints/http")}
    assert {name: places for name, places in found.items() if places} == HANDED_ON


def test_no_ref_is_made_of_another() -> None:
    assert [name for name, tree in modules("chalicelib") for _ in changed(tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(a, b): return AccountRef(a, b)",
        "def f(a, b): return account_refs.AccountRef(a, b)",
        "def f(a, b): return partial(AccountRef, a)(b)",
        "def f(): make = AccountRef",
        "def f(): from chalicelib.kernel.account_refs import AccountRef as Ref",
    ],
)
def test_every_way_to_make_one_is_seen(source: str) -> None:
    assert list(makers(ast.parse(source))) == ["f"]


def test_what_only_names_the_type_makes_none() -> None:
    source = (
        "Run = Callable[[AccountRef], object]\ndef f(ref: AccountRef | None) -> AccountRef: x: AccountRef"
    )
    assert list(makers(ast.parse(source))) == []


def test_every_route_of_an_account_has_a_policy_that_tells_whose_it_is() -> None:
    of_accounts = [route for route in ROUTES if "{account_id}" in route.path]
    assert ALL
    assert len(of_accounts) > 5
    assert {type(route.policy) for route in of_accounts} == {Client}


@pytest.mark.parametrize(
    "policy", [Anyone(visitor=True), Staff("refund"), Link("pay"), Key("ledger:read"), Signed()]
)
def test_no_other_policy_gives_a_right_to_an_account(policy: Policy) -> None:
    with pytest.raises(NotFound, match="account_not_found"):
        policy.ref(Context(None, None, None, "en"), "maya")  # type: ignore[arg-type]
