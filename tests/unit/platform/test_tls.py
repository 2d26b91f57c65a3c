"""All clients of AWS in a process share one TLS context (issue 13, number 6)."""

import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError

from chalicelib.platform.tls import share
from infra.package.aws_over_tls import aws_over_tls

_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    share()
    with aws_over_tls(tmp_path) as environment:
        yield environment


def client(service: str, served: Mapping[str, str], **options: Any) -> Any:
    options = {"verify": served["AWS_CA_BUNDLE"], **options}
    return botocore.session.get_session().create_client(
        service, region_name="us-east-1", endpoint_url=served["AWS_ENDPOINT_URL"], config=_ONCE, **options
    )


def ask_all(served: Mapping[str, str]) -> None:
    client("dynamodb", served).get_item(TableName="t", Key={"pk": {"S": "p"}})
    client("ssm", served).get_parameter(Name="n")
    client("sqs", served).send_message(QueueUrl=served["AWS_ENDPOINT_URL"], MessageBody="m")


def test_the_authorities_are_read_once_for_all_services(
    served: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, load = list[object](), ssl.SSLContext.load_verify_locations

    def counted(self: ssl.SSLContext, *named: Any) -> None:
        read.append(named[0])
        load(self, *named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    ask_all(served)
    ask_all(served)
    assert read == [served["AWS_CA_BUNDLE"]]


def test_a_server_that_no_authority_knows_is_refused_after_one_that_is_known(
    served: Mapping[str, str], tmp_path: Path
) -> None:
    ask_all(served)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with aws_over_tls(elsewhere) as stranger, pytest.raises(SSLError):
        client("ssm", {**stranger, "AWS_CA_BUNDLE": served["AWS_CA_BUNDLE"]}).get_parameter(Name="n")


def test_nobody_can_stop_certificates_from_being_checked(served: Mapping[str, str]) -> None:
    with pytest.raises(SSLError, match="certificates are checked"):
        client("ssm", served, verify=False).get_parameter(Name="n")
    ask_all(served)
