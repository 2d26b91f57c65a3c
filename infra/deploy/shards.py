"""How the number of a work list's shards changes under running functions: what is written is always read.

More: first all functions read the new number, then they write it. Were both one step, a stack that is rolled
back half-way could leave rows where nobody looks. Fewer: they write the new number and read the former one,
until a later deployment finds nothing there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra.deploy.aws import Aws

FEWEST, MOST = 4, 64


@dataclass(frozen=True)
class Shards:
    """What the functions are told: into how many they write, and how many they read."""

    written: int
    read: int

    @property
    def parameters(self) -> dict[str, str]:
        """Of app.yaml."""
        return {"WorkShards": str(self.written), "WorkShardsRead": str(self.read)}

    def made_readable(self, wanted: int) -> "Shards":
        """The first step to `wanted`."""
        return replace(self, read=max(self.read, wanted))

    def drained(self, wanted: int, aws: Aws, table: str) -> "Shards":
        """The second. What is above `wanted` is read on if functions wrote there until now, or rows wait."""
        written = wanted if self.written <= wanted else self.read
        return Shards(wanted, max(written, _occupied(aws, table)))


def deployed(outputs: Mapping[str, str] | None, wanted: int) -> Shards:
    """As the stack has it, or `wanted` where there is none yet. Before it was a choice, there were four."""
    if outputs is None:
        return Shards(wanted, wanted)
    return Shards(int(outputs.get("WorkShards", FEWEST)), int(outputs.get("WorkShardsRead", FEWEST)))


def _occupied(aws: Aws, table: str) -> int:
    """In how many shards, from the first on, rows wait; a restored table may have some of long ago. The index
    holds nothing else."""
    asked = {"TableName": table, "IndexName": "gsi2", "ProjectionExpression": "gsi2pk"}
    rows = aws.call("dynamodb", "scan", **asked).get("Items", [])
    return max((int(row["gsi2pk"]["S"].rpartition("#")[2]) + 1 for row in rows), default=0)
