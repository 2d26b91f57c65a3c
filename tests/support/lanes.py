"""Test processes side by side in two lanes: test files that mostly wait, and those that mostly compute.

In the order of their names the browsers of all processes come at once, and wait for pages while no processor
has work; what computes comes later, for all of them at once. Here half of the processes begin with what
waits, the others with what computes, and each goes on with the other lane when its own is empty. A lane keeps
the order of names, so that what files of a folder share is started by few processes, and once by each.
"""

from xdist.scheduler.loadfile import LoadFileScheduling
from xdist.workermanage import WorkerController

# What waits for browsers, deployments, and processes that start.
WAITING = ("tests/browser/", "tests/deploy/", "tests/docs/test_readme.py", "tests/sandbox/")


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """pytest-xdist's `--dist loadfile`, but for which file comes next."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        wanted = int(node.gateway.id.removeprefix("gw")) % 2 == 0
        next_one = next((file for file in self.workqueue if file.startswith(WAITING) is wanted), None)
        if next_one is not None:
            self.workqueue.move_to_end(next_one, last=False)
        super()._assign_work_unit(node)
