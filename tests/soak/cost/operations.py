"""What each operation is billed for: a payment, a round, a statement, and a month in which nobody comes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from chalicelib.entrypoints import jobs
from chalicelib.hosting.domain.prices import HOURS
from tests.soak.cost.play import COMPUTING, Play, Played
from tests.support.clock import FakeClock
from tests.support.practice import MAYA, PRACTICE
from tests.support.saving import put_practice

Steps = Iterator[tuple[str, Callable[[], object]]]
Told = Callable[[Play, str, Iterator[str]], Steps]

NIGHTS = HOURS / 24
WORKER = "catch_up"
# How often the clock calls each in a month (app.py): each finds its work done, but once a night or an hour.
CLOCK: Mapping[str, float] = {
    "sweep": HOURS * 60, "reconcile": HOURS * 12, "drops": HOURS * 12, "statements": HOURS,
    "full_pass": NIGHTS * 24, "verify": NIGHTS * 24,
}  # fmt: skip


def total(every: Sequence[Played]) -> Played:
    computing: dict[str, list[float]] = {}
    for each in every:
        for name, found in each.computing.items():
            computing.setdefault(name, []).extend(found)
    counts, calls = _sum(each.counts for each in every), _sum(each.calls for each in every)
    return Played(counts, calls, computing)


def times(played: Played, factor: float) -> Played:
    counts = {name: number * factor for name, number in played.counts.items()}
    calls = {name: number * factor for name, number in played.calls.items()}
    return Played(counts, calls, played.computing)


def less(all_of_it: Played, part: Played) -> Played:
    """What one has more than the other; not of computing, which is never the same twice."""
    return total([all_of_it, times(part, -1)])


def mean(every: Sequence[Played]) -> Played:
    """Of computing the least is meant: what else the machine does can only add to it."""
    summed = times(total(every), 1 / len(every))
    return _computed(summed, min(each.counts[COMPUTING] for each in every))


def _computed(played: Played, gb_seconds: float) -> Played:
    return Played({**played.counts, COMPUTING: gb_seconds}, played.calls, played.computing)


def _sum(counts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    summed: dict[str, float] = {}
    for each in counts:
        for name, number in each.items():
            summed[name] = summed.get(name, 0) + number
    return summed


def _keys() -> Iterator[str]:
    return (f"0b8f1c1e-0000-4000-8000-{number:012}" for number in count())


def visits(rounds: int) -> dict[str, Played]:
    """Somebody signs in, pays three services by card, and comes back; two webhooks come."""
    return _stepwise(rounds, _visit)


def saved(rounds: int) -> dict[str, Played]:
    """Somebody adds a card without paying, looks at what they have saved, and pays three services with it."""
    return _stepwise(rounds, _saving)


def _stepwise(rounds: int, told: Told) -> dict[str, Played]:
    play, keys, made = Play(), _keys(), dict[str, list[Played]]()
    with play.running():
        for number in range(rounds + 1):
            for title, step in told(play, f"client-{number}", keys):
                made.setdefault(title, []).append(play.played(step))
            play.work_off()
    return {title: mean(played[1:]) for title, played in made.items()}  # the first makes clients of AWS


def _saving(play: Play, name: str, keys: Iterator[str]) -> Steps:
    cookie, cards = play.client(name), list[str]()
    yield "adding a card", lambda: cards.append(play.add_card(cookie, next(keys)))
    yield "opening Payment Methods", lambda: play.methods(cookie)
    yield "paying with a saved card", lambda: play.start(name, cookie, next(keys), method=cards[0])


def _visit(play: Play, name: str, keys: Iterator[str]) -> Steps:
    cookie, key = play.client(name), next(keys)
    yield "signing in", lambda: play.sign_in(f"{name}@example.test")
    yield "opening Billing", lambda: play.billing(name, cookie)
    yield "starting a payment", lambda: play.start(name, cookie, key)
    play.pay(key)
    yield "settling it, by its webhooks", lambda: play.webhooks(key)
    yield "its receipt", play.work_off
    yield "coming back from it", lambda: play.come_back(name, cookie, key)


def reconciled(hours: int) -> dict[str, Played]:
    """Hours with a payment that one call finds under way, less as many without. One payment has no round
    in common with another. Its rounds put off the hourly ones: the mean of what it comes to by the last hour.
    """
    play, keys = Play(), _keys()

    def pay(name: str) -> list[Played]:
        key, cookie = next(keys), play.client(name)
        play.start(name, cookie, key)
        first = play.played(play.reconcile)
        play.pay(key)
        play.webhooks(key)
        play.work_off()
        return [first, *(play.played(play.reconcile) for _ in range(12 * hours - 1))]

    with play.running():
        idle = [play.played(play.reconcile) for _ in range(12 * hours)]
        busy = pay("client")
    ends = range(12 * (hours - 1), 12 * hours)
    found = mean([less(total(busy[: end + 1]), total(idle[: end + 1])) for end in ends])
    turns = total(busy).computing.get(WORKER, [])
    return {"reconciling it": _computed(found, found.counts["calls of functions"] * min(turns, default=0.0))}


def statements(clients: int) -> dict[str, Played]:
    """A run of a practice whose clients have had two services and paid in cash; then each opens theirs."""
    play = Play()
    with play.running():
        for number in range(clients):
            name = f"client-{number}"
            play.client(name, services=2)
            paid = {"method": "cash", "on": "2026-03-02"}
            play.world.post.external_payment(replace(MAYA, account=name), name, 4000, **paid)
        put_practice(play.app.practices, replace(PRACTICE, statement_day=5))
        play.world.clock.at = FakeClock("2026-04-05T12:00:00+00:00").at
        made = play.played(lambda: play.clock_call("statements", jobs.statements))
        assert not play.cloud.files
        opened = [
            play.played(partial(play.open_statement, *who, "2026-03")) for who in _readers(play, clients)
        ]
    assert len(play.cloud.files) == clients
    first = {"opening a statement, the first time": mean(opened[1:])}
    return {"a statement": times(made, 1 / clients), **first}


def _readers(play: Play, clients: int) -> list[tuple[str, str]]:
    names = [f"client-{number}" for number in range(clients)]
    return [(name, play.world.person(f"{name}@example.test", name)) for name in names]


def nights(clients: int) -> dict[str, Played]:
    """Both nightly jobs, of accounts in which nothing has happened since the night before."""
    few, many = (_night(number) for number in (clients, 2 * clients))
    account = times(less(many, few), 1 / clients)
    return {"a night, an account": account, "a night, a practice": less(few, times(account, clients))}


def _night(clients: int) -> Played:
    play = Play()
    with play.running():
        for number in range(clients):
            play.client(f"client-{number}")
        for day in (11, 12, 13):
            play.world.clock.at = FakeClock(f"2026-03-{day}T08:00:00+00:00").at
            made = play.played(play.night)
    return made


def at_rest() -> dict[str, Played]:
    """A month of the clock's calls: for the deployment, and what each practice adds."""
    one, three = (_month(number) for number in (1, 3))
    practice = times(less(three, one), 1 / 2)
    turn = min(three.computing.get(WORKER, []), default=0.0)
    practice = _computed(practice, turn * practice.counts.get("calls of functions", 0.0))
    alone = _computed(less(one, practice), one.counts[COMPUTING] - practice.counts[COMPUTING])
    return {"a month's clock": alone, "a month, a practice": practice}


def _month(practices: int) -> Played:
    play = Play()
    with play.running():
        for number in range(practices - 1):
            put_practice(play.app.practices, replace(PRACTICE, id=f"other-{number}"))
        play.night()
        play.reconcile()
        parts = [times(_often(play, _idle(play, name)), calls) for name, calls in CLOCK.items()]
        hourly = _often(play, lambda: play.reconcile(60))
        between = _often(play, play.reconcile)
    return total([*parts, times(less(hourly, between), HOURS)])


def _often(play: Play, what: Callable[[], object]) -> Played:
    return mean([play.played(what) for _ in range(3)])


def _idle(play: Play, name: str) -> Callable[[], object]:
    return lambda: play.clock_call(name, getattr(jobs, name))
