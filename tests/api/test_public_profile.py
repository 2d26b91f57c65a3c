"""What the practice's public page tells anyone who comes (issue 16)."""

from dataclasses import replace

from tests.support.api import World
from tests.support.practice import PRACTICE


def test_g1_g2_g3_g19_the_profile_says_who_the_practice_is_without_a_session(world: World) -> None:
    """`updated_on` is the practice's own day, `Last-Modified` the instant; neither where nobody knows."""
    answer = world.call("GET", "/practices/fern")
    assert (answer.status, answer.body["updated_on"], answer.body["notice_pages"]) == (200, None, [])
    assert "Last-Modified" not in answer.headers
    privacy = "https://fern.example.test/privacy"
    pages = {"privacy_practices": privacy}
    world.practice(replace(PRACTICE, changed_at="2026-11-29T03:30:00.250Z", notice_pages=pages))
    answer = world.call("GET", "/practices/fern")
    assert answer.headers["Last-Modified"] == "Sun, 29 Nov 2026 03:30:00 GMT"
    body = answer.body
    assert (body["updated_on"], body["name"], body["about"]) == ("2026-11-28", PRACTICE.name, PRACTICE.about)
    assert body["notice_pages"] == [{"kind": "privacy_practices", "url": privacy}]
    staff = [(c["name"], c["credentials"], c["payments_enabled"]) for c in body["clinicians"]]
    assert staff == [("Ada Moss", "LCSW", True), ("Ben Reed", "PhD", False)]
    assert [place["address"] for place in body["locations"]] == ["1 Test Road"]
    assert (body["phone"], body["email"]) == (PRACTICE.phone, PRACTICE.email)
