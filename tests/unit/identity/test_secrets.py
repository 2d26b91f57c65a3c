"""Secrets from Parameter Store, hashes under them, and chance."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.identity.domain import sign_in_codes
from chalicelib.identity.services.sign_in_secrets import Secrets
from chalicelib.kernel.outside import Busy
from chalicelib.platform.chance import SystemChance
from chalicelib.platform.clock import SystemClock
from chalicelib.platform.keys import ABSENT_SECONDS, CACHE_SECONDS, HmacKeys, Parameters, ProcessorCredentials
from sandbox.config import REGION
from sandbox.resources import Resources
from tests.unit.identity.fakes import FakeKeys


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def put(resources: Resources, name: str, value: str) -> None:
    boto3.client("ssm").put_parameter(
        Name=f"{resources.secrets_prefix}/{name}", Value=value, Type="SecureString", Overwrite=True
    )


def test_a_hash_depends_on_key_purpose_and_text(moto_aws: Resources) -> None:
    put(moto_aws, "token-key", f"1:{'00' * 32}")
    keys = HmacKeys(Parameters(moto_aws.secrets_prefix, region=REGION))
    hashes = {keys.keyed_hash(purpose, text) for purpose, text in (("a", "b"), ("ab", ""), ("", "ab"))}
    assert len(hashes) == 3
    assert keys.keyed_hash("a", "b") in hashes
    assert all(re.fullmatch("[0-9a-f]{64}", hash_) for hash_ in hashes)
    put(moto_aws, "token-key", f"1:{'11' * 32}")
    other = HmacKeys(Parameters(moto_aws.secrets_prefix, region=REGION))
    assert other.keyed_hash("a", "b") not in hashes


def test_a_secret_is_read_anew_after_five_minutes(moto_aws: Resources) -> None:
    seconds = Seconds()
    parameters = Parameters(moto_aws.secrets_prefix, region=REGION, seconds=seconds)
    put(moto_aws, "x", "old")
    assert parameters.read("x") == "old"
    put(moto_aws, "x", "new")
    seconds.now = CACHE_SECONDS - 1
    assert parameters.read("x") == "old"
    seconds.now = CACHE_SECONDS
    assert parameters.read("x") == "new"


def test_credentials_are_the_practices_own_and_seen_seconds_after_it_is_connected(
    moto_aws: Resources,
) -> None:
    seconds = Seconds()
    credentials = ProcessorCredentials(Parameters(moto_aws.secrets_prefix, region=REGION, seconds=seconds))
    assert credentials.of("willow", "stripe") is None
    seconds.now = ABSENT_SECONDS
    put(moto_aws, "practices/willow/stripe", '{"secret_key": "sk_test_sandbox_willow"}')
    assert credentials.of("willow", "stripe") == {"secret_key": "sk_test_sandbox_willow"}
    assert credentials.of("birch", "stripe") is None


def test_credentials_are_kept_encrypted_and_replaced(moto_aws: Resources) -> None:
    credentials = ProcessorCredentials(Parameters(moto_aws.secrets_prefix, region=REGION))
    for number in range(2):
        credentials.save("willow", "stripe", {"secret_key": f"sk_{number}"})
    assert credentials.of("willow", "stripe") == {"secret_key": "sk_1"}
    kept = boto3.client("ssm").get_parameter(Name=f"{moto_aws.secrets_prefix}/practices/willow/stripe")
    assert kept["Parameter"]["Type"] == "SecureString"


def test_a_deployment_without_its_key_says_so(moto_aws: Resources) -> None:
    keys = HmacKeys(Parameters("/billfold/nowhere", region=REGION))
    with pytest.raises(RuntimeError, match="token-key"):
        keys.keyed_hash("a", "b")


def test_a_parameter_store_that_is_away_is_busy(moto_aws: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = Parameters(moto_aws.secrets_prefix, region=REGION)
    assert parameters.read("token-key")
    client: Any = parameters._client()
    error = client.exceptions.InternalServerError({"Error": {"Code": "ThrottlingException"}}, "GetParameter")

    def away(**_: object) -> None:
        raise error

    monkeypatch.setattr(client, "get_parameter", away)
    with pytest.raises(Busy, match="ThrottlingException"):
        parameters.read("another")
    assert parameters.read("token-key"), "what is kept still serves"


def test_tokens_have_256_bits() -> None:
    chance = SystemChance()
    tokens = {chance.token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch("[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_codes_made_from_ids_have_forty_bits_that_spread_evenly() -> None:
    secrets = Secrets(FakeKeys(), "willow", 1)
    codes = [secrets.code(f"id-{number}") for number in range(5_000)]
    assert len(set(codes)) == 5_000
    for place in range(8):
        counts = Counter(code[place] for code in codes)
        assert set(counts) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        assert all(100 < count < 220 for count in counts.values()), counts


def test_every_number_below_two_to_the_forty_has_a_code_of_its_own() -> None:
    assert sign_in_codes.COUNT == 2**40
    assert [sign_in_codes.code(number) for number in (0, 1, 31, 32, 2**40 - 1, 2**40)] == [
        "00000000", "00000001", "0000000Z", "00000010", "ZZZZZZZZ", "00000000",
    ]  # fmt: skip
    assert sign_in_codes.shown("ABCD2345") == "ABCD-2345"


def test_two_practices_make_different_secrets_of_one_id() -> None:
    willow, birch = Secrets(FakeKeys(), "willow", 1), Secrets(FakeKeys(), "birch", 1)
    assert willow.token("id") != birch.token("id")
    assert willow.browser_hash("b") != birch.browser_hash("b")


def test_the_clock_tells_utc() -> None:
    offset = SystemClock().now().utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0


def test_when_a_secret_was_written_last_is_asked_each_time(moto_aws: Resources) -> None:
    parameters = Parameters(moto_aws.secrets_prefix, region="us-east-1")
    assert parameters.changed_at("practices/fern/stripe") is None
    parameters.write("practices/fern/stripe", "{}")
    first = parameters.changed_at("practices/fern/stripe")
    assert first is not None
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)
