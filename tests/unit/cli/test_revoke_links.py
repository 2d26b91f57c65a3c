"""`billfold revoke-links` (issue 16): what was printed opens nothing more, and what is printed next does."""

from tests.unit.cli.world import World


def test_links_that_were_printed_end_and_the_next_ones_do_not(world: World) -> None:
    world.with_books()
    client = next(iter(world.app.people.clients("oak")))
    command = ("revoke-links", "--practice", "oak", "--client", client.external_id)
    rehearsed = world.run(*command, "--dry-run")
    assert rehearsed.out.endswith("would end. Nothing was written.\n")
    assert world.app.people.client("oak", client.id) == client
    assert world.run(*command).status == 0
    after = world.app.people.client("oak", client.id)
    assert after is not None
    assert (client.link_generation, after.link_generation) == (1, 2)
    unknown = world.run("revoke-links", "--practice", "oak", "--client", "nobody")
    assert (unknown.status, "client" in unknown.err) == (1, True)
