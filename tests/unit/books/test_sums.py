"""What only the sum over all accounts tells, as the nightly check keeps it from step to step (issue 13,
number 3)."""

from collections import Counter

from chalicelib.verification.domain.findings import Finding, found_hash
from chalicelib.verification.domain.growth import by_currency
from chalicelib.verification.domain.sums import Share, Sums

KEPT = Sums(
    Counter(USD=5), Counter(USD=7), Counter(t1=300, t2=-40), {"t1": ["ada", "ben"], "t2": ["cid"]},
    {"t2": ["cid"]}, 3,
)  # fmt: skip
TEXT = (
    '{"trial":{"USD":5},"across":{"USD":7},"moved":{"t1":300,"t2":-40},'
    '"sides":{"t1":["ada","ben"],"t2":["cid"]},"suspects":{"t2":["cid"]},"off":3}'
)


def subjects(sums: Sums) -> list[str]:
    return [finding.subject for finding in sums.findings]


def test_the_text_that_is_kept_is_read_as_it_was() -> None:
    assert str(KEPT) == TEXT
    assert Sums.parse(TEXT) == KEPT
    assert Sums.parse("") == Sums()
    assert Sums.parse("").off == 0
    assert Sums.parse('{"suspects":["t9","t8"]}').suspects == {"t9": (), "t8": ()}  # as kept before
    assert Sums.parse("{}").findings == ()


def test_what_comes_is_added_to_what_there_was() -> None:
    nets = {"credit USD": -2, "asset:transfers USD": 3}
    more = KEPT.plus([Share("dot", nets, {"t1": -300}), Share("eve", {}, {"t2": 1})])
    assert (more.trial, more.across) == (Counter(USD=6), Counter(USD=10))
    assert more.moved == Counter(t1=0, t2=-39)
    assert more.sides == {"t1": {"ada", "ben", "dot"}, "t2": {"cid", "eve"}}
    assert (more.suspects, more.off) == (KEPT.suspects, KEPT.off)
    assert '"moved":{"t2":-39},"sides":{"t2":["cid","eve"]}' in str(more)


def test_the_trial_balance_comes_first_then_who_is_named_then_what_nobody_names() -> None:
    off = Sums(Counter(USD=5, EUR=2))
    assert off.findings == (Finding("trial_balance_off", "", "EUR"),)
    assert subjects(off) == [f"trial_balance_off EUR {found_hash(2)}"]
    named = Sums(moved=KEPT.moved, suspects=KEPT.suspects)
    [finding] = named.findings
    assert finding == Finding("transfer_one_sided", "", finding.item)
    assert (len(finding.item), finding.found_hash) == (20, found_hash(-40))
    left = Sums(across=Counter(USD=500), moved=Counter(t1=300), off=1)
    assert left.findings == (Finding("transfer_one_sided", "", "transfers"),)
    assert subjects(left) == [f"transfer_one_sided transfers {found_hash(200)}"]
    assert subjects(Sums(across=Counter(USD=500))) == []  # for one night
    assert subjects(Sums(across=Counter(USD=300), moved=Counter(t1=300), off=1)) == []


def test_the_next_round_knows_who_was_one_sided_and_by_how_much_nobody_was() -> None:
    rest = Sums(across=Counter(USD=500), moved=Counter(t1=300, t2=0), sides={"t1": ["ada"]}).rest
    assert (rest.suspects, rest.off, rest.suspected) == ({"t1": ["ada"]}, 200, {"ada"})
    assert (rest.trial, rest.across, rest.moved) == (Counter(), Counter(), Counter())


def test_nets_are_summed_by_currency() -> None:
    nets = {"client:fee USD": 5, "asset:transfers USD": 2, "a book EUR": -1}
    assert by_currency(nets) == {"USD": 7, "EUR": -1}
    assert by_currency(nets, transfers=True) == {"USD": 2, "EUR": 0}
