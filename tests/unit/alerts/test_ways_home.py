"""Every alert is raised by what causes it in the world, and ends by the way home that the runbook prints.

Issue 12, number 4: "the runbook's alerts are each provoked in a test and its printed way home followed".
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from chalicelib.operations.domain.alerts import AlertName
from tests.support import runbook
from tests.unit.alerts import ways_billing, ways_emergencies, ways_operating
from tests.unit.alerts.town import Town

Way = Callable[[Town], Iterator[None]]
PAGES = {
    "billing.md": ways_billing.WAYS,
    "operating.md": ways_operating.WAYS,
    "emergencies.md": ways_emergencies.WAYS,
}
NAMES = [name.value for name in AlertName]


def of(way: Way) -> str:
    """The alert that it is about: the longest name that its own begins with."""
    return max((name for name in NAMES if way.__name__.startswith(name)), key=len)


WAYS: dict[str, list[Way]] = defaultdict(list)
for ways in PAGES.values():
    for each in ways:
        WAYS[of(each)].append(each)
ALL = [each for ways in WAYS.values() for each in ways]


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_a_way_home_that_is_tried(name: str) -> None:
    """A new alert fails here until it has one, on the page where it is written."""
    assert WAYS[name]
    assert WAYS[name][0] in PAGES[runbook.section(name).page]


@pytest.mark.parametrize("way", ALL, ids=lambda way: way.__name__)
def test_the_printed_way_leads_home(way: Way, town: Town) -> None:
    name = of(way)
    told, steps = runbook.section(name), way(town)
    assert town.names() == []
    next(steps)
    assert town.names() == [name], "the world raised it, and nothing else"
    with pytest.raises(StopIteration):
        next(steps)
    if town.names():
        assert town.names() == [name], "somebody has to close it"
        assert "lose it" in told.text
        town.close(town.alerts[name])
    else:
        assert told.ends_by_itself or town.closed
    for _ in range(3):
        town.night()
        assert town.names() == [], "the trouble is gone"
    assert town.world.run("verify", "--practice", "oak").out.startswith("OK")
