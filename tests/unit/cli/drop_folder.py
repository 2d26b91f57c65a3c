"""The drop folder as a practice has it before it, and the function that looks at it, on moto."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from chalicelib.importing.services.progress import in_turn
from tests.support.clock import FakeClock
from tests.unit.cli.world import CHARGES, Result, World

P = ("--practice", "oak")
MORE = CHARGES + "A2,C1,2026-10-08,Talk,dr-a,150\n"


class Folder:
    """The bucket as a practice has it before it, and the function that looks at it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = FakeClock(datetime.now(UTC).isoformat())
        world.app.clock = self.clock
        self.s3 = boto3.session.Session().client("s3")
        self.bucket = world.app.settings.bucket

    def put(self, name: str, content: str | bytes, *, root: str = "imports/in/oak") -> None:
        body = content.encode() if isinstance(content, str) else content
        self.s3.put_object(Bucket=self.bucket, Key=f"{root}/{name}", Body=body)

    def keys(self, prefix: str = "") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return [one["Key"] for one in found]

    def round(self, *, later: timedelta = timedelta(minutes=5)) -> dict[str, int]:
        self.clock.at += later
        return self.world.app.drop_rounds(in_turn).run()

    def waiting(self) -> list[dict[str, Any]]:
        events = self.world.run("imports", *P, "--json").events
        found = [event for event in events if event["event"] == "dropped"]
        return sorted(found, key=lambda one: str(one["folder"]))

    def press(self, drop: str, *more: str) -> Result:
        return self.world.run("import", *P, "--dropped", drop, "--yes", *more)


def open_alerts(world: World) -> Sequence[str]:
    return [alert.cause.name.value for alert in world.app.alerting.listed("oak")]
