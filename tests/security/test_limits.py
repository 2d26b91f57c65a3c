"""Guessing and flooding: who is counted, and that many codes do not make a code guessable."""

import pytest

from chalicelib.adapters.keys import Parameters, ProcessorCredentials
from chalicelib.domain.errors import Refused
from chalicelib.entrypoints.http.viewer import address
from chalicelib.services.signing_in import MAX_TRIES, PER_ADDRESS, PER_PERSON
from sandbox.resources import Resources
from tests.security.town import watching
from tests.unit.identity.world import KNOWN, UNKNOWN, World, wrong

SECRET = "an-edge-secret-of-thirty-two-letters"
EDGE, VIEWER = "130.176.0.1", "198.51.100.7"


class Asked:
    """As Chalice gives a request: headers by any case, the gateway's word on who connected."""

    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.context = {"identity": {"sourceIp": EDGE}}


@pytest.mark.parametrize(
    ("sent", "viewer"),
    [
        (f"{VIEWER}:46532", VIEWER),
        ("2001:db8::7:46532", "2001:db8::7"),
        ("[2001:db8::7]:46532", "2001:db8::7"),
        ("", EDGE),
        ("nonsense", EDGE),
    ],
)
def test_the_cdn_is_believed_about_its_viewer(sent: str, viewer: str) -> None:
    request = Asked(billfold_edge=SECRET, cloudfront_viewer_address=sent)
    assert address(request, SECRET) == viewer  # type: ignore[arg-type]


@pytest.mark.parametrize(("known", "secret"), [("", SECRET), ("wrong", SECRET), ("", ""), ("é" * 36, SECRET)])
def test_nobody_else_is_believed_about_an_address(known: str, secret: str) -> None:
    forged = {"cloudfront_viewer_address": f"{VIEWER}:1", "x_forwarded_for": VIEWER, "forwarded": VIEWER}
    request = Asked(billfold_edge=known, **forged)
    assert address(request, secret) == EDGE  # type: ignore[arg-type]


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_a_day_of_guessing_ends_and_the_link_still_signs_in(email: str) -> None:
    world = World().settle_in()
    answers: list[str] = []
    while len(answers) <= PER_PERSON.uses:
        world.clock.pass_seconds(PER_ADDRESS.window_seconds // PER_ADDRESS.uses)
        browser = world.ask(email)
        code = wrong(world.mailed()[0]) if email == KNOWN else "000000"
        for _ in range(MAX_TRIES):
            with pytest.raises(Refused) as refused:
                world.type_code(code, browser)
            answers.append(refused.value.code)
    assert answers[: PER_PERSON.uses] == ["code_wrong"] * PER_PERSON.uses
    assert set(answers[PER_PERSON.uses :]) == {"too_many_requests"}

    if email == KNOWN:
        world.clock.pass_seconds(PER_ADDRESS.window_seconds)
        browser = world.ask()
        code, token = world.mailed()
        with pytest.raises(Refused, match="too_many_requests"):
            world.type_code(code, browser)
        assert world.use_link(token, browser).startswith("willow.")


def test_webhooks_to_a_practice_without_keys_do_not_wear_out_the_parameter_store(moto_aws: Resources) -> None:
    credentials = ProcessorCredentials(Parameters(moto_aws.secrets_prefix, region="us-east-1"))
    with watching() as eye:
        for _ in range(100):
            assert credentials.of("fern", "stripe") is None
    assert len(eye.calls) == 1
