"""What SES says of how it is set up for us; its answers are held to its published description."""

from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from chalicelib.kernel.outside import Busy
from chalicelib.mail.ports import MailSetUp
from chalicelib.mail.ses.set_up import SesSetUp
from sandbox.config import REGION

SET = {"SuppressionOptions": {"SuppressedReasons": ["BOUNCE"]}}
ACCOUNT = {
    "ProductionAccessEnabled": True,
    "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
}
KNOWN, UNKNOWN = {"VerifiedForSendingStatus": True}, None


def found(
    kept: dict[str, Any] | None = SET, account: dict[str, Any] = ACCOUNT,
    domain: dict[str, Any] | None = KNOWN, address: dict[str, Any] | None = UNKNOWN,
    name: str = "billfold-elm",
) -> MailSetUp:  # fmt: skip
    set_up = SesSetUp("billing@elm.example", name, region=REGION)
    client = botocore.session.get_session().create_client("sesv2", region_name=REGION)
    stub = Stubber(client)
    asked: list[tuple[str, dict[str, str], dict[str, Any] | None]] = [
        ("get_configuration_set", {"ConfigurationSetName": name or "none"}, kept),
        ("get_account", {}, account),
        ("get_email_identity", {"EmailIdentity": "elm.example"}, domain),
        ("get_email_identity", {"EmailIdentity": "billing@elm.example"}, address),
    ]
    for operation, given, answer in asked:
        if answer is None:
            stub.add_client_error(operation, "NotFoundException", expected_params=given)
        else:
            stub.add_response(operation, answer, given)
    set_up._client = lambda: client  # type: ignore[assignment]
    with stub:
        return set_up.found()


def test_a_set_of_our_own_goes_before_what_the_account_keeps() -> None:
    assert found() == MailSetUp(to_anybody=True, verified=True, reported=True, keeps=frozenset({"BOUNCE"}))
    assert found(kept={}).keeps == {"BOUNCE", "COMPLAINT"}
    assert found(kept={"SuppressionOptions": {"SuppressedReasons": []}}).keeps == frozenset()


@pytest.mark.parametrize("name", ["billfold-elm", ""])
def test_without_the_set_nothing_is_reported(name: str) -> None:
    without = found(kept=None, name=name)
    assert (without.reported, sorted(without.keeps)) == (False, ["BOUNCE", "COMPLAINT"])


@pytest.mark.parametrize(
    ("domain", "address", "verified"),
    [
        (KNOWN, UNKNOWN, True), (UNKNOWN, KNOWN, True), (UNKNOWN, UNKNOWN, False),
        ({"VerifiedForSendingStatus": False}, UNKNOWN, False),
    ],
)  # fmt: skip
def test_our_domain_or_our_address_is_verified(
    domain: dict[str, Any] | None, address: dict[str, Any] | None, *, verified: bool
) -> None:
    assert found(domain=domain, address=address).verified is verified


def test_an_account_in_sess_own_sandbox_sends_to_few() -> None:
    assert not found(account={"ProductionAccessEnabled": False}).to_anybody


def test_any_other_refusal_is_no_answer() -> None:
    set_up = SesSetUp("billing@elm.example", "billfold-elm", region=REGION)
    client = botocore.session.get_session().create_client("sesv2", region_name=REGION)
    stub = Stubber(client)
    stub.add_client_error("get_configuration_set", "AccessDeniedException")
    set_up._client = lambda: client  # type: ignore[assignment]
    with stub, pytest.raises(Busy, match="ses AccessDeniedException"):
        set_up.found()
