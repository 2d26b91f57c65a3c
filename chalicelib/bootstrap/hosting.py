"""The host's kit. Commands alone use it: no function has it, nor what it imports."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.backups import BackupsWiring

if TYPE_CHECKING:
    from chalicelib.hosting.ports import HostCounts, HostRows
    from chalicelib.hosting.services.inviting import Inviting


class HostingWiring(BackupsWiring):
    @cached_property
    def host_rows(self) -> "HostRows":
        from chalicelib.hosting.store.rows import DynamoHostRows

        return DynamoHostRows()

    @cached_property
    def host_counts(self) -> "HostCounts":
        from chalicelib.hosting.store.counts import DynamoHostCounts

        return DynamoHostCounts()

    @cached_property
    def inviting(self) -> "Inviting":
        from chalicelib.hosting.services.inviting import Inviting

        return Inviting(
            self.host_rows, self.claims, self.insisting_mailer, self.keys, self.clock,
            self.settings.public_url,
        )  # fmt: skip
